// Weights in files.
#include <map>
#include <string_view>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/train/checkpoint.h>
#include <cornu/models/model.h>

namespace cornu {

namespace {

using NamedTensors = std::map<std::string, Tensor>;
using NamedVariables = std::vector<TrackableContents::NamedVariable>;

enum class Format { checkpoint, safetensors, npz };

Format format_of(std::string_view path) {
  if (path.ends_with(".safetensors")) return Format::safetensors;
  return path.ends_with(".npz") ? Format::npz : Format::checkpoint;
}

NamedTensors values_of(const NamedVariables& variables) {
  NamedTensors values;
  for (const auto& [name, variable] : variables) values.emplace(name, variable.peek());
  return values;
}

/// Throws unless the file has a value that fits for each variable, and no more.
void check(const std::string& path, const NamedVariables& variables, const NamedTensors& values) {
  std::vector<std::string> missing, unknown;
  for (const auto& [name, variable] : variables)
    if (!values.contains(name)) missing.push_back(name);
  const NamedTensors known = values_of(variables);
  for (const auto& [name, value] : values)
    if (!known.contains(name)) unknown.push_back(name);
  if (!missing.empty()) throw ValueError("load_weights: '" + path + "' has no values for " + join(missing));
  if (!unknown.empty())
    throw ValueError("load_weights: '" + path + "' has values that the model has not: " + join(unknown));
  for (const auto& [name, variable] : variables) {
    const Tensor& value = values.at(name);
    if (value.shape() != variable.shape())
      throw ShapeError("load_weights: the shape of '" + name + "' is " + variable.shape().to_string() + "; in '" +
                       path + "' it is " + value.shape().to_string());
    if (value.dtype() != variable.dtype())
      throw DTypeError("load_weights: the dtype of '" + name + "' is " + std::string(cornu::name(variable.dtype())) +
                       "; in '" + path + "' it is " + std::string(cornu::name(value.dtype())));
  }
}

}  // namespace

void Model::save_weights(const std::string& path) const {
  const NamedVariables variables = variables_by_path(*trackable());
  if (variables.empty())
    throw StateError(name() + ": save_weights: the model has no variables yet; call it or build it first");
  switch (format_of(path)) {
    case Format::safetensors:
      return save_safetensors(path, values_of(variables));
    case Format::npz:
      return save_npz(path, values_of(variables));
    case Format::checkpoint:
      return detail::write_object(*trackable(), path);
  }
}

CheckpointStatus Model::load_weights(const std::string& path) {
  const Format format = format_of(path);
  if (format == Format::checkpoint) return detail::restore_object(trackable(), path);
  const NamedVariables variables = variables_by_path(*trackable());
  if (variables.empty())
    throw StateError(name() + ": load_weights: the model has no variables yet; call it or build it first");
  NamedTensors values = format == Format::npz ? load_npz(path) : load_safetensors(path);
  check(path, variables, values);
  for (const auto& [name, variable] : variables) {
    const Tensor value = std::move(values.at(name));
    variable.restore(value);
  }
  return {};
}

}  // namespace cornu
