#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/linalg.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu::linalg {

namespace {

[[noreturn]] void throw_unknown(const std::string& ord, const char* kind, const char* known) {
  throw ValueError("norm: there is no " + std::string(kind) + " norm '" + ord + "'; known are " + known);
}

/// f(x), and 0 where x is 0: roots and powers have no derivative there, the norm's gradient is taken as 0.
template <class Function>
Tensor but_zero(const Tensor& x, const Function& f) {
  const Tensor zero = equal(x, 0);
  return where(zero, 0, f(where(zero, 1, x)));
}

Tensor euclidean(const Tensor& x, const Axes& axes, bool keepdims) {
  return but_zero(reduce_sum(square(x), axes, {.keepdims = keepdims}), [](const Tensor& sum) { return sqrt(sum); });
}

Tensor vector_norm(const Tensor& x, const std::string& ord, const Axes& axes, bool keepdims) {
  const ReduceOptions options{.keepdims = keepdims};
  if (ord == "euclidean" || ord == "fro" || ord == "2") return euclidean(x, axes, keepdims);
  if (ord == "inf") return reduce_max(abs(x), axes, options);
  if (ord == "1") return reduce_sum(abs(x), axes, options);
  double p = 0;
  const auto [end, error] = std::from_chars(ord.data(), ord.data() + ord.size(), p);
  if (error != std::errc() || end != ord.data() + ord.size() || !(p > 0))
    throw_unknown(ord, "vector", "euclidean, inf and positive numbers");
  const auto to_the = [](double exponent) { return [=](const Tensor& base) { return pow(base, exponent); }; };
  return but_zero(reduce_sum(but_zero(abs(x), to_the(p)), axes, options), to_the(1 / p));
}

/// The largest of the sums over one of the two axes: of the columns (over the first axis) or of the rows.
Tensor largest_sum(const Tensor& x, const std::vector<int64_t>& axes, bool of_columns) {
  const int64_t summed = axes[of_columns ? 0 : 1], other = axes[of_columns ? 1 : 0];
  return reduce_max(reduce_sum(abs(x), summed, {.keepdims = true}), other, {.keepdims = true});
}

/// The largest singular value, or with `all` their sum.
Tensor of_singular_values(const Tensor& x, const std::vector<int64_t>& axes, bool all) {
  std::vector<int64_t> order;
  for (int64_t axis = 0; axis < x.rank(); ++axis)
    if (axis != axes[0] && axis != axes[1]) order.push_back(axis);
  order.insert(order.end(), axes.begin(), axes.end());
  const Tensor values = svd(transpose(x, order), false).s;
  Tensor norm = all ? reduce_sum(values, -1) : reduce_max(values, -1);
  for (int64_t axis : {std::min(axes[0], axes[1]), std::max(axes[0], axes[1])}) norm = expand_dims(norm, axis);
  return norm;
}

Tensor matrix_norm(const Tensor& x, const std::string& ord, const std::vector<int64_t>& axes, bool keepdims) {
  Tensor norm;
  if (ord == "euclidean" || ord == "fro") return euclidean(x, axes, keepdims);
  if (ord == "1")
    norm = largest_sum(x, axes, true);
  else if (ord == "inf")
    norm = largest_sum(x, axes, false);
  else if (ord == "2" || ord == "nuc")
    norm = of_singular_values(x, axes, ord == "nuc");
  else
    throw_unknown(ord, "matrix", "euclidean, fro, nuc, 1, 2 and inf");
  return keepdims ? norm : squeeze(norm, axes);
}

}  // namespace

Tensor norm(const Tensor& x, const std::string& ord, const Axes& axes, bool keepdims) {
  const Tensor real = as_real(x, "norm");
  const uint32_t mask = axes.mask(x.rank(), "norm");
  const int count = std::popcount(mask);
  if (axes.all() || count == 1) return vector_norm(real, ord, axes, keepdims);
  if (count != 2)
    throw ValueError("norm: expected one axis (of vectors), two (of matrices) or all; received " +
                     std::to_string(count));
  std::vector<int64_t> both;
  for (int axis = 0; axis < x.rank(); ++axis)
    if (mask >> axis & 1) both.push_back(axis);
  return matrix_norm(real, ord, both, keepdims);
}

}  // namespace cornu::linalg
