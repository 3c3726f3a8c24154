#include <cmath>

#include "core/graph/passes/pass_checks.h"

using namespace cornu;
using namespace cornu::pass_checks;

namespace {

const Tensor logits = reshape(linspace(-3, 4, 12), {4, 3}) * constant({{1.f, -0.5f, 2.f}});
const Tensor labels = constant({2, 0, 1, 2});

struct Step {
  Graph graph;
  TensorList expected, received;
};

/// The code's results before and after the pass, which agree to `tolerance`.
Step fuse(const Code& code, const TensorList& inputs, double tolerance = 1e-6, std::vector<TensorSpec> specs = {}) {
  if (specs.empty())
    for (const Tensor& input : inputs) specs.push_back(input.spec());
  Step step{passes::fuse_losses(trace(specs, code)), code(inputs), {}};
  INFO(step.graph.to_string());
  step.graph.verify();
  step.received = run(step.graph, inputs);
  for (size_t i = 0; i < step.expected.size(); ++i) {
    const Tensor difference = abs(cast(step.received[i], float64) - cast(step.expected[i], float64));
    CHECK(reduce_max(difference).item<double>() <= tolerance);
  }
  return step;
}

/// Losses and their gradient, for an upstream gradient of each row.
Code with_gradient_of(const std::function<Tensor(const Tensor& labels, const Tensor& logits)>& loss) {
  return [=](const TensorList& t) {
    GradientTape tape;
    tape.watch(t[1]);
    const Tensor losses = loss(t[0], t[1]);
    const Tensor weighted = reduce_sum(losses * constant({1.f, 2.f, -3.f, 0.5f}));
    return TensorList{losses, tape.gradient(weighted, t[1])};
  };
}

Tensor softmax_loss(const Tensor& labels, const Tensor& logits) {
  return losses::sparse_categorical_crossentropy(labels, softmax(logits), {});
}

}  // namespace

TEST_CASE("a softmax and its cross-entropy are one node, and their gradients another") {
  const Step step = fuse(with_gradient_of(softmax_loss), {labels, logits});
  CHECK(count(step.graph, "_SoftmaxSparseCrossEntropy") == 1);
  CHECK(count(step.graph, "_SoftmaxSparseCrossEntropyGrad") == 1);
  for (const char* gone : {"Softmax", "_SparseCrossEntropy", "_SparseCrossEntropyGrad", "_SoftmaxGrad"})
    CHECK(count(step.graph, gone) == 0);
}

TEST_CASE("the fused loss of two classes is what is worked out by hand") {
  const Tensor x = constant({{0.f, std::log(3.f)}});  // probabilities 1/4 and 3/4
  const auto code = [](const TensorList& t) {
    GradientTape tape;
    tape.watch(t[1]);
    const Tensor loss = softmax_loss(t[0], t[1]);
    return TensorList{loss, tape.gradient(loss, t[1])};
  };
  const Step step = fuse(code, {constant({0}), x});
  CHECK(step.received[0].item<float>() == Approx(std::log(4.)));
  CHECK(step.received[1].to_vector<float>()[0] == Approx(-0.75));
  CHECK(step.received[1].to_vector<float>()[1] == Approx(0.75));
}

TEST_CASE("clipped probabilities give the clipped loss and no gradient") {
  const Tensor sure = constant({{40.f, 0.f, 0.f}, {0.f, 40.f, 0.f}, {40.f, 0.f, 0.f}, {1.f, 2.f, 3.f}});
  const Tensor numbers = constant({0, 0, 2, 1});
  const Step step = fuse(with_gradient_of(softmax_loss), {numbers, sure});
  const std::vector<float> losses = step.received[0].to_vector<float>();
  CHECK(losses[0] == Approx(1.19e-7).epsilon(0.01));  // 1 - 1e-7 in float32
  CHECK(losses[1] == Approx(-std::log(1e-7)));
  for (int64_t row = 0; row < 3; ++row)
    for (const float gradient : step.received[1][row].to_vector<float>()) CHECK(gradient == 0);
}

TEST_CASE("probabilities that others use are still there, and labels may be computed late") {
  const auto code = [](const TensorList& t) {
    const Tensor p = softmax(t[1]);
    const Tensor late = cast(reshape(t[0], {4}), int32);
    return TensorList{losses::sparse_categorical_crossentropy(late, p, {}), argmax(p, -1), p};
  };
  const Step step = fuse(code, {cast(labels, float32), logits});
  CHECK(count(step.graph, "_SoftmaxSparseCrossEntropy") == 1);
}

TEST_CASE("a softmax that is needed before the labels stays") {
  const auto code = [](const TensorList& t) {
    const Tensor p = softmax(t[0]);
    return TensorList{losses::sparse_categorical_crossentropy(argmax(p, -1), p, {})};
  };
  CHECK(count(fuse(code, {logits}).graph, "Softmax") == 1);
}

TEST_CASE("another axis stays") {
  const auto code = [](const TensorList& t) {
    return TensorList{losses::sparse_categorical_crossentropy(t[0], softmax(t[1], 0), {})};
  };
  CHECK(count(fuse(code, {labels, logits}).graph, "Softmax") == 1);
}

TEST_CASE("a cross-entropy of logits and its gradient share their exponentials") {
  const Step sparse = fuse(with_gradient_of([](const Tensor& y, const Tensor& z) {
                             return losses::sparse_categorical_crossentropy(y, z, {.from_logits = true});
                           }),
                           {labels, logits}, 0);
  CHECK(count(sparse.graph, "_SparseSoftmaxCrossEntropyWithGradient") == 1);
  CHECK(count(sparse.graph, "_SparseSoftmaxCrossEntropyGrad") == 0);
  const Step dense = fuse(with_gradient_of([](const Tensor& y, const Tensor& z) {
                            return losses::categorical_crossentropy(y, z, {.from_logits = true});
                          }),
                          {one_hot(labels, 3), logits}, 0);
  CHECK(count(dense.graph, "_SoftmaxCrossEntropyWithGradient") == 1);
  CHECK(count(dense.graph, "_SoftmaxCrossEntropyGrad") == 0);
}

TEST_CASE("upstream gradients of one number, and of 1, are not spread out") {
  for (const bool mean : {false, true}) {
    const auto code = [&](const TensorList& t) {
      GradientTape tape;
      tape.watch(t[1]);
      const Tensor losses = sparse_softmax_cross_entropy_with_logits(t[0], t[1]);
      const Tensor loss = mean ? reduce_mean(losses) : losses;
      return TensorList{loss, tape.gradient(loss, t[1])};
    };
    const Step step = fuse(code, {labels, logits}, 1e-7);
    CHECK(count(step.graph, "Mul") == (mean ? 1 : 0));
    for (const Node& node : step.graph.nodes)
      for (const TensorSpec& spec : node.outputs) CHECK(spec.shape != Shape({4, 1}));
  }
}

TEST_CASE("without a gradient a loss of logits stays as it is") {
  const auto code = [](const TensorList& t) {
    return TensorList{sparse_softmax_cross_entropy_with_logits(t[0], t[1])};
  };
  CHECK(count(fuse(code, {labels, logits}).graph, "SparseSoftmaxCrossEntropyWithLogits") == 1);
}

TEST_CASE("batches whose size is not known are fused") {
  const std::vector<TensorSpec> open = {{{-1}, int32}, {{-1, 3}, float32}};
  const auto code = [](const TensorList& t) {
    GradientTape tape;
    tape.watch(t[1]);
    const Tensor loss = softmax_loss(t[0], t[1]) * 2;
    return TensorList{loss, tape.gradient(loss, t[1])};
  };
  CHECK(count(fuse(code, {labels, logits}, 1e-6, open).graph, "_SoftmaxSparseCrossEntropyGrad") == 1);
  const auto of_logits = [](const TensorList& t) {
    GradientTape tape;
    tape.watch(t[1]);
    const Tensor loss = sparse_softmax_cross_entropy_with_logits(t[0], t[1]) * t[2];
    return TensorList{loss, tape.gradient(loss, t[1])};
  };
  const std::vector<TensorSpec> three = {{{-1}, int32}, {{-1, 3}, float32}, {{-1}, float32}};
  fuse(of_logits, {labels, logits, constant({1.f, 2.f, 3.f, 4.f})}, 1e-6, three);
}

TEST_CASE("a label out of range names the operation, the label and its place") {
  const Graph graph = passes::fuse_losses(trace({labels.spec(), logits.spec()}, with_gradient_of(softmax_loss)));
  CHECK_THROWS_WITH(run(graph, {constant({2, 0, 3, 2}), logits}), Catch::Contains("label 3 at position 2"));
}
