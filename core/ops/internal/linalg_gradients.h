#pragma once
// Gradient rules of linear algebra, used by its entries in the table.
#include <cornu/core/ops/operation.h>

namespace cornu::linalg::gradients {

Tensor solve_a(const Gradient& g);
Tensor solve_b(const Gradient& g);
Tensor inv(const Gradient& g);
Tensor det(const Gradient& g);
Tensor cholesky(const Gradient& g);
Tensor qr(const Gradient& g);
Tensor svd(const Gradient& g);
Tensor eigh(const Gradient& g);
Tensor lstsq_a(const Gradient& g);
Tensor lstsq_b(const Gradient& g);

}  // namespace cornu::linalg::gradients
