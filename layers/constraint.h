#pragma once
#include <cornu/core/config/handle.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

namespace constraints {

/// Base of all constraints: brings a weight back into its bounds after an update.
class CORNU_API ConstraintBase {
 public:
  virtual ~ConstraintBase() = default;
  virtual Tensor operator()(const Tensor& weight) const = 0;
  virtual Config get_config() const { return Config::object(); }
  virtual std::string class_name() const;
  static Registry<ConstraintBase>& registry();
  static std::shared_ptr<const ConstraintBase> by_name(const std::string& name);
};

}  // namespace constraints

/// A name ("non_neg"), an object (`constraints::MaxNorm({.max_value = 2})`), or none.
using Constraint = Handle<constraints::ConstraintBase>;

}  // namespace cornu
