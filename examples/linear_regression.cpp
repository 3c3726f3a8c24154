// Linear regression by hand: a tape, an optimizer, apply_gradients(zip(gradients, variables)).
#include <cstdio>

#include <cornu/cornu.h>
using namespace cornu;

static Tensor normalized(const Tensor& x) { return (x - reduce_min(x)) / (reduce_max(x) - reduce_min(x)); }

int main() {
  Tensor X = normalized(constant({2013.f, 2014.f, 2015.f, 2016.f, 2017.f}));       // years
  Tensor y = normalized(constant({12000.f, 14000.f, 15000.f, 16500.f, 17500.f}));  // prices

  Variable a(0.f, {.name = "a"}), b(0.f, {.name = "b"});
  std::vector<Variable> variables{a, b};
  optimizers::SGD optimizer({.learning_rate = 0.01});
  for (int epoch = 0; epoch < 2000; ++epoch) {
    GradientTape tape;
    Tensor loss = reduce_sum(square(a * X + b - y));
    std::vector<Tensor> gradients = tape.gradient(loss, variables);
    optimizer.apply_gradients(zip(gradients, variables));
    if (epoch % 500 == 0) std::printf("epoch %4d: loss %.6f\n", epoch, loss.item<float>());
  }
  std::printf("y = %.4f x + %.4f\n", a.value().item<float>(), b.value().item<float>());
}
