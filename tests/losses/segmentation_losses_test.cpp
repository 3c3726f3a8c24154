#include <losses/loss_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/losses/segmentation_losses.h>

using namespace cornu;

namespace {

// Keras's example: two images of 2 x 2 pixels.
const Tensor masks = reshape(constant({1.f, 1.f, 0.f, 0.f, 1.f, 1.f, 0.f, 0.f}), {2, 2, 2, 1});
const Tensor found = reshape(constant({0.f, 1.f, 0.f, 1.f, 0.4f, 0.f, 0.f, 0.9f}), {2, 2, 2, 1});

}  // namespace

TEST_CASE("segmentation losses by hand") {
  check_numbers(losses::dice(masks, found, {1, 2, 3}), {0.5, 0.75757575});
  check_numbers(losses::dice(masks, found), {0.6164384});
  check_numbers(losses::tversky(masks, found), {0.6164384});
  // Of the first image one pixel was missed and one wrongly found (alpha); of the second 1.6 were missed and 0.9
  // wrongly found.
  check_numbers(losses::tversky(masks, found, {.alpha = 0.3, .beta = 2, .axis = {1, 2, 3}}),
                {1 - 1 / (1 + 0.3 + 2), 1 - 0.4 / (0.4 + 0.3 * 0.9 + 2 * 1.6)});
  check_numbers(losses::dice(zeros({2, 2}), zeros({2, 2})), {1});
  check_numbers(losses::Dice({.reduction = "none", .axis = {1, 2, 3}})(masks, found), {0.5, 0.75757575});
}

TEST_CASE("axes of segmentation losses are kept in the configuration") {
  const losses::Tversky loss({.alpha = 0.3, .axis = {1, 2}});
  const auto again = losses::deserialize(loss.to_json());
  CHECK(again->to_json() == loss.to_json());
  CHECK(Config::parse(loss.to_json()).at("config").at("axis").elements().size() == 2);
}

TEST_CASE("gradients of segmentation losses") {
  const Tensor truth = constant({{1., 0., 1.}, {0., 0., 1.}});
  const Tensor y_pred = constant({{0.7, 0.2, 0.4}, {0.1, 0.6, 0.9}});
  check_gradient([&](const Tensor& x) { return losses::dice(truth, x); }, y_pred);
  check_gradient([&](const Tensor& x) { return losses::dice(truth, x, {1}); }, y_pred);
  check_gradient([&](const Tensor& x) { return losses::tversky(truth, x, {.alpha = 0.2, .beta = 0.9}); }, y_pred);
}

TEST_CASE("bad arguments of segmentation losses") {
  check_throws<ShapeError>([] { losses::dice(ones({2, 3}), ones({2, 4})); }, {"dice", "(2, 3)", "(2, 4)"});
  check_throws<ShapeError>([] { losses::tversky(ones({2, 3}), ones({2, 4})); }, {"tversky", "(2, 3)", "(2, 4)"});
  check_throws<ValueError>([] { losses::dice(masks, found, {4}); }, {"dice", "axis 4"});
  check_throws<ValueError>([] { losses::tversky(masks, found, {.alpha = -1}); }, {"tversky", "alpha"});
  check_throws<ValueError>([] { losses::Tversky({.beta = -1}); }, {"Tversky", "beta"});
}
