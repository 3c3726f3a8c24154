#include <losses/loss_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/metrics/reduction_metrics.h>

using namespace cornu;

TEST_CASE("the mean and the sum of values") {
  metrics::Mean mean;
  metrics::Sum sum;
  CHECK(mean.result().item<float>() == 0);
  CHECK(mean(constant({1.f, 3.f, 5.f, 7.f})).item<float>() == 4);
  CHECK(sum(constant({1.f, 3.f, 5.f, 7.f})).item<float>() == 16);
  mean.update_state(constant(14));  // a single number counts once
  CHECK(mean.result().item<float>() == 6);
  CHECK(mean.variables()[0].path() == "mean/total");
  CHECK(mean.variables()[1].path() == "mean/count");
  CHECK(sum.variables()[0].path() == "sum/total");
}

TEST_CASE("weighted values") {
  metrics::Mean mean;
  metrics::Sum sum;
  const Tensor values = constant({1.f, 3.f, 5.f, 7.f}), weights = constant({1.f, 1.f, 0.f, 0.f});
  CHECK(mean(values, weights).item<float>() == 2);
  CHECK(sum(values, weights).item<float>() == 4);
  mean.reset_state();
  CHECK(mean(values, zeros({4})).item<float>() == 0);
}

TEST_CASE("values of a higher rank, weighted by sample or one by one") {
  const Tensor values = constant({{1.f, 3.f}, {5.f, 9.f}});
  CHECK(metrics::Mean()(values).item<float>() == Approx((2 + 7) / 2.));
  CHECK(metrics::Sum()(values).item<float>() == 18);
  CHECK(metrics::Mean()(values, constant({3.f, 1.f})).item<float>() == Approx((3 * 2 + 7) / 4.));
  CHECK(metrics::Mean()(values, constant({{3.f}, {1.f}})).item<float>() == Approx((3 * 2 + 7) / 4.));
  // One weight a value: the means of the weighted values over the means of the weights.
  CHECK(metrics::Mean()(values, constant({{1.f, 0.f}, {1.f, 1.f}})).item<float>() == Approx((0.5 + 7) / (0.5 + 1)));
}

TEST_CASE("a function becomes a metric") {
  metrics::MeanMetricWrapper error([](const Tensor& y_true, const Tensor& y_pred) { return abs(y_true - y_pred); },
                                   {.name = "error"});
  CHECK(error(constant({1.f, 2.f}), constant({2.f, 5.f})).item<float>() == 2);
  CHECK(error.variables()[0].path() == "error/total");
  check_throws<ValueError>([] { metrics::MeanMetricWrapper(nullptr, {.name = "none"}); }, {"none", "function"});
}

TEST_CASE("values that the mask leaves out do not count in a mean") {
  metrics::MeanMetricWrapper error([](const Tensor& y_true, const Tensor& y_pred) { return abs(y_true - y_pred); });
  const Tensor y_pred = constant({2.f, 5.f, 1.f});
  y_pred.set_mask(constant({true, false, true}));
  CHECK(error(constant({1.f, 2.f, 1.f}), y_pred).item<float>() == 0.5f);
  error.reset_state();
  CHECK(error(constant({1.f, 2.f, 1.f}), y_pred, constant({3.f, 9.f, 1.f})).item<float>() == 0.75f);
}

TEST_CASE("bad arguments of the mean and the sum") {
  metrics::Mean mean;
  mean.update_state(constant({4.f}));
  Metric& metric = mean;
  check_throws<ValueError>([&] { metric.update_state(ones({1}), ones({1}), {}); }, {"mean", "y_true"});
  check_throws<ShapeError>([&] { mean.update_state(ones({3}), ones({2})); }, {"mean", "sample_weight", "(2,)", "(3,)"});
  check_throws<ShapeError>([&] { metrics::Sum().update_state(ones({3}), ones({2})); }, {"sum", "(2,)", "(3,)"});
  check_throws<StateError>([&] { mean.update_state(Tensor()); }, {"mean"});
  CHECK(mean.result().item<float>() == 4);
  metric.update_state({}, constant({6.f}), {});  // values alone may come as predictions
  CHECK(mean.result().item<float>() == 5);
}
