#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "optimizers/four_numbers.h"
#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/optimizers/adadelta.h>
#include <cornu/optimizers/adafactor.h>
#include <cornu/optimizers/adagrad.h>
#include <cornu/optimizers/adam.h>
#include <cornu/optimizers/adamax.h>
#include <cornu/optimizers/ftrl.h>
#include <cornu/optimizers/lamb.h>
#include <cornu/optimizers/lion.h>
#include <cornu/optimizers/nadam.h>
#include <cornu/optimizers/rmsprop.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;

TEST_CASE("gradients that do not fit are errors, and nothing changes") {
  const Variable a = one_to_four("a"), b = one_to_four("b");
  a.set_path("tower/body/kernel");
  optimizers::Adam optimizer({.learning_rate = 1});
  const Tensor g = ones({4});
  const auto unchanged = [&] {
    return values(a) == std::vector<float>{1.f, 2.f, 3.f, 4.f} && values(b) == values(a) &&
           optimizer.iterations().value().item<int64_t>() == 0;
  };
  CHECK_THROWS_WITH(optimizer.apply_gradients({{Tensor(), a}, {Tensor(), b}}),
                    Contains("tower/body/kernel") && Contains("'b'"));
  CHECK_THROWS_AS(optimizer.apply_gradients({{Tensor(), a}}), ValueError);
  CHECK_THROWS_AS(optimizer.apply_gradients({{g, b}, {ones({2, 2}), a}}), ShapeError);
  CHECK_THROWS_WITH(optimizer.apply_gradients({{g, b}, {ones({2, 2}), a}}),
                    Contains("tower/body/kernel") && Contains("(4,)") && Contains("(2, 2)"));
  CHECK_THROWS_AS(optimizer.apply_gradients({{g, b}, {ones({4}, int32), a}}), DTypeError);
  CHECK_THROWS_AS(optimizer.apply_gradients({{g, b}, {Tensor::symbolic({Shape({4})}), a}}), StateError);
  CHECK_THROWS_AS(optimizer.apply_gradients({{g, Variable()}}), StateError);
  CHECK_THROWS_AS(optimizer.apply_gradients({{constant({1}), Variable(constant({1}), {.name = "i"})}}), DTypeError);
  CHECK_THROWS_AS(optimizer.build({Variable(constant({1}), {.name = "i"})}), DTypeError);
  CHECK_THROWS_AS(optimizer.apply({g}), StateError);
  CHECK(unchanged());
  CHECK_FALSE(optimizer.built());
  CHECK(optimizer.variables().size() == 2);

  optimizer.build({a});
  CHECK_THROWS_AS(optimizer.apply_gradients({{g, a}, {g, b}}), ValueError);
  CHECK_THROWS_WITH(optimizer.apply_gradients({{g, a}, {g, b}}), Contains("'b'") && Contains("unknown"));
  CHECK_THROWS_AS(optimizer.apply({g, g}), ValueError);
  CHECK(unchanged());
  CHECK(values(optimizer.variables()[2]) == std::vector<float>(4, 0.f));
  CHECK_THROWS_WITH(optimizer.apply_gradients({}), Contains("no gradients") && Contains("is the model built"));
  CHECK(unchanged());
}

TEST_CASE("a constraint that cannot be kept is an error before the first step") {
  const Variable a = one_to_four("a"), b = one_to_four("b");
  b.set_path("tower/b");
  const auto constraints = std::vector<std::function<Tensor(const Tensor&)>>{
      [](const Tensor&) -> Tensor { throw ValueError("never"); }, [](const Tensor&) { return Tensor(); },
      [](const Tensor&) { return ones({3}); }, [](const Tensor& x) { return cast(x, float64); }};
  for (const auto& constraint : constraints) {
    b.set_constraint(constraint);
    optimizers::SGD optimizer({.learning_rate = 0.1});
    CHECK_THROWS_AS(optimizer.apply_gradients({{ones({4}), a}, {ones({4}), b}}), ValueError);
    CHECK_THROWS_WITH(optimizer.build({a, b}), Contains("never") || Contains("tower/b"));
    CHECK(values(a) == std::vector<float>{1.f, 2.f, 3.f, 4.f});
    CHECK(values(b) == values(a));
    CHECK(optimizer.iterations().value().item<int64_t>() == 0);
  }
}

TEST_CASE("an optimizer that was moved from says so") {
  optimizers::SGD optimizer;
  const optimizers::SGD other = std::move(optimizer);
  CHECK_THROWS_WITH(optimizer.learning_rate(), Contains("moved from"));
  CHECK_THROWS_AS(optimizer.built(), StateError);
  CHECK_THROWS_AS(optimizer.apply_gradients({}), StateError);
  CHECK_THROWS_AS(optimizer.to_json(), StateError);
  CHECK_FALSE(other.built());
}

TEST_CASE("options of optimizers that do not hold are errors") {
  CHECK_THROWS_WITH(optimizers::SGD({.momentum = 1.5}), Contains("momentum"));
  CHECK_THROWS_WITH(optimizers::SGD({.momentum = -0.5}), Contains("momentum"));
  CHECK_THROWS_WITH(optimizers::Adam({.beta_1 = 1}), Contains("beta_1"));
  CHECK_THROWS_WITH(optimizers::Adam({.beta_2 = -0.1}), Contains("beta_2"));
  CHECK_THROWS_WITH(optimizers::Adam({.epsilon = -1}), Contains("epsilon"));
  CHECK_THROWS_WITH(optimizers::AdamW({.beta_1 = 2}), Contains("AdamW") && Contains("beta_1"));
  CHECK_THROWS_WITH(optimizers::RMSprop({.rho = 2}), Contains("rho"));
  CHECK_THROWS_WITH(optimizers::RMSprop({.momentum = 2}), Contains("momentum"));
  CHECK_THROWS_WITH(optimizers::RMSprop({.epsilon = -1}), Contains("epsilon"));
  CHECK_THROWS_WITH(optimizers::Adagrad({.initial_accumulator_value = -1}), Contains("initial_accumulator_value"));
  CHECK_THROWS_WITH(optimizers::Adagrad({.epsilon = -1}), Contains("epsilon"));
  CHECK_THROWS_AS(optimizers::Adagrad({.learning_rate = -1}), ValueError);
  CHECK_THROWS_WITH(optimizers::Adadelta({.rho = -1}), Contains("rho"));
  CHECK_THROWS_WITH(optimizers::Adadelta({.epsilon = -1}), Contains("epsilon"));
  CHECK_THROWS_WITH(optimizers::Adafactor({.beta_2_decay = 1}), Contains("beta_2_decay"));
  CHECK_THROWS_WITH(optimizers::Adafactor({.epsilon_1 = -1}), Contains("epsilon_1"));
  CHECK_THROWS_WITH(optimizers::Adafactor({.epsilon_2 = -1}), Contains("epsilon_2"));
  CHECK_THROWS_WITH(optimizers::Adafactor({.clip_threshold = 0}), Contains("clip_threshold"));
  CHECK_THROWS_WITH(optimizers::Adamax({.beta_1 = 1}), Contains("beta_1"));
  CHECK_THROWS_WITH(optimizers::Adamax({.beta_2 = 2}), Contains("beta_2"));
  CHECK_THROWS_WITH(optimizers::Ftrl({.learning_rate_power = 1}), Contains("learning_rate_power"));
  CHECK_THROWS_WITH(optimizers::Ftrl({.initial_accumulator_value = -1}), Contains("initial_accumulator_value"));
  CHECK_THROWS_WITH(optimizers::Ftrl({.l1_regularization_strength = -1}), Contains("l1_regularization_strength"));
  CHECK_THROWS_WITH(optimizers::Ftrl({.l2_regularization_strength = -1}), Contains("l2_regularization_strength"));
  CHECK_THROWS_WITH(optimizers::Ftrl({.l2_shrinkage_regularization_strength = -1}), Contains("shrinkage"));
  CHECK_THROWS_WITH(optimizers::Lamb({.beta_2 = 1}), Contains("beta_2"));
  CHECK_THROWS_WITH(optimizers::Lion({.beta_1 = 0}), Contains("beta_1"));
  CHECK_THROWS_WITH(optimizers::Lion({.beta_2 = 2}), Contains("beta_2"));
  CHECK_THROWS_WITH(optimizers::Nadam({.beta_1 = 1}), Contains("beta_1"));
}
