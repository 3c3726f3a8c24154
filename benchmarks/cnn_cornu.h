#pragma once
// A small convolutional network (32 filters of 3x3, pooling, 64 filters of 3x3, pooling, 128 and 10 units) as a user of
// Cornu writes it.
#include "mlp_floor.h"
#include <cornu/cornu.h>

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

class CornuCnn {
 public:
  static constexpr int64_t side = 28;

  explicit CornuCnn(const MlpData& data, bool traced = false)
      : images_(
            cornu::Tensor::from_span<float>(data.images, {static_cast<int64_t>(data.labels.size()), side, side, 1})),
        labels_(cornu::Tensor::from_span<int32_t>(data.labels, {static_cast<int64_t>(data.labels.size())})),
        traced_(traced) {
    for (int i = 0; i < MlpData::batches; ++i)
      indices_.push_back(
          cornu::Tensor::from_span<int32_t>({data.batch_of(i), static_cast<size_t>(data.batch)}, {data.batch}));
    model_(sample());
  }

  void step() {
    const cornu::Tensor& index = indices_[static_cast<size_t>(step_++ % MlpData::batches)];
    loss_ = traced_ ? traced_step_(index) : train_step(index);
  }
  cornu::Tensor train_step(const cornu::Tensor& index) {
    const cornu::Tensor x = gather(images_, index), y = gather(labels_, index);
    cornu::GradientTape tape;
    const cornu::Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(y, model_(x)));
    const auto variables = model_.trainable_variables();
    optimizer_.apply_gradients(zip(tape.gradient(loss, variables), variables));
    return loss;
  }
  float loss() const { return loss_.item<float>(); }
  cornu::Tensor sample() const { return cornu::Tensor::view(images_, {1, side, side, 1}, 0); }
  Cnn& model() { return model_; }
  const cornu::Function& traced_step() const { return traced_step_; }
  const cornu::TensorList& indices() const { return indices_; }

 private:
  cornu::Tensor images_, labels_, loss_;
  cornu::TensorList indices_;
  Cnn model_;
  cornu::optimizers::Adam optimizer_{{.learning_rate = 1e-3}};
  bool traced_;
  cornu::Function traced_step_ = cornu::function([this](const cornu::Tensor& index) { return train_step(index); });
  int64_t step_ = 0;
};

}  // namespace bench
