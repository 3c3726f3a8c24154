#pragma once
#include <string_view>
#include <unordered_map>

#include <cornu/core/graph/graph.h>

namespace cornu {

/// Makes a graph from another one, node by node: a pass copies the nodes that stay, adds new ones and says what takes
/// the place of the values of those that go.
class CORNU_API Rewriter {
 public:
  explicit Rewriter(const Graph& from) : from_(from), replacement_(from.nodes.size()) {}

  const Graph& from() const { return from_; }
  const Graph& to() const { return to_; }
  /// What stands for a value of the old graph.
  Value at(const Value& value) const;
  std::vector<Value> at(const std::vector<Value>& values) const;
  /// Copies the old graph's node; gives back its place in the new one.
  int32_t copy(int32_t node);
  /// Adds a node, whose inputs are values of the new graph.
  Value add(Node node);
  Value add_constant(const Tensor& constant);
  /// Adds an operation on values of the new graph, with its specs worked out.
  Value add_operation(const Operation& operation, std::vector<Value> inputs, const Attributes& attributes = {});
  /// From here on, `value` of the old graph is `by` of the new one.
  void replace(const Value& value, const Value& by);
  /// The new graph, with the old one's inputs and outputs.
  Graph finish();
  /// The same with these values of the old graph as results, and no inputs yet.
  Graph finish_with(const std::vector<Value>& outputs);

 private:
  const Graph& from_;
  Graph to_;
  std::vector<std::vector<Value>> replacement_;
};

/// Whether `node` is the operation called `name`.
CORNU_API bool is_operation(const Node& node, std::string_view name);
/// Whether both are surely one dtype and one shape: equal numbers or equal names, none left open.
CORNU_API bool is_same_spec(const TensorSpec& a, const TensorSpec& b);
/// The names of unknown extents that a node asks for in its attributes: something before it must have them.
CORNU_API std::vector<int64_t> names_read(const Node& node);
/// The first value of each name of an unknown extent.
CORNU_API std::unordered_map<int64_t, Value> first_of_names(const Graph& graph);
/// How often each value is used, as an input or as a result, by node and output.
CORNU_API std::vector<std::vector<int32_t>> count_uses(const Graph& graph);
/// The one element of a constant of one element, or of a Fill.
CORNU_API bool is_filled_with(const Graph& graph, const Value& value, double number);
/// One element of a constant or Fill whose elements are all the same; undefined otherwise, and for a single element.
CORNU_API Tensor filling_of(const Node& node);
CORNU_API std::vector<TensorSpec> infer_specs(const Graph& graph, const Node& node);

}  // namespace cornu
