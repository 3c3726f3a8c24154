#pragma once
// Models whose predictions other programs must give as well.
#include <cornu/cornu.h>

namespace proofs {

using namespace cornu;

class MLP : public Model {
 public:
  Tensor call(const Tensor& inputs) override { return softmax(dense3(dense2(dense1(inputs)))); }

 private:
  layers::Dense dense1{{.units = 32, .activation = relu}}, dense2{{.units = 16, .activation = "tanh"}};
  layers::Dense dense3{{.units = 10}};
};

/// Branches that are added, multiplied and put side by side.
class Branches : public Model {
 public:
  Tensor call(const Tensor& inputs) override {
    const Tensor a = left(inputs), b = middle(inputs), c = right(inputs);
    return softmax(last(concat({a + b, b * c, c}, -1)));
  }

 private:
  layers::Dense left{{.units = 8, .activation = relu}}, middle{{.units = 8, .activation = "sigmoid"}};
  layers::Dense right{{.units = 8, .activation = "tanh"}}, last{{.units = 5}};
};

}  // namespace proofs
