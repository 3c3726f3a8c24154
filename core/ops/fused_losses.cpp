// What graphs make of a softmax and the cross-entropy behind it, and of a cross-entropy and its gradient: one pass over
// each row while it is in cache.
#include <algorithm>
#include <cmath>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/softmax.h>
#include <cornu/core/ops/internal/cross_entropy.h>
#include <cornu/core/ops/internal/rules.h>

namespace cornu {

namespace {

constexpr double epsilon = least_probability;
constexpr int64_t rows_at_once = 64;
constexpr const char* fused_late = "graphs are differentiated before losses are fused";

int64_t classes_of(const Call& call) { return call.shape(1).back(); }

/// A number for each row, and one for each element.
std::vector<TensorSpec> rows_and_elements(const Call& call) {
  return {{row_shape(call.shape(1)), call.dtype(1)}, call.input(1).spec()};
}

int64_t label_at(const Call& call, int64_t row) {
  return call.dtype() == int32 ? call.data<int32_t>()[row] : call.data<int64_t>()[row];
}

void check_label(const Call& call, int64_t row) {
  const int64_t label = label_at(call, row), classes = classes_of(call);
  if (label < 0 || label >= classes)
    throw ValueError(std::string(call.name()) + ": label " + std::to_string(label) + " at position " +
                     std::to_string(row) + " is out of range for " + std::to_string(classes) + " classes");
}

/// Calls `visit(first, count)` for a few rows at a time, on all threads.
template <class Visit>
void for_rows(const Call& call, const Visit& visit) {
  const int64_t grain = std::max<int64_t>(rows_at_once, (1 << 14) / std::max<int64_t>(classes_of(call), 1));
  kernels::parallel_for(rows_of(call.shape(1)), grain, [&](int64_t begin, int64_t end) {
    for (int64_t first = begin; first < end; first += rows_at_once) visit(first, std::min(rows_at_once, end - first));
  });
}

// --- softmax, then the cross-entropy of class numbers with its clipped probabilities -------------------------------

void run_softmax_loss(const Call& call, std::span<Tensor> outputs) {
  visit_floating(call.dtype(1), [&]<class T>() {
    static const kernels::UnaryBlock log = kernels::find_unary("Log")->block(dtype_of<T>);
    const int64_t classes = classes_of(call);
    T* losses = static_cast<T*>(outputs[0].mutable_data());
    T* probabilities = static_cast<T*>(outputs[1].mutable_data());
    for_rows(call, [&](int64_t first, int64_t count) {
      T* p = probabilities + first * classes;
      kernels::softmax(call.dtype(1), call.data<T>(1) + first * classes, count, classes, 1, p);
      for (int64_t row = first; row < first + count; ++row, p += classes) {
        check_label(call, row);
        losses[row] = std::clamp(p[label_at(call, row)] / sum_of(p, classes), T(epsilon), T(1 - epsilon));
      }
      log(losses + first, losses + first, count);
      for (int64_t row = first; row < first + count; ++row) losses[row] = -losses[row];
    });
  });
}

/// With p = softmax(z) of sum s, p_l of the label and upstream u, d(-log(p_l / s)) / dz = u (p / s - [j = l]): what
/// depends on s alone cancels out. 0 where the probability was clipped.
void run_softmax_loss_gradient(const Call& call, std::span<Tensor> outputs) {
  visit_floating(call.dtype(1), [&]<class T>() {
    const int64_t classes = classes_of(call);
    for_rows(call, [&](int64_t first, int64_t count) {
      for (int64_t row = first; row < first + count; ++row) {
        const T* p = call.data<T>(1) + row * classes;
        T* gradient = static_cast<T*>(outputs[0].mutable_data()) + row * classes;
        const int64_t label = label_at(call, row);
        const T sum = sum_of(p, classes), chance = p[label] / sum;
        const bool inside = chance >= T(epsilon) && chance <= T(1 - epsilon);
        const T upstream = inside ? call.data<T>(2)[row] : T(0), scale = inside ? upstream / sum : T(0);
        for (int64_t j = 0; j < classes; ++j) gradient[j] = p[j] * scale;
        gradient[label] -= upstream;
      }
    });
  });
}

/// Losses and the softmax of the logits.
const Operation& softmax_loss_op = define({
    .name = "_SoftmaxSparseCrossEntropy",
    .arity = 2,
    .infer_outputs =
        [](const Call& call) {
          check_sparse_labels(call);
          return rows_and_elements(call);
        },
    .kernel = run_softmax_loss,
    .no_gradient = fused_late,
});

/// Inputs are class numbers, the softmax, and the upstream gradient of each row.
const Operation& softmax_loss_gradient_op = define({
    .name = "_SoftmaxSparseCrossEntropyGrad",
    .arity = 3,
    .infer = [](const Call& call) -> TensorSpec {
      check_sparse_labels(call);
      return call.input(1).spec();
    },
    .kernel = run_softmax_loss_gradient,
    .no_gradient = fused_late,
});

// --- cross-entropies of logits with the gradient for an upstream of 1 ----------------------------------------------

void run_sparse_with_gradient(const Call& call, std::span<Tensor> outputs) {
  const int64_t bad_row = kernels::sparse_softmax_cross_entropy(
      call.dtype(1), call.input(1).raw_data(), call.dtype(), call.input().raw_data(), rows_of(call.shape(1)),
      classes_of(call), outputs[0].mutable_data(), outputs[1].mutable_data());
  if (bad_row >= 0) check_label(call, bad_row);
}

void run_dense_with_gradient(const Call& call, std::span<Tensor> outputs) {
  kernels::softmax_cross_entropy(call.dtype(1), call.input(1).raw_data(), call.input().raw_data(),
                                 rows_of(call.shape(1)), classes_of(call), outputs[0].mutable_data(),
                                 outputs[1].mutable_data());
}

const Operation& sparse_with_gradient_op = define({
    .name = "_SparseSoftmaxCrossEntropyWithGradient",
    .arity = 2,
    .infer_outputs =
        [](const Call& call) {
          check_sparse_labels(call);
          return rows_and_elements(call);
        },
    .kernel = run_sparse_with_gradient,
    .no_gradient = fused_late,
});

const Operation& dense_with_gradient_op = define({
    .name = "_SoftmaxCrossEntropyWithGradient",
    .arity = 2,
    .infer_outputs =
        [](const Call& call) {
          check_dense_labels(call);
          return rows_and_elements(call);
        },
    .kernel = run_dense_with_gradient,
    .no_gradient = fused_late,
});

}  // namespace

}  // namespace cornu
