#pragma once
// Models for tests of the trainer.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "golden.h"
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/core.h>
#include <cornu/layers/normalization.h>
#include <cornu/layers/regularizers.h>
#include <cornu/models/model.h>

namespace training_models {

using namespace cornu;

/// Layers one after another.
class Chain : public Model {
 public:
  template <class... L>
  explicit Chain(L... layers) {
    (layers_.push_back(std::make_unique<L>(std::move(layers))), ...);
  }
  Tensor call(const Tensor& inputs) override {
    Tensor x = inputs;
    for (const auto& layer : layers_) x = (*layer)(x);
    return x;
  }

 private:
  std::vector<std::unique_ptr<Layer>> layers_;
};

/// A body, a skipping layer, and two heads with names.
class Branches : public Model {
 public:
  TensorList call_list(const TensorList& inputs) override {
    const Tensor body = body_(inputs.at(0)), skip = skip_(inputs[0]);
    const Tensor kind = kind_(body);
    return {kind, size_(body + skip)};
  }
  std::vector<std::string> output_names() const override { return {"kind", "size"}; }

 private:
  layers::Dense body_{{.units = 6, .activation = "gelu", .name = "body"}};
  layers::Dense skip_{{.units = 6, .name = "skip"}};
  layers::Dense kind_{{.units = 5, .activation = "softmax", .name = "kind"}};
  layers::Dense size_{{.units = 1, .name = "size"}};
};

/// y = x w + 1/4, without noise.
struct LinearData {
  explicit LinearData(int64_t samples = 64, int64_t seed = 3)
      : x(random::Generator(seed).normal({samples, 3})), y(matmul(x, constant({{1.f}, {-2.f}, {0.5f}})) + 0.25f) {}
  Tensor x, y;
};

inline Chain linear_model() { return Chain(layers::Dense({.units = 1})); }

inline std::vector<std::vector<float>> values_of(const std::vector<Variable>& variables) {
  std::vector<std::vector<float>> values;
  for (const Variable& variable : variables)
    if (variable.dtype() == float32) values.push_back(variable.peek().to_vector<float>());
  return values;
}

}  // namespace training_models
