#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "optimizers/four_numbers.h"
#include <cornu/core/error.h>
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
