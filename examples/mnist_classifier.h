#pragma once
// The model that several examples train on MNIST, and the images as it takes them.
#include <cornu/cornu.h>

class MLP : public cornu::Model {
 public:
  cornu::Tensor call(const cornu::Tensor& images) override {  // [batch, 28, 28, 1]
    return softmax(dense2(dense1(flatten(images))));          // [batch, 10]
  }

 private:
  cornu::layers::Flatten flatten;
  cornu::layers::Dense dense1{{.units = 100, .activation = cornu::relu}};
  cornu::layers::Dense dense2{{.units = 10}};
};

/// Images and labels of a part of the data set: float32 in [0, 1], [n, 28, 28, 1], and int32.
struct Digits {
  cornu::Tensor images, labels;
  explicit Digits(const cornu::datasets::Examples& part)
      : images(expand_dims(cast(part.x, cornu::float32) / 255.f, -1)), labels(cast(part.y, cornu::int32)) {}
  int64_t size() const { return labels.shape()[0]; }
};

/// The share of right answers of `predict(images)`, a hundred images at a time.
template <class Predict>
float accuracy_of(const Predict& predict, const Digits& digits) {
  cornu::metrics::SparseCategoricalAccuracy accuracy;
  for (int64_t start = 0; start < digits.size(); start += 100) {
    const std::vector<cornu::Slice> batch{{start, start + 100}};
    accuracy.update_state(digits.labels.slice(batch), predict(digits.images.slice(batch)));
  }
  return accuracy.result().item<float>();
}
