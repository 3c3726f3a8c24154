#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "optimizers/four_numbers.h"
#include <cornu/core/error.h>
#include <cornu/core/graph/function.h>
#include <cornu/optimizers/schedules/decay.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;

TEST_CASE("a learning rate is a number, a variable, a schedule or a function") {
  const Variable w = one_to_four();
  const Tensor g = ones({4});
  const auto first = [&] { return values(w)[0]; };

  optimizers::SGD number({.learning_rate = 1});
  number.apply_gradients({{g, w}});
  CHECK(first() == 0.f);
  number.set_learning_rate(0.5);
  CHECK(number.learning_rate().item<float>() == 0.5f);
  number.apply_gradients({{g, w}});
  CHECK(first() == -0.5f);
  CHECK(number.get_config().at("learning_rate").number() == 0.5);

  const Variable rate(2.f, {.name = "rate", .trainable = false});
  optimizers::SGD variable({.learning_rate = rate});
  variable.apply_gradients({{g, w}});
  CHECK(first() == -2.5f);
  rate.assign(1);
  variable.apply_gradients({{g, w}});
  CHECK(first() == -3.5f);
  CHECK(variable.variables()[1].id() == rate.id());

  optimizers::SGD schedule(
      {.learning_rate = optimizers::schedules::PiecewiseConstantDecay({.boundaries = {0}, .values = {1, 2}})});
  schedule.apply_gradients({{g, w}});
  CHECK(first() == -4.5f);
  CHECK(schedule.learning_rate().item<float>() == 2.f);
  schedule.apply_gradients({{g, w}});
  CHECK(first() == -6.5f);
  CHECK_THROWS_AS(schedule.set_learning_rate(0.1), StateError);
  schedule.set_learning_rate([](double step) { return step; });
  CHECK(schedule.learning_rate().item<float>() == 2.f);
  CHECK_THROWS_AS(schedule.to_json(), StateError);

  optimizers::SGD function({.learning_rate = [] { return 0.5; }});
  function.apply_gradients({{g, w}});
  CHECK(first() == -7.f);

  number.set_learning_rate(
      optimizers::schedules::InverseTimeDecay({.initial_learning_rate = 1, .decay_steps = 1, .decay_rate = 1}));
  CHECK(number.learning_rate().item<float>() == Approx(1.f / 3));
  CHECK(number.variables().size() == 1);
  CHECK(values(w)[3] == -4.f);

  CHECK_THROWS_WITH(optimizers::SGD({.learning_rate = -1}), Contains("learning_rate"));
  CHECK_THROWS_AS(optimizers::SGD({.learning_rate = std::numeric_limits<double>::infinity()}), ValueError);
  CHECK_THROWS_AS(number.set_learning_rate(std::nan("")), ValueError);
  CHECK_THROWS_AS(optimizers::SGD({.learning_rate = one_to_four()}), ShapeError);
  CHECK_THROWS_AS(optimizers::SGD({.learning_rate = Variable(1)}), DTypeError);
  CHECK_THROWS_AS(optimizers::SGD({.learning_rate = Variable()}), StateError);
  CHECK_THROWS_WITH(optimizers::SGD({.learning_rate = Variable()}), Contains("learning_rate: the variable"));
}

TEST_CASE("a learning rate that is computed as NaN, infinite or negative stops the step before it changes anything") {
  for (const double bad : {std::nan(""), -1., std::numeric_limits<double>::infinity()}) {
    const Variable w = one_to_four(), rate(0.f, {.name = "rate", .trainable = false});
    const Tensor g = ones({4});
    optimizers::SGD function({.learning_rate = [bad](double step) { return step < 1 ? 0.5 : bad; }, .momentum = 0.5});
    optimizers::SGD variable({.learning_rate = rate});
    function.apply_gradients({{g, w}});
    const auto before = values(w), velocity = values(function.variables().back());
    rate.assign(bad);
    const auto step = [&] { function.apply_gradients({{g, w}}); };
    CHECK_THROWS_AS(step(), ValueError);
    CHECK_THROWS_WITH(step(), Contains("SGD: learning_rate: must be finite and at least 0") && Contains("at step 1"));
    const auto traced = cornu::function([&](const Tensor& gradient) {
      function.apply_gradients({{gradient, w}});
      return gradient;
    });
    CHECK_THROWS_WITH(traced(g), Contains("SGD: learning_rate"));
    CHECK_THROWS_WITH(variable.apply_gradients({{g, w}}), Contains("learning_rate") && Contains("at step 0"));
    CHECK(values(w) == before);
    CHECK(values(function.variables().back()) == velocity);
    CHECK(function.iterations().value().item<int64_t>() == 1);
    CHECK(variable.iterations().value().item<int64_t>() == 0);
  }
}

TEST_CASE("gradients are not accumulated for a step whose learning rate is refused") {
  const Variable w = one_to_four();
  optimizers::SGD optimizer({.learning_rate = [] { return -1.; }, .gradient_accumulation_steps = 2});
  optimizer.apply_gradients({{ones({4}), w}});
  const auto sums = values(optimizer.variables().back());
  CHECK_THROWS_AS(optimizer.apply_gradients({{ones({4}), w}}), ValueError);
  CHECK(values(optimizer.variables().back()) == sums);
}

TEST_CASE("functions that are empty are refused") {
  const std::function<double(double)> of_step;
  const std::function<double()> of_nothing;
  CHECK_THROWS_AS(optimizers::SGD({.learning_rate = of_step}), ValueError);
  CHECK_THROWS_WITH(optimizers::SGD({.learning_rate = of_step}), Contains("learning_rate: the function is empty"));
  CHECK_THROWS_WITH(optimizers::SGD({.learning_rate = of_nothing}), Contains("learning_rate: the function is empty"));
  optimizers::SGD optimizer;
  CHECK_THROWS_AS(optimizer.minimize(std::function<Tensor()>(), {one_to_four()}), ValueError);
  CHECK_THROWS_WITH(optimizer.minimize(std::function<Tensor()>(), {one_to_four()}),
                    Contains("SGD: minimize: the function is empty"));
}
