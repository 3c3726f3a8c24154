#pragma once
#include <string>

#include <cornu/core/ops/axes.h>
#include <cornu/core/tensor/tensor.h>

/// Linear algebra of float32 and float64 matrices [..., m, n]; leading axes are batches. Singular matrices throw
/// ValueError.
namespace cornu::linalg {

CORNU_API Tensor solve(const Tensor& a,
                       const Tensor& b);  ///< x with a x = b: [..., n, n], [..., n, k] (or [..., n]) -> as b
CORNU_API Tensor inv(const Tensor& a);
CORNU_API Tensor det(const Tensor& a);       ///< [..., n, n] -> [...]
CORNU_API Tensor cholesky(const Tensor& a);  ///< the lower triangular L with L L^T = a
struct QR {
  Tensor q, r;
};
CORNU_API QR qr(const Tensor& a, bool full_matrices = false);
struct SVD {
  Tensor u, s, vt;  // a = u diag(s) vt, s descending
};
CORNU_API SVD svd(const Tensor& a, bool full_matrices = true);
struct Eigh {
  Tensor values, vectors;  // ascending; vectors in columns
};
CORNU_API Eigh eigh(const Tensor& a);  ///< of a symmetric matrix
/// x of least ||a x - b||: [m, n], [m, k] or [m] -> [n, k] or [n].
CORNU_API Tensor lstsq(const Tensor& a, const Tensor& b);
/// Vector or matrix norm over `axes`: "euclidean" (also "fro"), "1", "2", "inf" or a number as text.
CORNU_API Tensor norm(const Tensor& x, const std::string& ord = "euclidean", const Axes& axes = {},
                      bool keepdims = false);

}  // namespace cornu::linalg
