#include <losses/loss_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/losses/regression_losses.h>

using namespace cornu;

namespace {

const Tensor truth = constant({{0.4, 1.3, -0.2}, {2.1, 0.3, 0.9}});
const Tensor prediction = constant({{0.1, 1.9, 0.6}, {1.2, 0.35, 1.4}});

void check_both_gradients(Tensor (*loss)(const Tensor&, const Tensor&)) {
  check_gradient([&](const Tensor& x) { return loss(truth, x); }, prediction);
  check_gradient([&](const Tensor& x) { return loss(x, prediction); }, truth);
}

}  // namespace

TEST_CASE("regression losses by hand") {
  const Tensor y_true = constant({{2.f, 4.f}}), y_pred = constant({{1.f, 8.f}});
  check_numbers(losses::mean_squared_error(y_true, y_pred), {(1 + 16) / 2.});
  check_numbers(losses::mean_absolute_error(y_true, y_pred), {(1 + 4) / 2.});
  check_numbers(losses::mean_absolute_percentage_error(y_true, y_pred), {100 * (0.5 + 1) / 2});
  check_numbers(losses::mean_squared_logarithmic_error(y_true, y_pred),
                {(std::pow(std::log(1.5), 2) + std::pow(std::log(9 / 5.), 2)) / 2});
  check_numbers(losses::huber(y_true, y_pred), {(0.5 + 3.5) / 2});
  check_numbers(losses::huber(y_true, y_pred, 10), {(0.5 + 8) / 2});
  check_numbers(losses::log_cosh(y_true, y_pred), {(std::log(std::cosh(1)) + std::log(std::cosh(4))) / 2});
  check_numbers(losses::cosine_similarity(constant({{0.f, 1.f}, {1.f, 1.f}}), constant({{1.f, 0.f}, {1.f, 1.f}})),
                {0, -1});
  check_numbers(losses::cosine_similarity(constant({{3.f, 1.f}, {4.f, 0.f}}), constant({{3.f, 1.f}, {4.f, 0.f}}), 0),
                {-1, -1});
}

TEST_CASE("regression losses at their borders") {
  // Keras's examples: a truth of 0 counts as 1e-7, values up to 0 as 1e-7.
  check_numbers(losses::mean_absolute_percentage_error(constant({{0.f}}), constant({{1.f}})), {1e9});
  check_numbers(losses::mean_squared_logarithmic_error(constant({{-3.f}}), constant({{1.f}})),
                {std::pow(std::log(2.), 2)});
  check_numbers(losses::log_cosh(constant({{0.f, 0.f}}), constant({{200.f, -200.f}})), {200 - std::log(2.)});
  check_numbers(losses::mean_squared_error(constant({{0, 1}}), constant({{2, 1}})), {2});

  const Tensor zero = constant({{0., 0.}});
  GradientTape tape;
  tape.watch(zero);
  const Tensor similarity = losses::cosine_similarity(constant({{1., 2.}}), zero);
  check_numbers(similarity, {0});
  for (double slope : tape.gradient(similarity, zero).to_vector<double>()) CHECK(std::isfinite(slope));
}

TEST_CASE("gradients of regression losses") {
  check_both_gradients(losses::mean_squared_error);
  check_both_gradients(losses::mean_absolute_error);
  check_both_gradients(losses::mean_absolute_percentage_error);
  check_both_gradients(losses::log_cosh);
  check_both_gradients([](const Tensor& a, const Tensor& b) { return losses::huber(a, b, 0.7); });
  check_both_gradients([](const Tensor& a, const Tensor& b) { return losses::cosine_similarity(a, b); });
  check_both_gradients(
      [](const Tensor& a, const Tensor& b) { return losses::mean_squared_logarithmic_error(a + 0.5, b); });
}

TEST_CASE("bad arguments of regression losses") {
  const Tensor a = ones({2, 3}), b = ones({2, 4});
  check_throws<ShapeError>([&] { losses::mean_squared_error(a, b); }, {"mean_squared_error", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>([&] { losses::mean_absolute_error(a, b); }, {"mean_absolute_error", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>([&] { losses::mean_absolute_percentage_error(a, b); }, {"mean_absolute_percentage_error"});
  check_throws<ShapeError>([&] { losses::mean_squared_logarithmic_error(a, b); }, {"mean_squared_logarithmic_error"});
  check_throws<ShapeError>([&] { losses::cosine_similarity(a, b); }, {"cosine_similarity", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>([&] { losses::huber(a, b); }, {"huber", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>([&] { losses::log_cosh(a, b); }, {"log_cosh", "(2, 3)", "(2, 4)"});
  check_throws<ValueError>([&] { losses::cosine_similarity(a, a, 2); }, {"cosine_similarity", "axis 2"});
  check_throws<ValueError>([&] { losses::huber(a, a, 0); }, {"huber", "delta"});
  check_throws<ValueError>([] { losses::Huber({.delta = -1}); }, {"Huber", "delta", "-1"});
}
