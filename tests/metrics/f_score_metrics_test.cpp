#include <losses/loss_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/metrics/f_score_metrics.h>

using namespace cornu;

namespace {

// Keras's example.
const Tensor y_true = constant({{1, 1, 1}, {1, 0, 0}, {1, 1, 0}});
const Tensor y_pred = constant({{0.2f, 0.6f, 0.7f}, {0.2f, 0.6f, 0.6f}, {0.6f, 0.8f, 0.0f}});

}  // namespace

TEST_CASE("F-scores: Keras's examples") {
  check_numbers(metrics::FBetaScore({.beta = 2, .threshold = 0.5})(y_true, y_pred), {0.3846154, 0.90909094, 0.8333334},
                1e-5);
  check_numbers(metrics::F1Score({.threshold = 0.5})(y_true, y_pred), {0.5, 0.8, 0.6666667}, 1e-5);
}

TEST_CASE("averages of F-scores by hand") {
  const auto f1 = [](const char* average) {
    return metrics::F1Score({.average = average, .threshold = 0.5})(y_true, y_pred).item<float>();
  };
  CHECK(f1("macro") == Approx((0.5 + 0.8 + 2 / 3.) / 3).epsilon(1e-5));
  CHECK(f1("weighted") == Approx((3 * 0.5 + 2 * 0.8 + 2 / 3.) / 6).epsilon(1e-5));
  CHECK(f1("micro") == Approx(2 * 4 / (2. * 4 + 2 + 2)).epsilon(1e-5));  // 4 hits, 2 wrong, 2 missed
}

TEST_CASE("without a threshold the largest prediction is the decision; samples may be weighted") {
  const Tensor labels = constant({{1, 0}, {0, 1}, {0, 1}}), scores = constant({{.9f, .1f}, {.6f, .4f}, {.3f, .7f}});
  check_numbers(metrics::F1Score()(labels, scores), {2 / 3., 2 / 3.}, 1e-5);
  check_numbers(metrics::F1Score()(labels, scores, constant({1.f, 0.f, 1.f})), {1, 1}, 1e-5);
}

TEST_CASE("bad options and arguments of F-scores") {
  check_throws<ValueError>([] { metrics::FBetaScore({.average = "mean"}); }, {"FBetaScore", "average", "mean"});
  check_throws<ValueError>([] { metrics::FBetaScore({.beta = 0}); }, {"FBetaScore", "beta"});
  check_throws<ValueError>([] { metrics::F1Score({.threshold = 0}); }, {"F1Score", "threshold"});
  metrics::F1Score score;
  check_throws<StateError>([&] { score.result(); }, {"f1_score", "update"});
  check_throws<ShapeError>([&] { score(ones({3}), ones({3})); }, {"f1_score", "(3,)"});
  check_throws<ShapeError>([&] { score(ones({3, 2}), ones({3, 4})); }, {"f1_score", "(3, 2)", "(3, 4)"});
  check_throws<ShapeError>([&] { score(ones({3, 2}), ones({3, 2}), ones({2})); }, {"f1_score", "sample_weight"});
  score.update_state(ones({3, 2}), ones({3, 2}));
  check_throws<ShapeError>([&] { score(ones({3, 4}), ones({3, 4})); }, {"f1_score", "2 classes", "(3, 4)"});
}
