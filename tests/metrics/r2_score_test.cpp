#include <losses/loss_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/metrics/regression_metrics.h>

using namespace cornu;

TEST_CASE("the coefficient of determination: Keras's example") {
  const Tensor y_true = constant({{1.f}, {4.f}, {3.f}}), y_pred = constant({{2.f}, {4.f}, {4.f}});
  metrics::R2Score score;
  CHECK(score(y_true, y_pred).item<float>() == Approx(0.57142854));
  score.reset_state();
  score.update_state(constant({{1.f}}), constant({{2.f}}));
  score.update_state(constant({{4.f}, {3.f}}), constant({{4.f}, {4.f}}));
  CHECK(score.result().item<float>() == Approx(0.57142854));
  // Adjusted for one regressor: 1 - (1 - r2) * 2 / 1.
  CHECK(metrics::R2Score({.num_regressors = 1})(y_true, y_pred).item<float>() == Approx(1 - (1 - 0.57142854) * 2));
  // With too many regressors it stays as it is.
  CHECK(metrics::R2Score({.num_regressors = 2})(y_true, y_pred).item<float>() == Approx(0.57142854));
}

TEST_CASE("several outputs, and weights") {
  const Tensor y_true = constant({{1.f, 0.f}, {4.f, 1.f}, {3.f, 2.f}});
  const Tensor y_pred = constant({{2.f, 0.f}, {4.f, 1.f}, {4.f, 2.f}});
  CHECK(metrics::R2Score()(y_true, y_pred).item<float>() == Approx((0.57142854 + 1) / 2));
  check_numbers(metrics::R2Score({.class_aggregation = std::nullopt})(y_true, y_pred), {0.57142854, 1}, 1e-5);
  // The variances, times three, are 14 / 3 and 2.
  CHECK(metrics::R2Score({.class_aggregation = "variance_weighted_average"})(y_true, y_pred).item<float>() ==
        Approx((14 / 3. * 0.57142854 + 2) / (14 / 3. + 2)));
  CHECK(metrics::R2Score()(constant({{1.f}, {4.f}, {3.f}}), constant({{9.f}, {4.f}, {3.f}}), constant({0.f, 1.f, 1.f}))
            .item<float>() == Approx(1));
}

TEST_CASE("bad options and arguments of the coefficient of determination") {
  check_throws<ValueError>([] { metrics::R2Score({.class_aggregation = "mean"}); }, {"R2Score", "class_aggregation"});
  check_throws<ValueError>([] { metrics::R2Score({.num_regressors = -1}); }, {"R2Score", "num_regressors"});
  metrics::R2Score score;
  check_throws<StateError>([&] { score.result(); }, {"r2_score", "update"});
  check_throws<ShapeError>([&] { score(ones({3}), ones({3})); }, {"r2_score", "(3,)"});
  check_throws<ShapeError>([&] { score(ones({3, 2}), ones({3, 1})); }, {"r2_score", "(3, 2)", "(3, 1)"});
  check_throws<ShapeError>([&] { score(ones({3, 2}), ones({3, 2}), ones({4})); }, {"r2_score", "sample_weight"});
}
