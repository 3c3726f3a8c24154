// The base class: conversion, weights, masks, reductions, configurations, and losses of one's own.
#include <losses/loss_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/losses/probabilistic_losses.h>
#include <cornu/losses/regression_losses.h>

using namespace cornu;

// The same name as one of Cornu's own, as users have it.
class MeanSquaredError : public Loss {
 public:
  using Loss::Loss;
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override { return reduce_mean(square(y_pred - y_true)); }
};

namespace {

const Tensor y_true = constant({{0.f, 1.f}, {0.f, 0.f}, {2.f, 0.f}, {1.f, 1.f}});
const Tensor y_pred = constant({{1.f, 1.f}, {2.f, 0.f}, {2.f, 0.f}, {3.f, 1.f}});
// Its squared errors are 0.5, 2, 0 and 2.

float mse(const losses::MeanSquaredError::Options& options, const Tensor& weights = {}) {
  return losses::MeanSquaredError(options)(y_true, y_pred, weights).item<float>();
}

}  // namespace

TEST_CASE("each reduction of a loss, with and without weights") {
  const Tensor weights = constant({1.f, 0.f, 5.f, 2.f});
  CHECK(mse({}) == 4.5f / 4);
  CHECK(mse({}, weights) == 4.5f / 4);
  CHECK(mse({.reduction = "mean"}) == 4.5f / 4);
  CHECK(mse({.reduction = "sum"}) == 4.5f);
  CHECK(mse({.reduction = "sum"}, weights) == 4.5f);
  CHECK(mse({.reduction = "mean_with_sample_weight"}) == 4.5f / 4);
  CHECK(mse({.reduction = "mean_with_sample_weight"}, weights) == 4.5f / 8);
  check_numbers(losses::MeanSquaredError({.reduction = "none"})(y_true, y_pred), {0.5, 2, 0, 2});
  check_numbers(losses::MeanSquaredError({.reduction = "none"})(y_true, y_pred, weights), {0.5, 0, 0, 4});
  check_numbers(losses::MeanSquaredError({.reduction = nullptr})(y_true, y_pred), {0.5, 2, 0, 2});
}

TEST_CASE("weights of a loss may be a number, have a last axis of extent 1, or sum to nothing") {
  CHECK(mse({}, constant(2.f)) == 9.f / 4);
  CHECK(mse({}, constant({{1.f}, {0.f}, {5.f}, {2.f}})) == 4.5f / 4);
  CHECK(mse({}, constant({1, 0, 5, 2})) == 4.5f / 4);
  CHECK(mse({.reduction = "mean_with_sample_weight"}, zeros({4})) == 0);

  losses::MeanSquaredError loss({.reduction = "none"});
  const Tensor sequence = ones({2, 3, 4});
  check_numbers(loss(sequence, zeros({2, 3, 4}), constant({{1.f, 2.f, 0.f}, {3.f, 1.f, 1.f}})), {1, 2, 0, 3, 1, 1});
}

TEST_CASE("samples that the mask leaves out do not count") {
  const Tensor masked = identity(y_pred);
  masked.set_mask(constant({true, false, true, true}));
  // The mean is over the valid ones: total / valid = 4 / 3.
  CHECK(losses::MeanSquaredError()(y_true, masked).item<float>() == Approx(2.5 / 3));
  CHECK(losses::MeanSquaredError({.reduction = "sum"})(y_true, masked).item<float>() == Approx(2.5));
  CHECK(losses::MeanSquaredError({.reduction = "mean_with_sample_weight"})(y_true, masked).item<float>() ==
        Approx(2.5 / 3));
  CHECK(losses::MeanSquaredError()(y_true, masked, constant({2.f, 9.f, 1.f, 1.f})).item<float>() == Approx(3.0 / 3));
  masked.set_mask(constant({false, false, false, false}));
  CHECK(losses::MeanSquaredError()(y_true, masked).item<float>() == 0);
}

TEST_CASE("a loss converts its arguments, and squeezes or expands the last axis") {
  losses::MeanSquaredError loss({.reduction = "none"});
  check_numbers(loss(constant({{0, 1}}), constant({{2, 1}})), {2});
  CHECK(loss(constant({{0, 1}}), constant({{2., 1.}})).dtype() == float32);
  CHECK(losses::MeanSquaredError({.dtype = float64})(y_true, y_pred).dtype() == float64);
  check_numbers(loss(constant({1.f, 2.f}), constant({{1.f}, {4.f}})), {0, 4});
  check_numbers(loss(constant({{1.f}, {2.f}}), constant({1.f, 4.f})), {0, 4});
  check_numbers(loss(ones({2, 3, 1}), zeros({2, 3})), {1, 1});
}

TEST_CASE("a loss of one's own only says how in call()") {
  ::MeanSquaredError loss;
  CHECK(loss(y_true, y_pred).item<float>() == Approx(4.5 / 4));
  CHECK(loss.name() == "mean_squared_error");
  CHECK(::MeanSquaredError({.reduction = "sum", .name = "mine"}).name() == "mine");
  check_throws<ShapeError>([&] { loss(ones({2, 3}), ones({2, 4})); }, {"mean_squared_error", "(2, 3)", "(2, 4)"});
}

TEST_CASE("a function becomes a loss") {
  losses::LossFunctionWrapper loss(losses::mean_squared_error, {.reduction = "sum"});
  CHECK(loss(y_true, y_pred).item<float>() == 4.5f);
  check_throws<ValueError>([] { losses::LossFunctionWrapper(nullptr); }, {"function"});
}

TEST_CASE("a loss is differentiable through weights and reduction") {
  losses::MeanSquaredError loss({.dtype = float64});
  const Tensor weights = constant({0.5, 2.0});
  check_gradient(
      [&](const Tensor& x) {
        return loss(constant({{1.0, 2.0}, {0.5, -1.0}}), x, weights);
      },
      constant({{0.3, 0.1}, {-0.2, 0.7}}));
}

TEST_CASE("losses are made by name, as Keras spells them") {
  for (const char* name : {"mse", "MSE", "mean_squared_error", "MeanSquaredError"})
    CHECK(losses::get(name)->name() == "mean_squared_error");
  CHECK(losses::get("bce")->name() == "binary_crossentropy");
  CHECK(losses::get("huber")->name() == "huber_loss");
  CHECK(losses::get("kld")->name() == "kl_divergence");
  check_throws<ValueError>([] { losses::get("mean_squared_eror"); }, {"mean_squared_eror", "mean_squared_error"});
}

TEST_CASE("the configuration of a loss is Keras's") {
  const losses::SparseCategoricalCrossentropy loss({.from_logits = true, .ignore_class = 255, .reduction = "sum"});
  const Config config = Config::parse(loss.to_json());
  CHECK(config.at("module").text() == "keras.losses");
  CHECK(config.at("class_name").text() == "SparseCategoricalCrossentropy");
  CHECK(config.at("config").at("name").text() == "sparse_categorical_crossentropy");
  CHECK(config.at("config").at("reduction").text() == "sum");
  CHECK(config.at("config").at("from_logits").boolean());
  CHECK(config.at("config").at("ignore_class").integer() == 255);

  const auto unreduced = losses::deserialize(R"({"class_name": "MeanSquaredError", "config": {"reduction": null}})");
  CHECK(unreduced->reduction() == Reduction("none"));
  CHECK(unreduced->name() == "mean_squared_error");
  CHECK(losses::deserialize(R"({"class_name": "Dice", "config": {"axis": null}})")->name() == "dice");
}

TEST_CASE("classes of one's own can be made from a configuration") {
  losses::registry().add("OwnSquaredError", [](const Config& options) {
    return std::make_unique<::MeanSquaredError>(read_options<LossOptions>("OwnSquaredError", options));
  });
  const auto loss = losses::deserialize(R"({"class_name": "OwnSquaredError", "config": {"name": "own"}})");
  CHECK(loss->name() == "own");
  CHECK((*loss)(y_true, y_pred).item<float>() == Approx(4.5 / 4));
}

TEST_CASE("bad options and arguments of a loss are errors that name them") {
  check_throws<ValueError>([] { losses::MeanSquaredError({.reduction = "avg"}); },
                           {"reduction", "'avg'", "sum_over_batch_size"});
  check_throws<ValueError>([] { losses::MeanSquaredError({.dtype = int32}); },
                           {"mean_squared_error", "dtype", "int32"});
  check_throws<ValueError>([] { losses::deserialize("{"); }, {"JSON"});
  check_throws<ValueError>([] { losses::deserialize(R"({"class_name": "Nothing", "config": {}})"); }, {"Nothing"});
  check_throws<ValueError>([] { losses::deserialize(R"({"class_name": "Huber", "config": {"detla": 1}})"); },
                           {"Huber", "detla", "delta"});
  check_throws<ValueError>([] { losses::deserialize(R"({"class_name": "Huber", "config": {"reduction": "avg"}})"); },
                           {"Huber", "reduction", "avg"});

  losses::MeanSquaredError loss;
  check_throws<ShapeError>([&] { loss(y_true, ones({4, 3})); }, {"mean_squared_error", "(4, 2)", "(4, 3)"});
  check_throws<ShapeError>([&] { loss(y_true, y_pred, ones({3})); },
                           {"mean_squared_error", "sample_weight", "(3,)", "(4,)"});
  check_throws<ShapeError>([&] { loss(y_true, y_pred, ones({4, 2})); }, {"sample_weight", "(4, 2)"});
  check_throws<StateError>([&] { loss(Tensor(), y_pred); }, {"mean_squared_error", "no value"});
}
