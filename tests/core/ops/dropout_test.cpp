#include <catch2/catch.hpp>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/dropout.h>
#include <cornu/core/ops/internal/random_ops.h>
#include <cornu/core/ops/math.h>

using namespace cornu;

namespace {
Tensor state_of(int64_t seed, int64_t counter = 0) {
  const int64_t words[] = {seed, counter};
  return Tensor::from_span<int64_t>(words, {2});
}
}  // namespace

TEST_CASE("dropout keeps what a Bernoulli draw of the same state keeps, scaled") {
  for (const DType dtype : {float32, float64}) {
    const Tensor x = cast(arange(1, 5001), dtype), state = state_of(5, 3);
    const Tensor kept = random::stateless_bernoulli(state, x.shape(), 0.75, dtype);
    const std::vector<double> y = cast(random::stateless_dropout(state, x, 0.25), float64).to_vector<double>();
    const std::vector<double> expected = cast(x * kept / 0.75, float64).to_vector<double>();
    for (size_t i = 0; i < y.size(); ++i)
      if (y[i] != Approx(expected[i])) FAIL("element " << i << " is " << y[i] << ", expected " << expected[i]);
  }
}

TEST_CASE("the gradient of dropout passes where the element was kept") {
  const Tensor x = ones({1000}), state = state_of(1);
  GradientTape tape;
  tape.watch(x);
  const Tensor y = random::stateless_dropout(state, x, 0.5);
  CHECK(tape.gradient(y, x).to_vector<float>() == y.to_vector<float>());
}

TEST_CASE("dropout refuses bad rates, states and dtypes") {
  CHECK_THROWS_AS(random::stateless_dropout(state_of(1), ones({2}), -0.1), ValueError);
  CHECK_THROWS_AS(random::stateless_dropout(state_of(1), ones({2}), 1.1), ValueError);
  CHECK_THROWS_AS(random::stateless_dropout(ones({2}), ones({2}), 0.5), ShapeError);
  CHECK_THROWS_AS(random::stateless_dropout(state_of(1), ones({2}, int32), 0.5), DTypeError);
}
