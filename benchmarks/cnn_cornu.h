#pragma once
// A small convolutional network (32 filters of 3x3, pooling, 64 filters of 3x3, pooling, 128 and 10 units) as a user of
// Cornu writes it.
#include "cornu_training.h"

namespace bench {

class Cnn : public cornu::Model {
 public:
  cornu::Tensor call(const cornu::Tensor& inputs) override {
    cornu::Tensor x = pool1_(conv1_(inputs));
    x = pool2_(conv2_(x));
    return output_(hidden_(flatten_(x)));
  }

 private:
  cornu::layers::Conv2D conv1_{{.filters = 32, .kernel_size = 3, .activation = "relu"}};
  cornu::layers::MaxPooling2D pool1_;
  cornu::layers::Conv2D conv2_{{.filters = 64, .kernel_size = 3, .activation = "relu"}};
  cornu::layers::MaxPooling2D pool2_;
  cornu::layers::Flatten flatten_;
  cornu::layers::Dense hidden_{{.units = 128, .activation = "relu"}}, output_{{.units = 10}};
};

class CornuCnn : public CornuTraining<Cnn> {
 public:
  static constexpr int64_t side = 28;
  explicit CornuCnn(const MlpData& data, bool traced = false) : CornuTraining(data, {side, side, 1}, traced) {}
};

}  // namespace bench
