#pragma once
#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <cornu/core/config/config.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// An activation function: a name ("relu"), one of the functions of core/ops/nn.h (`relu`), any function of a Tensor,
/// or none (the identity, "linear").
class CORNU_API Activation {
 public:
  using Function = Tensor (*)(const Tensor&);

  Activation() = default;
  Activation(std::nullptr_t) {}
  /// Throws ValueError for an unknown name, suggesting a near one.
  Activation(const char* name);
  Activation(const std::string& name);
  /// Throws ValueError for an empty function.
  Activation(Function function);
  template <class F>
  requires(std::invocable<const F&, const Tensor&> && !std::same_as<F, Function> && !std::same_as<F, Activation>)
      Activation(F function)
      : name_(), function_(not_empty(std::move(function))) {}

  /// Keras's name; empty for a function that has none.
  const std::string& name() const { return name_; }
  bool is_linear() const { return !function_; }
  Tensor operator()(const Tensor& x) const { return function_ ? function_(x) : x; }

 private:
  static std::function<Tensor(const Tensor&)> not_empty(std::function<Tensor(const Tensor&)> function);
  friend CORNU_API void to_config(Config& out, const Activation& activation);
  friend CORNU_API void from_config(const Config& in, Activation& activation);

  std::string name_ = "linear";
  std::function<Tensor(const Tensor&)> function_;
  std::shared_ptr<const Config> layer_;  // the configuration of the layer that it is
};

/// Written by name, or as the layer that it is; throws ValueError for a function that has no name.
CORNU_API void to_config(Config& out, const Activation& activation);
/// A name, Keras's form of a function ({"class_name": "function", "config": NAME}), or a layer without weights such as
/// {"class_name": "LeakyReLU", "config": {...}}.
CORNU_API void from_config(const Config& in, Activation& activation);

namespace activations {

/// Makes an activation of the user's own known by name; it is written by that name. Throws ValueError for the name of
/// one of Keras's.
CORNU_API void add(const std::string& name, std::function<Tensor(const Tensor&)> function);
/// All names that an Activation can be made from.
CORNU_API std::vector<std::string> names();

}  // namespace activations

}  // namespace cornu
