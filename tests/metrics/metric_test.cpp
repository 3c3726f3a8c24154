// The base class: state, names, merging, configurations, and metrics of one's own.
#include <losses/loss_checks.h>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/metrics/accuracy_metrics.h>
#include <cornu/metrics/reduction_metrics.h>
#include <cornu/metrics/regression_metrics.h>

using namespace cornu;

// The same name as one of Cornu's own, as users have it; without weights, in integers.
class SparseCategoricalAccuracy : public Metric {
 public:
  void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& /*sample_weight*/) override {
    total_.assign_add(constant(static_cast<int32_t>(y_true.shape()[0])));
    count_.assign_add(reduce_sum(cast(equal(y_true, argmax(y_pred, -1, int32)), int32)));
  }
  Tensor result() override { return count_ / total_; }

 private:
  Variable total_ = add_weight({.name = "total", .dtype = int32});
  Variable count_ = add_weight({.name = "count", .dtype = int32});
};

TEST_CASE("a metric of one's own keeps its state in variables") {
  SparseCategoricalAccuracy accuracy;
  accuracy.update_state(constant({2, 1, 0}), constant({{0.f, 0.f, 1.f}, {0.f, 1.f, 0.f}, {0.f, 1.f, 0.f}}), {});
  accuracy.update_state(constant({0}), constant({{1.f, 0.f, 0.f}}), {});
  CHECK(accuracy.result().item<double>() == 0.75);
  CHECK(accuracy.name() == "sparse_categorical_accuracy");
  REQUIRE(accuracy.variables().size() == 2);
  CHECK(accuracy.variables()[0].path() == "sparse_categorical_accuracy/total");
  CHECK(accuracy.variables()[0].dtype() == int32);
  CHECK_FALSE(accuracy.variables()[0].trainable());
  accuracy.reset_state();
  CHECK(accuracy.variables()[0].value().item<int32_t>() == 0);
  CHECK(accuracy(constant({0}), constant({{1.f, 0.f}})).item<double>() == 1);
}

TEST_CASE("metrics move, with their state") {
  std::vector<metrics::MeanSquaredError> list;
  for (int i = 0; i < 5; ++i) {
    list.emplace_back(metrics::MeanSquaredError::Options{.name = "error_" + std::to_string(i)});
    list[0].update_state(constant({{1.f}}), constant({{1.f + static_cast<float>(i)}}));
  }
  CHECK(list[0].result().item<float>() == Approx((0 + 1 + 4 + 9 + 16) / 5.));
  CHECK(list[0].variables()[0].path() == "error_0/total");
  CHECK(list[4].result().item<float>() == 0);
}

TEST_CASE("metrics that were gathered apart are merged") {
  metrics::MeanAbsoluteError all, other, another;
  all.update_state(constant({{0.f}, {0.f}}), constant({{1.f}, {2.f}}));
  other.update_state(constant({{0.f}}), constant({{6.f}}));
  another.update_state(constant({{0.f}}), constant({{3.f}}));
  all.merge_state({&other, &another});
  CHECK(all.result().item<float>() == Approx(12 / 4.));

  metrics::MeanSquaredError of_another_class;
  check_throws<ValueError>(
      [&] {
        all.merge_state({&other, &of_another_class});
      },
      {"mean_absolute_error", "MeanAbsoluteError", "MeanSquaredError"});
  CHECK(all.result().item<float>() == Approx(12 / 4.));  // nothing was added
}

TEST_CASE("a null pointer is no metric to merge") {
  metrics::Mean mean;
  CHECK_THROWS_AS(mean.merge_state({nullptr}), ValueError);
}

TEST_CASE("metrics are made by name, as Keras spells them") {
  for (const char* name : {"mse", "MSE", "mean_squared_error", "MeanSquaredError"})
    CHECK(metrics::get(name)->name() == "mean_squared_error");
  CHECK(metrics::get("accuracy")->name() == "accuracy");
  CHECK(metrics::get("log_cosh_error")->name() == "logcosh");
  CHECK(metrics::get("sparse_top_k_categorical_accuracy")->name() == "sparse_top_k_categorical_accuracy");
  check_throws<ValueError>([] { metrics::get("acuracy"); }, {"acuracy", "accuracy"});
  check_throws<ValueError>([] { metrics::deserialize("["); }, {"JSON"});
  check_throws<ValueError>([] { metrics::deserialize(R"({"class_name": "Mean", "config": {"nam": "a"}})"); },
                           {"Mean", "nam"});
}

TEST_CASE("the configuration of a metric is Keras's") {
  const Config config = Config::parse(metrics::TopKCategoricalAccuracy({.k = 3, .dtype = float64}).to_json());
  CHECK(config.at("module").text() == "keras.metrics");
  CHECK(config.at("class_name").text() == "TopKCategoricalAccuracy");
  CHECK(config.at("config").at("k").integer() == 3);
  CHECK(config.at("config").at("name").text() == "top_k_categorical_accuracy");
  CHECK(config.at("config").at("dtype").text() == "float64");
}

TEST_CASE("the dtype of a metric is that of its state and result") {
  metrics::MeanSquaredError error({.dtype = float64});
  CHECK(error(constant({{0.f}}), constant({{2.f}})).dtype() == float64);
  CHECK(error.variables()[0].dtype() == float64);
}

TEST_CASE("no tape records what a metric does") {
  const Tensor y_pred = constant({{0.5f, 0.25f}});
  GradientTape tape;
  tape.watch(y_pred);
  metrics::MeanSquaredError error;
  const Tensor result = error(constant({{1.f, 1.f}}), y_pred);
  CHECK_FALSE(tape.gradient(result, y_pred).defined());
}

TEST_CASE("an update that fails changes nothing") {
  metrics::MeanSquaredError error;
  error.update_state(constant({{0.f}}), constant({{2.f}}));
  check_throws<ShapeError>(
      [&] {
        error.update_state(ones({2, 3}), ones({2, 4}));
      },
      {"mean_squared_error", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>(
      [&] {
        error.update_state(ones({2, 3}), ones({2, 3}), ones({5}));
      },
      {"mean_squared_error", "sample_weight", "(5,)"});
  check_throws<StateError>([&] { error.update_state(Tensor(), ones({2, 3})); }, {"mean_squared_error"});
  CHECK(error.result().item<float>() == 4);
}
