#include <sstream>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/layers/core.h>
#include <cornu/models/model.h>
#include <cornu/models/training/progress_bar.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

class MLP : public Model {
 public:
  Tensor call(const Tensor& inputs) override { return dense2(dense1(inputs)); }
  layers::Dense dense1{{.units = 100, .activation = relu}};
  layers::Dense dense2{{.units = 10}};
};

class Flags : public Model {
 public:
  Tensor call(const Tensor& inputs) override {
    ++calls;
    trained = trained || training();
    return 2.f * inputs;
  }
  int calls = 0;
  bool trained = false;
};

}  // namespace

TEST_CASE("predict computes in batches and gives all examples in order") {
  Flags model;
  const Tensor x = reshape(cast(arange(0, 14), float32), {7, 2});
  const Tensor y = model.predict(x, {.batch_size = 3, .verbose = 0});
  CHECK(y.shape() == Shape({7, 2}));
  CHECK(y.to_vector<float>() == (2.f * x).to_vector<float>());
  CHECK_FALSE(model.trained);
  CHECK(model.predict(x, {.batch_size = 3, .verbose = 0, .steps = 2}).shape() == Shape({6, 2}));
  CHECK(model.predict(x, {.batch_size = 3, .verbose = 0, .steps = 1}).shape() == Shape({3, 2}));
}

TEST_CASE("predict refuses what it cannot use") {
  Flags model;
  CHECK_THROWS_AS(model.predict(constant(1.f), {.verbose = 0}), ShapeError);
  CHECK_THROWS_AS(model.predict(ones({2}), {.batch_size = 0, .verbose = 0}), ValueError);
  CHECK_THROWS_AS(model.predict(ones({2}), {.verbose = 0, .steps = 0}), ValueError);
  CHECK_THROWS_AS(model.predict(ones({2}), {.verbose = 3}), ValueError);
  CHECK_THROWS_AS(model.predict(TensorList{ones({2}), ones({3})}, {.verbose = 0}), ShapeError);
  CHECK_THROWS_AS(model.predict(TensorList{}, {.verbose = 0}), ValueError);
}

TEST_CASE("the summary is Keras's table") {
  MLP model;
  CHECK_THROWS_AS(model.summary(), StateError);
  model(ones({50, 784}));
  std::ostringstream text;
  model.summary({.out = &text});
  CHECK_THAT(text.str(),
             Contains("Model: \"mlp\"") && Contains("dense (Dense)") && Contains("(50, 100)") && Contains("78,500"));
  CHECK_THAT(text.str(), Contains("dense_1 (Dense)") && Contains("1,010"));
  CHECK_THAT(text.str(), Contains(" Total params: 79,510 (310.59 KB)\n Trainable params: 79,510 (310.59 KB)\n"
                                  " Non-trainable params: 0 (0.00 B)\n"));
}

TEST_CASE("the progress bar writes one line where it cannot redraw") {
  std::ostringstream text;
  ProgressBar bar(10, 1, &text);
  for (int step = 1; step <= 10; ++step) bar.update(step, {{"loss", 0.25}});
  CHECK_THAT(text.str(), Contains("10/10 ━━━━━━━━━━━━━━━━━━━━ ") && Contains(" - loss: 0.2500\n"));

  std::ostringstream silent;
  ProgressBar(1, 0, &silent).update(1);
  CHECK(silent.str().empty());
}
