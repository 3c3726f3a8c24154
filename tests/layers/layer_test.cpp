// What every layer has from its base: building, training and mask flags, losses, weights, configurations.
#include <catch2/catch.hpp>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/initializers/initializers.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/layers/convolution.h>
#include <cornu/layers/core.h>
#include <cornu/layers/layer.h>
#include <cornu/layers/normalization.h>
#include <cornu/layers/preprocessing.h>
#include <cornu/layers/reshaping.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

class Linear : public Layer {
 public:
  explicit Linear(int64_t units, const LayerOptions& options = {}) : Layer(options), units_(units) {}
  void build(const Shape& input_shape) override {
    ++builds;
    w_ = add_weight({.name = "w", .shape = {input_shape.back(), units_}, .initializer = "ones"});
    scale_ = add_weight({.name = "scale", .initializer = "ones", .trainable = false});
  }
  Tensor call(const Tensor& inputs) override { return matmul(inputs, w_) * scale_; }
  int builds = 0;

 private:
  int64_t units_;
  Variable w_, scale_;
};

/// Remembers what it was told about its call.
class Witness : public Layer {
 public:
  Tensor call(const Tensor& inputs) override {
    was_training = training();
    seen_mask = mask();
    return inputs + 0.f;
  }
  bool supports_masking() const override { return true; }
  bool was_training = false;
  Tensor seen_mask;
};

class Couple : public Layer {
 public:
  Tensor call(const Tensor& inputs) override { return second(first(inputs)); }
  Witness first, second;
};

class SumAndProduct : public Layer {
 public:
  TensorList call_list(const TensorList& inputs) override { return {inputs[0] + inputs[1], inputs[0] * inputs[1]}; }
};

}  // namespace

TEST_CASE("a layer is built once, at its first call") {
  Linear layer(2);
  CHECK_FALSE(layer.built());
  CHECK_THROWS_AS(layer.count_params(), StateError);
  CHECK_THROWS_WITH(layer.count_params(), Contains("linear") && Contains("built"));
  CHECK(layer(ones({1, 3})).to_vector<float>() == std::vector<float>{3, 3});
  layer(ones({4, 3}));
  CHECK(layer.builds == 1);
  CHECK(layer.count_params() == 7);
}

TEST_CASE("build() by the user makes the weights that the first call uses") {
  Linear layer(2);
  layer.build({-1, 3});
  CHECK(layer.weights().size() == 2);
  const Variable w = layer.weights()[0];
  w.assign(5.f * ones({3, 2}));
  CHECK(layer(ones({1, 3})).to_vector<float>() == std::vector<float>{15, 15});
  CHECK(layer.weights().size() == 2);
  CHECK(layer.weights()[0].is_same(w));

  Linear other(2);
  other.build({-1, 3});
  CHECK_THROWS_AS(other(ones({1, 4})), ShapeError);
}

TEST_CASE("a layer that is built takes no further weights") {
  layers::Dense dense({.units = 2});
  dense.build({-1, 3});
  CHECK_THROWS_AS(dense.build({-1, 3}), StateError);
  CHECK_THROWS_WITH(dense.build({-1, 4}), Contains("'kernel'") && Contains("built already"));
  CHECK(dense.weights().size() == 2);
  dense(zeros({1, 3}));
  CHECK_THROWS_AS(dense.build({-1, 3}), StateError);
  CHECK(dense.weights().size() == 2);
  layers::BatchNormalization normalization;
  normalization.build({-1, 3});
  CHECK_THROWS_AS(normalization.build({-1, 3}), StateError);
  CHECK(normalization.weights().size() == 4);
}

TEST_CASE("a weight that needs more memory than there is, is an error") {
  layers::Dense dense({.units = int64_t{1} << 40});
  CHECK_THROWS_AS(dense(zeros({1, 3})), ValueError);
  CHECK_THROWS_WITH(dense(zeros({1, 3})), Contains("dense") && Contains("'kernel' of shape (3, 1099511627776)"));
  CHECK_FALSE(dense.built());
}

TEST_CASE("random weights are floating") {
  for (const DType dtype : {boolean, int32, static_cast<DType>(44)}) {
    CHECK_THROWS_AS(layers::Dense({.units = 2, .dtype = dtype}), DTypeError);
    CHECK_THROWS_WITH(layers::Dense({.units = 2, .dtype = dtype}), Contains("Dense: dtype: "));
    CHECK_THROWS_AS(layers::BatchNormalization({.dtype = dtype}), DTypeError);
    CHECK_THROWS_AS(layers::Normalization({.dtype = dtype}), DTypeError);
    CHECK_THROWS_AS(layers::Conv2D({.filters = 1, .kernel_size = 1, .dtype = dtype}), DTypeError);
  }
  CHECK_THROWS_WITH(layers::Flatten({.dtype = static_cast<DType>(44)}), Contains("Flatten: dtype: "));
  CHECK(layers::Flatten({.dtype = int32}).dtype() == int32);
  CHECK(layers::Dense({.units = 2, .dtype = float64}).dtype() == float64);
}

TEST_CASE("building by shape computes nothing") {
  class Composite : public Layer {
   public:
    Tensor call(const Tensor& inputs) override { return inner(inputs) + 1.f; }
    Linear inner{2};
  };
  Composite layer;
  layer.build({-1, 3});
  CHECK(layer.built());
  CHECK(layer.weights()[0].shape() == Shape({3, 2}));
  CHECK(layer.weights()[0].path() == "composite/linear/w");
  CHECK(layer.compute_output_shape({-1, 3}) == Shape({-1, 2}));
  CHECK(layer.compute_output_shape({7, 3}) == Shape({7, 2}));
}

TEST_CASE("training is the flag of the call under way and reaches the layers within") {
  Couple layer;
  layer(ones({1}));
  CHECK_FALSE(layer.first.was_training);
  layer(ones({1}), {.training = true});
  CHECK(layer.first.was_training);
  CHECK(layer.second.was_training);
  layer(ones({1}), {.training = false});
  CHECK_FALSE(layer.second.was_training);
}

TEST_CASE("masks go along with the tensors that layers give") {
  Couple layer;
  const Tensor x = ones({2});
  x.set_mask(constant({true, false}));
  const Tensor y = layer(x);
  CHECK(layer.first.seen_mask.to_vector<bool>() == std::vector<bool>{true, false});
  CHECK(layer.second.seen_mask.to_vector<bool>() == std::vector<bool>{true, false});
  CHECK(y.mask().to_vector<bool>() == std::vector<bool>{true, false});

  Witness witness;
  witness(ones({2}), {.mask = constant({false, true})});
  CHECK(witness.seen_mask.to_vector<bool>() == std::vector<bool>{false, true});

  Linear opaque(1);
  CHECK_FALSE(opaque(ones({1, 2}), {.mask = constant({true})}).mask().defined());
}

TEST_CASE("layers of several inputs and outputs") {
  SumAndProduct layer;
  const TensorList y = layer(TensorList{constant(2.f), constant(3.f)});
  CHECK(y[0].item<float>() == 5);
  CHECK(y[1].item<float>() == 6);
  CHECK_THROWS_AS(static_cast<Tensor>(layer(TensorList{constant(2.f), constant(3.f)})), ValueError);
  Linear single(2);
  CHECK_THROWS_AS(single(TensorList{ones({1, 2}), ones({1, 2})}), ValueError);
  CHECK_THROWS_AS(single(TensorList{}), ValueError);
}

TEST_CASE("floating inputs are cast to the layer's dtype, integers are not") {
  Linear layer(2, {.dtype = float64});
  const Tensor y = layer(ones({1, 3}));
  CHECK(y.dtype() == float64);
  CHECK(layer.weights()[0].dtype() == float64);
  Witness witness;
  CHECK(witness(ones({2}, float64)).dtype() == float32);
}

TEST_CASE("frozen layers keep their variables out of training") {
  Linear layer(2);
  layer(ones({1, 3}));
  CHECK(layer.trainable_variables().size() == 1);
  CHECK(layer.non_trainable_variables().size() == 1);
  layer.set_trainable(false);
  CHECK(layer.trainable_variables().empty());
  CHECK(layer.non_trainable_variables().size() == 2);
  GradientTape tape({.persistent = true});
  const Tensor y = layer(ones({1, 3}));
  CHECK_FALSE(tape.gradient(y, layer.weights()[0]).defined());
  layer.set_trainable(true);
  CHECK(tape.gradient(layer(ones({1, 3})), layer.weights()[0]).to_vector<float>() == std::vector<float>(6, 1.f));
}

TEST_CASE("weights are read and set as a whole") {
  Linear layer(2);
  CHECK_THROWS_AS(layer.set_weights({ones({3, 2})}), ValueError);
  layer(ones({1, 3}));
  layer.set_weights({2.f * ones({3, 2}), constant(3.f)});
  CHECK(layer.get_weights()[1].item<float>() == 3);
  CHECK_THROWS_AS(layer.set_weights({ones({3, 2})}), ValueError);
  CHECK_THROWS_AS(layer.set_weights({ones({3, 2}), ones({2})}), ShapeError);
  CHECK_THROWS_AS(layer.set_weights({ones({3, 2}), ones({}, float64)}), DTypeError);
  CHECK_THROWS_WITH(layer.set_weights({ones({3, 2}), ones({2})}), Contains("linear/scale") && Contains("(2,)"));
  CHECK(layer.get_weights()[0].to_vector<float>() == std::vector<float>(6, 2.f));
}

TEST_CASE("a layer adds to the loss: by itself, by its weights and by its activity") {
  class Costly : public Layer {
   public:
    void build(const Shape&) override {
      w_ = add_weight({.name = "w", .shape = {2}, .initializer = "ones", .regularizer = "l2"});
    }
    Tensor call(const Tensor& inputs) override {
      add_loss(reduce_sum(inputs));
      return inputs * w_;
    }
    Variable w_;
  };
  class Parent : public Layer {
   public:
    Tensor call(const Tensor& inputs) override { return second(first(inputs)); }
    Costly first, second;
  };
  Parent parent;
  parent(ones({3, 2}));
  parent(ones({4, 2}));  // what the call before had added is gone
  const TensorList losses = parent.losses();
  REQUIRE(losses.size() == 4);
  CHECK(losses[0].item<float>() == 8);
  CHECK(losses[2].item<float>() == Approx(0.02));  // 0.01 * (1 + 1)
  CHECK(parent.second.losses().size() == 2);
  CHECK_THROWS_AS(parent.add_loss(ones({2})), ShapeError);

  Witness witness;
  witness.set_activity_regularizer("l2");
  witness(2.f * ones({4, 2}));
  CHECK(witness.losses().at(0).item<float>() == Approx(0.01 * 8 * 4 / 4));  // for each example
}

TEST_CASE("weights get names, initial values and checks") {
  class Free : public Layer {
   public:
    using Layer::add_weight;
  };
  Free layer;
  CHECK(layer.add_weight({}).name() == "weight");
  CHECK(layer.add_weight({.shape = {2}}).name() == "weight_1");
  CHECK(layer.add_weight({.name = "count", .dtype = int64}).value().item<int64_t>() == 0);
  CHECK_THROWS_AS(layer.add_weight({.name = "w", .shape = {-1, 2}}), ShapeError);
  CHECK_THROWS_AS(layer.add_weight({.name = "w", .initializer = "zeroes_"}), ValueError);
  CHECK(layer.weights().size() == 3);
}

TEST_CASE("what a class does not say it cannot do") {
  class Empty : public Layer {};
  CHECK_THROWS_AS(Empty()(ones({1})), StateError);
  CHECK_THROWS_WITH(Empty()(ones({1})), Contains("Empty") && Contains("call"));
  CHECK_THROWS_WITH(Empty().to_json(), Contains("get_config"));
  CHECK_THROWS_AS(Empty().clone(), StateError);
  class Nothing : public Layer {
   public:
    Tensor call(const Tensor&) override { return {}; }
  };
  CHECK_THROWS_WITH(Nothing()(ones({1})), Contains("without a value"));
}

TEST_CASE("layers are made from a configuration") {
  CHECK_THROWS_AS(layers::deserialize("{"), ValueError);
  CHECK_THROWS_WITH(layers::deserialize(R"({"class_name": "Dens", "config": {}})"), Contains("Dense"));
  CHECK_THROWS_WITH(layers::deserialize(R"({"class_name": "Dense", "config": {"unitz": 3}})"), Contains("unit"));
}
