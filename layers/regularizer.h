#pragma once
#include <cornu/core/config/handle.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

namespace regularizers {

/// Base of all regularizers: a penalty of a weight or of an activity, a scalar that is added to the loss.
class CORNU_API RegularizerBase {
 public:
  virtual ~RegularizerBase() = default;
  virtual Tensor operator()(const Tensor& x) const = 0;
  virtual Config get_config() const { return Config::object(); }
  virtual std::string class_name() const;
  static Registry<RegularizerBase>& registry();
  static std::shared_ptr<const RegularizerBase> by_name(const std::string& name);
};

}  // namespace regularizers

/// A name ("l2"), an object (`regularizers::L2(0.01)`), or none.
using Regularizer = Handle<regularizers::RegularizerBase>;

}  // namespace cornu
