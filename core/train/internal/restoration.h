#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/train/trackable.h>

namespace cornu {

/// A checkpoint that is being restored: what it has for objects and variables that exist is given to them at once, the
/// rest waits until they do. Its files stay open that long. The objects that it has found hold it.
class Restoration : public std::enable_shared_from_this<Restoration> {
 public:
  /// Reads the graph of the checkpoint. Throws FileError for a checkpoint that is missing, damaged or of another kind.
  explicit Restoration(const std::string& prefix);
  ~Restoration();

  /// Gives `root` and all in it what the checkpoint has for it. All is checked before anything is changed: shapes,
  /// dtypes, and the checksums of all values, also of those that will wait.
  void start(const std::shared_ptr<Trackable>& root);
  /// Gives new parts of `object` what restored checkpoints have for them.
  static void resume(Trackable& object);
  /// Whether one of them has a value for a variable `name` of `object`.
  static bool has_value(const Trackable& object, const std::string& name);

  const std::string& prefix() const { return bundle_.prefix(); }
  /// Keys of values that nobody has got so far.
  std::vector<std::string> unused_keys() const;
  /// Paths of variables of the root, and of what is in it, that have got nothing.
  std::vector<std::string> unmatched_variables() const;
  void expect_partial() { is_partial_ = true; }

 private:
  /// A variable, or another value, and what gives it its new one.
  struct Target {
    std::string path;
    TensorSpec spec;
    uint64_t identity;
    std::function<void(const Tensor&)> assign;
    std::function<void(const Tensor&)> check = {};
  };
  struct Assignment {
    Target target;
    int node;
    Tensor value = {};
  };
  struct Match {
    std::vector<std::pair<std::shared_ptr<Trackable>, int>> objects;
    std::vector<Assignment> assignments;
  };
  struct SlotReference {
    int variable;  // node
    std::string name;
    int slot;  // node
  };
  struct Node {
    std::map<std::string, int> children;
    std::vector<SlotReference> slots;
    std::string key;  // of the value; empty if it has none
  };

  static Target target_of(const Variable& variable, const std::string& path);
  static Target target_of(const TrackableContents::Value& value, const std::string& path);
  void parse_graph(const std::string& text);
  const Node* child(int node, const std::string& name, int& child_node) const;
  void match_object(const std::shared_ptr<Trackable>& object, int node, const std::string& path, Match& match);
  void match_target(const Target& target, int parent, const std::string& name, Match& match);
  void match_slots(Trackable& object, int node, Match& match);
  void match_all_slots(Match& match);
  void add_assignment(const Target& target, int node, Match& match);
  void check(const Assignment& assignment) const;
  void verify_rest(const Match& match) const;
  void apply(Match& match);
  void collect_unmatched(Trackable& object, const std::string& path, std::set<const Trackable*>& seen,
                         std::vector<std::string>& unmatched) const;

  io::TensorBundleReader bundle_;
  std::vector<Node> nodes_;
  std::map<int, std::weak_ptr<Trackable>> objects_;  // by node: who is that object here
  std::map<int, std::string> paths_;                 // by node: of those objects
  std::map<uint64_t, int> targets_;                  // by identity: the node whose value it has got
  std::set<int> used_;                               // nodes
  std::weak_ptr<Trackable> root_;
  bool is_partial_ = false, is_started_ = false;
};

}  // namespace cornu
