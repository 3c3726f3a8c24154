#pragma once
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>

/// Linear algebra of `count` row-major matrices, one behind the other, of float32 or float64, by LAPACK. The result
/// says which matrix was the first that the operation is not defined for; outputs then hold nothing of use.
namespace cornu::kernels::linalg {

enum class Failure : uint8_t {
  none,
  singular,  // a pivot is zero, or nothing but rounding errors
  not_positive_definite,
  not_converged,
  not_finite,  // NaN or infinity in the input, which iterations do not end for
};
struct Outcome {
  Failure failure = Failure::none;
  int64_t matrix = 0;
};

/// x with a x = b: a [n, n], b and x [n, k].
CORNU_API Outcome solve(DType dtype, int64_t count, int64_t n, int64_t k, const void* a, const void* b, void* x);
/// a [n, n] -> its inverse.
CORNU_API Outcome inv(DType dtype, int64_t count, int64_t n, const void* a, void* inverse);
/// a [n, n] -> one number each; 0 for singular matrices.
CORNU_API void det(DType dtype, int64_t count, int64_t n, const void* a, void* determinants);
/// The lower triangular l with l l^T = a; reads the lower triangle of a alone.
CORNU_API Outcome cholesky(DType dtype, int64_t count, int64_t n, const void* a, void* l);
/// a [m, n] = q r. With p = min(m, n): q [m, p], r [p, n]; q [m, m], r [m, n] if `full`.
CORNU_API void qr(DType dtype, int64_t count, int64_t m, int64_t n, bool full, const void* a, void* q, void* r);
/// a [m, n] = u diag(s) vt, s [p] descending: u [m, p], vt [p, n]; u [m, m], vt [n, n] if `full`.
CORNU_API Outcome svd(DType dtype, int64_t count, int64_t m, int64_t n, bool full, const void* a, void* u, void* s,
                      void* vt);
/// Symmetric a [n, n] -> values [n], ascending, and vectors [n, n] in columns; reads the lower triangle of a alone.
CORNU_API Outcome eigh(DType dtype, int64_t count, int64_t n, const void* a, void* values, void* vectors);
/// x of least norm among those of least ||a x - b||: a [m, n], b [m, k], x [n, k]. Singular values below
/// max(m, n) epsilon of the largest count as zero.
CORNU_API Outcome lstsq(DType dtype, int64_t m, int64_t n, int64_t k, const void* a, const void* b, void* x);

}  // namespace cornu::kernels::linalg
