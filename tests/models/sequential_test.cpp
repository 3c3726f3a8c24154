#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/core.h>
#include <cornu/layers/regularization.h>
#include <cornu/layers/reshaping.h>
#include <cornu/models/clone.h>
#include <cornu/models/sequential.h>

using namespace cornu;
using Catch::Matchers::Contains;

TEST_CASE("a Sequential with an InputLayer is built at once") {
  Sequential model{
      layers::InputLayer({28, 28}),
      layers::Flatten(),
      layers::Dense({.units = 128, .activation = "relu"}),
      layers::Dropout(0.2),
      layers::Dense({.units = 10, .activation = "softmax"}),
  };
  CHECK(model.built());
  CHECK(model.class_name() == "Sequential");
  CHECK(model.name() == "sequential");
  CHECK(model.count_params() == 784 * 128 + 128 + 128 * 10 + 10);
  CHECK(model.layers().size() == 4);
  CHECK(model.get_layer(0).name() == "flatten");
  CHECK(model.get_layer(-1).name() == "dense_1");
  CHECK(model(ones({5, 28, 28})).shape() == Shape({5, 10}));
  CHECK(model(ones({5, 28, 28, 1})).shape() == Shape({5, 10}));
  CHECK_THROWS_WITH(model(ones({5, 27, 28})), Contains("(None, 28, 28)") && Contains("(5, 27, 28)"));
  CHECK(model.output_specs()[0].shape == Shape({-1, 10}));
}

TEST_CASE("a Sequential without an input is built by its first call") {
  Sequential model{layers::Dense({.units = 3}), layers::Dense({.units = 2})};
  CHECK_FALSE(model.built());
  CHECK(model.layers().size() == 2);
  CHECK(model(ones({4, 5})).shape() == Shape({4, 2}));
  CHECK(model.count_params() == 18 + 8);
  model.add(layers::Dense({.units = 1}));
  CHECK(model(ones({4, 5})).shape() == Shape({4, 1}));
  CHECK(model.count_params() == 18 + 8 + 3);
}

TEST_CASE("add and pop keep the weights of the layers that stay") {
  Sequential model;
  CHECK_THROWS_AS(model(ones({1, 2})), StateError);
  CHECK_THROWS_AS(model.pop(), StateError);
  model.add(layers::InputLayer({4}));
  model.add(layers::Dense({.units = 3}));
  model.add(std::make_unique<layers::Dense>(layers::DenseOptions{.units = 2}));
  CHECK(model.built());
  const std::vector<float> kernel = model.get_weights()[0].to_vector<float>();
  const std::shared_ptr<Layer> last = model.pop();
  CHECK(last->name() == "dense");  // by itself again
  CHECK(model(ones({1, 4})).shape() == Shape({1, 3}));
  CHECK(model.get_weights()[0].to_vector<float>() == kernel);
  CHECK(model.weights().size() == 2);
  model.add(last);
  CHECK(model(ones({1, 4})).shape() == Shape({1, 2}));
}

TEST_CASE("a layer that does not fit leaves the Sequential as it was") {
  Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3, .name = "first"})};
  CHECK_THROWS_AS(model.add(layers::Reshape({5})), ShapeError);
  CHECK_THROWS_AS(model.add(layers::InputLayer({3})), ValueError);
  CHECK_THROWS_AS(model.add(layers::Dense({.units = 2, .name = "first"})), ValueError);
  CHECK_THROWS_AS(model.add(std::shared_ptr<Layer>()), ValueError);
  CHECK(model.layers().size() == 1);
  CHECK(model(ones({2, 4})).shape() == Shape({2, 3}));
}

TEST_CASE("a Sequential is a layer of other models, and gives its symbolic tensors") {
  Sequential inner{layers::InputLayer({4}), layers::Dense({.units = 3, .name = "hidden"}), layers::Dense({.units = 2})};
  Model features(inner.inputs(), TensorList{inner.get_layer("hidden").output()});
  CHECK(features(ones({2, 4})).shape() == Shape({2, 3}));
  Sequential outer{std::move(inner), layers::Dense({.units = 1})};
  CHECK(outer(ones({2, 4})).shape() == Shape({2, 1}));
  CHECK(outer.weights().size() == 6);
  CHECK(outer.weights()[0].path() == "sequential/sequential/hidden/kernel");
}

TEST_CASE("clone_model makes the same model with weights of its own") {
  set_random_seed(3);
  Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3}), layers::Dense({.units = 2})};
  const std::unique_ptr<Model> copy = clone_model(model);
  CHECK(dynamic_cast<Sequential*>(copy.get()) != nullptr);
  CHECK(copy->count_params() == model.count_params());
  CHECK(copy->get_weights()[0].to_vector<float>() != model.get_weights()[0].to_vector<float>());

  const Tensor x = Input({4}, {.name = "x"});
  auto shared = share(layers::Dense({.units = 4, .name = "shared"}));
  Model functional(x, tanh(x | shared | shared) + 1.f, {.name = "twice"});
  const std::unique_ptr<Model> other = clone_model(functional);
  CHECK(other->name() == "twice");
  CHECK(other->count_params() == 20);
  other->set_weights(functional.get_weights());
  const Tensor input = random::normal({3, 4});
  CHECK((*other)(input).to_vector<float>() == functional(input).to_vector<float>());

  class Own : public Model {
    Tensor call(const Tensor& inputs) override { return inputs; }
  } own;
  CHECK_THROWS_AS(clone_model(own), ValueError);
}

TEST_CASE("a clone calls a shared layer in the same order") {
  const Tensor a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const auto shared = share(layers::Dense({.units = 4, .name = "shared"}));
  const Tensor of_b = b | shared, of_a = a | shared;
  const Model model(TensorList{a, b}, TensorList{of_a, of_b}, {.name = "m"});
  CHECK(clone_model(model)->to_json() == model.to_json());
  const Model other(TensorList{a, b}, TensorList{of_b, of_a}, {.name = "m"});
  CHECK(clone_model(other)->to_json() == other.to_json());
}
