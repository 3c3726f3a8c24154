#include <limits>

#include <losses/loss_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/losses/probabilistic_losses.h>

using namespace cornu;

namespace {

const Tensor one_hots = constant({{0., 1., 0.}, {0., 0., 1.}});
const Tensor distributions = constant({{0.15, 0.7, 0.15}, {0.3, 0.45, 0.25}});
const Tensor logits = constant({{0.3, -1.2, 0.5}, {2.0, 0.1, -0.7}});

}  // namespace

TEST_CASE("crossentropies: Keras's examples") {
  const Tensor y_true = constant({{0.f, 1.f, 0.f}, {0.f, 0.f, 1.f}});
  const Tensor y_pred = constant({{0.05f, 0.95f, 0.f}, {0.1f, 0.8f, 0.1f}});
  check_numbers(losses::categorical_crossentropy(y_true, y_pred), {0.05129329, 2.3025851}, 1e-5);
  check_numbers(losses::sparse_categorical_crossentropy(constant({1, 2}), y_pred), {0.05129329, 2.3025851}, 1e-5);
  check_numbers(losses::categorical_focal_crossentropy(y_true, y_pred), {3.2058331e-05, 4.6627346e-01}, 1e-5);

  const Tensor labels = constant({{0, 1}, {0, 0}}), odds = constant({{-18.6f, 0.51f}, {2.94f, -12.8f}});
  check_numbers(losses::binary_crossentropy(labels, odds, {.from_logits = true}), {0.2353, 1.4957}, 1e-3);
  check_numbers(losses::BinaryFocalCrossentropy({.gamma = 3, .from_logits = true})(labels, odds), {0.647}, 1e-3);
  check_numbers(
      losses::BinaryFocalCrossentropy({.apply_class_balancing = true, .gamma = 3, .from_logits = true})(labels, odds),
      {0.482}, 1e-3);
  const Tensor halves = constant({{0.6f, 0.4f}, {0.4f, 0.6f}});
  check_numbers(losses::binary_crossentropy(labels, halves), {0.916, 0.714}, 1e-3);
  check_numbers(losses::binary_focal_crossentropy(labels, halves), {0.330, 0.206}, 2e-3);
}

TEST_CASE("probabilistic losses by hand") {
  check_numbers(losses::kl_divergence(constant({{0.5f, 0.5f}}), constant({{0.25f, 0.75f}})),
                {0.5 * std::log(2.) + 0.5 * std::log(2 / 3.)});
  check_numbers(losses::poisson(constant({{2.f, 0.f}}), constant({{1.f, 3.f}})), {2});
  // Labels smoothed by 0.2 are 0.1 and 0.9.
  check_numbers(losses::binary_crossentropy(constant({{1.f}}), constant({{0.75f}}), {.label_smoothing = 0.2}),
                {-0.9 * std::log(0.75) - 0.1 * std::log(0.25)});
  // Labels smoothed by 0.3 over 3 classes are 0.1, 0.8, 0.1.
  check_numbers(losses::categorical_crossentropy(constant({{0.f, 1.f, 0.f}}), constant({{0.25f, 0.5f, 0.25f}}),
                                                 {.label_smoothing = 0.3}),
                {-0.2 * std::log(0.25) - 0.8 * std::log(0.5)});
  // What does not sum to 1 is divided by its sum.
  check_numbers(losses::categorical_crossentropy(constant({{0.f, 1.f}}), constant({{1.f, 3.f}})), {-std::log(0.75)});
  check_numbers(losses::sparse_categorical_crossentropy(constant({1}), constant({{1.f, 3.f}})), {-std::log(0.75)});
  check_numbers(
      losses::categorical_focal_crossentropy(constant({{0.f, 1.f}}), constant({{0.5f, 0.5f}}), {.alpha = {0.2, 0.8}}),
      {0.8 * 0.25 * std::log(2.)});
}

TEST_CASE("crossentropies stay finite") {
  const Tensor sure = constant({{0.f, 1.f}});
  check_numbers(losses::sparse_categorical_crossentropy(constant({0}), sure), {-std::log(1e-7)}, 1e-5);
  check_numbers(losses::categorical_crossentropy(constant({{1.f, 0.f}}), sure), {-std::log(1e-7)}, 1e-5);
  check_numbers(losses::binary_crossentropy(constant({{1.f, 1.f}}), sure), {-std::log(1e-7) / 2}, 1e-5);
  const Tensor large = constant({{1000.f, -1000.f}});
  check_numbers(losses::sparse_categorical_crossentropy(constant({1}), large, {.from_logits = true}), {2000});
  check_numbers(losses::binary_crossentropy(constant({{0.f, 1.f}}), large, {.from_logits = true}), {1000});
  check_numbers(losses::categorical_crossentropy(constant({{0.f, 1.f}}), large, {.from_logits = true}), {2000});
}

TEST_CASE("class numbers of any dtype and with a last axis of extent 1") {
  const Tensor y_pred = constant({{0.25f, 0.75f}, {0.5f, 0.5f}});
  const std::vector<double> expected = {-std::log(0.75), std::log(2.)};
  check_numbers(losses::sparse_categorical_crossentropy(constant({1, 0}), y_pred), expected);
  check_numbers(losses::sparse_categorical_crossentropy(constant({{1}, {0}}), y_pred), expected);
  check_numbers(losses::sparse_categorical_crossentropy(constant({1.f, 0.f}), y_pred), expected);
  check_numbers(losses::sparse_categorical_crossentropy(cast(constant({1, 0}), int64), y_pred), expected);
  check_numbers(losses::sparse_categorical_crossentropy(cast(constant({1, 0}), uint8), y_pred), expected);
  check_numbers(losses::sparse_categorical_crossentropy(cast(constant({1, 0}), boolean), y_pred), expected);
  CHECK(losses::sparse_categorical_crossentropy(zeros({2, 3}, int32), ones({2, 3, 4})).shape() == Shape({2, 3}));
}

TEST_CASE("classes along another axis") {
  const Tensor along_rows = transpose(distributions), logit_rows = transpose(logits);
  const Tensor labels = constant({1, 2});
  check_numbers(losses::sparse_categorical_crossentropy(labels, along_rows, {.axis = 0}),
                numbers(losses::sparse_categorical_crossentropy(labels, distributions)));
  check_numbers(losses::sparse_categorical_crossentropy(labels, logit_rows, {.from_logits = true, .axis = 0}),
                numbers(losses::sparse_categorical_crossentropy(labels, logits, {.from_logits = true})));
  check_numbers(losses::categorical_crossentropy(transpose(one_hots), along_rows, {.axis = 0}),
                numbers(losses::categorical_crossentropy(one_hots, distributions)));
  check_numbers(losses::categorical_crossentropy(transpose(one_hots), logit_rows, {.from_logits = true, .axis = 0}),
                numbers(losses::categorical_crossentropy(one_hots, logits, {.from_logits = true})));
  check_numbers(
      losses::categorical_focal_crossentropy(transpose(one_hots), along_rows, {.alpha = {.1, .2, .7}, .axis = 0}),
      numbers(losses::categorical_focal_crossentropy(one_hots, distributions, {.alpha = {.1, .2, .7}})));
}

TEST_CASE("samples of the ignored class do not count") {
  const Tensor labels = constant({1, -1, 0}), y_pred = constant({{0.25f, 0.75f}, {0.1f, 0.9f}, {0.5f, 0.5f}});
  const Tensor values = losses::sparse_categorical_crossentropy(labels, y_pred, {.ignore_class = -1});
  check_numbers(values, {-std::log(0.75), 0, std::log(2.)});
  CHECK(values.mask().defined());
  check_numbers(losses::SparseCategoricalCrossentropy({.ignore_class = -1})(labels, y_pred),
                {(-std::log(0.75) + std::log(2.)) / 2});
}

TEST_CASE("gradients of probabilistic losses") {
  check_gradient([](const Tensor& x) { return losses::kl_divergence(distributions, x); }, distributions + 0.1);
  check_gradient([](const Tensor& x) { return losses::kl_divergence(x, distributions); }, distributions + 0.1);
  check_gradient([](const Tensor& x) { return losses::poisson(one_hots, x); }, distributions);
  for (bool from_logits : {false, true}) {
    const Tensor& point = from_logits ? logits : distributions;
    const Tensor labels = constant({1, 2});
    check_gradient(
        [&](const Tensor& x) {
          return losses::binary_crossentropy(one_hots, x, {.from_logits = from_logits, .label_smoothing = 0.1});
        },
        point);
    check_gradient(
        [&](const Tensor& x) {
          return losses::binary_focal_crossentropy(
              one_hots, x, {.apply_class_balancing = true, .gamma = 1.5, .from_logits = from_logits});
        },
        point);
    check_gradient(
        [&](const Tensor& x) {
          return losses::categorical_crossentropy(one_hots, x, {.from_logits = from_logits, .label_smoothing = 0.1});
        },
        point);
    check_gradient(
        [&](const Tensor& x) {
          return losses::categorical_focal_crossentropy(one_hots, x, {.from_logits = from_logits});
        },
        point);
    check_gradient(
        [&](const Tensor& x) {
          return losses::sparse_categorical_crossentropy(labels, x, {.from_logits = from_logits});
        },
        point);
    check_gradient(
        [&](const Tensor& x) {
          return losses::sparse_categorical_crossentropy(constant({7, 2}), x,
                                                         {.from_logits = from_logits, .ignore_class = 7});
        },
        point);
  }
}

TEST_CASE("bad arguments of probabilistic losses") {
  const Tensor a = constant({{0.5f, 0.5f}}), b = constant({{0.2f, 0.3f, 0.5f}});
  check_throws<ShapeError>([&] { losses::kl_divergence(a, b); }, {"kl_divergence", "(1, 2)", "(1, 3)"});
  check_throws<ShapeError>([&] { losses::poisson(a, b); }, {"poisson", "(1, 2)", "(1, 3)"});
  check_throws<ShapeError>([&] { losses::binary_crossentropy(a, b); }, {"binary_crossentropy", "(1, 2)", "(1, 3)"});
  check_throws<ShapeError>([&] { losses::binary_crossentropy(ones({1, 1}), b); }, {"binary_crossentropy", "(1, 1)"});
  check_throws<ShapeError>([&] { losses::binary_focal_crossentropy(a, b); }, {"binary_focal_crossentropy"});
  check_throws<ShapeError>([&] { losses::categorical_crossentropy(a, b); }, {"categorical_crossentropy", "(1, 3)"});
  check_throws<ShapeError>([&] { losses::categorical_focal_crossentropy(a, b); }, {"categorical_focal_crossentropy"});
  check_throws<ShapeError>(
      [&] {
        losses::sparse_categorical_crossentropy(constant({0, 1}), b);
      },
      {"sparse_categorical_crossentropy", "(2,)", "(1, 3)"});
  check_throws<ShapeError>([&] { losses::sparse_categorical_crossentropy(constant(1), constant(0.5f)); },
                           {"sparse_categorical_crossentropy", "()"});

  check_throws<ValueError>([&] { losses::sparse_categorical_crossentropy(constant({3}), b); },
                           {"sparse_categorical_crossentropy", "label 3"});
  check_throws<ValueError>([&] { losses::sparse_categorical_crossentropy(constant({-1}), b); }, {"label -1"});
  check_throws<ValueError>([&] { losses::sparse_categorical_crossentropy(constant({3}), b, {.from_logits = true}); },
                           {"sparse_categorical_crossentropy", "label 3"});
  check_throws<ValueError>([&] { losses::SparseCategoricalCrossentropy()(constant({3}), b); }, {"label 3"});

  check_throws<ValueError>([&] { losses::binary_crossentropy(a, a, {.label_smoothing = 2}); },
                           {"binary_crossentropy", "label_smoothing"});
  check_throws<ValueError>([&] { losses::categorical_crossentropy(b, b, {.axis = 3}); },
                           {"categorical_crossentropy", "axis"});
  check_throws<ValueError>(
      [&] {
        losses::categorical_focal_crossentropy(b, b, {.alpha = {0.1, 0.9}});
      },
      {"categorical_focal_crossentropy", "alpha", "2 weights", "3 classes"});
  check_throws<ValueError>([&] { losses::binary_focal_crossentropy(a, a, {.gamma = -1}); }, {"gamma"});
  check_throws<ValueError>([&] { losses::binary_focal_crossentropy(a, a, {.alpha = 2}); }, {"alpha"});
  check_throws<ValueError>([] { losses::BinaryCrossentropy({.label_smoothing = -0.1}); },
                           {"BinaryCrossentropy", "label_smoothing"});
  check_throws<ValueError>([] { losses::BinaryFocalCrossentropy({.alpha = 1.5}); }, {"alpha"});
  check_throws<ValueError>([] { losses::CategoricalFocalCrossentropy({.gamma = -2}); }, {"gamma"});
  for (const double bad : {-1., std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const Numbers alpha{0.1, bad, 0.9};
    check_throws<ValueError>([&] { losses::CategoricalFocalCrossentropy({.alpha = alpha}); },
                             {"CategoricalFocalCrossentropy", "alpha"});
    check_throws<ValueError>([&] { losses::categorical_focal_crossentropy(b, b, {.alpha = alpha}); },
                             {"categorical_focal_crossentropy", "alpha must be finite and at least 0"});
  }
}
