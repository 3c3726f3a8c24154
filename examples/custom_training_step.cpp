// A training step of one's own within fit(): a network that learns to draw y for noisy x, and its own loss and metrics.
// Callbacks, validation, the progress bar and all else of fit() work as ever.
#include <cstdio>

#include <cornu/cornu.h>

using namespace cornu;

class Denoiser : public Model {
 public:
  Tensor call(const Tensor& inputs) override { return head_(body_(inputs)); }

  /// Adds noise, takes the gradient of an error that forgives outliers, and clips it.
  Logs train_step(const Batch& batch) override {
    const Tensor noisy = Tensor(batch.x) + noise_.normal(batch.x[0].shape()) * 0.1f;
    GradientTape tape;
    const Tensor y_pred = (*this)(noisy, {.training = true});
    const Tensor loss = reduce_mean(losses::huber(batch.y, y_pred));
    const auto variables = trainable_variables();
    TensorList gradients = tape.gradient(loss, variables);
    for (Tensor& gradient : gradients) gradient = clip_by_value(gradient, -0.1, 0.1);
    optimizer().apply_gradients(zip(gradients, variables));
    huber_.update_state(loss);
    return {{"huber", huber_.result()}};
  }
  Logs test_step(const Batch& batch) override {
    huber_.update_state(reduce_mean(losses::huber(batch.y, (*this)(batch.x))));
    return {{"huber", huber_.result()}};
  }
  /// Begins anew with each epoch.
  std::vector<Metric*> metrics() override { return {&huber_}; }

 private:
  layers::Dense body_{{.units = 32, .activation = "tanh"}};
  layers::Dense head_{{.units = 1}};
  metrics::Mean huber_{{.name = "huber"}};
  random::Generator noise_{7};
};

int main() {
  set_random_seed(1);
  const Tensor x = random::uniform({512, 1}, {.minval = -3, .maxval = 3}), y = sin(x);
  Denoiser model;
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.02})});
  const History history = model.fit(x, y, {.epochs = 30, .validation_split = 0.25, .verbose = 2});
  std::printf("error of validation: %.4f, then %.4f\n", history["val_huber"].front(), history["val_huber"].back());
  return history["val_huber"].back() < 0.05 ? 0 : 1;
}
