#include <optional>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/passes.h>

namespace cornu::passes {

namespace {

bool is_identity(const Shape& permutation) {
  for (int axis = 0; axis < permutation.rank(); ++axis)
    if (permutation[axis] != axis) return false;
  return true;
}

/// Simplifies a node, whose inputs are values of the new graph, if it can.
class Simplifier {
 public:
  explicit Simplifier(const Graph& graph) : rewriter_(graph) {}

  Graph run() {
    for (size_t i = 0; i < rewriter_.from().nodes.size(); ++i) {
      const int32_t index = static_cast<int32_t>(i);
      Node node = rewriter_.from().nodes[i];
      node.inputs = rewriter_.at(node.inputs);
      if (node.kind != Node::Kind::operation || !simplify(index, node)) rewriter_.copy(index);
    }
    return rewriter_.finish();
  }

 private:
  using Rule = std::optional<Value> (Simplifier::*)(const Node&);
  struct Entry {
    std::string_view operation;
    Rule rule;
  };

  bool simplify(int32_t index, const Node& node) {
    static constexpr Entry entries[] = {{"Identity", &Simplifier::unchanged},
                                        {"StopGradient", &Simplifier::unchanged},
                                        {"Cast", &Simplifier::unchanged},
                                        {"_SumToShape", &Simplifier::unchanged},
                                        {"BroadcastTo", &Simplifier::broadcast},
                                        {"Reshape", &Simplifier::reshape},
                                        {"Transpose", &Simplifier::transpose},
                                        {"Neg", &Simplifier::negation},
                                        {"Add", &Simplifier::sum},
                                        {"Sub", &Simplifier::difference},
                                        {"Mul", &Simplifier::product},
                                        {"RealDiv", &Simplifier::quotient_or_power},
                                        {"Pow", &Simplifier::quotient_or_power}};
    const std::string_view name = node.operation->name;
    if (name == "CustomGradient" || name == "_TracedCustomGradient") return drop_rule(index, node);
    for (const Entry& entry : entries)
      if (entry.operation == name)
        if (const std::optional<Value> value = (this->*entry.rule)(node)) return replace(index, *value);
    if (const std::optional<Value> value = without_broadcasts(node)) return replace(index, *value);
    return false;
  }

  bool replace(int32_t index, const Value& value) {
    rewriter_.replace({index, 0}, value);
    return true;
  }

  /// Gradients have been taken; what is left of a custom one are the values.
  bool drop_rule(int32_t index, const Node& node) {
    for (size_t k = 0; k < node.outputs.size(); ++k)
      rewriter_.replace({index, static_cast<int32_t>(k)}, node.inputs[k]);
    return true;
  }

  const TensorSpec& spec(const Value& value) const { return rewriter_.to().spec(value); }
  const Node& producer(const Value& value) const { return rewriter_.to().node(value); }
  bool is_all(const Value& value, double number) const { return is_filled_with(rewriter_.to(), value, number); }

  /// `value` if it may stand for the node's result.
  std::optional<Value> if_same(const Node& node, const Value& value) const {
    return is_same_spec(spec(value), node.outputs[0]) ? std::optional(value) : std::nullopt;
  }

  /// Whether the rules of a node's operation allow what the node has become, with the result that it had.
  bool fits(const Node& node) const {
    try {
      return is_same_spec(infer_specs(rewriter_.to(), node)[0], node.outputs[0]);
    } catch (const Error&) {
      return false;
    }
  }

  std::optional<Value> if_valid(Node node) {
    return fits(node) ? std::optional(rewriter_.add(std::move(node))) : std::nullopt;
  }

  std::optional<Value> unchanged(const Node& node) { return if_same(node, node.inputs[0]); }

  /// The first of the inputs that is the result where the other one is all `neutral`.
  std::optional<Value> without_neutral(const Node& node, double neutral, bool commutes) const {
    if (is_all(node.inputs[1], neutral))
      if (const auto value = if_same(node, node.inputs[0])) return value;
    if (commutes && is_all(node.inputs[0], neutral)) return if_same(node, node.inputs[1]);
    return {};
  }

  // A negative zero becomes a positive one in x + 0, if it is not dropped.
  std::optional<Value> sum(const Node& node) { return without_neutral(node, 0, true); }
  std::optional<Value> difference(const Node& node) { return without_neutral(node, 0, false); }
  std::optional<Value> product(const Node& node) { return without_neutral(node, 1, true); }
  std::optional<Value> quotient_or_power(const Node& node) { return without_neutral(node, 1, false); }

  std::optional<Value> negation(const Node& node) {
    const Node& inner = producer(node.inputs[0]);
    return is_operation(inner, "Neg") ? std::optional(inner.inputs[0]) : std::nullopt;
  }

  std::optional<Value> broadcast(const Node& node) {
    if (const auto same = unchanged(node)) return same;
    return through(node, "BroadcastTo");
  }

  /// The node on the input of its own input, if that is `operation`.
  std::optional<Value> through(Node node, std::string_view operation) {
    const Node& inner = producer(node.inputs[0]);
    if (!is_operation(inner, operation)) return {};
    node.inputs[0] = inner.inputs[0];
    return if_valid(std::move(node));
  }

  std::optional<Value> reshape(const Node& node) {
    if (const auto same = unchanged(node)) return same;
    return through(node, "Reshape");
  }

  std::optional<Value> transpose(const Node& node) {
    Shape permutation = node.attributes.shape("perm");
    if (is_identity(permutation)) return node.inputs[0];
    const Node& inner = producer(node.inputs[0]);
    if (!is_operation(inner, "Transpose")) return {};
    const Shape& first = inner.attributes.shape("perm");
    for (int64_t& axis : permutation) axis = first[static_cast<int>(axis)];
    if (is_identity(permutation)) return inner.inputs[0];
    Node composed = node;
    composed.inputs[0] = inner.inputs[0];
    composed.attributes = {{"perm", permutation}};
    return if_valid(std::move(composed));
  }

  /// Operations that broadcast by themselves take what was broadcast for them as it was before, and of equal elements
  /// one.
  std::optional<Value> without_broadcasts(const Node& node) {
    if (node.operation->fusion != Fusion::elementwise || !node.operation->broadcasts) return {};
    Node simpler = node;
    bool is_simpler = false;
    for (Value& input : simpler.inputs) {
      const Value before = input;
      input = without_broadcast(before);
      if (input == before) continue;
      if (fits(simpler))
        is_simpler = true;
      else
        input = before;
    }
    return is_simpler ? std::optional(rewriter_.add(std::move(simpler))) : std::nullopt;
  }

  Value without_broadcast(const Value& value) {
    const Node& node = producer(value);
    if (is_operation(node, "BroadcastTo")) return node.inputs[0];
    const Tensor element = filling_of(node);
    return element.defined() ? rewriter_.add_constant(element) : value;
  }

  Rewriter rewriter_;
};

}  // namespace

Graph simplify_algebra(const Graph& graph) { return Simplifier(graph).run(); }

}  // namespace cornu::passes
