#pragma once
// The multilayer perceptron of mlp_floor.h as a user of Cornu writes it.
#include <memory>

#include "mlp_floor.h"
#include <cornu/cornu.h>

namespace bench {

class Mlp : public cornu::Model {
 public:
  explicit Mlp(const MlpWidths& widths) {
    for (const int width : widths)
      layers_.emplace_back(cornu::layers::DenseOptions{
          .units = width,
          .activation = layers_.size() + 1 < widths.size() ? cornu::Activation(cornu::relu) : cornu::Activation()});
  }
  cornu::Tensor call(const cornu::Tensor& inputs) override {
    cornu::Tensor x = inputs;
    for (cornu::layers::Dense& layer : layers_) x = layer(x);
    return x;
  }

 private:
  std::vector<cornu::layers::Dense> layers_;
};

class CornuMlp {
 public:
  explicit CornuMlp(const MlpData& data, bool traced = false, const MlpWidths& widths = seed_widths)
      : images_(
            cornu::Tensor::from_span<float>(data.images, {static_cast<int64_t>(data.labels.size()), MlpData::inputs})),
        labels_(cornu::Tensor::from_span<int32_t>(data.labels, {static_cast<int64_t>(data.labels.size())})),
        model_(widths),
        traced_(traced) {
    for (int i = 0; i < MlpData::batches; ++i)
      indices_.push_back(
          cornu::Tensor::from_span<int32_t>({data.batch_of(i), static_cast<size_t>(data.batch)}, {data.batch}));
    model_(sample());
  }

  /// Begins with the parameters that the floor begins with.
  void take_parameters(const float* parameters) {
    for (const cornu::Variable& variable : model_.variables()) {
      variable.assign(
          cornu::Tensor::from_span<float>({parameters, static_cast<size_t>(variable.size())}, variable.shape()));
      parameters += variable.size();
    }
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
  cornu::Function make_traced_step() {
    return cornu::function([this](const cornu::Tensor& index) { return train_step(index); });
  }
  float loss() const { return loss_.item<float>(); }

  const cornu::TensorList& indices() const { return indices_; }
  cornu::Tensor sample() const { return cornu::Tensor::view(images_, {1, MlpData::inputs}, 0); }
  Mlp& model() { return model_; }

 private:
  cornu::Tensor images_, labels_, loss_;
  cornu::TensorList indices_;
  Mlp model_;
  cornu::optimizers::Adam optimizer_{{.learning_rate = 1e-3}};
  bool traced_;
  cornu::Function traced_step_ = make_traced_step();
  int64_t step_ = 0;
};

}  // namespace bench
