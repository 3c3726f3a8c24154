// Gradients in and around traced functions.
#include "core/graph/graph_checks.h"

using namespace cornu;

TEST_CASE("gradients through a function agree with finite differences to the second order") {
  Variable w(random::normal({3, 2}, {.dtype = float64, .seed = 1}));
  const auto f = function([&](const Tensor& x, const Tensor& y) {
    const Tensor hidden = tanh(matmul(x, w) + y);
    return TensorList{reduce_sum(square(hidden), 1), hidden * exp(-y)};
  });
  const TensorList inputs = {random::normal({4, 3}, {.dtype = float64, .seed = 2}),
                             random::normal({2}, {.dtype = float64, .seed = 3})};
  const auto check = check_gradients([&](const TensorList& x) { return f(x[0], x[1]); }, inputs, {.order = 2});
  INFO("order " << check.order << " input " << check.input << " " << check.analytic << " " << check.numeric);
  CHECK(check.max_error < 1e-6);
  CHECK(f.trace_count() == 1);
}

TEST_CASE("variables inside a function have gradients") {
  Variable w(3.0), fixed(5.0, {.trainable = false});
  const Function f = function([&](const Tensor& x) { return x * w * w * fixed; });
  GradientTape outer({.persistent = true});
  GradientTape inner;
  const Tensor y = f(constant(2.0));
  const Tensor first = inner.gradient(y, w);
  CHECK(first.item<double>() == 2 * 2 * 3 * 5);
  CHECK(outer.gradient(first, w).item<double>() == 2 * 2 * 5);
  CHECK_FALSE(outer.gradient(first, fixed).defined());
  CHECK(outer.watched_variables().size() == 1);
}

TEST_CASE("effects of a function under a tape happen once") {
  Variable w(2.0), count(0.0, {.trainable = false});
  const Function f = function([&](const Tensor& x) {
    count.assign_add(1.0);
    return x * w * count;
  });
  for (int i = 1; i <= 3; ++i) {
    GradientTape tape;
    const Tensor y = f(constant(5.0));
    CHECK(y.item<double>() == 10 * i);
    CHECK(tape.gradient(y, w).item<double>() == 5 * i);
    CHECK(count.peek().item<double>() == i);
  }
}

TEST_CASE("the gradient of a function with random numbers uses the numbers that were drawn") {
  Variable w(1.0);
  const auto f = function([&](const Tensor& x) {
    const Tensor noise = random::uniform({4}, {.dtype = float64});
    return TensorList{x * w * noise, noise};
  });
  GradientTape tape;
  const TensorList both = f(constant(3.0));
  const double sum = reduce_sum(both[1]).item<double>();
  CHECK(tape.gradient(both[0], w).item<double>() == Approx(3 * sum).epsilon(1e-14));
}

TEST_CASE("tapes inside a function nest") {
  const auto f = function([](const Tensor& x) {
    GradientTape outer;
    outer.watch(x);
    Tensor first;
    {
      GradientTape inner;
      inner.watch(x);
      first = inner.gradient(x * x * x, x);
    }
    return TensorList{first, outer.gradient(first, x)};
  });
  const TensorList both = f(constant(2.0));
  CHECK(both[0].item<double>() == 12);
  CHECK(both[1].item<double>() == 12);
}

TEST_CASE("custom gradients work in and around functions") {
  const auto clipped = custom_gradient([](const Tensor& x) {
    const Tensor y = exp(x);
    return with_gradient(y, [y](const Tensor& upstream) { return upstream * minimum(y, 2.0); });
  });
  const auto expected = [](double x) { return std::min(std::exp(x), 2.0); };
  const Tensor x = constant({0.5, 3.0});
  const Function inside = function([&](const Tensor& t) {
    GradientTape tape;
    tape.watch(t);
    return tape.gradient(clipped(t), t);
  });
  const Function plain = function([&](const Tensor& t) { return clipped(t) * 1.0; });
  const Function nested = function([&](const Tensor& t) { return plain(t); });
  for (int i = 0; i < 2; ++i) {
    const std::vector<double> from_inside = inside(x).to_vector<double>();
    GradientTape tape({.persistent = true});
    tape.watch(x);
    const std::vector<double> around = tape.gradient(plain(x), x).to_vector<double>();
    const std::vector<double> twice = tape.gradient(nested(x), x).to_vector<double>();
    for (size_t k = 0; k < 2; ++k) {
      CHECK(from_inside[k] == Approx(expected(x.to_vector<double>()[k])));
      CHECK(around[k] == Approx(expected(x.to_vector<double>()[k])));
      CHECK(twice[k] == Approx(expected(x.to_vector<double>()[k])));
    }
  }
}

TEST_CASE("gradients for unknown extents") {
  Variable w(random::normal({3, 1}, {.dtype = float64, .seed = 4}));
  const auto run = [&](const Tensor& x) {
    GradientTape tape;
    tape.watch(x);
    const Tensor loss = reduce_mean(square(softplus(matmul(x, w)) - reduce_sum(x, 1, {.keepdims = true})));
    auto gradients = tape.gradient(loss, std::pair(w, x));
    return TensorList{loss, gradients.first, gradients.second};
  };
  const auto open = function(run, {.input_signature = {TensorSpec({-1, 3}, float64)}});
  const Function outside = function(
      [&](const Tensor& x) {
        return reduce_mean(square(softplus(matmul(x, w)) - reduce_sum(x, 1, {.keepdims = true})));
      },
      {.input_signature = {TensorSpec({-1, 3}, float64)}});
  for (const int64_t batch : {2, 5}) {
    const Tensor x = random::normal({batch, 3}, {.dtype = float64, .seed = 5});
    const TensorList eager = run(x);
    check_close(open(x), eager);
    GradientTape tape;
    tape.watch(x);
    const Tensor loss = outside(x);
    const auto gradients = tape.gradient(loss, std::pair(w, x));
    check_close({loss, gradients.first, gradients.second}, eager);
  }
  CHECK(open.trace_count() == 1);
}
