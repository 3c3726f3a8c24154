#include <algorithm>
#include <cstdio>
#include <mutex>

#include <google/protobuf/stubs/logging.h>
#include <proto/trackable_object_graph.pb.h>

#include <cornu/core/error.h>
#include <cornu/core/train/internal/object_graph.h>
#include <cornu/core/train/internal/restoration.h>

namespace cornu {

namespace {

/// Guards all restorations, and which objects they know. Taken before the locks of the objects.
std::recursive_mutex& restoration_mutex() {
  static auto* const mutex = new std::recursive_mutex;  // outlives static objects
  return *mutex;
}

std::string join_path(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "/" + name;
}

}  // namespace

// ---- the checkpoint's graph -------------------------------------------------------------------------------------

Restoration::Restoration(const std::string& prefix) : bundle_(prefix) {
  if (!bundle_.find(object_graph_key))
    throw FileError(prefix + ".index: it has no entry '" + object_graph_key +
                    "': the files were not written by a Checkpoint");
  parse_graph(bundle_.read_string(object_graph_key));
}

Restoration::~Restoration() {
  if (!is_started_ || is_partial_) return;
  const std::vector<std::string> unused = unused_keys();
  if (unused.empty()) return;
  std::fprintf(stderr,
               "warning: %zu values of the checkpoint '%s' were not used, '%s' the first; if only a part was wanted, "
               "say so with expect_partial()\n",
               unused.size(), prefix().c_str(), unused[0].c_str());
}

void Restoration::parse_graph(const std::string& text) {
  const auto damaged = [&](const std::string& what) {
    throw FileError(prefix() + ".index: entry '" + object_graph_key + "': " + what + ": the file is damaged");
  };
  proto::TrackableObjectGraph graph;
  const google::protobuf::LogSilencer silent;  // the error says it
  if (!graph.ParseFromString(text) || graph.nodes_size() == 0) damaged("the object graph is not readable");
  const auto check_node = [&](int node) {
    if (node < 0 || node >= graph.nodes_size()) damaged("it refers to object " + std::to_string(node));
  };
  nodes_.resize(static_cast<size_t>(graph.nodes_size()));
  for (int i = 0; i < graph.nodes_size(); ++i) {
    Node& node = nodes_[i];
    for (const auto& reference : graph.nodes(i).children()) {
      check_node(reference.node_id());
      node.children.emplace(reference.local_name(), reference.node_id());
    }
    for (const auto& reference : graph.nodes(i).slot_variables()) {
      check_node(reference.original_variable_node_id());
      check_node(reference.slot_variable_node_id());
      node.slots.push_back(
          {reference.original_variable_node_id(), reference.slot_name(), reference.slot_variable_node_id()});
    }
    for (const auto& attribute : graph.nodes(i).attributes()) {
      if (attribute.name() != value_attribute) continue;
      if (!bundle_.find(attribute.checkpoint_key()))
        damaged("it refers to the entry '" + attribute.checkpoint_key() + "', which is missing");
      node.key = attribute.checkpoint_key();
    }
  }
}

// ---- matching ---------------------------------------------------------------------------------------------------

Restoration::Target Restoration::target_of(const Variable& variable, const std::string& path) {
  return {path, {variable.shape(), variable.dtype()}, variable.id(), [variable](const Tensor& value) {
            variable.restore(value);
          }};
}

Restoration::Target Restoration::target_of(const TrackableContents::Value& value, const std::string& path) {
  constexpr uint64_t no_variable = uint64_t{1} << 63;
  return {path, value.spec, reinterpret_cast<uintptr_t>(value.identity) | no_variable, value.restore, value.check};
}

const Restoration::Node* Restoration::child(int node, const std::string& name, int& child_node) const {
  const auto found = nodes_[node].children.find(name);
  if (found == nodes_[node].children.end()) return nullptr;
  child_node = found->second;
  return &nodes_[child_node];
}

/// An object of the checkpoint is one object here, the first that is found in its place: another one that comes later
/// under the same name is new.
void Restoration::match_object(const std::shared_ptr<Trackable>& object, int node, const std::string& path,
                               Match& match) {
  const auto [known, is_new] = objects_.emplace(node, object);
  const bool is_other = known->second.owner_before(object) || object.owner_before(known->second);
  if (is_other) return;
  for (const auto& [other, other_node] : match.objects)
    if (other == object) return;
  match.objects.emplace_back(object, node);
  if (is_new) paths_[node] = path;
  const TrackableContents contents = object->contents();
  for (const auto& [name, variable] : contents.variables)
    match_target(target_of(variable, join_path(path, name)), node, name, match);
  for (const auto& value : contents.values)
    match_target(target_of(value, join_path(path, value.name)), node, value.name, match);
  for (const auto& [name, part] : contents.children)
    if (int child_node = 0; child(node, name, child_node)) match_object(part, child_node, join_path(path, name), match);
}

void Restoration::match_target(const Target& target, int parent, const std::string& name, Match& match) {
  int node = 0;
  const Node* const found = child(parent, name, node);
  if (found && !found->key.empty()) add_assignment(target, node, match);
}

void Restoration::add_assignment(const Target& target, int node, Match& match) {
  if (targets_.emplace(target.identity, node).second) match.assignments.push_back({target, node});
}

/// Slots belong to variables: they can be found once those are known.
void Restoration::match_slots(Trackable& object, int node, Match& match) {
  if (nodes_[node].slots.empty() && nodes_[node].children.empty()) return;
  for (const auto& [variable, name, slot] : object.contents().slots) {
    const auto original = targets_.find(variable.id());
    if (original == targets_.end()) {
      match_target(target_of(slot, join_path(paths_[node], slot.name())), node, slot.name(), match);
      continue;
    }
    for (const SlotReference& reference : nodes_[node].slots)
      if (reference.variable == original->second && reference.name == name && !nodes_[reference.slot].key.empty())
        add_assignment(target_of(slot, join_path(paths_[node], slot.name())), reference.slot, match);
  }
}

void Restoration::match_all_slots(Match& match) {
  for (const auto& [node, weak] : objects_)
    if (const auto object = weak.lock()) match_slots(*object, node, match);
}

// ---- giving the values ------------------------------------------------------------------------------------------

void Restoration::check(const Assignment& assignment) const {
  const io::BundleEntry& entry = *bundle_.find(nodes_[assignment.node].key);
  const TensorSpec& spec = assignment.target.spec;
  const auto where = [&] {
    return "restoring '" + assignment.target.path + "' from the checkpoint '" + prefix() + "': ";
  };
  if (entry.dtype != name(spec.dtype))
    throw DTypeError(where() + "its dtype is " + std::string(name(spec.dtype)) + "; in the checkpoint it is " +
                     entry.dtype);
  if (entry.shape.size() > Shape::max_rank || !Shape(entry.shape).is_compatible_with(spec.shape)) {
    std::string shape;
    for (const int64_t extent : entry.shape) shape += (shape.empty() ? "" : ", ") + std::to_string(extent);
    throw ShapeError(where() + "its shape is " + spec.shape.to_string() + "; in the checkpoint it is (" + shape +
                     (entry.shape.size() == 1 ? ",)" : ")"));
  }
}

/// Compares the checksums of the values that nobody takes yet.
void Restoration::verify_rest(const Match& match) const {
  std::set<int> taken;
  for (const Assignment& assignment : match.assignments) taken.insert(assignment.node);
  for (int node = 0; node < static_cast<int>(nodes_.size()); ++node)
    if (!nodes_[node].key.empty() && !taken.contains(node)) bundle_.verify(nodes_[node].key);
}

void Restoration::apply(Match& match) {
  for (const Assignment& assignment : match.assignments) check(assignment);
  for (Assignment& assignment : match.assignments) {
    assignment.value = bundle_.read(nodes_[assignment.node].key);
    if (assignment.target.check) assignment.target.check(assignment.value);
  }
  if (!is_started_) verify_rest(match);
  for (Assignment& assignment : match.assignments) {
    const Tensor value = std::move(assignment.value);
    assignment.target.assign(value);
    used_.insert(assignment.node);
  }
  for (const auto& [object, node] : match.objects) {
    auto& places = object->places_;
    std::erase_if(places, [&](const Trackable::Place& place) {
      return place.restoration.get() == this || place.restoration->root_.lock() == root_.lock();
    });
    places.push_back({shared_from_this(), node});
    object->has_places_.store(true, std::memory_order_release);
  }
}

void Restoration::start(const std::shared_ptr<Trackable>& root) {
  const std::lock_guard lock(restoration_mutex());
  root_ = root;
  Match match;
  match_object(root, 0, "", match);
  match_all_slots(match);
  apply(match);
  is_started_ = true;
}

void Restoration::resume(Trackable& object) {
  const std::lock_guard lock(restoration_mutex());
  const std::vector<Trackable::Place> places = object.places_;
  for (const auto& [restoration, node] : places) {
    const auto known = restoration->objects_.find(node);
    const std::shared_ptr<Trackable> self = known == restoration->objects_.end() ? nullptr : known->second.lock();
    if (self.get() != &object) continue;
    const auto targets = restoration->targets_;
    const auto objects = restoration->objects_;
    Match match;
    try {
      restoration->match_object(self, node, restoration->paths_[node], match);
      restoration->match_all_slots(match);
      restoration->apply(match);
    } catch (...) {
      restoration->targets_ = targets;
      restoration->objects_ = objects;
      throw;
    }
  }
}

bool Restoration::has_value(const Trackable& object, const std::string& name) {
  const std::lock_guard lock(restoration_mutex());
  return std::any_of(object.places_.begin(), object.places_.end(), [&](const Trackable::Place& place) {
    int node = 0;
    const Node* const found = place.restoration->child(place.node, name, node);
    return found && !found->key.empty();
  });
}

// ---- what is left -----------------------------------------------------------------------------------------------

std::vector<std::string> Restoration::unused_keys() const {
  const std::lock_guard lock(restoration_mutex());
  std::vector<std::string> unused;
  for (int node = 0; node < static_cast<int>(nodes_.size()); ++node)
    if (!nodes_[node].key.empty() && !used_.contains(node)) unused.push_back(nodes_[node].key);
  return unused;
}

void Restoration::collect_unmatched(Trackable& object, const std::string& path, std::set<const Trackable*>& seen,
                                    std::vector<std::string>& unmatched) const {
  if (!seen.insert(&object).second) return;
  const auto collect = [&](const Target& target) {
    if (!targets_.contains(target.identity)) unmatched.push_back(target.path);
  };
  const TrackableContents contents = object.contents();
  for (const auto& [name, variable] : contents.variables) collect(target_of(variable, join_path(path, name)));
  for (const auto& value : contents.values) collect(target_of(value, join_path(path, value.name)));
  for (const auto& [variable, name, slot] : contents.slots) collect(target_of(slot, join_path(path, slot.name())));
  for (const auto& [name, part] : contents.children) collect_unmatched(*part, join_path(path, name), seen, unmatched);
}

std::vector<std::string> Restoration::unmatched_variables() const {
  const std::lock_guard lock(restoration_mutex());
  std::vector<std::string> unmatched;
  std::set<const Trackable*> seen;
  if (const auto root = root_.lock()) collect_unmatched(*root, "", seen, unmatched);
  return unmatched;
}

}  // namespace cornu
