#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/linalg.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

namespace {

using Write = const ExportCall&;
using Read = const ImportCall&;

/// The axes of a stack of matrices, the last two changed over.
std::vector<int64_t> transposed_axes(int64_t rank) {
  std::vector<int64_t> axes(static_cast<size_t>(rank));
  for (size_t axis = 0; axis < axes.size(); ++axis) axes[axis] = static_cast<int64_t>(axis);
  if (rank >= 2) std::swap(axes[axes.size() - 1], axes[axes.size() - 2]);
  return axes;
}

Tensor transposed(const Tensor& matrices) { return transpose(matrices, transposed_axes(matrices.rank())); }
Tensor first_matrix(Read call) { return call.flag("adjoint") ? transposed(call.tensor(0)) : call.tensor(0); }

OutputReferences write_same(Write call) { return call.write_all(call.node().operation->name, call.inputs()); }

NodeAttributes written_size(Write call) {
  return {{"full_matrices", attribute(call.attributes().flag("full_matrices"))}};
}

/// TensorFlow gives V, Cornu its transpose.
OutputReferences write_svd(Write call) {
  NodeAttributes attributes = written_size(call);
  attributes.emplace_back("compute_uv", attribute(true));
  const OutputReferences parts = call.write_all("Svd", call.inputs(), attributes);
  const OutputReference axes = call.integers(transposed_axes(call.spec().shape.rank()));
  return {parts[0], parts[1], call.write("Transpose", {parts[2], axes})};
}

/// Without vectors, TensorFlow's operations give empty tensors in their place.
TensorList read_svd(Read call) {
  const linalg::SVD parts = linalg::svd(call.tensor(), call.flag("full_matrices"));
  const Tensor none = zeros({0}, parts.s.dtype());
  if (!call.flag("compute_uv", true)) return {parts.s, none, none};
  return {parts.s, parts.u, transposed(parts.vt)};
}

TensorList read_eigh(Read call) {
  const linalg::Eigh parts = linalg::eigh(call.tensor());
  return {parts.values, call.flag("compute_v", true) ? parts.vectors : zeros({0}, parts.values.dtype())};
}

TensorList read_least_squares(Read call) {
  if (call.number(2) != 0) call.fail("has l2_regularizer, which Cornu's least squares lack");
  return {linalg::lstsq(call.tensor(0), call.tensor(1))};
}

}  // namespace

Translations linear_algebra_translations() {
  return {
      {
          .operations = {"MatrixSolve"},
          .write = write_same,
          .tensorflow = {"MatrixSolve"},
          .read = [](Read call) { return TensorList{linalg::solve(first_matrix(call), call.tensor(1))}; },
      },
      {
          .operations = {"MatrixInverse"},
          .write = write_same,
          .tensorflow = {"MatrixInverse"},
          .read = [](Read call) { return TensorList{linalg::inv(first_matrix(call))}; },
      },
      {
          .operations = {"MatrixDeterminant"},
          .write = write_same,
          .tensorflow = {"MatrixDeterminant"},
          .read = [](Read call) { return TensorList{linalg::det(call.tensor())}; },
      },
      {
          .operations = {"Cholesky"},
          .write = write_same,
          .tensorflow = {"Cholesky"},
          .read = [](Read call) { return TensorList{linalg::cholesky(call.tensor())}; },
      },
      {
          .operations = {"Qr"},
          .write = [](Write call) { return call.write_all("Qr", call.inputs(), written_size(call)); },
          .tensorflow = {"Qr"},
          .read =
              [](Read call) {
                const linalg::QR parts = linalg::qr(call.tensor(), call.flag("full_matrices"));
                return TensorList{parts.q, parts.r};
              },
      },
      {.operations = {"Svd"}, .write = write_svd, .tensorflow = {"Svd"}, .read = read_svd},
      {
          .operations = {"SelfAdjointEigV2"},
          .write =
              [](Write call) {
                return call.write_all("SelfAdjointEigV2", call.inputs(), {{"compute_v", attribute(true)}});
              },
          .tensorflow = {"SelfAdjointEigV2"},
          .read = read_eigh,
      },
      {
          .operations = {"MatrixSolveLs"},
          // Not the fast way, which fails where columns depend on each other.
          .write =
              [](Write call) {
                return call.write_all("MatrixSolveLs", {call.input(0), call.input(1), call.number(0, float64)},
                                      {{"fast", attribute(false)}});
              },
          .tensorflow = {"MatrixSolveLs"},
          .read = read_least_squares,
      },
  };
}

}  // namespace cornu::saved_model
