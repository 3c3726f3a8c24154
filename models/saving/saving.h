#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>

#include <cornu/core/initializers/initializer.h>
#include <cornu/layers/constraint.h>
#include <cornu/layers/regularizer.h>
#include <cornu/losses/loss.h>
#include <cornu/metrics/metric.h>
#include <cornu/models/model.h>
#include <cornu/optimizers/optimizer.h>

namespace cornu {

/// Makes layers of a class from their configurations.
using LayerFactory = std::function<std::unique_ptr<Layer>(const Config& config)>;

struct LoadModelOptions {
  std::map<std::string, LayerFactory> custom_objects = {};  ///< classes of layers, besides those that are registered
  bool compile = true;                                      ///< as the model was when it was saved
};

/// A model of a `.keras` file, as Model::save() or Keras writes it: with its weights and, if it was compiled, with its
/// optimizer, losses and metrics. Keras's load_model.
///
///     std::unique_ptr<Model> model = load_model("mlp.keras");
///     model->fit(x, y);
///
/// No code is read from a file, and options that are not known are ignored. Throws FileError for a file that is
/// missing, damaged or refers outside of itself, ValueError for classes that are not known (all of them in one message)
/// and options that do not hold.
CORNU_API std::unique_ptr<Model> load_model(const std::string& path, const LoadModelOptions& options = {});

/// A model of the configuration that Model::to_json() gives, with fresh weights; it is not compiled. Throws ValueError
/// as load_model() does. Keras's model_from_json.
CORNU_API std::unique_ptr<Model> model_from_json(const std::string& json_text,
                                                 const std::map<std::string, LayerFactory>& custom_objects = {});

namespace detail {

template <class Class>
auto& registry_of() {
  if constexpr (std::is_base_of_v<Layer, Class>)
    return layers::registry();
  else if constexpr (std::is_base_of_v<Loss, Class>)
    return losses::registry();
  else if constexpr (std::is_base_of_v<Metric, Class>)
    return metrics::registry();
  else if constexpr (std::is_base_of_v<Optimizer, Class>)
    return Optimizer::registry();
  else if constexpr (std::is_base_of_v<initializers::InitializerBase, Class>)
    return initializers::InitializerBase::registry();
  else if constexpr (std::is_base_of_v<regularizers::RegularizerBase, Class>)
    return regularizers::RegularizerBase::registry();
  else
    return constraints::ConstraintBase::registry();
}

template <class Class>
std::unique_ptr<Class> from_config(const std::string& class_name, const Config& config) {
  if constexpr (requires { Class::from_config(config); }) {
    return std::make_unique<Class>(Class::from_config(config));
  } else if constexpr (requires { typename Class::Options; }) {
    return std::make_unique<Class>(read_options<typename Class::Options>(class_name, config));
  } else {
    auto made = std::make_unique<Class>();
    if constexpr (std::is_base_of_v<Layer, Class>)
      if (config.contains("name")) made->set_name(config.at("name").text());
    return made;
  }
}

}  // namespace detail

/// Makes a class of one's own known to files: a layer, model, loss, metric, optimizer, initializer, regularizer or
/// constraint. It is written as `package>Class`, which is what Python finds it by where the same is registered there.
/// Its get_config() says how it is written; it is made by `static Class from_config(const Config&)` if it has that,
/// else from its Options, else without arguments. Keras's register_keras_serializable.
///
///     class Scale : public layers::ConfiguredLayer<ScaleOptions> { ... };
///     register_keras_serializable<Scale>("my_package");
///
/// `name` is the class's own by default.
template <class Class>
void register_keras_serializable(const std::string& package = "Custom", const std::string& name = "") {
  const std::string class_name = name.empty() ? class_name_of(typeid(Class)) : name;
  detail::registry_of<Class>().add_registered(package, class_name, [class_name](const Config& config) {
    return detail::from_config<Class>(class_name, config);
  });
}

}  // namespace cornu
