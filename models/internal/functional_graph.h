#pragma once
#include <memory>
#include <string>
#include <vector>

#include <cornu/layers/functional.h>
#include <cornu/layers/internal/functional_node.h>

namespace cornu {

class Extents;

/// What a functional model computes: the calls between its inputs and its outputs, in Keras's order. Keras's Function.
class CORNU_API FunctionalGraph {
 public:
  /// Where a value comes from: the output number `output` of the call number `call`, or a constant.
  struct Source {
    int64_t call = -1;
    int output = 0;
    Tensor constant = {};
  };
  struct Call {
    std::shared_ptr<const FunctionalNode> node;
    size_t member = 0;        // of members()
    int64_t member_call = 0;  // which of the model's calls of this member it is
    int64_t depth = 0;        // calls between it and the outputs, at most
    std::vector<Source> inputs = {};
  };
  /// A layer or an operation with its calls that belong to the model.
  struct Member {
    std::string operation_name = {};  // of an operation; a layer knows its name
    std::vector<size_t> calls = {};   // in calls(), in the order in which they were made
  };

  /// Throws ValueError for inputs and outputs that do not come from Input() or a layer, for an input that is given
  /// twice, and for outputs that need an input which is not given.
  FunctionalGraph(const TensorList& inputs, const TensorList& outputs);

  /// Names of inputs and outputs that take the place of their layers' names; none by default.
  std::vector<std::string> input_keys, output_keys;
  /// As they were given; an inner tensor has been replaced by an input.
  TensorList symbolic_inputs, symbolic_outputs;

  /// The outputs for values of the inputs. Throws ValueError for another number of inputs, ShapeError for shapes that
  /// do not fit; a last axis of extent 1 may be missing or too much.
  TensorList run(const TensorList& inputs) const;

  /// In Keras's order, so that what a call needs stands before it.
  const std::vector<Call>& calls() const { return calls_; }
  /// In Keras's order, inputs included.
  const std::vector<Member>& members() const { return members_; }
  const std::vector<Source>& inputs() const { return inputs_; }
  const std::vector<Source>& outputs() const { return outputs_; }
  const TensorSpec& spec(const Source& source) const;

  const FunctionalNode& node_of(const Member& member) const { return *calls_[member.calls[0]].node; }
  /// The name of the layer or operation that gives it.
  std::string name_of(const Source& source) const;
  /// A layer's name, or an operation's, which differs from all others.
  std::string name_of(const Member& member) const;
  /// The class, as Keras calls it: "Dense", or "Add" for an operation.
  std::string class_of(const Member& member) const;
  /// Whether it is one call after the other, each of another layer and of one tensor.
  bool is_chain() const;

 private:
  friend class FunctionalGraphBuilder;
  TensorList call(const Call& call, const TensorList& inputs, const Extents& extents) const;
  void name_operations();

  std::vector<Call> calls_;
  std::vector<Member> members_;
  std::vector<Source> inputs_, outputs_;
  bool has_operations_ = false;
};

/// `input` as the input `name` expects it: of its dtype, with a last axis of extent 1 added or taken away where that
/// makes it fit. Throws ShapeError where it does not.
CORNU_API Tensor fit_input(const Tensor& input, const TensorSpec& expected, const std::string& name);

}  // namespace cornu
