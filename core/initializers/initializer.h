#pragma once
#include <cornu/core/config/handle.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

namespace initializers {

/// Base of all initializers: makes the first value of a weight.
class CORNU_API InitializerBase {
 public:
  virtual ~InitializerBase() = default;
  virtual Tensor operator()(const Shape& shape, DType dtype = float32) const = 0;
  /// The options, as Keras writes them.
  virtual Config get_config() const { return Config::object(); }
  virtual std::string class_name() const;
  static Registry<InitializerBase>& registry();
  static std::shared_ptr<const InitializerBase> by_name(const std::string& name);
};

}  // namespace initializers

/// How a weight begins: a name ("glorot_uniform"), an object (`initializers::HeNormal({.seed = 1})`), or none.
using Initializer = Handle<initializers::InitializerBase>;

}  // namespace cornu
