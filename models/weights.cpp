// Weights in files.
#include <map>
#include <string_view>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/internal/zip_archive.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/train/checkpoint.h>
#include <cornu/models/model.h>
#include <cornu/models/saving/internal/keras_weights.h>

namespace cornu {

namespace {

using NamedTensors = std::map<std::string, Tensor>;
using NamedVariables = std::vector<TrackableContents::NamedVariable>;

enum class Format { checkpoint, safetensors, npz, keras_weights, keras_model };

Format format_of(const std::string& path) {
  if (path.ends_with(".safetensors")) return Format::safetensors;
  if (path.ends_with(".npz")) return Format::npz;
  if (path.ends_with(".weights.h5")) return Format::keras_weights;
  if (path.ends_with(".keras")) return Format::keras_model;
  if (path.ends_with(".h5") || path.ends_with(".hdf5"))
    throw ValueError("'" + path +
                     "': Keras's files of weights end with .weights.h5; older ones are not read or written");
  return Format::checkpoint;
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

void load_keras_weights(const Model& model, const std::string& path, const LoadWeightsOptions& options) {
  const auto load = [&](const saving::WeightsFile& file) {
    file.load_into(model, options.skip_mismatch, "load_weights: '" + path + "'");
  };
  if (format_of(path) == Format::keras_weights) {
    io::FileRange file(path);
    return load(saving::WeightsFile(file));
  }
  const io::ZipReader archive(path, "a .keras file");
  archive.check_names();
  const io::ZipReader::Place weights = archive.place("model.weights.h5");
  load(saving::WeightsFile(*weights.bytes, weights.checksum));
}

}  // namespace

void Model::save_weights(const std::string& path) const {
  const Format format = format_of(path);
  const NamedVariables variables = variables_by_path(*trackable());
  if (variables.empty())
    throw StateError(name() + ": save_weights: the model has no variables yet; call it or build it first");
  switch (format) {
    case Format::safetensors:
      return save_safetensors(path, values_of(variables));
    case Format::npz:
      return save_npz(path, values_of(variables));
    case Format::keras_weights:
      return io::write_file_atomically(path, std::string_view(saving::weights_file(*this, path)));
    case Format::keras_model:
      throw ValueError("save_weights: '" + path + "': a .keras file is a whole model; write it with save()");
    case Format::checkpoint:
      return detail::write_object(*trackable(), path);
  }
}

CheckpointStatus Model::load_weights(const std::string& path, const LoadWeightsOptions& options) {
  const Format format = format_of(path);
  if (format == Format::keras_weights || format == Format::keras_model) {
    load_keras_weights(*this, path, options);
    return {};
  }
  if (options.skip_mismatch)
    throw ValueError("load_weights: '" + path + "': skip_mismatch is for .weights.h5 and .keras files");
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
