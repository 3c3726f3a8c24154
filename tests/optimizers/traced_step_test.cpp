// Whole training steps inside traced functions: the numbers of eager code, for every optimizer.
#include <memory>

#include "core/graph/graph_checks.h"

using namespace cornu;
using Catch::Contains;

namespace {

struct Problem {
  Variable w{random::normal({3, 2}, {.seed = 1}), {.name = "w"}}, b{zeros({2}), {.name = "b"}};
  Tensor x = random::normal({16, 3}, {.seed = 2}), y = random::normal({16, 2}, {.seed = 3});

  TensorList train(Optimizer& optimizer, bool traced, int steps = 5) {
    const auto step = [&](const Tensor& inputs, const Tensor& targets) {
      GradientTape tape;
      const Tensor loss = reduce_mean(square(matmul(inputs, w) + b - targets));
      const std::vector<Variable> variables = {w, b};
      optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables));
      return TensorList{loss, optimizer.learning_rate()};
    };
    const auto f = function(step);
    TensorList results;
    for (int i = 0; i < steps; ++i)
      for (const Tensor& result : traced ? f(x, y) : step(x, y)) results.push_back(result);
    results.push_back(w.value());
    results.push_back(b.value());
    for (const Variable& variable : optimizer.variables()) results.push_back(variable.value());
    return results;
  }
};

}  // namespace

TEST_CASE("a traced step of each optimizer is its eager step") {
  for (const std::string& name : Optimizer::registry().names()) {
    INFO(name);
    const auto eager = optimizers::get(name), traced = optimizers::get(name);
    check_close(Problem().train(*traced, true), Problem().train(*eager, false), 1e-6);
  }
}

TEST_CASE("options, schedules and constraints hold in traced steps") {
  const optimizers::AdamOptions options[] = {
      {.learning_rate = optimizers::schedules::ExponentialDecay(
           {.initial_learning_rate = 0.1, .decay_steps = 2, .decay_rate = 0.5})},
      {.learning_rate = [](double step) { return 0.1 / (1 + step); }, .global_clipnorm = 0.1},
      {.clipnorm = 0.05, .use_ema = true, .ema_momentum = 0.5, .ema_overwrite_frequency = 2},
      {.weight_decay = 0.1, .clipvalue = 0.01, .gradient_accumulation_steps = 2},
      {.loss_scale_factor = 8.0},
  };
  for (const auto& option : options) {
    optimizers::Adam eager(option), traced(option);
    Problem a, b;
    for (const Problem* problem : {&a, &b})
      problem->w.set_constraint([](const Tensor& w) { return clip_by_value(w, -0.5, 0.5); });
    check_close(a.train(traced, true), b.train(eager, false), 1e-6);
  }
}

TEST_CASE("an optimizer of one's own may keep gradients") {
  class Delayed : public Optimizer {
   public:
    Delayed() : Optimizer("Delayed", {.learning_rate = 0.5}) {}
    void update_step(const Tensor& gradient, const Variable& variable, double learning_rate) override {
      if (last_.defined()) variable.assign_sub(learning_rate * last_);
      last_ = gradient;
    }
    Tensor last_;
  } optimizer;
  Variable v(0.f, {.name = "v"});
  const Function step = function([&](const Tensor& g) {
    optimizer.apply_gradients({{g * 2.f, v}});
    return v.value();
  });
  CHECK(step(constant(1.f)).item<float>() == 0);
  CHECK(step(constant(10.f)).item<float>() == -1);
  CHECK(step(constant(100.f)).item<float>() == -11);
}

TEST_CASE("metrics and the learning rate follow inside a traced step") {
  metrics::SparseCategoricalAccuracy accuracy;
  metrics::Mean mean;
  const auto update = function([&](const Tensor& labels, const Tensor& scores) {
    accuracy.update_state(labels, scores);
    mean.update_state(reduce_max(scores, 1));
    return std::pair(accuracy.result(), mean.result());
  });
  const Tensor scores = constant({{0.1f, 0.9f}, {0.8f, 0.2f}});
  CHECK(update(constant({1, 1}), scores).first.item<float>() == 0.5f);
  const auto [correct, average] = update(constant({1, 0}), scores);
  CHECK(correct.item<float>() == 0.75f);
  CHECK(average.item<float>() == Approx(0.85f));
  CHECK(accuracy.result().item<float>() == 0.75f);
  accuracy.reset_state();
  CHECK(update(constant({1, 0}), scores).first.item<float>() == 1);
}

TEST_CASE("a trace that fails leaves the optimizer unbuilt") {
  optimizers::Adam optimizer;
  std::optional<Variable> v;
  bool fails = true;
  const Function step = function([&](const Tensor& x) {
    optimizer.apply_gradients({{x, *v}});
    if (fails) throw ValueError("on purpose");
    return v->value();
  });
  v.emplace(1.f, VariableOptions{.name = "first"});
  const size_t before = optimizer.variables().size();
  CHECK_THROWS_AS(step(constant(1.f)), ValueError);
  CHECK_FALSE(optimizer.built());
  CHECK(optimizer.variables().size() == before);
  v.emplace(1.f, VariableOptions{.name = "second"});
  fails = false;
  CHECK(step(constant(1.f)).item<float>() == Approx(0.999f));
  CHECK(step(constant(1.f)).item<float>() == Approx(0.998f));
  CHECK(optimizer.iterations().peek().item<int64_t>() == 2);
}

TEST_CASE("an optimizer that is gone says so") {
  auto optimizer = std::make_unique<optimizers::SGD>(optimizers::SGDOptions{.learning_rate = 0.5});
  Variable v(1.f, {.name = "v"});
  const Function step = function([&](const Tensor& g) {
    optimizer->apply_gradients({{g, v}});
    return v.value();
  });
  step(constant(1.f));
  auto moved = std::make_unique<optimizers::SGD>(std::move(*optimizer));
  CHECK(step(constant(1.f)).item<float>() == 0);
  moved.reset();
  CHECK_THROWS_AS(step(constant(1.f)), StateError);
  CHECK_THROWS_WITH(step(constant(1.f)), Contains("sgd") && Contains("is gone"));
  CHECK(v.peek().item<float>() == 0);
}

TEST_CASE("wrong gradients are refused while a step is traced") {
  optimizers::SGD optimizer;
  Variable v(zeros({2}), {.name = "v"});
  const Function step = function([&](const Tensor& g) {
    optimizer.apply_gradients({{g, v}});
    return v.value();
  });
  CHECK_THROWS_AS(step(ones({3})), ShapeError);
  CHECK_THROWS_WITH(step(ones({3})), Contains("'v'") && Contains("(2,)") && Contains("(3,)"));
}
