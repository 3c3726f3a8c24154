// Layers and models inside traced functions.
#include <memory>

#include "core/graph/graph_checks.h"

using namespace cornu;
using Catch::Contains;

namespace {

class Classifier : public Model {
 public:
  Tensor call(const Tensor& inputs) override {
    ++calls;
    return output_(dropout_(norm_(hidden_(inputs))));
  }
  int calls = 0;

 private:
  layers::Dense hidden_{{.units = 5, .activation = relu}};
  layers::BatchNormalization norm_{{.momentum = 0.5}};
  layers::Dropout dropout_{{.rate = 0.5, .seed = 3}};
  layers::Dense output_{{.units = 3}};
};

}  // namespace

TEST_CASE("a model that was never called is built by its trace") {
  set_random_seed(1);
  Classifier model;
  const Function f = function(model, {.input_signature = {TensorSpec({-1, 4})}});
  const Tensor x = random::normal({6, 4}, {.seed = 2});
  const Tensor y = f(x);
  CHECK(model.built());
  CHECK(model.calls == 1);
  CHECK(model.trainable_variables().size() == 6);
  CHECK(model.trainable_variables()[0].path() == "classifier/dense/kernel");
  CHECK(model.input_specs()[0].shape.to_string() == "(None, 4)");
  check_close({y}, {model(x)}, 1e-6);
  check_close({f(x)}, {y});
  CHECK(model.calls == 2);
  CHECK(f(zeros({2, 4})).shape() == Shape({2, 3}));
}

TEST_CASE("a traced function follows its model where it moves, and says when it is gone") {
  auto model = std::make_unique<Classifier>();
  const Function f = function(*model);
  f(ones({2, 4}));
  auto moved = std::make_unique<Classifier>(std::move(*model));
  model.reset();
  CHECK(f(ones({3, 4})).shape() == Shape({3, 3}));
  CHECK(moved->calls == 2);
  moved.reset();
  CHECK(f(ones({3, 4})).shape() == Shape({3, 3}));  // this trace needs only the variables
  CHECK_THROWS_AS(f(ones({4, 4})), StateError);
  CHECK_THROWS_WITH(f(ones({4, 4})), Contains("classifier") && Contains("is gone"));
}

TEST_CASE("training a model inside a function moves its statistics and draws its dropout as eager code does") {
  const Tensor x = random::normal({8, 4}, {.seed = 4});
  const auto run = [&](bool traced) {
    set_random_seed(9);
    Classifier model;
    model(x);  // built
    const auto call = [&](const Tensor& inputs) { return model(inputs, {.training = true}); };
    const Function f = function(call);
    TensorList results;
    for (int i = 0; i < 3; ++i) results.push_back(traced ? f(x) : call(x));
    for (const Variable& variable : model.variables()) results.push_back(variable.value());
    return results;
  };
  check_close(run(true), run(false), 1e-6);
}

TEST_CASE("a trace that fails leaves the model unbuilt") {
  class Failing : public Model {
   public:
    Tensor call(const Tensor& inputs) override {
      const Tensor hidden = hidden_(inputs);
      if (fails) throw ValueError("on purpose");
      return hidden;
    }
    bool fails = true;
    layers::Dense hidden_{{.units = 2}};
  } model;
  const Function f = function(model);
  CHECK_THROWS_WITH(f(ones({1, 3})), Contains("while tracing") && Contains("on purpose"));
  CHECK_FALSE(model.built());
  CHECK(model.variables().empty());

  const Function step = function([&](const Tensor& x) {
    const Tensor y = model(x);
    if (model.hidden_.kernel().shape()[0] == 3) throw ValueError("behind the model");
    return y;
  });
  model.fails = false;
  CHECK_THROWS_AS(step(ones({1, 3})), ValueError);
  CHECK_FALSE(model.built());
  CHECK(model.variables().empty());
  CHECK(step(ones({1, 4})).shape() == Shape({1, 2}));
  CHECK(model.variables().size() == 2);
}

TEST_CASE("losses of layers and regularizers are part of a traced step") {
  class Regularized : public Model {
   public:
    Tensor call(const Tensor& inputs) override { return dense_(inputs); }
    layers::Dense dense_{{.units = 2,
                          .kernel_regularizer = regularizers::L2({.l2 = 0.1}),
                          .activity_regularizer = regularizers::L1({.l1 = 0.2})}};
  } model;
  const auto total = [&](const Tensor& x) {
    const Tensor y = model(x);
    Tensor sum = reduce_sum(y);
    for (const Tensor& loss : model.losses()) sum = sum + loss;
    return sum;
  };
  const Tensor x = random::normal({5, 3}, {.seed = 1});
  const Tensor eager = total(x);
  check_close({function(total)(x)}, {eager}, 1e-6);
  check_close({function(total, {.input_signature = {TensorSpec({-1, 3})}})(x)}, {eager}, 1e-6);
}

TEST_CASE("a layer of several inputs takes a list") {
  layers::Concatenate concatenate{{.axis = -1}};
  const Function f = function(concatenate);
  CHECK(f(TensorList{ones({2, 1}), zeros({2, 2})}).to_vector<float>() == std::vector<float>{1, 0, 0, 1, 0, 0});
}
