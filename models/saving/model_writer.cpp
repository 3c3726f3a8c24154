#include <algorithm>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/models/internal/functional_graph.h>
#include <cornu/models/saving/internal/serialization.h>

namespace cornu::saving {

namespace {

Config shape_config(const Shape& shape) {
  Config config;
  to_config(config, shape);
  return config;
}

/// With any number of examples, as Keras notes shapes that layers were built for.
Shape any_batch(Shape shape) {
  if (!shape.empty()) shape[0] = -1;
  return shape;
}

/// Layers of Keras's that have nothing to build, and so no record of the shape that they were built for.
bool records_no_shape(const std::string& class_name) {
  static const std::vector<std::string> names = {"InputLayer",
                                                 "Activation",
                                                 "ReLU",
                                                 "LeakyReLU",
                                                 "ELU",
                                                 "Softmax",
                                                 "Dropout",
                                                 "Masking",
                                                 "Reshape",
                                                 "Permute",
                                                 "Rescaling",
                                                 "RepeatVector",
                                                 "MaxPooling2D",
                                                 "AveragePooling2D",
                                                 "GlobalMaxPooling2D",
                                                 "GlobalAveragePooling2D"};
  return std::find(names.begin(), names.end(), class_name) != names.end();
}

Config build_config_of(const Layer& layer) {
  const std::vector<TensorSpec>& specs = layer.input_specs();
  std::vector<Config> shapes;
  for (const TensorSpec& spec : specs) shapes.push_back(shape_config(any_batch(spec.shape)));
  Config build_config = Config::object();
  build_config.set("input_shape", shapes.size() == 1 ? shapes[0] : Config(shapes));
  return build_config;
}

Config object(const char* module, const char* class_name, const Config& config, const Config& registered_name) {
  Config written = Config::object();
  written.set("module", module);
  written.set("class_name", class_name);
  written.set("config", config);
  written.set("registered_name", registered_name);
  return written;
}

Config compile_config_of(const Model& model) {
  const Config config = model.get_compile_config();
  return config.is_null() ? Config::object() : config;
}

}  // namespace

Config ModelWriter::object_of(const Layer& layer) {
  const auto* model = dynamic_cast<const Model*>(&layer);
  if (!model) return layer_object(layer);
  Config written;
  if (const auto* sequential = dynamic_cast<const Sequential*>(model)) {
    written = object("keras", "Sequential", sequential_config(*sequential), {});
    if (model->built()) written.set("build_config", build_config_of(layer));
  } else if (const FunctionalGraph* graph = model->functional_graph()) {
    written = object("keras.src.models.functional", "Functional", functional_config(*model, *graph), "Functional");
    Config build_config = Config::object();
    build_config.set("input_shape", {});
    written.set("build_config", build_config);
  } else {
    written = layer_object(layer);
  }
  written.set("compile_config", compile_config_of(*model));
  return written;
}

Config ModelWriter::config_of(const Model& model) { return object_of(model).at("config"); }

Config ModelWriter::layer_object(const Layer& layer) {
  const std::string class_name = layer.class_name();
  Config config = layer.get_config();
  if (class_name != "InputLayer" && config.contains("dtype")) config.set("dtype", dtype_policy(layer.dtype()));
  Config written = layers::registry().wrap(class_name, config);
  if (layer.built() && !records_no_shape(class_name)) written.set("build_config", build_config_of(layer));
  return written;
}

Config ModelWriter::dtype_policy(DType dtype) {
  constexpr int64_t shared_object_id = 1;
  Config name = Config::object();
  name.set("name", std::string(cornu::name(dtype)));
  Config policy = object("keras", "DTypePolicy", name, {});
  if (dtype != float32) return policy;
  if (has_default_policy_) policy.set("shared_object_id", shared_object_id);
  has_default_policy_ = true;
  return policy;
}

Config ModelWriter::sequential_config(const Sequential& model) {
  std::vector<Config> layers;
  Shape input_shape;
  if (const layers::InputLayer* input = model.input_layer()) {
    input_shape = input->batch_shape();
    layers.push_back(layer_object(*input));
  } else if (model.built() && model.input_specs().size() == 1) {
    const TensorSpec& spec = model.input_specs()[0];
    input_shape = any_batch(spec.shape);
    const layers::InputLayer made(spec.shape.slice(1, spec.shape.rank()), {.dtype = spec.dtype, .name = "input_layer"});
    layers.push_back(layer_object(made));
  }
  for (const Layer* layer : model.layers()) layers.push_back(object_of(*layer));
  Config config = Config::object();
  config.set("name", model.name());
  config.set("trainable", model.trainable());
  config.set("dtype", dtype_policy(model.dtype()));
  config.set("layers", layers);
  if (model.built() && !input_shape.empty()) config.set("build_input_shape", shape_config(input_shape));
  return config;
}

}  // namespace cornu::saving
