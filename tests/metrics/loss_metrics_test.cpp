// Metrics that are the means of losses: Keras's examples.
#include <losses/loss_checks.h>
#include <metrics/metric_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/metrics/hinge_metrics.h>
#include <cornu/metrics/probabilistic_metrics.h>
#include <cornu/metrics/regression_metrics.h>

using namespace cornu;

namespace {

const Tensor y_true = constant({{0.f, 1.f}, {0.f, 0.f}});
const Tensor y_pred = constant({{1.f, 1.f}, {0.f, 0.f}});
const Tensor only_first = constant({1.f, 0.f});  // weights of the two samples
const Tensor probabilities = constant({{0.6f, 0.4f}, {0.4f, 0.6f}});

}  // namespace

TEST_CASE("regression metrics: Keras's examples") {
  check_result(metrics::MeanSquaredError(), y_true, y_pred, 0.25, only_first, 0.5);
  check_result(metrics::MeanAbsoluteError(), y_true, y_pred, 0.25, only_first, 0.5);
  check_result(metrics::MeanAbsolutePercentageError(), y_true, y_pred, 250000000, only_first, 500000000);
  check_result(metrics::MeanSquaredLogarithmicError(), y_true, y_pred, 0.12011322, only_first, 0.24022643);
  check_result(metrics::RootMeanSquaredError(), y_true, y_pred, 0.5, only_first, 0.70710677);
  check_result(metrics::LogCoshError(), y_true, y_pred, 0.10844523, only_first, 0.21689045);
  check_result(metrics::CosineSimilarity({.axis = 1}), constant({{0.f, 1.f}, {1.f, 1.f}}),
               constant({{1.f, 0.f}, {1.f, 1.f}}), 0.5, constant({0.3f, 0.7f}), 0.7);
}

TEST_CASE("probabilistic metrics: Keras's examples") {
  check_result(metrics::KLDivergence(), y_true, probabilities, 0.45814306, only_first, 0.9162892);
  check_result(metrics::Poisson(), y_true, y_pred, 0.49999997, only_first, 0.99999994);
  check_result(metrics::BinaryCrossentropy(), y_true, probabilities, 0.81492424, only_first, 0.9162905);
  const Tensor y = constant({{0.05f, 0.95f, 0.f}, {0.1f, 0.8f, 0.1f}}), weights = constant({0.3f, 0.7f});
  check_result(metrics::CategoricalCrossentropy(), constant({{0.f, 1.f, 0.f}, {0.f, 0.f, 1.f}}), y, 1.1769392, weights,
               1.6271976);
  check_result(metrics::SparseCategoricalCrossentropy(), constant({1, 2}), y, 1.1769392, weights, 1.6271976);
  CHECK(metrics::BinaryCrossentropy({.from_logits = true})(y_true, zeros({2, 2})).item<float>() == Approx(std::log(2)));
}

TEST_CASE("hinge metrics by hand") {
  const Tensor signs = constant({{-1.f, 1.f}, {1.f, 1.f}}), scores = constant({{0.5f, 0.5f}, {2.f, -1.f}});
  check_result(metrics::Hinge(), signs, scores, (1 + 1) / 2., only_first, 1);
  check_result(metrics::SquaredHinge(), signs, scores, (1.25 + 2) / 2, only_first, 1.25);
  check_result(metrics::CategoricalHinge(), constant({{0.f, 1.f}, {1.f, 0.f}}), constant({{0.25f, 0.75f}, {2.f, 0.f}}),
               0.25, only_first, 0.5);
}

TEST_CASE("the root of the mean squared error is of all batches, and has the same shapes as the others") {
  metrics::RootMeanSquaredError error;
  error.update_state(constant({1.f, 2.f}), constant({{2.f}, {2.f}}));
  error.update_state(constant({{0.f}}), constant({{4.f}}));
  CHECK(error.result().item<float>() == Approx(std::sqrt((1 + 0 + 16) / 3.)));
  check_throws<ShapeError>([&] { error(ones({2, 3}), ones({2, 4})); }, {"root_mean_squared_error", "(2, 3)", "(2, 4)"});
}

TEST_CASE("bad options of loss-like metrics") {
  check_throws<ValueError>([] { metrics::BinaryCrossentropy({.label_smoothing = 2}); },
                           {"BinaryCrossentropy", "label_smoothing"});
  check_throws<ValueError>([] { metrics::CategoricalCrossentropy({.label_smoothing = -1}); }, {"label_smoothing"});
  check_throws<ValueError>(
      [] {
        metrics::SparseCategoricalCrossentropy()(constant({3}), constant({{1.f, 0.f}}));
      },
      {"sparse_categorical_crossentropy", "label 3"});
}
