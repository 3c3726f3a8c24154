#pragma once
#include "core/ops/samples/shape_ops.h"

namespace cornu::samples {

/// Matrices far from singular: random ones with a dominant diagonal.
inline Tensor regular(const Shape& shape, uint64_t seed = 1) {
  return numbers(shape, -1, 1, seed) + 3 * eye(shape[shape.rank() - 2], shape.back(), float64);
}

inline std::vector<Sample> linear_algebra() {
  using L = const TensorList&;
  const auto one = [](const char* operation, const Tensor& a, std::function<TensorList(const Tensor&)> function) {
    return Sample{operation, {a}, [=](L x) { return function(x[0]); }, {{numbers({3})}}};
  };
  std::vector<Sample> all = {
      {"MatrixSolve",
       {regular({3, 3}), numbers({3, 2}, -2, 2, 2)},
       [](L x) { return TensorList{linalg::solve(x[0], x[1])}; },
       {{numbers({3, 2}), numbers({3, 2})}, {regular({3, 3}), numbers({2, 2})}}},
      {"MatrixSolve",
       {regular({2, 2, 2}), numbers({2, 2}, -2, 2, 2)},
       [](L x) { return TensorList{linalg::solve(x[0], x[1])}; }},
      one("MatrixInverse", regular({2, 2, 2}), [](const Tensor& a) { return TensorList{linalg::inv(a)}; }),
      one("MatrixDeterminant", regular({2, 3, 3}), [](const Tensor& a) { return TensorList{linalg::det(a)}; }),
      one("Cholesky", 2 * regular({2, 3, 3}), [](const Tensor& a) { return TensorList{linalg::cholesky(a)}; }),
      one("SelfAdjointEigV2", regular({2, 3, 3}),
          [](const Tensor& a) {
            const linalg::Eigh e = linalg::eigh(a);
            return TensorList{e.values, square(e.vectors)};  // squares do not depend on the vectors' signs
          }),
  };
  for (const Shape& shape : {Shape{3, 3}, Shape{2, 4, 2}, Shape{2, 3}}) {
    all.push_back(one("Qr", regular(shape), [](const Tensor& a) {
      const linalg::QR f = linalg::qr(a);
      return TensorList{f.q, f.r};
    }));
    all.push_back(one("Svd", regular(shape, 4) * constant(2.0) + numbers(shape, -1, 1, 9), [](const Tensor& a) {
      const linalg::SVD f = linalg::svd(a, false);
      return TensorList{f.s, square(f.u), square(f.vt)};
    }));
  }
  for (const auto& [a, b] : {std::pair{Shape{4, 2}, Shape{4, 2}}, std::pair{Shape{2, 3}, Shape{2, 1}}})
    all.push_back({"MatrixSolveLs",
                   {regular(a), numbers(b, -2, 2, 2)},
                   [](L x) { return TensorList{linalg::lstsq(x[0], x[1])}; },
                   {{numbers({3, 2}), numbers({2, 2})}}});
  return all;
}

}  // namespace cornu::samples
