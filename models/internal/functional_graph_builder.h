#pragma once
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <cornu/models/internal/functional_graph.h>

namespace cornu {

/// Finds the calls that a functional model consists of, and their order: Keras's map_graph.
class FunctionalGraphBuilder {
 public:
  FunctionalGraphBuilder(const TensorList& inputs, const TensorList& outputs);
  void build(FunctionalGraph& graph);

 private:
  using NodeHandle = std::shared_ptr<const FunctionalNode>;
  struct Visit {
    NodeHandle node;
    size_t member;  // its number in members_
    int64_t depth = 0;
    bool has_depth = false;
  };
  struct FoundMember {
    const FunctionalNode* first;
    int64_t visited;  // when, for the order of those of one depth
    int64_t depth = 0;
  };

  Tensor replacement_of(const Tensor& tensor) const;
  void add_inputs(const TensorList& inputs);
  void visit(const Tensor& tensor);
  size_t member_of(const FunctionalNode& node);
  void require_given(const FunctionalNode& node) const;
  void find_depths();
  void set_depth(Visit& visit, int64_t depth);
  void place_unused_inputs();
  void order(FunctionalGraph& graph) const;
  void connect(FunctionalGraph& graph) const;

  TensorList inputs_, outputs_;
  std::map<std::pair<const FunctionalNode*, int>, Tensor> replaced_;  // inner tensors that are inputs
  std::vector<Visit> visits_;                                         // what a call needs stands before it
  std::map<const FunctionalNode*, size_t> place_;                     // in visits_
  std::set<const FunctionalNode*> in_progress_;
  std::vector<FoundMember> members_;
  std::vector<size_t> by_depth_time_;  // places in visits_, in the order in which they got a depth
};

}  // namespace cornu
