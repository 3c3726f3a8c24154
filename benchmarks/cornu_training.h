#pragma once
// A training loop as a user of Cornu writes it: batches gathered by indices, a step eager or traced.
#include "mlp_floor.h"
#include <cornu/cornu.h>

namespace bench {

template <class Model>
class CornuTraining {
 public:
  /// `example` is the shape of one image for the model.
  template <class... Arguments>
  CornuTraining(const MlpData& data, const cornu::Shape& example, bool traced, const Arguments&... arguments)
      : images_(cornu::Tensor::from_span<float>(data.images,
                                                with_count(example, static_cast<int64_t>(data.labels.size())))),
        labels_(cornu::Tensor::from_span<int32_t>(data.labels, {static_cast<int64_t>(data.labels.size())})),
        example_(example),
        model_(arguments...),
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
  cornu::Function make_traced_step() {
    return cornu::function([this](const cornu::Tensor& index) { return train_step(index); });
  }
  float loss() const { return loss_.template item<float>(); }
  cornu::Tensor sample() const { return cornu::Tensor::view(images_, with_count(example_, 1), 0); }
  Model& model() { return model_; }
  const cornu::Function& traced_step() const { return traced_step_; }
  const cornu::TensorList& indices() const { return indices_; }

 private:
  static cornu::Shape with_count(cornu::Shape shape, int64_t count) {
    shape.insert(0, count);
    return shape;
  }

  cornu::Tensor images_, labels_, loss_;
  cornu::TensorList indices_;
  cornu::Shape example_;
  Model model_;
  cornu::optimizers::Adam optimizer_{{.learning_rate = 1e-3}};
  bool traced_;
  cornu::Function traced_step_ = make_traced_step();
  int64_t step_ = 0;
};

}  // namespace bench
