#include <layers/layer_test.h>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/regularization.h>

using namespace cornu;
using Catch::Matchers::Contains;

TEST_CASE("Dropout keeps what every layer promises") {
  const Tensor x = random::normal({3, 5}, {.seed = 1});
  layer_test::check<layers::Dropout>({.rate = 0.4}, {x});
  layer_test::check<layers::Dropout>({.rate = 0.4, .seed = 1}, {x}, {.call = {.training = true}});
  layer_test::check<layers::Dropout>({.rate = 0.4, .noise_shape = Shape({-1, 1}), .seed = 1}, {x},
                                     {.call = {.training = true}});
}

TEST_CASE("Dropout changes nothing outside of training") {
  const Tensor x = random::normal({3, 5}, {.seed = 1});
  layers::Dropout dropout(0.5);
  CHECK(dropout(x).id() == x.id());
  CHECK(dropout(x, {.training = false}).id() == x.id());
  CHECK(layers::Dropout(0)(x, {.training = true}).id() == x.id());
  CHECK(dropout.weights().empty());
  REQUIRE(dropout.variables().size() == 1);
  CHECK(dropout.variables()[0].path() == "dropout/seed_generator_state");
}

TEST_CASE("Dropout drops its part and scales the rest") {
  layers::Dropout dropout({.rate = 0.25, .seed = 7});
  const std::vector<float> y = dropout(ones({100, 100}), {.training = true}).to_vector<float>();
  int dropped = 0;
  for (float value : y) {
    const bool is_known = value == 0 || value == Approx(1 / 0.75);
    if (!is_known) FAIL_CHECK("the value " << value);
    dropped += value == 0;
  }
  CHECK(std::abs(dropped - 2500) < 5 * 44);  // five standard deviations
}

TEST_CASE("Dropout draws anew at each call, and again from a restored state") {
  layers::Dropout dropout({.rate = 0.5, .seed = 7});
  const Tensor x = ones({64}), state = dropout.variables()[0].value();
  const auto call = [&] { return dropout(x, {.training = true}).to_vector<float>(); };
  const auto first = call(), second = call();
  CHECK(first != second);
  dropout.variables()[0].assign(state);
  CHECK(call() == first);
  CHECK(layers::Dropout({.rate = 0.5, .seed = 7})(x, {.training = true}).to_vector<float>() == first);
}

TEST_CASE("Dropout drops together what the noise shape joins") {
  layers::Dropout dropout({.rate = 0.5, .noise_shape = Shape({-1, 1, 4}), .seed = 3});
  const std::vector<float> y = dropout(ones({2, 3, 4}), {.training = true}).to_vector<float>();
  for (size_t batch = 0; batch < 2; ++batch)
    for (size_t step = 1; step < 3; ++step)
      for (size_t i = 0; i < 4; ++i) CHECK(y[12 * batch + 4 * step + i] == y[12 * batch + i]);
}

TEST_CASE("Dropout of everything gives zeros") {
  for (float value : layers::Dropout(1)(ones({10}), {.training = true}).to_vector<float>()) CHECK(value == 0);
}

TEST_CASE("Dropout refuses bad options and inputs") {
  CHECK_THROWS_AS(layers::Dropout(1.5), ValueError);
  CHECK_THROWS_WITH(layers::Dropout(1.5), Contains("rate") && Contains("1.5"));
  CHECK_THROWS_WITH(layers::Dropout(-0.1), Contains("rate"));
  CHECK_THROWS_WITH(layers::Dropout({.rate = 0.5, .noise_shape = Shape({0, 1})}), Contains("noise_shape"));
  layers::Dropout dropout({.rate = 0.5, .noise_shape = Shape({2, 1})});
  CHECK_THROWS_WITH(dropout(ones({3, 4}), {.training = true}), Contains("(2, 1)") && Contains("(3, 4)"));
  CHECK_THROWS_AS(dropout(ones({3, 4, 5}), {.training = true}), ShapeError);
  CHECK_THROWS_AS(layers::Dropout(0.5)(zeros({2}, int32), {.training = true}), DTypeError);
}
