#include <map>
#include <utility>

#include <proto/trackable_object_graph.pb.h>

#include <cornu/core/error.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/train/internal/object_graph.h>

namespace cornu {

namespace {

/// A name as part of a key: '/' stands between names, '.' begins the names that TensorFlow keeps for itself.
std::string escaped(const std::string& name) {
  std::string result;
  for (const char c : name) result += c == '.' ? ".." : c == '/' ? ".S" : std::string(1, c);
  return result;
}

/// Walks the objects breadth first, so that each is named by its shortest path.
class GraphWriter {
 public:
  ObjectGraphSnapshot write(Trackable& root) {
    add_object(root, nullptr, "");
    for (size_t i = 0; i < objects_.size(); ++i) add_parts(i);
    for (const Object& object : objects_) add_slots(object);
    return {std::move(values_), graph_.SerializeAsString()};
  }

 private:
  struct Object {
    Trackable* object;
    std::shared_ptr<Trackable> owner;
    int node;
    std::string path;
    TrackableContents contents;
  };
  using Node = proto::TrackableObjectGraph::TrackableObject;

  int add_node(const std::string& path) {
    graph_.add_nodes();
    paths_.push_back(path);
    return graph_.nodes_size() - 1;
  }

  int add_object(Trackable& object, const std::shared_ptr<Trackable>& owner, const std::string& path) {
    const auto [found, is_new] = object_nodes_.emplace(&object, graph_.nodes_size());
    if (is_new) objects_.push_back({&object, owner, add_node(path), path, object.contents()});
    return found->second;
  }

  int add_value(const std::string& path, const std::string& full_name, const Tensor& value) {
    const int node = add_node(path);
    auto* const attribute = graph_.mutable_nodes(node)->add_attributes();
    attribute->set_name(value_attribute);
    attribute->set_full_name(full_name);
    attribute->set_checkpoint_key(path + value_suffix);
    graph_.mutable_nodes(node)->mutable_has_checkpoint_values()->set_value(true);
    values_.emplace_back(path + value_suffix, value);
    return node;
  }

  int add_variable(const Variable& variable, const std::string& path) {
    const auto [found, is_new] = variable_nodes_.emplace(variable.id(), graph_.nodes_size());
    if (is_new) add_value(path, variable.path(), variable.peek());
    return found->second;
  }

  void add_reference(int parent, const std::string& name, int child) {
    auto* const reference = graph_.mutable_nodes(parent)->add_children();
    reference->set_local_name(name);
    reference->set_node_id(child);
  }

  void add_parts(size_t i) {
    const int node = objects_[i].node;
    const std::string start = objects_[i].path.empty() ? "" : objects_[i].path + "/";
    const TrackableContents contents = objects_[i].contents;  // the list of objects grows
    for (const auto& [name, variable] : contents.variables)
      add_reference(node, name, add_variable(variable, start + escaped(name)));
    for (const auto& value : contents.values)
      add_reference(node, value.name, add_value(start + escaped(value.name), value.name, value.save()));
    for (const auto& [name, object] : contents.children)
      add_reference(node, name, add_object(*object, object, start + escaped(name)));
  }

  void add_slots(const Object& object) {
    for (const auto& [variable, name, slot] : object.contents.slots) {
      const auto original = variable_nodes_.find(variable.id());
      if (original == variable_nodes_.end()) {  // of a variable that is not saved: a part of the optimizer's own
        add_reference(object.node, slot.name(), add_variable(slot, object.path + "/" + escaped(slot.name())));
        continue;
      }
      const std::string path = paths_[original->second] + "/.OPTIMIZER_SLOT/" + object.path + "/" + escaped(name);
      const int slot_node = add_variable(slot, path);
      auto* const reference = graph_.mutable_nodes(object.node)->add_slot_variables();
      reference->set_original_variable_node_id(original->second);
      reference->set_slot_name(name);
      reference->set_slot_variable_node_id(slot_node);
    }
  }

  proto::TrackableObjectGraph graph_;
  std::vector<std::string> paths_;  // of the nodes
  std::vector<Object> objects_;
  std::map<const Trackable*, int> object_nodes_;
  std::map<uint64_t, int> variable_nodes_;
  std::vector<std::pair<std::string, Tensor>> values_;
};

}  // namespace

ObjectGraphSnapshot snapshot(Trackable& root) { return GraphWriter().write(root); }

void write_snapshot(const std::string& prefix, const ObjectGraphSnapshot& snapshot) {
  io::TensorBundleWriter bundle(prefix);
  for (const auto& [key, value] : snapshot.values) bundle.add(key, value);
  bundle.add_string(object_graph_key, snapshot.graph);
  bundle.finish();
}

}  // namespace cornu
