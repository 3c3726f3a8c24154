// A loss of one's own: call() gives a value for each example; reduction and sample weights come from the base class.
#include <iostream>

#include <cornu/cornu.h>
using namespace cornu;

/// The pinball loss, whose minimum is the `quantile` of y instead of its mean.
class Pinball : public Loss {
 public:
  explicit Pinball(double quantile) : quantile_(quantile) {}
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override {
    Tensor error = y_true - y_pred;
    return reduce_mean(maximum(quantile_ * error, (quantile_ - 1) * error), -1);
  }

 private:
  double quantile_;
};

int main() {
  set_random_seed(1);
  Tensor y = random::normal({1000, 1});
  Variable guess(0.f);
  Pinball loss_fn(0.9);
  optimizers::SGD optimizer({.learning_rate = 0.1});
  for (int step = 0; step < 500; ++step) {
    GradientTape tape;
    Tensor loss = loss_fn(y, guess * ones_like(y));
    optimizer.apply_gradients(zip({tape.gradient(loss, guess)}, {guess}));
  }
  std::cout << "the 90 % quantile of a normal distribution is 1.28; found " << guess.value().item<float>() << "\n";
  std::cout << "with weights: " << loss_fn(y, guess * ones_like(y), random::uniform({1000, 1})) << "\n";
}
