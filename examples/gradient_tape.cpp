// Automatic differentiation: what is computed while a tape lives can be differentiated.
#include <iostream>

#include <cornu/cornu.h>
using namespace cornu;

int main() {
  Variable x(3.f);
  GradientTape tape;
  Tensor y = square(x);
  std::cout << "y = x^2 at 3: " << y << "\ndy/dx: " << tape.gradient(y, x) << "\n\n";

  // A loss of a matrix and a number: gradients come in the structure that they are asked in.
  Tensor X = constant({{1.f, 2.f}, {3.f, 4.f}}), target = constant({{1.f}, {2.f}});
  Variable w(constant({{1.f}, {2.f}})), b(1.f);
  GradientTape loss_tape;
  Tensor loss = reduce_sum(square(matmul(X, w) + b - target));
  auto [w_grad, b_grad] = loss_tape.gradient(loss, std::pair{w, b});
  std::cout << "loss: " << loss << "\ndloss/dw: " << w_grad << "\ndloss/db: " << b_grad << "\n";
}
