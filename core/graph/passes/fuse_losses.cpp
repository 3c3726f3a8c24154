#include <algorithm>
#include <unordered_map>

#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/passes.h>

namespace cornu::passes {

namespace {

std::vector<int32_t> first_uses(const Graph& graph) {
  std::vector<int32_t> first(graph.nodes.size(), -1);
  for (size_t i = graph.nodes.size(); i-- > 0;)
    for (const Value& input : graph.nodes[i].inputs) first[static_cast<size_t>(input.node)] = static_cast<int32_t>(i);
  return first;
}

bool is_softmax_of_rows(const Node& node) {
  return is_operation(node, "Softmax") && node.attributes.integer("axis") == -1;
}

bool is_one_element(const Shape& shape) {
  return std::all_of(shape.begin(), shape.end(), [](int64_t extent) { return extent == 1; });
}

/// A softmax and the cross-entropy with its probabilities become one node, and so do their gradients.
class SoftmaxFusion {
 public:
  explicit SoftmaxFusion(const Graph& graph) : graph_(graph), rewriter_(graph), uses_(count_uses(graph)) {}

  Graph run() {
    const std::vector<int32_t> first = first_uses(graph_);
    for (int32_t i = 0; i < size(); ++i) {
      find_loss(i, first);
      find_gradient(i);
    }
    for (int32_t i = 0; i < size(); ++i) rewrite(i);
    return rewriter_.finish();
  }

 private:
  /// What becomes of a node.
  struct Plan {
    int32_t loss = -1;      // of a softmax that is computed with it
    int32_t gradient = -1;  // the inner one of a softmax's gradient
    bool is_gone = false;   // it is computed elsewhere
  };

  int32_t size() const { return static_cast<int32_t>(graph_.nodes.size()); }
  const Node& node(int32_t index) const { return graph_.nodes[static_cast<size_t>(index)]; }
  bool is_gone(int32_t index) const {
    const auto plan = plans_.find(index);
    return plan != plans_.end() && plan->second.is_gone;
  }

  /// A loss of a softmax that nobody needs before the labels are there.
  void find_loss(int32_t index, const std::vector<int32_t>& first) {
    const Node& loss = node(index);
    if (!is_operation(loss, "_SparseCrossEntropy") || !is_softmax_of_rows(graph_.node(loss.inputs[1]))) return;
    const int32_t softmax = loss.inputs[1].node;
    if (plans_.contains(softmax) || loss.inputs[0].node >= first[static_cast<size_t>(softmax)]) return;
    plans_[softmax] = {.loss = index, .is_gone = true};
    plans_[index] = {.is_gone = true};
  }

  void find_gradient(int32_t index) {
    const Node& outer = node(index);
    if (!is_operation(outer, "_SoftmaxGrad") || !is_softmax_of_rows(graph_.node(outer.inputs[0]))) return;
    const Value& upstream = outer.inputs[1];
    const Node& inner = graph_.node(upstream);
    if (!is_operation(inner, "_SparseCrossEntropyGrad") || inner.inputs[1] != outer.inputs[0]) return;
    if (uses_[static_cast<size_t>(upstream.node)][0] != 1) return;
    plans_[index] = {.gradient = upstream.node};
    plans_[upstream.node] = {.is_gone = true};
  }

  void rewrite(int32_t index) {
    for (const Value& input : node(index).inputs) add_loss_of(input.node);
    if (is_gone(index)) return;
    if (const auto plan = plans_.find(index); plan != plans_.end())
      return add_gradient(index, node(plan->second.gradient));
    rewriter_.copy(index);
  }

  /// Adds a softmax with its loss, at its first use.
  void add_loss_of(int32_t softmax) {
    static const Operation& operation = find_operation("_SoftmaxSparseCrossEntropy");
    const auto plan = plans_.find(softmax);
    if (plan == plans_.end() || plan->second.loss < 0) return;
    const int32_t loss = std::exchange(plan->second.loss, -1);
    const Value both = rewriter_.add({.operation = &operation,
                                      .inputs = rewriter_.at({node(loss).inputs[0], node(softmax).inputs[0]}),
                                      .outputs = {node(loss).outputs[0], node(softmax).outputs[0]}});
    rewriter_.replace({loss, 0}, both);
    rewriter_.replace({softmax, 0}, {both.node, 1});
  }

  void add_gradient(int32_t index, const Node& inner) {
    static const Operation& operation = find_operation("_SoftmaxSparseCrossEntropyGrad");
    rewriter_.replace(
        {index, 0},
        rewriter_.add({.operation = &operation, .inputs = rewriter_.at(inner.inputs), .outputs = node(index).outputs}));
  }

  const Graph& graph_;
  Rewriter rewriter_;
  std::vector<std::vector<int32_t>> uses_;
  std::unordered_map<int32_t, Plan> plans_;
};

/// A cross-entropy of logits and its gradient share their exponentials: the loss gives the gradient for an upstream of
/// 1 as well, and what was the gradient multiplies that by its upstream.
class LogitsFusion {
 public:
  explicit LogitsFusion(const Graph& graph) : graph_(graph), rewriter_(graph) {}

  Graph run() {
    const int32_t size = static_cast<int32_t>(graph_.nodes.size());
    for (int32_t i = 0; i < size; ++i)
      if (const Pair* pair = pair_of_gradient(node(i))) find_loss(i, *pair);
    for (int32_t i = 0; i < size; ++i) {
      if (const auto both = both_.find(i); both != both_.end())
        add_both(i, *both->second);
      else if (const auto loss = loss_of_.find(i); loss != loss_of_.end())
        rewriter_.replace({i, 0}, scaled(unit_gradient_.at(loss->second), node(i)));
      else
        rewriter_.copy(i);
    }
    return rewriter_.finish();
  }

 private:
  struct Pair {
    const char *loss, *gradient, *both;
  };

  const Node& node(int32_t index) const { return graph_.nodes[static_cast<size_t>(index)]; }

  static const Pair* pair_of_gradient(const Node& gradient) {
    static constexpr Pair pairs[] = {
        {"SparseSoftmaxCrossEntropyWithLogits", "_SparseSoftmaxCrossEntropyGrad",
         "_SparseSoftmaxCrossEntropyWithGradient"},
        {"SoftmaxCrossEntropyWithLogits", "_SoftmaxCrossEntropyGrad", "_SoftmaxCrossEntropyWithGradient"}};
    for (const Pair& pair : pairs)
      if (is_operation(gradient, pair.gradient)) return &pair;
    return nullptr;
  }

  /// The loss before a gradient, of the same labels and logits.
  void find_loss(int32_t gradient, const Pair& pair) {
    for (int32_t i = 0; i < gradient; ++i) {
      if (!is_operation(node(i), pair.loss)) continue;
      if (node(i).inputs[0] != node(gradient).inputs[0] || node(i).inputs[1] != node(gradient).inputs[1]) continue;
      loss_of_[gradient] = i;
      both_[i] = &pair;
      return;
    }
  }

  void add_both(int32_t index, const Pair& pair) {
    const Node& loss = node(index);
    const Value both = rewriter_.add({.operation = &find_operation(pair.both),
                                      .inputs = rewriter_.at(loss.inputs),
                                      .outputs = {loss.outputs[0], graph_.spec(loss.inputs[1])}});
    rewriter_.replace({index, 0}, both);
    unit_gradient_[index] = {both.node, 1};
  }

  Value scaled(const Value& unit, const Node& gradient) {
    static const Operation& multiply = find_operation("Mul");
    const Value& upstream = gradient.inputs[2];
    if (is_filled_with(graph_, upstream, 1)) return unit;
    return rewriter_.add({.operation = &multiply, .inputs = {unit, column(upstream)}, .outputs = gradient.outputs});
  }

  /// The upstream gradients, to multiply whole rows by.
  Value column(const Value& upstream) {
    static const Operation& reshape = find_operation("Reshape");
    const Node& source = graph_.node(upstream);
    if (is_operation(source, "BroadcastTo") && is_one_element(graph_.spec(source.inputs[0]).shape))
      return rewriter_.at(source.inputs[0]);
    if (const Tensor element = filling_of(source); element.defined()) return rewriter_.add_constant(element);
    TensorSpec spec = graph_.spec(upstream);
    spec.shape.push_back(1);
    return rewriter_.add({.operation = &reshape,
                          .attributes = {{"shape", spec.shape}},
                          .inputs = {rewriter_.at(upstream)},
                          .outputs = {spec}});
  }

  const Graph& graph_;
  Rewriter rewriter_;
  std::unordered_map<int32_t, int32_t> loss_of_;      // by gradient
  std::unordered_map<int32_t, const Pair*> both_;     // by loss
  std::unordered_map<int32_t, Value> unit_gradient_;  // in the new graph, by loss
};

}  // namespace

Graph fuse_losses(const Graph& graph) {
  const Graph softmaxes = SoftmaxFusion(graph).run();
  return LogitsFusion(softmaxes).run();
}

}  // namespace cornu::passes
