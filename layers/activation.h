#pragma once
#include <concepts>
#include <functional>
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
  Activation(const char* name) : Activation(std::string(name)) {}
  Activation(const std::string& name);
  Activation(Function function);
  template <class F>
  requires(std::invocable<const F&, const Tensor&> && !std::convertible_to<F, Function> && !std::same_as<F, Activation>)
      Activation(F function)
      : function_(std::move(function)) {}

  /// Keras's name; empty for a function that has none.
  const std::string& name() const { return name_; }
  bool is_linear() const { return !function_; }
  Tensor operator()(const Tensor& x) const { return function_ ? function_(x) : x; }

 private:
  std::string name_ = "linear";
  std::function<Tensor(const Tensor&)> function_;
};

/// Written by name; throws ValueError for a function that has none.
CORNU_API void to_config(Config& out, const Activation& activation);
CORNU_API void from_config(const Config& in, Activation& activation);

namespace activations {

/// Makes an activation of the user's own known by name.
CORNU_API void add(const std::string& name, std::function<Tensor(const Tensor&)> function);
CORNU_API std::vector<std::string> names();

}  // namespace activations

}  // namespace cornu
