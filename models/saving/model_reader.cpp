#include <algorithm>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/models/saving/internal/operations.h>
#include <cornu/models/saving/internal/serialization.h>

namespace cornu::saving {

namespace {

bool is_class(const Config& config) {
  return config.contains("class_name") && config.at("class_name").is_text() && config.contains("config");
}

std::string module_of(const Config& config) {
  const Config module = config.contains("module") ? config.at("module") : Config();
  return module.is_text() ? module.text() : "";
}

bool is_sequential(const std::string& class_name) { return class_name == "Sequential"; }
bool is_functional(const std::string& class_name) { return class_name == "Functional" || class_name == "Model"; }

/// Whether an object of one of Keras's modules can be made; all that is of no such module can.
bool knows(const Config& object) {
  const std::string module = module_of(object);
  if (module == "keras.layers") return layers::registry().knows(object);
  if (module == "keras.initializers") return initializers::InitializerBase::registry().knows(object);
  if (module == "keras.regularizers") return regularizers::RegularizerBase::registry().knows(object);
  if (module == "keras.constraints") return constraints::ConstraintBase::registry().knows(object);
  return true;
}

void set_trainable(Layer& layer, const Config& config) {
  if (config.contains("trainable") && !config.at("trainable").boolean()) layer.set_trainable(false);
}

LayerOptions model_options(const Config& config) {
  LayerOptions options;
  if (config.contains("name") && config.at("name").is_text()) options.name = config.at("name").text();
  return options;
}

}  // namespace

void ModelReader::collect_unknown(const Config& config, bool is_layer, std::vector<std::string>& unknown) const {
  if (is_class(config)) {
    const std::string name = config.at("class_name").text();
    const bool is_model = is_sequential(name) || is_functional(name);
    const bool is_known = is_operation(config) ? find_operation_class(name) != nullptr
                                               : is_model || custom_objects_.contains(name) ||
                                                     (is_layer ? layers::registry().knows(config) : knows(config));
    if (!is_known && std::find(unknown.begin(), unknown.end(), name) == unknown.end()) unknown.push_back(name);
  }
  if (config.is_list())
    for (const Config& element : config.elements()) collect_unknown(element, is_layer, unknown);
  if (!config.is_object()) return;
  for (const std::string& name : config.names())
    if (name != "compile_config" && name != "inbound_nodes")
      collect_unknown(config.at(name), name == "layers", unknown);
}

void ModelReader::check_classes(const Config& object) const {
  std::vector<std::string> unknown;
  collect_unknown(object, true, unknown);
  if (!unknown.empty())
    throw ValueError("there are no classes " + join(unknown) +
                     "; make those that are your own known with register_keras_serializable() or custom_objects");
}

std::unique_ptr<Layer> ModelReader::layer(const Config& object) const {
  if (!is_class(object)) throw ValueError("expected a layer with class_name and config; received " + object.dump());
  const std::string name = object.at("class_name").text();
  const Config config = object.at("config");
  const auto custom = custom_objects_.find(name);
  if (custom != custom_objects_.end()) return custom->second(config);
  if (is_sequential(name)) return sequential(config);
  if (is_functional(name) && config.contains("input_layers")) return functional(config);
  std::unique_ptr<Layer> made = layers::registry().make(object);
  set_trainable(*made, config);
  return made;
}

std::unique_ptr<Model> ModelReader::model(const Config& object) const {
  std::unique_ptr<Layer> made = layer(object);
  auto* const model = dynamic_cast<Model*>(made.get());
  if (!model) throw ValueError("expected a model; received the layer " + made->class_name());
  made.release();
  std::unique_ptr<Model> owned(model);
  const Config build_config = object.contains("build_config") ? object.at("build_config") : Config();
  const Config shape = build_config.contains("input_shape") ? build_config.at("input_shape") : Config();
  if (model->built() || !shape.is_list()) return owned;
  Shape input_shape;
  from_config(shape, input_shape);
  model->build(input_shape);
  return owned;
}

std::unique_ptr<Model> ModelReader::sequential(const Config& config) const {
  auto model = std::make_unique<Sequential>(model_options(config));
  for (const Config& object : config.at("layers").elements()) model->add(std::shared_ptr<Layer>(layer(object)));
  const Config shape = config.contains("build_input_shape") ? config.at("build_input_shape") : Config();
  if (!model->built() && shape.is_list()) {
    Shape input_shape;
    from_config(shape, input_shape);
    model->build(input_shape);
  }
  set_trainable(*model, config);
  return model;
}

std::unique_ptr<Model> ModelReader::functional(const Config& config) const {
  std::unique_ptr<Model> model = read_functional(config, *this);
  set_trainable(*model, config);
  return model;
}

namespace {

/// Models are layers as well: this makes layers::deserialize() and Layer::clone() know them.
[[maybe_unused]] const bool are_known_as_layers = [] {
  static const CustomObjects none;
  layers::registry().add("Sequential", [](const Config& config) { return ModelReader(none).sequential(config); });
  layers::registry().add("Functional", [](const Config& config) { return ModelReader(none).functional(config); });
  return true;
}();

}  // namespace

}  // namespace cornu::saving
