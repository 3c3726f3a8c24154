// Control flow that depends on values, in eager code and traced: the same lines, the same numbers, the same gradients.
#include <iostream>

#include <cornu/cornu.h>

using namespace cornu;

// The square root by Newton's iteration: as many steps as each call needs.
Tensor newton_sqrt(const Tensor& x) {
  return while_loop([&](const Tensor& root) { return reduce_any(abs(root * root - x) > 1e-5f * x); },
                    [&](const Tensor& root) { return (root + x / root) / 2.f; }, x, {.maximum_iterations = 50});
}

// log(x) where all of it is there, else a straight line.
Tensor safe_log(const Tensor& x) {
  return cond(
      reduce_all(x > 0.f), [&] { return log(x); }, [&] { return x - 1.f; });
}

// An exponential moving average: each state is made of the one before.
Tensor moving_average(const Tensor& x) {
  return scan([](const Tensor& average, const Tensor& value) { return 0.9f * average + 0.1f * value; }, x);
}

template <class Code>
void show(const char* name, const Code& code, const Tensor& x) {
  const auto with_gradient = [code](const Tensor& input) {
    GradientTape tape;
    tape.watch(input);
    const Tensor y = code(input);
    return TensorList{y, tape.gradient(y, input)};
  };
  const TensorList eager = with_gradient(x), traced = function(with_gradient)(x);
  std::cout << name << "\n  value    " << eager[0] << "\n  traced   " << traced[0] << "\n  gradient " << eager[1]
            << "\n  traced   " << traced[1] << "\n";
}

int main() {
  show("newton_sqrt", newton_sqrt, constant({2.f, 9.f, 100.f}));
  show("safe_log", safe_log, constant({1.f, 2.f}));
  show("safe_log of what has no logarithm", safe_log, constant({-1.f, 2.f}));
  show("moving_average", moving_average, constant({1.f, 2.f, 4.f, 8.f}));

  const Function graph = function(newton_sqrt, {.input_signature = {TensorSpec({-1}, float32)}});
  std::cout << "the traced loop\n" << graph.concrete_function({zeros({1})}).graph().to_string();
}
