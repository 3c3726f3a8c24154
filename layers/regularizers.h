#pragma once
#include <string>

#include <cornu/layers/regularizer.h>

/// Penalties that are added to the loss. An object (`regularizers::L2(0.01)`) or a name ("l2", "l1", "l1_l2",
/// "orthogonal_regularizer"). One of the user's own derives from RegularizerBase.
namespace cornu::regularizers {

struct L1Options {
  double l1 = 0.01;
  CORNU_API void describe(Fields& fields);
};
/// l1 * sum(|x|).
class CORNU_API L1 : public Configured<RegularizerBase, L1Options> {
 public:
  explicit L1(double l1) : L1(Options{.l1 = l1}) {}
  explicit L1(const Options& options = {});
  Tensor operator()(const Tensor& x) const override;
};

struct L2Options {
  double l2 = 0.01;
  CORNU_API void describe(Fields& fields);
};
/// l2 * sum(x^2).
class CORNU_API L2 : public Configured<RegularizerBase, L2Options> {
 public:
  explicit L2(double l2) : L2(Options{.l2 = l2}) {}
  explicit L2(const Options& options = {});
  Tensor operator()(const Tensor& x) const override;
};

struct L1L2Options {
  double l1 = 0;
  double l2 = 0;
  CORNU_API void describe(Fields& fields);
};
/// l1 * sum(|x|) + l2 * sum(x^2).
class CORNU_API L1L2 : public Configured<RegularizerBase, L1L2Options> {
 public:
  explicit L1L2(const Options& options = {});
  Tensor operator()(const Tensor& x) const override;
};

struct OrthogonalRegularizerOptions {
  double factor = 0.01;
  std::string mode = "rows";  ///< or "columns"
  CORNU_API void describe(Fields& fields);
};
/// factor times the mean of |cosine| between each two different rows (or columns) of a matrix. Throws ShapeError unless
/// the rank is 2.
class CORNU_API OrthogonalRegularizer : public Configured<RegularizerBase, OrthogonalRegularizerOptions> {
 public:
  explicit OrthogonalRegularizer(const Options& options = {});
  Tensor operator()(const Tensor& x) const override;
};

}  // namespace cornu::regularizers
