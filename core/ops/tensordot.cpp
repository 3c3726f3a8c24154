// Sums over chosen pairs of axes, as one matrix product.
#include <algorithm>
#include <numeric>

#include <cornu/core/error.h>
#include <cornu/core/ops/internal/merge_axes.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

/// One operand as a matrix of free and summed axes. Where the summed axes lie first or last in order, the elements stay
/// where they are.
struct Side {
  Tensor matrix;
  bool summed_first;
  Shape free;

  Side(const Tensor& x, const std::vector<int>& summed, bool prefer_first) {
    std::vector<int64_t> free_axes;
    for (int axis = 0; axis < x.rank(); ++axis)
      if (std::find(summed.begin(), summed.end(), axis) == summed.end()) free_axes.push_back(axis);
    for (int64_t axis : free_axes) free.push_back(x.shape()[static_cast<int>(axis)]);

    std::vector<int64_t> first(summed.begin(), summed.end()), last = free_axes;
    first.insert(first.end(), free_axes.begin(), free_axes.end());
    last.insert(last.end(), summed.begin(), summed.end());
    const bool is_first = std::is_sorted(first.begin(), first.end());
    const bool is_last = std::is_sorted(last.begin(), last.end());
    summed_first = is_first == is_last ? prefer_first : is_first;
    const Tensor ordered = is_first || is_last ? x : transpose(x, summed_first ? first : last);
    const int sums = static_cast<int>(summed.size()), others = x.rank() - sums;
    matrix = merge_axes(ordered, summed_first ? std::vector{sums, others} : std::vector{others, sums});
  }
};

std::vector<int> normal_axes(const std::vector<int64_t>& axes, const Tensor& x) {
  std::vector<int> normal;
  for (int64_t axis : axes) {
    const int number = normalize_axis(axis, x.rank(), "tensordot");
    if (std::find(normal.begin(), normal.end(), number) != normal.end())
      throw ValueError("tensordot: axis " + std::to_string(axis) + " is named twice");
    normal.push_back(number);
  }
  return normal;
}

}  // namespace

Tensor tensordot(const Tensor& a, const Tensor& b, const std::vector<int64_t>& axes_a,
                 const std::vector<int64_t>& axes_b) {
  if (axes_a.size() != axes_b.size())
    throw ValueError("tensordot: as many axes of a as of b are summed over; received " + std::to_string(axes_a.size()) +
                     " and " + std::to_string(axes_b.size()));
  require_value(a, "tensordot");
  require_value(b, "tensordot");
  const std::vector<int> summed_a = normal_axes(axes_a, a), summed_b = normal_axes(axes_b, b);
  for (size_t i = 0; i < summed_a.size(); ++i)
    if (!Shape({a.shape()[summed_a[i]]}).is_compatible_with({b.shape()[summed_b[i]]}))
      throw ShapeError("tensordot: axis " + std::to_string(summed_a[i]) + " of " + a.shape().to_string() +
                       " and axis " + std::to_string(summed_b[i]) + " of " + b.shape().to_string() +
                       " are summed over together and must have one extent");
  const OperandPair pair("tensordot", a, b);
  const Side left(pair.a(), summed_a, false), right(pair.b(), summed_b, true);
  Shape shape = left.free;
  for (int64_t extent : right.free) shape.push_back(extent);
  return reshape(
      matmul(left.matrix, right.matrix, {.transpose_a = left.summed_first, .transpose_b = !right.summed_first}), shape);
}

Tensor tensordot(const Tensor& a, const Tensor& b, int64_t axes) {
  if (axes < 0 || axes > rank_of(a, "tensordot") || axes > rank_of(b, "tensordot"))
    throw ValueError("tensordot: cannot sum over " + std::to_string(axes) + " axes of shapes " + a.shape().to_string() +
                     " and " + b.shape().to_string());
  std::vector<int64_t> axes_a(static_cast<size_t>(axes)), axes_b(axes_a.size());
  std::iota(axes_a.begin(), axes_a.end(), a.rank() - axes);
  std::iota(axes_b.begin(), axes_b.end(), 0);
  return tensordot(a, b, axes_a, axes_b);
}

Tensor outer(const Tensor& a, const Tensor& b) {
  require_value(a, "outer");
  require_value(b, "outer");
  const OperandPair pair("outer", a, b);
  return merge_axes(pair.a(), {a.rank(), 0}) * merge_axes(pair.b(), {0, b.rank()});
}

Tensor dot(const Tensor& a, const Tensor& b) {
  if (rank_of(a, "dot") == 0 || rank_of(b, "dot") == 0) return a * b;
  if (a.rank() <= 2 && b.rank() <= 2) return matmul(a, b);
  return tensordot(a, b, {-1}, {b.rank() == 1 ? -1 : -2});
}

}  // namespace cornu
