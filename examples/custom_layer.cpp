// A layer of one's own: weights in build(), mathematics in call(). Layers nest, also in containers; nothing is
// registered.
#include <cstdio>

#include <cornu/cornu.h>
using namespace cornu;

class Linear : public Layer {
 public:
  explicit Linear(int64_t units) : units_(units) {}
  void build(const Shape& input_shape) override {
    w_ = add_weight({.name = "w", .shape = {input_shape.back(), units_}, .initializer = "glorot_uniform"});
    b_ = add_weight({.name = "b", .shape = {units_}, .initializer = "zeros"});
  }
  Tensor call(const Tensor& inputs) override { return matmul(inputs, w_) + b_; }

 private:
  int64_t units_;
  Variable w_, b_;
};

class ResidualTower : public Model {
 public:
  explicit ResidualTower(int depth) {
    for (int i = 0; i < depth; ++i) blocks_.emplace_back(8);
  }
  Tensor call(const Tensor& inputs) override {
    Tensor x = inputs;
    for (Linear& block : blocks_) x = x + relu(block(x));
    return head_(x);
  }

 private:
  std::vector<Linear> blocks_;
  Linear head_{1};
};

int main() {
  set_random_seed(1);
  Tensor X = random::normal({256, 8}), y = reduce_sum(square(X), 1, {.keepdims = true});
  ResidualTower model(3);
  optimizers::Adam optimizer({.learning_rate = 0.01});
  for (int step = 0; step < 300; ++step) {
    GradientTape tape;
    Tensor loss = reduce_mean(square(model(X) - y));
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables()), model.trainable_variables()));
    if (step % 100 == 0) std::printf("step %3d: loss %.4f\n", step, loss.item<float>());
  }
  for (const Variable& variable : model.variables())
    std::printf("%s %s\n", variable.path().c_str(), variable.shape().to_string().c_str());
}
