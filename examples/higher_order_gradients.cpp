// Tapes within tapes: second derivatives, jacobians, and a gradient penalty as it is used to train critics.
#include <iostream>

#include <cornu/cornu.h>
using namespace cornu;

int main() {
  Variable x(2.f);
  GradientTape outer;
  Tensor first;
  {
    GradientTape inner;
    Tensor y = pow(x, 3);
    first = inner.gradient(y, x);
  }
  std::cout << "x^3 at 2: first derivative " << first.item<float>() << ", second "
            << outer.gradient(first, x).item<float>() << "\n";

  Variable v(constant({1.f, 2.f, 3.f}));
  GradientTape tape;
  Tensor z = v * reduce_sum(v);
  std::cout << "jacobian of v * sum(v):\n" << tape.jacobian(z, v) << "\n";

  // The norm of a critic's gradient with respect to its inputs is a loss of its weights.
  set_random_seed(1);
  Tensor inputs = random::normal({16, 4});
  Variable w(random::normal({4, 1}));
  GradientTape weight_tape;
  Tensor input_gradient;
  {
    GradientTape input_tape;
    input_tape.watch(inputs);
    Tensor score = tanh(matmul(inputs, w));
    input_gradient = input_tape.gradient(score, inputs);
  }
  Tensor norm = sqrt(reduce_sum(square(input_gradient), 1));
  Tensor penalty = reduce_mean(square(norm - 1.f));
  std::cout << "gradient penalty " << penalty.item<float>() << ", its gradient:\n"
            << weight_tape.gradient(penalty, w) << "\n";
}
