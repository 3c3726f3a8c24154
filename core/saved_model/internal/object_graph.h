#pragma once
#include <map>
#include <string>
#include <vector>

#include <proto/saved_model.pb.h>

#include <cornu/core/autodiff/variable.h>

namespace cornu::saved_model {

/// The objects of a model that is saved: the root, whose parts are objects, variables and functions by name.
class ObjectGraph {
 public:
  ObjectGraph();
  static constexpr int32_t root = 0;

  /// A new object that `parent` calls `name`.
  int32_t add(int32_t parent, const std::string& name);
  /// A variable at a path from the root; objects on the way are made where they are missing. A variable that is there
  /// gets a further name. `shared_name` is that of its handle.
  int32_t add_variable(const std::string& path, const Variable& variable, const std::string& shared_name);
  int32_t variable(uint64_t id) const { return variables_.at(id); }
  proto::SavedObject& at(int32_t object) { return *graph_.mutable_nodes(object); }
  proto::SavedConcreteFunction& concrete_function(const std::string& name) {
    return (*graph_.mutable_concrete_functions())[name];
  }

  const proto::SavedObjectGraph& saved() const { return graph_; }
  /// The same objects as a checkpoint lists them.
  proto::TrackableObjectGraph checkpoint() const;
  /// The keys of the variables in the checkpoint, in order, and the variables.
  const std::vector<std::pair<std::string, Variable>>& entries() const { return entries_; }

 private:
  int32_t child_of(int32_t parent, const std::string& name) const;
  void name_child(int32_t parent, const std::string& name, int32_t child);

  proto::SavedObjectGraph graph_;
  std::map<uint64_t, int32_t> variables_;  // objects by the variables' ids
  std::vector<std::pair<std::string, Variable>> entries_;
  std::map<int32_t, size_t> entry_of_;  // by object
};

/// The key of a variable's value in a checkpoint: the names on the way to it, escaped, and a suffix.
std::string checkpoint_key(const std::vector<std::string>& names);

}  // namespace cornu::saved_model
