// The same training step, eager and traced: written once, timed beside each other.
#include <chrono>
#include <cstdio>

#include <cornu/cornu.h>

using namespace cornu;

class Classifier : public Model {
 public:
  Tensor call(const Tensor& inputs) override { return dense2_(dense1_(inputs)); }

 private:
  layers::Dense dense1_{{.units = 64, .activation = relu}};
  layers::Dense dense2_{{.units = 4}};
};

/// Microseconds of a step, over `steps` steps, and the last loss.
template <class Step>
std::pair<double, float> train(const Step& step, const Tensor& x, const Tensor& y, int steps) {
  float loss = step(x, y).template item<float>();  // the first call builds, and traces
  const auto start = std::chrono::steady_clock::now();
  for (int i = 1; i < steps; ++i) loss = step(x, y).template item<float>();
  const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - start;
  return {time.count() / (steps - 1), loss};
}

int main() {
  // Which of four corners is a point closest to?
  const Tensor x = random::uniform({32, 2}, {.minval = -1, .seed = 1});
  const Tensor y = cast(greater(x.slice({{}, {0, 1}}), 0), int32) * 2 + cast(greater(x.slice({{}, {1, 2}}), 0), int32);
  const Tensor labels = reshape(y, {32});

  for (const bool traced : {false, true}) {
    set_random_seed(7);
    Classifier model;
    optimizers::Adam optimizer({.learning_rate = 0.01});
    losses::SparseCategoricalCrossentropy loss_function({.from_logits = true});
    const auto eager_step = [&](const Tensor& inputs, const Tensor& targets) {
      GradientTape tape;
      const Tensor loss = loss_function(targets, model(inputs));
      const auto variables = model.trainable_variables();
      optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables));
      return loss;
    };
    const Function traced_step = function(eager_step);
    const auto [microseconds, loss] = traced ? train(traced_step, x, labels, 500) : train(eager_step, x, labels, 500);
    std::printf("%-7s %6.1f us a step, loss %.4f\n", traced ? "traced:" : "eager:", microseconds, loss);
  }
}
