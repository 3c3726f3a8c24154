#pragma once
#include <string>
#include <vector>

#include <proto/saved_model.pb.h>

#include <cornu/core/graph/argument.h>

/// The structured values in which TensorFlow 2 says what functions take and give.
namespace cornu::saved_model {

/// A tensor among the arguments or results, in order, with what the structure calls it.
struct NamedSpec {
  std::string name;
  proto::TensorSpecProto spec;
};
/// The tensors in a structure; plain values among them are left out. Dictionaries are in order of their keys.
std::vector<NamedSpec> flatten(const proto::StructuredValue& structure);
/// Whether there is a boolean that is true among the plain values (`training`).
bool has_true(const proto::StructuredValue& structure);

/// The signature ((arguments...), {}) of a function of C++'s arguments, whose tensors are called `names`.
proto::StructuredValue positional_signature(const std::vector<ArgumentSpec>& arguments,
                                            const std::vector<std::string>& names);
/// The signature ((), {name: tensor...}).
proto::StructuredValue keyword_signature(const std::vector<TensorSpec>& specs, const std::vector<std::string>& names);
/// A tensor, or a list of them.
proto::StructuredValue result_structure(const std::vector<TensorSpec>& specs, const std::vector<std::string>& names);
/// {name: tensor...}.
proto::StructuredValue dictionary(const std::vector<TensorSpec>& specs, const std::vector<std::string>& names);
/// Python's description of the arguments.
proto::FunctionSpec function_spec(const std::vector<std::string>& arguments, const std::vector<std::string>& keywords);

}  // namespace cornu::saved_model
