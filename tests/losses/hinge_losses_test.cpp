#include <losses/loss_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/losses/hinge_losses.h>

using namespace cornu;

TEST_CASE("hinge losses by hand") {
  const Tensor signs = constant({{-1.f, 1.f}}), y_pred = constant({{0.5f, 0.25f}});
  check_numbers(losses::hinge(signs, y_pred), {(1.5 + 0.75) / 2});
  check_numbers(losses::squared_hinge(signs, y_pred), {(2.25 + 0.5625) / 2});
  check_numbers(losses::categorical_hinge(constant({{0.f, 1.f, 0.f}}), constant({{0.25f, 0.5f, 0.375f}})),
                {0.375 - 0.5 + 1});
  check_numbers(losses::categorical_hinge(constant({{0.f, 1.f}}), constant({{-3.f, 3.f}})), {0});
}

TEST_CASE("labels that are all 0 or 1 become signs, others stay") {
  const Tensor y_pred = constant({{0.5f, 0.25f}});
  check_numbers(losses::hinge(constant({{0, 1}}), y_pred), {(1.5 + 0.75) / 2});
  check_numbers(losses::hinge(constant({{0.f, 0.5f}}), y_pred), {(1 + 0.875) / 2});
}

TEST_CASE("gradients of hinge losses") {
  const Tensor signs = constant({{-1., 1., -1.}, {1., 1., -1.}});
  const Tensor y_pred = constant({{0.3, 0.6, -1.7}, {2.2, -0.4, 0.9}});
  check_gradient([&](const Tensor& x) { return losses::hinge(signs, x); }, y_pred);
  check_gradient([&](const Tensor& x) { return losses::squared_hinge(signs, x); }, y_pred);
  check_gradient([&](const Tensor& x) { return losses::categorical_hinge(signs, x); }, y_pred);
}

TEST_CASE("bad arguments of hinge losses") {
  const Tensor a = ones({2, 3}), b = ones({3, 3});
  check_throws<ShapeError>([&] { losses::hinge(a, b); }, {"hinge", "(2, 3)", "(3, 3)"});
  check_throws<ShapeError>([&] { losses::squared_hinge(a, b); }, {"squared_hinge", "(2, 3)", "(3, 3)"});
  check_throws<ShapeError>([&] { losses::categorical_hinge(a, b); }, {"categorical_hinge", "(2, 3)", "(3, 3)"});
}
