#include <set>

#include <cornu/core/error.h>
#include <cornu/core/saved_model/internal/loaded_function.h>
#include <cornu/core/saved_model/internal/tensor_proto.h>

namespace cornu::saved_model {

LoadedFunction::State::State(std::shared_ptr<const LoadedContent> shared, std::string function_name,
                             const std::string& trace_name)
    : content(std::move(shared)), name(std::move(function_name)), trace(trace_name), traced(make_function()) {}

/// Names that the structure leaves out, or gives twice, are numbered.
void LoadedFunction::State::describe(const std::vector<NamedSpec>& specs, std::vector<std::string>& names,
                                     std::map<std::string, TensorDescription>& descriptions, const char* base) {
  for (const NamedSpec& spec : specs) {
    std::string own = spec.name.empty() ? base + ("_" + std::to_string(names.size())) : spec.name;
    if (descriptions.contains(own)) own += "_" + std::to_string(names.size());
    TensorDescription& description = descriptions[own];
    description.dtype = to_string(spec.spec.dtype());
    if (!spec.spec.shape().unknown_rank()) description.shape = from_proto(spec.spec.shape());
    names.push_back(own);
  }
}

FunctionOf<TensorList> LoadedFunction::State::make_function() {
  const auto& functions = content->meta().object_graph_def().concrete_functions();
  const auto found = functions.find(trace);
  if (found == functions.end()) throw ValueError("the function '" + trace + "' is not described");
  const proto::SavedConcreteFunction& description = found->second;
  describe(flatten(description.canonicalized_input_signature()), input_names, inputs, "inputs");
  describe(flatten(description.output_signature()), output_names, outputs, "output");
  bound.assign(description.bound_inputs().begin(), description.bound_inputs().end());
  unknown = content->reader.unknown_operations(trace);
  for (const int32_t object : bound)
    if (const auto missing = content->missing_variables.find(object); missing != content->missing_variables.end())
      unknown.push_back("variable " + missing->second);
  FunctionOptions options{.name = name};
  for (const std::string& input : input_names) {
    const TensorDescription& tensor = inputs.at(input);
    bool has_dtype = false;
    for (int i = 0; i < dtype_count; ++i) has_dtype = has_dtype || tensor.dtype == cornu::name(static_cast<DType>(i));
    if (!has_dtype) unknown.push_back("input '" + input + "' (" + tensor.dtype + ")");
    if (has_dtype && tensor.shape) options.input_signature.emplace_back(*tensor.shape, dtype_from_name(tensor.dtype));
  }
  // A function of tensors of any rank is traced for each.
  if (options.input_signature.size() != input_names.size()) options.input_signature.clear();
  return function([this](const TensorList& tensors) { return compute(tensors); }, std::move(options));
}

void LoadedFunction::State::require_callable() const {
  if (unknown.empty()) return;
  std::string list;
  for (const std::string& operation : unknown) list += (list.empty() ? "" : ", ") + operation;
  throw ValueError("the function '" + name + "' cannot be called; Cornu does not have " + list);
}

TensorList LoadedFunction::State::compute(const TensorList& tensors) const {
  ImportValues arguments;
  for (const Tensor& tensor : tensors) arguments.push_back({.tensor = tensor});
  for (const int32_t object : bound) {
    const auto found = content->variables.find(object);
    // Assets, tables and other resources: an error once they are used.
    arguments.push_back(found == content->variables.end() ? ImportValue() : ImportValue{.variable = found->second});
  }
  TensorList results;
  for (const ImportValue& value : content->reader.call(trace, arguments)) {
    static const proto::NodeDef result;
    results.push_back(ImportCall(result, {value}, false).tensor(0));
  }
  return results;
}

const std::string& LoadedFunction::name() const { return state_->name; }
const std::map<std::string, TensorDescription>& LoadedFunction::inputs() const { return state_->inputs; }
const std::map<std::string, TensorDescription>& LoadedFunction::outputs() const { return state_->outputs; }
std::vector<std::string> LoadedFunction::unknown_operations() const { return state_->unknown; }

TensorList LoadedFunction::operator()(const TensorList& inputs) const {
  state_->require_callable();
  if (inputs.size() != state_->input_names.size())
    throw ValueError("the function '" + name() + "': expected " + std::to_string(state_->input_names.size()) +
                     " tensors; received " + std::to_string(inputs.size()));
  return state_->call(inputs);
}

Tensor LoadedFunction::operator()(const Tensor& input) const {
  TensorList results = (*this)(TensorList{input});
  if (results.size() != 1)
    throw ValueError("the function '" + name() + "' has " + std::to_string(results.size()) +
                     " results; call it with a TensorList to get them all");
  return std::move(results[0]);
}

std::map<std::string, Tensor> LoadedFunction::operator()(const std::map<std::string, Tensor>& inputs) const {
  std::string expected;
  for (const std::string& input : state_->input_names) expected += (expected.empty() ? "'" : ", '") + input + "'";
  TensorList arguments;
  for (const std::string& input : state_->input_names) {
    const auto found = inputs.find(input);
    if (found == inputs.end())
      throw ValueError("the function '" + name() + "': the input '" + input + "' is missing; it takes " + expected);
    arguments.push_back(found->second);
  }
  for (const auto& [input, tensor] : inputs)
    if (!state_->inputs.contains(input))
      throw ValueError("the function '" + name() + "' has no input '" + input + "'; it takes " + expected);
  TensorList results = (*this)(arguments);
  std::map<std::string, Tensor> named;
  for (size_t i = 0; i < results.size(); ++i) named[state_->output_names.at(i)] = std::move(results[i]);
  return named;
}

ConcreteFunction LoadedFunction::concrete_function(const TensorList& inputs) const {
  state_->require_callable();
  return state_->traced.concrete_function(inputs);
}

}  // namespace cornu::saved_model
