#pragma once
// The practical floor of the multilayer perceptron's training step (784-100-10, relu, softmax cross-entropy, Adam,
// batches of 50 gathered from the data): plain C++ with static buffers, a library's matrix products and fused loops. No
// tensors, no tape, nothing allocated; what a good programmer writes by hand for this one network.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include <cblas.h>

#ifdef CORNU_HAS_ONEDNN
#include <oneapi/dnnl/dnnl.h>
#endif

#include "bench.h"

namespace bench {

/// c [m, n] = a b, row-major, where a and b are read transposed if asked.
using Sgemm = void (*)(bool transpose_a, bool transpose_b, int m, int n, int k, const float* a, int lda, const float* b,
                       int ldb, float* c, int ldc);

inline void openblas_sgemm(bool transpose_a, bool transpose_b, int m, int n, int k, const float* a, int lda,
                           const float* b, int ldb, float* c, int ldc) {
  cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans, m, n, k,
              1.f, a, lda, b, ldb, 0.f, c, ldc);
}
#ifdef CORNU_HAS_ONEDNN
inline void onednn_sgemm(bool transpose_a, bool transpose_b, int m, int n, int k, const float* a, int lda,
                         const float* b, int ldb, float* c, int ldc) {
  dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, 1.f, a, lda, b, ldb, 0.f, c, ldc);
}
#endif

/// Images [count, 784] and labels, made up: the time does not depend on what they show.
struct MlpData {
  static constexpr int inputs = 784, batch = 50, batches = 64;

  explicit MlpData(int count = 60000) : images(static_cast<size_t>(count) * inputs), labels(count) {
    uint32_t state = 1;
    auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 8; };
    for (float& pixel : images) pixel = static_cast<float>(next() & 255) / 255.f;
    for (int32_t& label : labels) label = static_cast<int32_t>(next() % 10);
    for (int32_t i = 0; i < batch * batches; ++i) indices.push_back(static_cast<int32_t>(next() % count));
  }
  /// The indices of the `step`-th batch.
  const int32_t* batch_of(int64_t step) const { return indices.data() + step % batches * batch; }

  std::vector<float> images;
  std::vector<int32_t> labels, indices;
};

namespace floor_loops {

BENCH_CLONES static void bias_relu(float* rows, const float* bias, int count, int units) {
  for (int row = 0; row < count; ++row, rows += units)
    for (int unit = 0; unit < units; ++unit) rows[unit] = std::max(rows[unit] + bias[unit], 0.f);
}

BENCH_CLONES static void relu_gradient(float* gradient, const float* output, int count) {
  for (int i = 0; i < count; ++i) gradient[i] = output[i] > 0.f ? gradient[i] : 0.f;
}

BENCH_CLONES static void sum_rows(const float* rows, float* sums, int count, int units) {
  std::copy(rows, rows + units, sums);
  for (int row = 1; row < count; ++row)
    for (int unit = 0; unit < units; ++unit) sums[unit] += rows[row * units + unit];
}

BENCH_CLONES static void adam(float* parameters, const float* gradients, float* momenta, float* velocities, int count,
                              float alpha) {
  constexpr float beta_1 = 0.9f, beta_2 = 0.999f, epsilon = 1e-7f;
  for (int i = 0; i < count; ++i) {
    const float gradient = gradients[i];
    const float momentum = momenta[i] + (gradient - momenta[i]) * (1 - beta_1);
    const float velocity = velocities[i] + (gradient * gradient - velocities[i]) * (1 - beta_2);
    momenta[i] = momentum;
    velocities[i] = velocity;
    parameters[i] -= alpha * momentum / (std::sqrt(velocity) + epsilon);
  }
}

}  // namespace floor_loops

class MlpFloor {
 public:
  static constexpr int inputs = MlpData::inputs, hidden = 100, classes = 10, batch = MlpData::batch;
  static constexpr int parameter_count = inputs * hidden + hidden + hidden * classes + classes;

  MlpFloor(const MlpData& data, Sgemm sgemm) : data_(data), sgemm_(sgemm) {
    uint32_t state = 7;
    for (float& parameter : parameters_) {
      state = state * 1664525u + 1013904223u;
      parameter = (static_cast<float>(state >> 8) / (1 << 24) - 0.5f) * 0.1f;
    }
  }

  /// kernel 1 [784, 100], bias 1, kernel 2 [100, 10], bias 2.
  float* parameters() { return parameters_; }
  float loss() const { return loss_; }

  void step() {
    const int32_t* indices = data_.batch_of(step_++);
    for (int i = 0; i < batch; ++i)
      std::memcpy(x_ + i * inputs, data_.images.data() + static_cast<size_t>(indices[i]) * inputs,
                  inputs * sizeof(float));
    forward(x_, batch);
    loss_and_gradient(indices);
    backward();
    update();
  }

  /// The scores of one sample.
  const float* predict(const float* sample) {
    forward(sample, 1);
    return scores_;
  }

 private:
  void forward(const float* x, int count) {
    sgemm_(false, false, count, hidden, inputs, x, inputs, kernel_1_, hidden, hidden_, hidden);
    floor_loops::bias_relu(hidden_, bias_1_, count, hidden);
    sgemm_(false, false, count, classes, hidden, hidden_, hidden, kernel_2_, classes, scores_, classes);
    for (int row = 0; row < count; ++row)
      for (int i = 0; i < classes; ++i) scores_[row * classes + i] += bias_2_[i];
  }

  /// Softmax cross-entropy, and its gradient in place of the scores.
  void loss_and_gradient(const int32_t* indices) {
    float loss = 0;
    for (int row = 0; row < batch; ++row) {
      float* scores = scores_ + row * classes;
      const int32_t label = data_.labels[indices[row]];
      const float largest = *std::max_element(scores, scores + classes), own = scores[label];
      float sum = 0;
      for (int i = 0; i < classes; ++i) sum += scores[i] = std::exp(scores[i] - largest);
      loss += std::log(sum) - (own - largest);
      for (int i = 0; i < classes; ++i) scores[i] *= 1 / (sum * batch);
      scores[label] -= 1.f / batch;
    }
    loss_ = loss / batch;
  }

  void backward() {
    sgemm_(true, false, hidden, classes, batch, hidden_, hidden, scores_, classes, kernel_2_gradient_, classes);
    floor_loops::sum_rows(scores_, bias_2_gradient_, batch, classes);
    sgemm_(false, true, batch, hidden, classes, scores_, classes, kernel_2_, classes, hidden_gradient_, hidden);
    floor_loops::relu_gradient(hidden_gradient_, hidden_, batch * hidden);
    sgemm_(true, false, inputs, hidden, batch, x_, inputs, hidden_gradient_, hidden, kernel_1_gradient_, hidden);
    floor_loops::sum_rows(hidden_gradient_, bias_1_gradient_, batch, hidden);
  }

  void update() {
    const auto t = static_cast<float>(step_);
    const float alpha = 1e-3f * std::sqrt(1 - std::pow(0.999f, t)) / (1 - std::pow(0.9f, t));
    constexpr int part = 8192;
#pragma omp parallel for if (available_to_openmp() > 1)
    for (int first = 0; first < parameter_count; first += part)
      floor_loops::adam(parameters_ + first, gradients_ + first, momenta_ + first, velocities_ + first,
                        std::min(part, parameter_count - first), alpha);
  }

  static int available_to_openmp() {
#ifdef _OPENMP
    return omp_get_max_threads();
#else
    return 1;
#endif
  }

  const MlpData& data_;
  Sgemm sgemm_;
  int64_t step_ = 0;
  float loss_ = 0;
  alignas(64) float parameters_[parameter_count];
  alignas(64) float gradients_[parameter_count];
  alignas(64) float momenta_[parameter_count] = {};
  alignas(64) float velocities_[parameter_count] = {};
  alignas(64) float x_[batch * inputs];
  alignas(64) float hidden_[batch * hidden];
  alignas(64) float hidden_gradient_[batch * hidden];
  alignas(64) float scores_[batch * classes];

  float* const kernel_1_ = parameters_;
  float* const bias_1_ = kernel_1_ + inputs * hidden;
  float* const kernel_2_ = bias_1_ + hidden;
  float* const bias_2_ = kernel_2_ + hidden * classes;
  float* const kernel_1_gradient_ = gradients_;
  float* const bias_1_gradient_ = kernel_1_gradient_ + inputs * hidden;
  float* const kernel_2_gradient_ = bias_1_gradient_ + hidden;
  float* const bias_2_gradient_ = kernel_2_gradient_ + hidden * classes;
};

/// The floor with each library that is there. OpenBLAS, whose threads are not OpenMP's, stays on one: two kinds of
/// threads that wait for each other make it many times slower.
struct FloorWith {
  const char* name;
  Sgemm sgemm;
};
inline std::vector<FloorWith> floors() {
  openblas_set_num_threads(1);
  std::vector<FloorWith> all;
#ifdef CORNU_HAS_ONEDNN
  all.push_back({"plain C++, oneDNN", onednn_sgemm});
#endif
  all.push_back({"plain C++, OpenBLAS", openblas_sgemm});
  return all;
}

}  // namespace bench
