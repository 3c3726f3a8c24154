#pragma once
// The multilayer perceptron of mlp_floor.h as a user of Cornu writes it.
#include "mlp_floor.h"
#include <cornu/cornu.h>

namespace bench {

class Mlp : public cornu::Model {
 public:
  cornu::Tensor call(const cornu::Tensor& inputs) override { return dense2_(dense1_(inputs)); }

 private:
  cornu::layers::Dense dense1_{{.units = MlpFloor::hidden, .activation = cornu::relu}};
  cornu::layers::Dense dense2_{{.units = MlpFloor::classes}};
};

class CornuMlp {
 public:
  explicit CornuMlp(const MlpData& data)
      : images_(
            cornu::Tensor::from_span<float>(data.images, {static_cast<int64_t>(data.labels.size()), MlpData::inputs})),
        labels_(cornu::Tensor::from_span<int32_t>(data.labels, {static_cast<int64_t>(data.labels.size())})) {
    for (int i = 0; i < MlpData::batches; ++i)
      indices_.push_back(cornu::Tensor::from_span<int32_t>({data.batch_of(i), MlpData::batch}, {MlpData::batch}));
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
    const cornu::Tensor x = gather(images_, index), y = gather(labels_, index);
    cornu::GradientTape tape;
    loss_ = reduce_mean(sparse_softmax_cross_entropy_with_logits(y, model_(x)));
    const auto variables = model_.trainable_variables();
    optimizer_.apply_gradients(zip(tape.gradient(loss_, variables), variables));
  }
  float loss() const { return loss_.item<float>(); }

  cornu::Tensor sample() const { return cornu::Tensor::view(images_, {1, MlpData::inputs}, 0); }
  Mlp& model() { return model_; }

 private:
  cornu::Tensor images_, labels_, loss_;
  cornu::TensorList indices_;
  Mlp model_;
  cornu::optimizers::Adam optimizer_{{.learning_rate = 1e-3}};
  int64_t step_ = 0;
};

}  // namespace bench
