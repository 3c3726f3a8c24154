// Linear algebra: the entries of the table, their shapes and kernels.
#include <algorithm>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/linalg.h>
#include <cornu/core/ops/internal/linalg_gradients.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/linalg.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu::linalg {

namespace {

using kernels::linalg::Failure;
using kernels::linalg::Outcome;

/// A stack of matrices [..., m, n].
struct Matrices {
  Shape batch;
  int64_t m, n;

  Matrices(const Call& call, size_t index = 0) {
    infer::require_floating(call, index);
    const Shape& shape = call.shape(index);
    if (shape.rank() < 2)
      throw ShapeError(std::string(call.name()) + ": expected matrices [..., m, n]; received shape " +
                       shape.to_string());
    batch = shape.slice(0, shape.rank() - 2);
    m = shape[shape.rank() - 2];
    n = shape.back();
  }

  /// [batch..., extents...]
  Shape with(std::initializer_list<int64_t> extents) const {
    Shape shape = batch;
    for (int64_t extent : extents) shape.push_back(extent);
    return shape;
  }
  int64_t count() const { return batch.size(); }
  int64_t smaller() const { return m < 0 || n < 0 ? -1 : std::min(m, n); }
};

Matrices square_matrices(const Call& call, size_t index = 0) {
  const Matrices matrices(call, index);
  if (matrices.m != matrices.n && matrices.m >= 0 && matrices.n >= 0)
    throw ShapeError(std::string(call.name()) + ": expected square matrices [..., n, n]; received shape " +
                     call.shape(index).to_string());
  return matrices;
}

void check(const Call& call, const Outcome& outcome) {
  if (outcome.failure == Failure::none) return;
  std::string which = "the matrix of shape " + call.shape().to_string();
  if (call.shape().rank() > 2)
    which = "matrix " + std::to_string(outcome.matrix) + " of the stack of shape " + call.shape().to_string();
  const char* what = "is singular: its rows depend on each other";
  if (outcome.failure == Failure::not_positive_definite) what = "is not positive definite";
  if (outcome.failure == Failure::not_converged) what = "is one that the iteration did not converge for";
  if (outcome.failure == Failure::not_finite) what = "or the right side has elements that are NaN or infinite";
  throw ValueError(std::string(call.name()) + ": " + which + " " + what);
}

TensorSpec infer_square(const Call& call) {
  square_matrices(call);
  return call.input().spec();
}

// ---- solve, inv, det, cholesky ----------------------------------------------------------------------------------

[[noreturn]] void throw_sides(const Call& call) {
  throw ShapeError(std::string(call.name()) + ": a of shape " + call.shape(0).to_string() + " and b of shape " +
                   call.shape(1).to_string() + " must have the same leading axes and numbers of rows");
}

TensorSpec infer_solve(const Call& call) {
  infer::require_one_dtype(call);
  const Matrices a = square_matrices(call, 0), b(call, 1);
  if (a.batch != b.batch || (a.m != b.m && a.m >= 0 && b.m >= 0)) throw_sides(call);
  return call.input(1).spec();
}

const Operation& solve_op = define({
    .name = "MatrixSolve",
    .arity = 2,
    .infer = infer_solve,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const Matrices b(call, 1);
          check(call, kernels::linalg::solve(call.dtype(), b.count(), b.m, b.n, call.input(0).raw_data(),
                                             call.input(1).raw_data(), outputs[0].mutable_data()));
        },
    .gradients = {{input(0) | output(0), gradients::solve_a}, {input(0), gradients::solve_b}},
});

const Operation& inv_op = define({
    .name = "MatrixInverse",
    .infer = infer_square,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const Matrices a(call);
          check(call,
                kernels::linalg::inv(call.dtype(), a.count(), a.n, call.input().raw_data(), outputs[0].mutable_data()));
        },
    .gradients = {{output(0), gradients::inv}},
});

const Operation& det_op = define({
    .name = "MatrixDeterminant",
    .onnx_name = "Det",
    .infer = [](const Call& call) -> TensorSpec {
      return {square_matrices(call).batch, call.dtype()};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const Matrices a(call);
          kernels::linalg::det(call.dtype(), a.count(), a.n, call.input().raw_data(), outputs[0].mutable_data());
        },
    .gradients = {{input(0) | output(0), gradients::det}},
});

const Operation& cholesky_op = define({
    .name = "Cholesky",
    .infer = infer_square,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const Matrices a(call);
          check(call, kernels::linalg::cholesky(call.dtype(), a.count(), a.n, call.input().raw_data(),
                                                outputs[0].mutable_data()));
        },
    .gradients = {{output(0), gradients::cholesky}},
});

// ---- decompositions ---------------------------------------------------------------------------------------------

bool is_full(const Attributes& attributes) { return attributes.flag("full_matrices"); }

std::vector<TensorSpec> infer_qr(const Call& call) {
  const Matrices a(call);
  const int64_t columns = is_full(call.attributes) ? a.m : a.smaller();
  return {{a.with({a.m, columns}), call.dtype()}, {a.with({columns, a.n}), call.dtype()}};
}

const Operation& qr_op = define({
    .name = "Qr",
    .infer_outputs = infer_qr,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const Matrices a(call);
          kernels::linalg::qr(call.dtype(), a.count(), a.m, a.n, is_full(call.attributes), call.input().raw_data(),
                              outputs[0].mutable_data(), outputs[1].mutable_data());
        },
    .gradients = {{input(0) | output(0) | output(1), gradients::qr}},
});

std::vector<TensorSpec> infer_svd(const Call& call) {
  const Matrices a(call);
  const bool full = is_full(call.attributes);
  const int64_t p = a.smaller();
  return {{a.with({p}), call.dtype()},
          {a.with({a.m, full ? a.m : p}), call.dtype()},
          {a.with({full ? a.n : p, a.n}), call.dtype()}};
}

// As TensorFlow's, the entry gives the singular values first.
const Operation& svd_op = define({
    .name = "Svd",
    .infer_outputs = infer_svd,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const Matrices a(call);
          check(call, kernels::linalg::svd(call.dtype(), a.count(), a.m, a.n, is_full(call.attributes),
                                           call.input().raw_data(), outputs[1].mutable_data(),
                                           outputs[0].mutable_data(), outputs[2].mutable_data()));
        },
    .gradients = {{output(0) | output(1) | output(2), gradients::svd}},
});

std::vector<TensorSpec> infer_eigh(const Call& call) {
  const Matrices a = square_matrices(call);
  return {{a.with({a.n}), call.dtype()}, call.input().spec()};
}

const Operation& eigh_op = define({
    .name = "SelfAdjointEigV2",
    .infer_outputs = infer_eigh,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const Matrices a(call);
          check(call, kernels::linalg::eigh(call.dtype(), a.count(), a.n, call.input().raw_data(),
                                            outputs[0].mutable_data(), outputs[1].mutable_data()));
        },
    .gradients = {{output(0) | output(1), gradients::eigh}},
});

// ---- least squares ----------------------------------------------------------------------------------------------

TensorSpec infer_lstsq(const Call& call) {
  infer::require_one_dtype(call);
  const Matrices a(call, 0), b(call, 1);
  if (a.batch.rank() != 0 || b.batch.rank() != 0 || (a.m != b.m && a.m >= 0 && b.m >= 0)) throw_sides(call);
  return {{a.n, b.n}, call.dtype()};
}

const Operation& lstsq_op = define({
    .name = "MatrixSolveLs",
    .arity = 2,
    .infer = infer_lstsq,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          const Matrices a(call, 0), b(call, 1);
          check(call, kernels::linalg::lstsq(call.dtype(), a.m, a.n, b.n, call.input(0).raw_data(),
                                             call.input(1).raw_data(), outputs[0].mutable_data()));
        },
    .gradients = {{all_inputs | output(0), gradients::lstsq_a}, {input(0), gradients::lstsq_b}},
});

/// `operation` with b as a matrix: a vector is a column, and its axis is dropped again.
Tensor apply_with_sides(const Operation& operation, const Tensor& a, const Tensor& b) {
  for (const Tensor* side : {&a, &b}) require_value(*side, operation.name);
  const OperandPair pair(operation.name, a, b, real_dtype);
  if (b.rank() + 1 != a.rank()) return apply(operation, {&pair.a(), &pair.b()});
  const Tensor column = expand_dims(pair.b(), -1);
  return squeeze(apply(operation, {&pair.a(), &column}), -1);
}

TensorList apply_real_outputs(const Operation& operation, const Tensor& a, const Attributes& attributes = {}) {
  const Tensor real = as_real(a, operation.name);
  return apply_outputs(operation, {&real}, attributes);
}

}  // namespace

Tensor solve(const Tensor& a, const Tensor& b) { return apply_with_sides(solve_op, a, b); }
Tensor inv(const Tensor& a) { return apply_real(inv_op, a); }
Tensor det(const Tensor& a) { return apply_real(det_op, a); }
Tensor cholesky(const Tensor& a) { return apply_real(cholesky_op, a); }

QR qr(const Tensor& a, bool full_matrices) {
  TensorList outputs = apply_real_outputs(qr_op, a, {{"full_matrices", full_matrices}});
  return {std::move(outputs[0]), std::move(outputs[1])};
}

SVD svd(const Tensor& a, bool full_matrices) {
  TensorList outputs = apply_real_outputs(svd_op, a, {{"full_matrices", full_matrices}});
  return {std::move(outputs[1]), std::move(outputs[0]), std::move(outputs[2])};
}

Eigh eigh(const Tensor& a) {
  TensorList outputs = apply_real_outputs(eigh_op, a);
  return {std::move(outputs[0]), std::move(outputs[1])};
}

Tensor lstsq(const Tensor& a, const Tensor& b) { return apply_with_sides(lstsq_op, a, b); }

}  // namespace cornu::linalg
