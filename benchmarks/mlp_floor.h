#pragma once
// The practical floor of a multilayer perceptron's training step (relu between the layers, softmax cross-entropy, Adam,
// batches gathered from the data): plain C++ with buffers made once, a library's matrix products and fused loops. No
// tensors, no tape, nothing allocated; what a good programmer writes by hand for such networks.
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
  static constexpr int inputs = 784, batches = 64;

  explicit MlpData(int batch = 50, int count = 60000)
      : batch(batch), images(static_cast<size_t>(count) * inputs), labels(count) {
    uint32_t state = 1;
    auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 8; };
    for (float& pixel : images) pixel = static_cast<float>(next() & 255) / 255.f;
    for (int32_t& label : labels) label = static_cast<int32_t>(next() % 10);
    for (int32_t i = 0; i < batch * batches; ++i) indices.push_back(static_cast<int32_t>(next() % count));
  }
  /// The indices of the `step`-th batch.
  const int32_t* batch_of(int64_t step) const { return indices.data() + step % batches * batch; }

  int batch;
  std::vector<float> images;
  std::vector<int32_t> labels, indices;
};

/// The widths of the layers behind the inputs; the last is the number of classes.
using MlpWidths = std::vector<int>;
inline const MlpWidths seed_widths = {100, 10}, deep_widths = {512, 512, 10};

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

/// Floats that begin at a cache line.
class AlignedFloats {
 public:
  explicit AlignedFloats(size_t count) : storage_(count + 16) {}
  float* data() {
    const auto address = reinterpret_cast<uintptr_t>(storage_.data());
    return storage_.data() + (64 - address % 64) % 64 / sizeof(float);
  }

 private:
  std::vector<float> storage_;
};

class MlpFloor {
 public:
  static constexpr int inputs = MlpData::inputs;

  MlpFloor(const MlpData& data, Sgemm sgemm, const MlpWidths& widths = seed_widths)
      : data_(data), sgemm_(sgemm), batch_(data.batch), x_(static_cast<size_t>(data.batch) * inputs) {
    int from = inputs;
    for (const int width : widths) {
      layers_.push_back({.from = from, .to = width, .kernel = parameter_count_});
      parameter_count_ += from * width + width;
      outputs_.emplace_back(static_cast<size_t>(batch_) * width);
      output_gradients_.emplace_back(static_cast<size_t>(batch_) * width);
      from = width;
    }
    for (AlignedFloats* buffer : {&parameters_, &gradients_, &momenta_, &velocities_})
      *buffer = AlignedFloats(static_cast<size_t>(parameter_count_));
    uint32_t state = 7;
    for (int i = 0; i < parameter_count_; ++i) {
      state = state * 1664525u + 1013904223u;
      parameters()[i] = (static_cast<float>(state >> 8) / (1 << 24) - 0.5f) * 0.1f;
    }
  }

  /// kernel 1 [784, 100], bias 1, kernel 2 [100, 10], bias 2.
  float* parameters() { return parameters_.data(); }
  float loss() const { return loss_; }

  void step() {
    const int32_t* indices = data_.batch_of(step_++);
    for (int i = 0; i < batch_; ++i)
      std::memcpy(x_.data() + static_cast<size_t>(i) * inputs,
                  data_.images.data() + static_cast<size_t>(indices[i]) * inputs, inputs * sizeof(float));
    forward(x_.data(), batch_);
    loss_and_gradient(indices);
    backward();
    update();
  }

  /// The scores of one sample.
  const float* predict(const float* sample) {
    forward(sample, 1);
    return outputs_.back().data();
  }

 private:
  struct Layer {
    int from, to;
    int kernel;  // its place among the parameters; the bias stands behind it
    int bias() const { return kernel + from * to; }
  };

  void forward(const float* x, int count) {
    for (size_t i = 0; i < layers_.size(); ++i) {
      const Layer& layer = layers_[i];
      float* y = outputs_[i].data();
      const float* bias = parameters() + layer.bias();
      sgemm_(false, false, count, layer.to, layer.from, x, layer.from, parameters() + layer.kernel, layer.to, y,
             layer.to);
      if (i + 1 < layers_.size())
        floor_loops::bias_relu(y, bias, count, layer.to);
      else
        for (int row = 0; row < count; ++row)
          for (int unit = 0; unit < layer.to; ++unit) y[row * layer.to + unit] += bias[unit];
      x = y;
    }
  }

  /// Softmax cross-entropy, and its gradient.
  void loss_and_gradient(const int32_t* indices) {
    const int classes = layers_.back().to;
    const float scale = 1.f / static_cast<float>(batch_);
    float loss = 0;
    for (int row = 0; row < batch_; ++row) {
      const float* scores = outputs_.back().data() + row * classes;
      float* gradient = output_gradients_.back().data() + row * classes;
      const int32_t label = data_.labels[indices[row]];
      const float largest = *std::max_element(scores, scores + classes);
      float sum = 0;
      for (int i = 0; i < classes; ++i) sum += gradient[i] = std::exp(scores[i] - largest);
      loss += std::log(sum) - (scores[label] - largest);
      for (int i = 0; i < classes; ++i) gradient[i] *= scale / sum;
      gradient[label] -= scale;
    }
    loss_ = loss * scale;
  }

  void backward() {
    for (size_t i = layers_.size(); i-- > 0;) {
      const Layer& layer = layers_[i];
      float* dy = output_gradients_[i].data();
      if (i + 1 < layers_.size()) floor_loops::relu_gradient(dy, outputs_[i].data(), batch_ * layer.to);
      const float* x = i > 0 ? outputs_[i - 1].data() : x_.data();
      sgemm_(true, false, layer.from, layer.to, batch_, x, layer.from, dy, layer.to, gradients_.data() + layer.kernel,
             layer.to);
      floor_loops::sum_rows(dy, gradients_.data() + layer.bias(), batch_, layer.to);
      if (i > 0)
        sgemm_(false, true, batch_, layer.from, layer.to, dy, layer.to, parameters() + layer.kernel, layer.to,
               output_gradients_[i - 1].data(), layer.from);
    }
  }

  void update() {
    const auto t = static_cast<float>(step_);
    const float alpha = 1e-3f * std::sqrt(1 - std::pow(0.999f, t)) / (1 - std::pow(0.9f, t));
    constexpr int part = 8192;
    float *const parameters = parameters_.data(), *const gradients = gradients_.data();
    float *const momenta = momenta_.data(), *const velocities = velocities_.data();
#pragma omp parallel for if (available_to_openmp() > 1)
    for (int first = 0; first < parameter_count_; first += part)
      floor_loops::adam(parameters + first, gradients + first, momenta + first, velocities + first,
                        std::min(part, parameter_count_ - first), alpha);
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
  int batch_;
  int64_t step_ = 0;
  float loss_ = 0;
  int parameter_count_ = 0;
  std::vector<Layer> layers_;
  AlignedFloats x_, parameters_{0}, gradients_{0}, momenta_{0}, velocities_{0};
  std::vector<AlignedFloats> outputs_, output_gradients_;
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
