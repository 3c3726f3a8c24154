#pragma once
#include <string>

#include <cornu/core/ops/operand.h>

/// Products of matrices and tensors.
namespace cornu {

struct MatmulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
};

/// The matrix product over the last two axes; leading axes broadcast. [..., m, k] x [..., k, n] -> [..., m, n]. A
/// vector on the left counts as a row, on the right as a column, and its axis is dropped again (as NumPy's matmul).
/// Transposed operands are read in place. Throws ShapeError naming both shapes.
CORNU_API Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options = {});
/// Sums over `axes` axes: the last of `a` with the first of `b` (0: outer product).
CORNU_API Tensor tensordot(const Tensor& a, const Tensor& b, int64_t axes = 2);
/// Sums over the paired axes `axes_a` and `axes_b`; the result has the other axes of a, then those of b.
CORNU_API Tensor tensordot(const Tensor& a, const Tensor& b, const std::vector<int64_t>& axes_a,
                           const std::vector<int64_t>& axes_b);
/// Einstein's summation: `einsum("bij,bjk->bik", {a, b})`. Explicit and implicit outputs, "...", repeated labels
/// (diagonals), any number of operands. Throws ValueError for a bad equation, ShapeError for extents that disagree.
CORNU_API Tensor einsum(const std::string& equation, const TensorList& operands);
/// a[i] * b[j] of the flattened operands: [a.size, b.size].
CORNU_API Tensor outer(const Tensor& a, const Tensor& b);
/// NumPy's dot: inner product of vectors, matrix product of matrices, else the sum over a's last and b's second to last
/// axis.
CORNU_API Tensor dot(const Tensor& a, const Tensor& b);

/// What a product does to its result while it is in cache.
enum class ProductActivation : uint8_t { none, relu };
/// activation(matmul(x, kernel) + bias): [..., k] x [k, n] + [n] -> [..., n] in one pass, as Dense computes it.
CORNU_API Tensor dense(const Tensor& x, const Tensor& kernel, const Tensor& bias,
                       ProductActivation activation = ProductActivation::none);

}  // namespace cornu
