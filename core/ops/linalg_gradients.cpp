// The formulas are those of Giles, "An extended collection of matrix derivative results for forward and reverse mode
// algorithmic differentiation" (2008), and Walter and Lehmann, "Algorithmic differentiation of linear algebra functions
// with application in optimum experimental design" (2010). Upstream gradients are written with a bar.
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/internal/linalg_gradients.h>
#include <cornu/core/ops/linalg.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu::linalg::gradients {

namespace {

using G = const Gradient&;

/// The last two axes swapped.
Tensor transposed(const Tensor& a) {
  std::vector<int64_t> axes(static_cast<size_t>(a.rank()));
  for (size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int64_t>(i);
  std::swap(axes[axes.size() - 2], axes[axes.size() - 1]);
  return transpose(a, axes);
}

Tensor times(const Tensor& a, const Tensor& b) { return matmul(a, b); }
Tensor times_transposed(const Tensor& a, const Tensor& b) { return matmul(a, b, {.transpose_b = true}); }
Tensor transposed_times(const Tensor& a, const Tensor& b) { return matmul(a, b, {.transpose_a = true}); }

/// a x^-1: the solution of y x = a.
Tensor divided_by(const Tensor& a, const Tensor& x) { return transposed(linalg::solve(transposed(x), transposed(a))); }

/// The diagonal alone.
Tensor diagonal_of(const Tensor& a) { return tril(triu(a)); }
/// A vector [..., n] as diagonal matrices.
Tensor diagonal(const Tensor& v) { return expand_dims(v, -1) * eye(v.shape().back(), v.shape().back(), v.dtype()); }
/// [..., n] -> [..., n, n]: v[j] - v[i] in row i and column j.
Tensor differences(const Tensor& v) { return expand_dims(v, -2) - expand_dims(v, -1); }

/// 1 / x, and 0 where x is 0.
Tensor safe_reciprocal(const Tensor& x) {
  const Tensor zero = equal(x, 0);
  return where(zero, 0, reciprocal(where(zero, 1, x)));
}

/// For a function that reads the lower triangle of a symmetric matrix alone: the gradient of that triangle, from the
/// symmetric `s` that belongs to the whole matrix.
Tensor lower_gradient(const Tensor& s) { return tril(s) + tril(transposed(s), -1); }

/// What the formulas are depends on which of both extents is larger.
void require_known(const Tensor& matrix, const char* operation) {
  if (matrix.shape()[matrix.rank() - 2] < 0 || matrix.shape().back() < 0)
    throw ShapeError(std::string("the gradient of ") + operation + " needs matrices of known extents; received " +
                     matrix.shape().to_string());
}

/// The leading `rows` rows and `columns` columns.
Tensor leading(const Tensor& a, int64_t rows, int64_t columns) {
  std::vector<Slice> slices(static_cast<size_t>(a.rank()));
  if (rows < a.shape()[a.rank() - 2]) slices[slices.size() - 2].stop = rows;
  if (columns < a.shape().back()) slices[slices.size() - 1].stop = columns;
  return slice(a, slices);
}
Tensor columns_from(const Tensor& a, int64_t first) {
  std::vector<Slice> slices(static_cast<size_t>(a.rank()));
  slices.back().start = first;
  return slice(a, slices);
}

}  // namespace

// x = a^-1 b: b_bar = a^-T x_bar, a_bar = -b_bar x^T.
Tensor solve_b(G g) {
  return g.shared([](G gradient) { return linalg::solve(transposed(gradient.input(0)), gradient.upstream()); });
}
Tensor solve_a(G g) { return -times_transposed(solve_b(g), g.output()); }

// y = a^-1: a_bar = -y^T y_bar y^T.
Tensor inv(G g) { return -times_transposed(transposed_times(g.output(), g.upstream()), g.output()); }

// d = det(a): a_bar = d_bar d a^-T.
Tensor det(G g) {
  return expand_dims(expand_dims(g.upstream() * g.output(), -1), -1) * transposed(linalg::inv(g.input()));
}

// With P = tril(l^T l_bar) of which the diagonal counts half, the gradient of the symmetric matrix is l^-T P l^-1.
Tensor cholesky(G g) {
  const Tensor& l = g.output();
  const Tensor product = transposed_times(l, tril(g.upstream()));
  const Tensor p = tril(product) - 0.5 * diagonal_of(product);
  const Tensor s = divided_by(linalg::solve(transposed(l), p), l);
  return lower_gradient(0.5 * (s + transposed(s)));
}

namespace {

// a = q r with a square r: with M = r r_bar^T - q_bar^T q, a_bar = (q_bar + q (tril(M, -1) + tril(M, -1)^T +
// diag(M))) r^-T.
Tensor qr_of_tall(const Tensor& q, const Tensor& r, const Tensor& q_bar, const Tensor& r_bar) {
  const Tensor m = times_transposed(r, r_bar) - transposed_times(q_bar, q);
  const Tensor strict = tril(m, -1);
  const Tensor symmetric = strict + transposed(strict) + diagonal_of(m);
  return divided_by(q_bar + times(q, symmetric), transposed(r));
}

}  // namespace

Tensor qr(G g) {
  const Shape& shape = g.input_shape();
  const int64_t m = shape[shape.rank() - 2], n = shape.back();
  require_known(g.input(), "qr");
  const Tensor &q = g.output(0), &r = g.output(1), &q_bar = g.upstream(0), &r_bar = g.upstream(1);
  if (q.shape().back() > n)
    throw ValueError("the gradient of qr with full_matrices of shape " + shape.to_string() +
                     ": the columns of q beyond the matrix' own are not determined by it; use full_matrices = false");
  if (m >= n) return qr_of_tall(q, r, q_bar, r_bar);
  // a = [x y] = q [u v]: y = q v gives y_bar = q v_bar and adds y v_bar^T to q_bar.
  const Tensor y = columns_from(g.input(), m), v_bar = columns_from(r_bar, m);
  const Tensor x_bar = qr_of_tall(q, leading(r, m, m), q_bar + times_transposed(y, v_bar), leading(r_bar, m, m));
  return concat({x_bar, times(q, v_bar)}, -1);
}

// a = u diag(s) v^T. With F[i, j] = 1 / (s[j]^2 - s[i]^2), 0 on the diagonal:
// a_bar = u (F o (u^T u_bar - u_bar^T u) diag(s) + diag(s) F o (v^T v_bar - v_bar^T v) + diag(s_bar)) v^T
//         + (1 - u u^T) u_bar diag(1/s) v^T + u diag(1/s) v_bar^T (1 - v v^T).
// Vectors of a full decomposition beyond the first p belong to no singular value, and are not determined by a.
Tensor svd(G g) {
  const Shape& shape = g.input_shape();
  const int64_t m = shape[shape.rank() - 2], n = shape.back(), p = std::min(m, n);
  if (m < 0 || n < 0)
    throw ShapeError("the gradient of svd needs matrices of known extents; received " + shape.to_string());
  const Tensor& s = g.output(0);
  const Tensor u = leading(g.output(1), m, p), v = transposed(leading(g.output(2), p, n));
  const Tensor u_bar = leading(g.upstream(1), m, p), v_bar = transposed(leading(g.upstream(2), p, n));
  const Tensor row = expand_dims(s, -2), column = expand_dims(s, -1), inverse = safe_reciprocal(row);
  const Tensor f = safe_reciprocal(differences(square(s)));
  const Tensor from_u = transposed_times(u, u_bar), from_v = transposed_times(v, v_bar);
  const Tensor middle =
      f * (from_u - transposed(from_u)) * row + column * f * (from_v - transposed(from_v)) + diagonal(g.upstream(0));
  Tensor a_bar = times_transposed(times(u, middle), v);
  if (m > p) a_bar = a_bar + times_transposed((u_bar - times(u, from_u)) * inverse, v);
  if (n > p) a_bar = a_bar + times_transposed(u * inverse, v_bar - times(v, from_v));
  return a_bar;
}

// a = v diag(w) v^T: the gradient of the symmetric matrix is v (diag(w_bar) + F o (v^T v_bar)) v^T with
// F[i, j] = 1 / (w[j] - w[i]), 0 on the diagonal.
Tensor eigh(G g) {
  const Tensor &w = g.output(0), &v = g.output(1);
  const Tensor f = safe_reciprocal(differences(w));
  const Tensor middle = diagonal(g.upstream(0)) + f * transposed_times(v, g.upstream(1));
  const Tensor s = times_transposed(times(v, middle), v);
  return lower_gradient(0.5 * (s + transposed(s)));
}

// For a of full rank. Tall: x = (a^T a)^-1 a^T b. Wide: x = a^T (a a^T)^-1 b.
Tensor lstsq_b(G g) {
  return g.shared([](G gradient) {
    const Tensor &a = gradient.input(0), &x_bar = gradient.upstream();
    require_known(a, "lstsq");
    const int64_t m = a.shape()[0], n = a.shape()[1];
    if (m >= n) return times(a, linalg::solve(transposed_times(a, a), x_bar));
    return linalg::solve(times_transposed(a, a), times(a, x_bar));
  });
}
Tensor lstsq_a(G g) {
  const Tensor &a = g.input(0), &b = g.input(1), &x = g.output(), &x_bar = g.upstream();
  const int64_t m = a.shape()[0], n = a.shape()[1];
  const Tensor b_bar = lstsq_b(g);
  if (m >= n) {
    const Tensor z = linalg::solve(transposed_times(a, a), x_bar);
    return times_transposed(b - times(a, x), z) - times_transposed(b_bar, x);
  }
  const Tensor w = linalg::solve(times_transposed(a, a), b);
  return times_transposed(w, x_bar - transposed_times(a, b_bar)) - times_transposed(b_bar, x);
}

}  // namespace cornu::linalg::gradients
