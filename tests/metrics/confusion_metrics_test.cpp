#include <limits>

#include <losses/loss_checks.h>
#include <metrics/metric_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/metrics/confusion_metrics.h>

using namespace cornu;

namespace {

const Tensor y_true = constant({0, 0, 0, 1, 1});
const Tensor y_pred = constant({0.f, 0.3f, 0.8f, 0.3f, 0.8f});

}  // namespace

TEST_CASE("counts of decisions: Keras's examples") {
  const Tensor weights = constant({0.f, 0.f, 1.f, 0.f});
  check_result(metrics::TruePositives(), constant({0, 1, 1, 1}), constant({1, 0, 1, 1}), 2, weights, 1);
  check_result(metrics::FalsePositives(), constant({0, 1, 0, 0}), constant({0, 0, 1, 1}), 2, weights, 1);
  check_result(metrics::TrueNegatives(), constant({0, 1, 0, 0}), constant({1, 1, 0, 0}), 2, weights, 1);
  check_result(metrics::FalseNegatives(), constant({0, 1, 1, 1}), constant({0, 1, 0, 0}), 2, weights, 1);
  check_numbers(metrics::TruePositives({.thresholds = {0.1, 0.5}})(y_true, y_pred), {2, 1});
}

TEST_CASE("precision and recall: Keras's examples") {
  const Tensor truth = constant({0, 1, 1, 1}), decisions = constant({1, 0, 1, 1});
  check_result(metrics::Precision(), truth, decisions, 2 / 3., constant({0.f, 0.f, 1.f, 0.f}), 1);
  check_result(metrics::Recall(), truth, decisions, 2 / 3., constant({0.f, 0.f, 1.f, 0.f}), 1);
  CHECK(metrics::Precision({.top_k = 4})(constant({0, 0, 1, 1}), ones({4})).item<float>() == Approx(0.5));

  // Of three classes: class 1 alone, and the two largest predictions alone.
  const Tensor labels = constant({{0, 1, 0}, {1, 0, 0}}), scores = constant({{.2f, .7f, .6f}, {.1f, .9f, .8f}});
  CHECK(metrics::Precision({.class_id = 1})(labels, scores).item<float>() == Approx(0.5));
  CHECK(metrics::Recall({.class_id = 0})(labels, scores).item<float>() == 0);
  CHECK(metrics::Recall({.top_k = 1})(labels, scores).item<float>() == Approx(0.5));
  // Even thresholds are counted by buckets, others by comparing: both say the same.
  check_numbers(metrics::Recall({.thresholds = {0, 0.5, 1}})(y_true, y_pred), {1, 0.5, 0});
  check_numbers(metrics::Recall({.thresholds = {0, 0.4, 1}})(y_true, y_pred), {1, 0.5, 0});
}

TEST_CASE("the best value where another is large enough: Keras's examples") {
  const Tensor weights = constant({1.f, 1.f, 2.f, 2.f, 1.f});
  check_result(metrics::SensitivityAtSpecificity({.specificity = 0.5}), y_true, y_pred, 0.5, weights, 1 / 3.);
  check_result(metrics::SpecificityAtSensitivity({.sensitivity = 0.5}), y_true, y_pred, 2 / 3.,
               constant({1.f, 1.f, 2.f, 2.f, 2.f}), 0.5);
  check_result(metrics::PrecisionAtRecall({.recall = 0.5}), y_true, y_pred, 0.5, constant({2.f, 2.f, 2.f, 1.f, 1.f}),
               1 / 3.);
  check_result(metrics::RecallAtPrecision({.precision = 0.8}), constant({0, 0, 1, 1}),
               constant({0.f, 0.5f, 0.3f, 0.9f}), 0.5, constant({1.f, 0.f, 0.f, 1.f}), 1);
  CHECK(metrics::RecallAtPrecision({.precision = 1})(constant({0}), constant({0.5f})).item<float>() == 0);
}

TEST_CASE("the area under a curve") {
  const Tensor truth = constant({0, 0, 1, 1}), scores = constant({0.f, 0.5f, 0.3f, 0.9f});
  check_result(metrics::AUC({.num_thresholds = 3}), truth, scores, 0.75, constant({1.f, 0.f, 0.f, 1.f}), 1);
  // tp = (2, 1, 0), fp = (2, 0, 0): recall falls 1, 0.5, 0 and the false positive rate 1, 0, 0.
  CHECK(metrics::AUC({.num_thresholds = 3, .summation_method = "minoring"})(truth, scores).item<float>() ==
        Approx(0.5));
  CHECK(metrics::AUC({.num_thresholds = 3, .summation_method = "majoring"})(truth, scores).item<float>() == Approx(1));
  CHECK(metrics::AUC({.thresholds = {0.5}})(truth, scores).item<float>() == Approx(0.75));
  CHECK(
      metrics::AUC({.num_thresholds = 3, .curve = "PR", .summation_method = "minoring"})(truth, scores).item<float>() ==
      Approx(0.5 * 0.5));

  // Probabilities and logits are ordered alike.
  const Tensor logits = constant({-5.f, 0.f, -1.f, 3.f});
  CHECK(metrics::AUC({.from_logits = true})(truth, logits).item<float>() == Approx(0.75));
}

TEST_CASE("the mean of several labels' areas") {
  const Tensor truth = constant({{0, 1}, {0, 0}, {1, 0}, {1, 1}});
  const Tensor scores = constant({{0.f, 0.9f}, {0.5f, 0.1f}, {0.3f, 0.2f}, {0.9f, 0.8f}});
  metrics::AUC auc({.num_thresholds = 3, .multi_label = true});
  check_throws<StateError>([&] { auc.result(); }, {"auc", "update"});
  CHECK(auc(truth, scores).item<float>() == Approx((0.75 + 1) / 2));
  CHECK(auc.variables()[0].shape() == Shape({3, 2}));
  check_throws<ShapeError>([&] { auc.update_state(ones({2, 3}), ones({2, 3})); }, {"auc", "2 labels", "(2, 3)"});
  CHECK(
      metrics::AUC({.num_thresholds = 3, .multi_label = true, .num_labels = 2, .label_weights = {3, 1}})(truth, scores)
          .item<float>() == Approx((3 * 0.75 + 1) / 4));
}

TEST_CASE("bad options and arguments of metrics of decisions") {
  check_throws<ValueError>([] { metrics::TruePositives({.thresholds = 1.5}); }, {"TruePositives", "thresholds", "1.5"});
  check_throws<ValueError>([] { metrics::Precision({.thresholds = {0.5, -1}}); }, {"Precision", "thresholds"});
  check_throws<ValueError>([] { metrics::Recall({.top_k = 0}); }, {"Recall", "top_k"});
  check_throws<ValueError>([] { metrics::PrecisionAtRecall({.recall = 2}); }, {"PrecisionAtRecall", "recall"});
  check_throws<ValueError>([] { metrics::RecallAtPrecision({.num_thresholds = 0}); }, {"num_thresholds"});
  check_throws<ValueError>([] { metrics::AUC({.num_thresholds = 1}); }, {"AUC", "num_thresholds"});
  check_throws<ValueError>([] { metrics::AUC({.curve = "RCO"}); }, {"AUC", "curve", "RCO"});
  check_throws<ValueError>([] { metrics::AUC({.summation_method = "mean"}); }, {"AUC", "summation_method"});
  check_throws<ValueError>([] { metrics::AUC({.num_labels = 2}); }, {"AUC", "num_labels", "multi_label"});
  for (const double bad : {-1., std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const Numbers weights{1, bad};
    check_throws<ValueError>([&] { metrics::AUC({.label_weights = weights}); }, {"AUC", "label_weights"});
  }
  for (const int64_t count : {std::numeric_limits<int64_t>::max(), int64_t{1} << 40}) {
    check_throws<ValueError>([&] { metrics::AUC({.num_thresholds = count}); }, {"AUC", "num_thresholds", "at most"});
    check_throws<ValueError>([&] { metrics::SensitivityAtSpecificity({.specificity = 0.5, .num_thresholds = count}); },
                             {"SensitivityAtSpecificity", "num_thresholds", "at most"});
    check_throws<ValueError>([&] { metrics::PrecisionAtRecall({.recall = 0.5, .num_thresholds = count}); },
                             {"PrecisionAtRecall", "num_thresholds", "at most"});
  }

  const Tensor a = ones({2, 3}), b = ones({2, 4});
  check_throws<ShapeError>([&] { metrics::TruePositives()(a, b); }, {"true_positives", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>([&] { metrics::Precision()(a, b); }, {"precision", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>([&] { metrics::Recall()(a, a, ones({5})); }, {"recall", "sample_weight", "(5, 1)"});
  check_throws<ShapeError>([&] { metrics::AUC()(a, b); }, {"auc", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>([&] { metrics::AUC({.multi_label = true})(ones({3}), ones({3})); }, {"auc", "(3,)"});
  check_throws<ShapeError>([&] { metrics::AUC({.label_weights = {1, 2}})(a, a); }, {"auc", "label_weights"});
  check_throws<ValueError>([&] { metrics::Precision({.class_id = 3})(a, a); }, {"precision", "class_id 3", "(2, 3)"});
}
