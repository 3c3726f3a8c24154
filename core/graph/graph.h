#pragma once
#include <memory>
#include <string>
#include <vector>

#include <cornu/core/autodiff/effect.h>
#include <cornu/core/autodiff/variable.h>
#include <cornu/core/ops/operation.h>

namespace cornu {

/// An output of a node: what flows along an edge of a graph.
struct Value {
  int32_t node = -1;  ///< the node's place in Graph::nodes
  int32_t output = 0;
  bool operator==(const Value&) const = default;
};

/// A step of a graph.
struct Node {
  enum class Kind : uint8_t {
    input,      ///< a tensor that the caller gives
    constant,   ///< a tensor that is known
    read,       ///< the value that a variable has at this place
    assign,     ///< gives a variable the value of input 0
    operation,  ///< an entry of the table of operations
    effect,     ///< anything else that happens, with or without outputs; also an operation whose graphs have effects
  };
  Kind kind = Kind::operation;
  const Operation* operation = nullptr;
  Attributes attributes = {};
  std::vector<Value> inputs = {};
  std::vector<TensorSpec> outputs = {};
  Tensor constant = {};
  Variable variable = {};  ///< that is read or assigned
  std::shared_ptr<const Effect> effect = {};
  std::string name = {};   ///< of an input, if the signature gives one
  std::string scope = {};  ///< the path of the layer that it comes from

  /// As TensorFlow calls it: Placeholder, Const, ReadVariableOp, AssignVariableOp, the operation's or the effect's
  /// name.
  CORNU_API const char* type() const;
  /// Whether it changes something, so that it stays even where nobody uses its outputs.
  bool has_effect() const { return kind == Kind::assign || kind == Kind::effect; }
};

/// What a traced function computes: nodes in an order in which they can run. Each node's inputs come before it; nodes
/// with effects, and the reads of the variables that these change, keep the program's order.
class CORNU_API Graph {
 public:
  std::vector<Node> nodes = {};
  std::vector<Value> inputs = {};  ///< input nodes in the order of the arguments
  std::vector<Value> outputs = {};

  const Node& node(const Value& value) const { return nodes[static_cast<size_t>(value.node)]; }
  const TensorSpec& spec(const Value& value) const { return node(value).outputs[static_cast<size_t>(value.output)]; }
  std::vector<TensorSpec> input_specs() const;
  std::vector<TensorSpec> output_specs() const;
  /// The variables that are read or changed, in the order of their first appearance.
  std::vector<Variable> variables() const;
  bool has_effects() const;
  /// Whether all extents are known.
  bool is_known() const;

  /// One line a node: `matmul_1: float32 (50, 100) = MatMul(x, read_0)`, and the outputs last.
  std::string to_string() const;
  /// A drawing for Graphviz's dot.
  std::string to_dot() const;
  /// The name of a node in to_string(), to_dot() and error messages.
  std::string name_of(int32_t node) const;

  /// Throws StateError saying what is wrong unless the nodes are in order, their inputs are there and fit the
  /// operations' rules, and the outputs are values.
  void verify() const;
};

}  // namespace cornu
