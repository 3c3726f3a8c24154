#include <losses/loss_checks.h>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/nn.h>

using namespace cornu;

TEST_CASE("the cross-entropy of class numbers with probabilities") {
  const Tensor probabilities = constant({{0.2f, 0.3f, 0.5f}, {1.f, 1.f, 6.f}, {0.f, 1.f, 0.f}});
  check_numbers(sparse_cross_entropy(constant({2, 0, 0}), probabilities), {std::log(2.), std::log(8.), -std::log(1e-7)},
                1e-5);
  check_numbers(sparse_cross_entropy(constant({int64_t{1}}), constant({{0.25, 0.75}})), {-std::log(0.75)}, 1e-12);
  CHECK(sparse_cross_entropy(zeros({0}, int32), zeros({0, 3})).shape() == Shape({0}));
}

TEST_CASE("gradients of the cross-entropy with probabilities, first and second") {
  const Tensor labels = constant({1, 0, 2}), point = constant({{0.2, 0.3, 0.5}, {0.6, 0.3, 0.8}, {0.4, 0.1, 1.2}});
  check_gradient([&](const Tensor& x) { return square(sparse_cross_entropy(labels, x)); }, point, 2);
}

TEST_CASE("no gradient flows where the probability was clipped") {
  const Tensor sure = constant({{0., 1.}, {0., 1.}});
  GradientTape tape;
  tape.watch(sure);
  check_numbers(tape.gradient(sparse_cross_entropy(constant({0, 1}), sure), sure), {0, 0, 0, 0});
}

TEST_CASE("bad arguments of the cross-entropy with probabilities") {
  const Tensor probabilities = constant({{0.25f, 0.75f}});
  check_throws<ValueError>([&] { sparse_cross_entropy(constant({2}), probabilities); },
                           {"label 2", "position 0", "2 classes"});
  check_throws<ValueError>([&] { sparse_cross_entropy(constant({-1}), probabilities); }, {"label -1"});
  check_throws<ShapeError>([&] { sparse_cross_entropy(constant({0, 1}), probabilities); }, {"(2,)", "(1, 2)"});
  check_throws<DTypeError>([&] { sparse_cross_entropy(constant({0.f}), probabilities); }, {"float32"});
  check_throws<DTypeError>([&] { sparse_cross_entropy(constant({0}), constant({{1, 2}})); }, {"int32"});
}
