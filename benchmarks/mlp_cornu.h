#pragma once
// The multilayer perceptron of mlp_floor.h as a user of Cornu writes it.
#include <memory>

#include "cornu_training.h"

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

class CornuMlp : public CornuTraining<Mlp> {
 public:
  explicit CornuMlp(const MlpData& data, bool traced = false, const MlpWidths& widths = seed_widths)
      : CornuTraining(data, {MlpData::inputs}, traced, widths) {}

  /// Begins with the parameters that the floor begins with.
  void take_parameters(const float* parameters) {
    for (const cornu::Variable& variable : model().variables()) {
      variable.assign(
          cornu::Tensor::from_span<float>({parameters, static_cast<size_t>(variable.size())}, variable.shape()));
      parameters += variable.size();
    }
  }
};

}  // namespace bench
