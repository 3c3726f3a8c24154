#include <cornu/core/error.h>
#include <cornu/core/graph/function.h>
#include <cornu/models/saved_model.h>

namespace cornu::saved_model {

namespace {

/// The model's call for inputs as it has seen them, in batches of any size.
ConcreteFunction trace_call(Model& model) {
  if (!model.built() || model.input_specs().empty())
    throw StateError("saved_model: the model '" + model.name() + "' has no variables yet; call it once, or build() it");
  std::vector<TensorSpec> specs = model.input_specs();
  for (TensorSpec& spec : specs) {
    spec.shape = spec.shape.without_names();
    if (spec.shape.rank() > 0) spec.shape[0] = -1;
  }
  TensorList examples;
  for (const TensorSpec& spec : specs) examples.push_back(Tensor::symbolic(spec));
  const FunctionOptions options{.input_signature = specs, .name = model.name()};
  if (specs.size() > 1)
    return function([&](const TensorList& inputs) -> TensorList { return model(inputs, {.training = false}); }, options)
        .concrete_function(examples);
  return function([&](const Tensor& inputs) -> TensorList { return model(TensorList{inputs}, {.training = false}); },
                  options)
      .concrete_function(examples[0]);
}

std::map<std::string, Variable> variables_of(const Model& model) {
  const std::string root = model.path() + "/";
  std::map<std::string, Variable> variables;
  for (const Variable& variable : model.variables()) {
    const std::string& path = variable.path();
    const std::string own = path.starts_with(root) ? path.substr(root.size()) : path;
    if (!variables.emplace(own, variable).second)
      throw ValueError("saved_model: two variables of the model '" + model.name() + "' have the path '" + path + "'");
  }
  return variables;
}

}  // namespace

void save(Model& model, const std::string& directory, const SaveOptions& options) {
  save(trace_call(model), variables_of(model), directory, options);
}

void export_frozen_graph(Model& model, const std::string& file) {
  export_frozen_graph(Signature(trace_call(model)), file);
}

}  // namespace cornu::saved_model
