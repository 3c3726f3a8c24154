#include <limits>

#include <losses/loss_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/metrics/accuracy_metrics.h>

using namespace cornu;

namespace {

const Tensor y_pred = constant({{0.1f, 0.9f, 0.8f}, {0.05f, 0.95f, 0.5f}});

}  // namespace

TEST_CASE("accuracies: Keras's examples") {
  metrics::Accuracy accuracy;
  const Tensor classes = constant({{1}, {2}, {3}, {4}}), guessed = constant({{0}, {2}, {3}, {4}});
  CHECK(accuracy(classes, guessed).item<float>() == 0.75f);
  accuracy.reset_state();
  CHECK(accuracy(classes, guessed, constant({1.f, 1.f, 0.f, 0.f})).item<float>() == 0.5f);

  metrics::BinaryAccuracy binary;
  const Tensor labels = constant({{1}, {1}, {0}, {0}}), scores = constant({{0.98f}, {1.f}, {0.f}, {0.6f}});
  CHECK(binary(labels, scores).item<float>() == 0.75f);
  binary.reset_state();
  CHECK(binary(labels, scores, constant({1.f, 0.f, 0.f, 1.f})).item<float>() == 0.5f);
  CHECK(metrics::BinaryAccuracy({.threshold = 0.7})(labels, scores).item<float>() == 1);

  CHECK(metrics::CategoricalAccuracy()(constant({{0, 0, 1}, {0, 1, 0}}), y_pred).item<float>() == 0.5f);
  CHECK(
      metrics::CategoricalAccuracy()(constant({{0, 0, 1}, {0, 1, 0}}), y_pred, constant({0.7f, 0.3f})).item<float>() ==
      Approx(0.3));
  CHECK(metrics::SparseCategoricalAccuracy()(constant({2, 1}), y_pred).item<float>() == 0.5f);
  CHECK(metrics::SparseCategoricalAccuracy()(constant({{2}, {1}}), y_pred).item<float>() == 0.5f);
}

TEST_CASE("top k accuracies by hand") {
  check_numbers(metrics::sparse_top_k_categorical_accuracy(constant({2, 0}), y_pred, 1), {0, 0});
  check_numbers(metrics::sparse_top_k_categorical_accuracy(constant({2, 0}), y_pred, 2), {1, 0});
  check_numbers(metrics::sparse_top_k_categorical_accuracy(constant({2.f, 0.f}), y_pred, 3), {1, 1});
  check_numbers(metrics::top_k_categorical_accuracy(constant({{0, 0, 1}, {1, 0, 0}}), y_pred, 2), {1, 0});
  // Equal predictions share a place.
  check_numbers(metrics::sparse_top_k_categorical_accuracy(constant({0, 2}), ones({2, 3}), 1), {1, 1});
  check_numbers(metrics::sparse_top_k_categorical_accuracy(constant({0}), constant({{NAN, 1.f, 2.f}}), 2), {0});
  CHECK(metrics::TopKCategoricalAccuracy({.k = 2})(constant({{0, 0, 1}, {1, 0, 0}}), y_pred).item<float>() == 0.5f);
  CHECK(metrics::SparseTopKCategoricalAccuracy({.k = 2})(constant({2, 0}), y_pred).item<float>() == 0.5f);
}

TEST_CASE("accuracies of sequences") {
  const Tensor sequences = stack({y_pred, y_pred});  // [2, 2, 3]
  const Tensor labels = constant({{1, 1}, {0, 1}});
  check_numbers(metrics::sparse_categorical_accuracy(labels, sequences), {1, 1, 0, 1});
  CHECK(metrics::sparse_categorical_accuracy(labels, sequences).shape() == Shape({2, 2}));
  CHECK(metrics::SparseCategoricalAccuracy()(labels, sequences, constant({{1.f, 1.f}, {1.f, 0.f}})).item<float>() ==
        Approx(1 / 1.5));
  CHECK(metrics::sparse_top_k_categorical_accuracy(labels, sequences, 2).shape() == Shape({2, 2}));
}

TEST_CASE("bad arguments of accuracies") {
  const Tensor a = ones({2, 3}), b = ones({2, 4});
  check_throws<ShapeError>([&] { metrics::Accuracy()(a, b); }, {"accuracy", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>([&] { metrics::BinaryAccuracy()(a, b); }, {"binary_accuracy", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>([&] { metrics::CategoricalAccuracy()(a, b); }, {"categorical_accuracy", "(2, 3)"});
  check_throws<ShapeError>([&] { metrics::SparseCategoricalAccuracy()(constant({1}), b); },
                           {"sparse_categorical_accuracy", "(1,)", "(2, 4)"});
  check_throws<ShapeError>([&] { metrics::TopKCategoricalAccuracy()(a, b); }, {"top_k_categorical_accuracy"});
  check_throws<ShapeError>([&] { metrics::SparseTopKCategoricalAccuracy()(constant({1}), b); },
                           {"sparse_top_k_categorical_accuracy", "(1,)", "(2, 4)"});
  check_throws<ValueError>(
      [&] {
        metrics::SparseTopKCategoricalAccuracy()(constant({1, 4}), b);
      },
      {"sparse_top_k_categorical_accuracy", "4"});
  check_throws<ValueError>([] { metrics::TopKCategoricalAccuracy({.k = 0}); }, {"TopKCategoricalAccuracy", "k"});
  check_throws<ValueError>([&] { metrics::sparse_top_k_categorical_accuracy(constant({1, 1}), b, 0); }, {"k"});
  check_throws<ValueError>([] { metrics::BinaryAccuracy({.threshold = 1}); }, {"BinaryAccuracy", "threshold"});
  check_throws<ValueError>([&] { metrics::binary_accuracy(a, a, std::numeric_limits<double>::quiet_NaN()); },
                           {"binary_accuracy", "threshold", "nan"});
}
