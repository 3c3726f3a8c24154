#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <xtensor-blas/xblas.hpp>  // for a macro that xlapack.hpp lacks
#include <xtensor-blas/xlapack.hpp>
#include <xtensor/xtensor.hpp>

#include <cornu/core/error.h>
#include <cornu/core/kernels/linalg.h>
#include <cornu/core/kernels/openblas.h>

namespace cornu::kernels::linalg {

namespace {

/// LAPACK works on columns.
template <class T>
using Matrix = xt::xtensor<T, 2, xt::layout_type::column_major>;
template <class T>
using Vector = xt::xtensor<T, 1, xt::layout_type::column_major>;

template <class T>
Matrix<T> make_matrix(int64_t rows, int64_t columns) {
  return Matrix<T>::from_shape({static_cast<size_t>(rows), static_cast<size_t>(columns)});
}

template <class T>
Matrix<T> read(const T* in, int64_t rows, int64_t columns) {
  Matrix<T> matrix = make_matrix<T>(rows, columns);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) matrix.data()[j * rows + i] = in[i * columns + j];
  return matrix;
}

/// The first `rows` rows and `columns` columns.
template <class T>
void write(const Matrix<T>& matrix, int64_t rows, int64_t columns, T* out) {
  const auto stride = static_cast<int64_t>(matrix.shape()[0]);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j) out[i * columns + j] = matrix.data()[j * stride + i];
}

template <class T>
bool all_finite(const T* values, int64_t count) {
  return std::all_of(values, values + count, [](T value) { return std::isfinite(value); });
}

/// Whether a pivot of the factors in `lu` is zero, or so small that it may be nothing but the rounding errors of the
/// sum it came from. Does not depend on how rows and columns are scaled.
template <class T>
bool is_singular(const Matrix<T>& lu) {
  const auto n = static_cast<int64_t>(lu.shape()[0]);
  for (int64_t i = 0; i < n; ++i) {
    const T pivot = std::fabs(lu.data()[i * n + i]);
    T terms = pivot;
    for (int64_t j = 0; j < i; ++j) terms += std::fabs(lu.data()[j * n + i] * lu.data()[i * n + j]);
    if (!(pivot > 4 * std::numeric_limits<T>::epsilon() * terms)) return true;
  }
  return false;
}

/// Calls body(matrix) for each of `count` matrices until one fails.
template <class Body>
Outcome for_each(int64_t count, Body&& body) {
  for (int64_t matrix = 0; matrix < count; ++matrix) {
    const Failure failure = body(matrix);
    if (failure != Failure::none) return {failure, matrix};
  }
  return {};
}

template <class Visitor>
decltype(auto) visit(DType dtype, Visitor&& visitor) {
  keep_openblas_single_threaded();
  if (dtype != float32 && dtype != float64)
    throw DTypeError("linear algebra takes float32 or float64; received " + std::string(name(dtype)));
  return dtype == float32 ? visitor.template operator()<float>() : visitor.template operator()<double>();
}

template <class T>
Failure solve_one(int64_t n, int64_t k, const T* a, Matrix<T>& b, T* x) {
  if (!all_finite(a, n * n)) return Failure::not_finite;
  Matrix<T> factors = read(a, n, n);
  if (xt::lapack::gesv(factors, b) != 0 || is_singular(factors)) return Failure::singular;
  write(b, n, k, x);
  return Failure::none;
}

template <class T>
T det_one(int64_t n, const T* a) {
  Matrix<T> factors = read(a, n, n);
  xt::uvector<xt::blas_index_t> pivots(static_cast<size_t>(n));
  xt::lapack::getrf(factors, pivots);  // of a singular matrix a pivot is 0, and so is the product
  T product = 1;
  for (int64_t i = 0; i < n; ++i) {
    product *= factors.data()[i * n + i];
    if (pivots[static_cast<size_t>(i)] != i + 1) product = -product;
  }
  return product;
}

template <class T>
Failure cholesky_one(int64_t n, const T* a, T* l) {
  Matrix<T> factor = read(a, n, n);
  const int failure = xt::lapack::potr(factor, 'L');
  if (failure != 0) return Failure::not_positive_definite;
  for (int64_t j = 0; j < n; ++j) {
    if (!std::isfinite(factor.data()[j * n + j])) return Failure::not_positive_definite;
    for (int64_t i = 0; i < j; ++i) factor.data()[j * n + i] = 0;
  }
  write(factor, n, n, l);
  return Failure::none;
}

template <class T>
void qr_one(int64_t m, int64_t n, bool full, const T* a, T* q, T* r) {
  const int64_t p = std::min(m, n), columns = full ? m : p;
  Matrix<T> factors = read(a, m, n);
  Vector<T> tau = Vector<T>::from_shape({static_cast<size_t>(p)});
  xt::lapack::geqrf(factors, tau);
  // r is the upper triangle; q comes from the reflectors below it.
  for (int64_t i = 0; i < columns; ++i)
    for (int64_t j = 0; j < n; ++j) r[i * n + j] = i <= j ? factors.data()[j * m + i] : T(0);
  Matrix<T> reflectors = make_matrix<T>(m, columns);
  std::fill(reflectors.data(), reflectors.data() + m * columns, T(0));
  std::copy(factors.data(), factors.data() + m * p, reflectors.data());
  xt::lapack::orgqr(reflectors, tau);
  write(reflectors, m, columns, q);
}

template <class T>
Failure svd_one(int64_t m, int64_t n, bool full, const T* a, T* u, T* s, T* vt) {
  if (!all_finite(a, m * n)) return Failure::not_finite;
  Matrix<T> matrix = read(a, m, n);
  const auto [failure, left, values, right] = xt::lapack::gesdd(matrix, full ? 'A' : 'S');
  if (failure != 0) return Failure::not_converged;
  const int64_t p = std::min(m, n);
  write(left, m, full ? m : p, u);
  std::copy(values.data(), values.data() + p, s);
  write(right, full ? n : p, n, vt);
  return Failure::none;
}

template <class T>
Failure eigh_one(int64_t n, const T* a, T* values, T* vectors) {
  if (!all_finite(a, n * n)) return Failure::not_finite;
  Matrix<T> matrix = read(a, n, n);
  Vector<T> eigenvalues = Vector<T>::from_shape({static_cast<size_t>(n)});
  if (xt::lapack::syevd(matrix, 'V', 'L', eigenvalues) != 0) return Failure::not_converged;
  std::copy(eigenvalues.data(), eigenvalues.data() + n, values);
  write(matrix, n, n, vectors);
  return Failure::none;
}

template <class T>
Failure lstsq_one(int64_t m, int64_t n, int64_t k, const T* a, const T* b, T* x) {
  if (!all_finite(a, m * n) || !all_finite(b, m * k)) return Failure::not_finite;
  Matrix<T> matrix = read(a, m, n);
  const int64_t rows = std::max(m, n);  // b becomes x in place
  Matrix<T> sides = make_matrix<T>(rows, k);
  std::fill(sides.data(), sides.data() + rows * k, T(0));
  for (int64_t i = 0; i < m; ++i)
    for (int64_t j = 0; j < k; ++j) sides.data()[j * rows + i] = b[i * k + j];
  Vector<T> singular_values = Vector<T>::from_shape({static_cast<size_t>(std::min(m, n))});
  xt::blas_index_t rank = 0;
  const double smallest = static_cast<double>(rows) * static_cast<double>(std::numeric_limits<T>::epsilon());
  if (xt::lapack::gelsd(matrix, sides, singular_values, rank, smallest) != 0) return Failure::not_converged;
  write(sides, n, k, x);
  return Failure::none;
}

template <class T>
void write_identity(int64_t n, T* out) {
  for (int64_t i = 0; i < n * n; ++i) out[i] = i % (n + 1) == 0 ? T(1) : T(0);
}

}  // namespace

Outcome solve(DType dtype, int64_t count, int64_t n, int64_t k, const void* a, const void* b, void* x) {
  if (n == 0 || k == 0) return {};
  return visit(dtype, [&]<class T>() {
    return for_each(count, [&](int64_t i) {
      Matrix<T> sides = read(static_cast<const T*>(b) + i * n * k, n, k);
      return solve_one(n, k, static_cast<const T*>(a) + i * n * n, sides, static_cast<T*>(x) + i * n * k);
    });
  });
}

Outcome inv(DType dtype, int64_t count, int64_t n, const void* a, void* inverse) {
  if (n == 0) return {};
  return visit(dtype, [&]<class T>() {
    return for_each(count, [&](int64_t i) {
      Matrix<T> sides = make_matrix<T>(n, n);
      write_identity(n, sides.data());
      return solve_one(n, n, static_cast<const T*>(a) + i * n * n, sides, static_cast<T*>(inverse) + i * n * n);
    });
  });
}

void det(DType dtype, int64_t count, int64_t n, const void* a, void* determinants) {
  visit(dtype, [&]<class T>() {
    for (int64_t i = 0; i < count; ++i)
      static_cast<T*>(determinants)[i] = n == 0 ? T(1) : det_one(n, static_cast<const T*>(a) + i * n * n);
  });
}

Outcome cholesky(DType dtype, int64_t count, int64_t n, const void* a, void* l) {
  if (n == 0) return {};
  return visit(dtype, [&]<class T>() {
    return for_each(count, [&](int64_t i) {
      return cholesky_one(n, static_cast<const T*>(a) + i * n * n, static_cast<T*>(l) + i * n * n);
    });
  });
}

void qr(DType dtype, int64_t count, int64_t m, int64_t n, bool full, const void* a, void* q, void* r) {
  const int64_t columns = full ? m : std::min(m, n);
  visit(dtype, [&]<class T>() {
    for (int64_t i = 0; i < count; ++i) {
      T* const q_part = static_cast<T*>(q) + i * m * columns;
      if (m > 0 && n > 0)
        qr_one(m, n, full, static_cast<const T*>(a) + i * m * n, q_part, static_cast<T*>(r) + i * columns * n);
      else
        write_identity(columns, q_part);
    }
  });
}

Outcome svd(DType dtype, int64_t count, int64_t m, int64_t n, bool full, const void* a, void* u, void* s, void* vt) {
  const int64_t p = std::min(m, n), left = full ? m : p, right = full ? n : p;
  return visit(dtype, [&]<class T>() {
    return for_each(count, [&](int64_t i) {
      T* const u_part = static_cast<T*>(u) + i * m * left;
      T* const vt_part = static_cast<T*>(vt) + i * right * n;
      if (p > 0)
        return svd_one(m, n, full, static_cast<const T*>(a) + i * m * n, u_part, static_cast<T*>(s) + i * p, vt_part);
      write_identity(left, u_part);
      write_identity(right, vt_part);
      return Failure::none;
    });
  });
}

Outcome eigh(DType dtype, int64_t count, int64_t n, const void* a, void* values, void* vectors) {
  if (n == 0) return {};
  return visit(dtype, [&]<class T>() {
    return for_each(count, [&](int64_t i) {
      return eigh_one(n, static_cast<const T*>(a) + i * n * n, static_cast<T*>(values) + i * n,
                      static_cast<T*>(vectors) + i * n * n);
    });
  });
}

Outcome lstsq(DType dtype, int64_t m, int64_t n, int64_t k, const void* a, const void* b, void* x) {
  return visit(dtype, [&]<class T>() -> Outcome {
    if (m == 0 || n == 0 || k == 0) {
      std::fill_n(static_cast<T*>(x), n * k, T(0));
      return {};
    }
    return {lstsq_one(m, n, k, static_cast<const T*>(a), static_cast<const T*>(b), static_cast<T*>(x)), 0};
  });
}

}  // namespace cornu::kernels::linalg
