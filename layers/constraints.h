#pragma once
#include <cornu/core/config/integers.h>
#include <cornu/layers/constraint.h>

/// What keeps weights in their bounds: applied after each update of an optimizer. An object
/// (`constraints::MaxNorm({.max_value = 2})`) or a name ("max_norm", "non_neg", "unit_norm", "min_max_norm"). One of
/// the user's own derives from ConstraintBase.
///
/// `axis` names the axes that a norm is taken over: 0 for the kernel of a Dense layer, {0, 1, 2} for a Conv2D's.
namespace cornu::constraints {

struct MaxNormOptions {
  double max_value = 2;
  Integers axis = 0;
  CORNU_API void describe(Fields& fields);
};
/// w * clip(norm, 0, max_value) / (1e-7 + norm).
class CORNU_API MaxNorm : public Configured<ConstraintBase, MaxNormOptions> {
 public:
  explicit MaxNorm(double max_value) : MaxNorm(Options{.max_value = max_value}) {}
  explicit MaxNorm(const Options& options = {});
  Tensor operator()(const Tensor& weight) const override;
};

/// max(w, 0).
class CORNU_API NonNeg : public ConstraintBase {
 public:
  struct Options {
    void describe(Fields&) {}
  };
  NonNeg() = default;
  explicit NonNeg(const Options&) {}
  Tensor operator()(const Tensor& weight) const override;
};

struct UnitNormOptions {
  Integers axis = 0;
  CORNU_API void describe(Fields& fields);
};
/// w / (1e-7 + norm).
class CORNU_API UnitNorm : public Configured<ConstraintBase, UnitNormOptions> {
 public:
  explicit UnitNorm(const Options& options = {});
  Tensor operator()(const Tensor& weight) const override;
};

struct MinMaxNormOptions {
  double min_value = 0;
  double max_value = 1;
  double rate = 1;  ///< 1 enforces the bounds at once, less moves toward them
  Integers axis = 0;
  CORNU_API void describe(Fields& fields);
};
/// w * desired / (1e-7 + norm), desired = rate * clip(norm, min_value, max_value) + (1 - rate) * norm.
class CORNU_API MinMaxNorm : public Configured<ConstraintBase, MinMaxNormOptions> {
 public:
  explicit MinMaxNorm(const Options& options = {});
  Tensor operator()(const Tensor& weight) const override;
};

}  // namespace cornu::constraints
