#include <sstream>

#include <cornu/core/error.h>
#include <cornu/core/saved_model/internal/object_graph.h>
#include <cornu/core/saved_model/internal/tensor_proto.h>

namespace cornu::saved_model {

namespace {

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream stream(path);
  for (std::string part; std::getline(stream, part, '/');)
    if (!part.empty()) parts.push_back(part);
  if (parts.empty()) throw ValueError("a variable to be saved has an empty path");
  return parts;
}

void set_user_object(proto::SavedObject& object, const std::string& identifier) {
  auto& user_object = *object.mutable_user_object();
  user_object.set_identifier(identifier);
  user_object.mutable_version()->set_producer(1);
  user_object.mutable_version()->set_min_consumer(1);
}

}  // namespace

std::string checkpoint_key(const std::vector<std::string>& names) {
  std::string key;
  for (const std::string& name : names) {
    for (const char c : name) key += c == '.' ? std::string("..") : c == '/' ? ".S" : std::string(1, c);
    key += '/';
  }
  return key + ".ATTRIBUTES/VARIABLE_VALUE";
}

ObjectGraph::ObjectGraph() { set_user_object(*graph_.add_nodes(), "_generic_user_object"); }

void ObjectGraph::name_child(int32_t parent, const std::string& name, int32_t child) {
  auto& reference = *at(parent).add_children();
  reference.set_node_id(child);
  reference.set_local_name(name);
}

int32_t ObjectGraph::child_of(int32_t parent, const std::string& name) const {
  for (const auto& child : graph_.nodes(parent).children())
    if (child.local_name() == name) return child.node_id();
  return -1;
}

int32_t ObjectGraph::add(int32_t parent, const std::string& name) {
  const int32_t object = graph_.nodes_size();
  set_user_object(*graph_.add_nodes(),
                  name == "signatures" && parent == root ? "signature_map" : "_generic_user_object");
  name_child(parent, name, object);
  return object;
}

int32_t ObjectGraph::add_variable(const std::string& path, const Variable& variable, const std::string& shared_name) {
  const std::vector<std::string> parts = parts_of(path);
  int32_t parent = root;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    const int32_t child = child_of(parent, parts[i]);
    parent = child >= 0 ? child : add(parent, parts[i]);
  }
  if (child_of(parent, parts.back()) >= 0) throw ValueError("two variables to be saved have the path '" + path + "'");
  if (const auto found = variables_.find(variable.id()); found != variables_.end()) {
    name_child(parent, parts.back(), found->second);
    return found->second;
  }
  const int32_t object = graph_.nodes_size();
  auto& message = *graph_.add_nodes()->mutable_variable();
  message.set_dtype(to_proto(variable.dtype()));
  *message.mutable_shape() = to_proto(variable.shape());
  message.set_trainable(variable.trainable());
  message.set_name(shared_name);
  name_child(parent, parts.back(), object);
  variables_[variable.id()] = object;
  entry_of_[object] = entries_.size();
  entries_.emplace_back(checkpoint_key(parts), variable);
  return object;
}

proto::TrackableObjectGraph ObjectGraph::checkpoint() const {
  proto::TrackableObjectGraph checkpoint;
  for (const proto::SavedObject& saved : graph_.nodes()) *checkpoint.add_nodes()->mutable_children() = saved.children();
  // Objects come before those that were made as their children.
  for (int32_t i = graph_.nodes_size() - 1; i >= 0; --i) {
    auto& object = *checkpoint.mutable_nodes(i);
    bool has_values = false;
    for (const auto& child : object.children())
      has_values = has_values || checkpoint.nodes(child.node_id()).has_checkpoint_values().value();
    if (const auto found = entry_of_.find(i); found != entry_of_.end()) {
      auto& attribute = *object.add_attributes();
      attribute.set_name("VARIABLE_VALUE");
      attribute.set_full_name(graph_.nodes(i).variable().name());
      attribute.set_checkpoint_key(entries_[found->second].first);
      has_values = true;
    }
    object.mutable_has_checkpoint_values()->set_value(has_values);
  }
  return checkpoint;
}

}  // namespace cornu::saved_model
