// Checkpoints of layers, models, optimizers and metrics; values that wait for variables.
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/temporary_folder.h"
#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/graph/function.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/random/random.h>
#include <cornu/core/train/checkpoint.h>
#include <cornu/layers/core.h>
#include <cornu/layers/normalization.h>
#include <cornu/layers/regularization.h>
#include <cornu/metrics/reduction_metrics.h>
#include <cornu/models/model.h>
#include <cornu/optimizers/adafactor.h>
#include <cornu/optimizers/adam.h>
#include <cornu/optimizers/nadam.h>
#include <cornu/optimizers/rmsprop.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;

namespace {

const std::string suffix = "/.ATTRIBUTES/VARIABLE_VALUE";

class Block : public Layer {
 public:
  Tensor call(const Tensor& inputs) override { return dropout(normalization(dense(inputs))); }

 private:
  layers::Dense dense{{.units = 4, .activation = "tanh"}};
  layers::BatchNormalization normalization;
  layers::Dropout dropout{{.rate = 0.25, .seed = 3}};
};

class Network : public Model {
 public:
  explicit Network(int64_t units = 2) : head({.units = units, .name = "head"}) {}
  Tensor call(const Tensor& inputs) override {
    Tensor x = inputs;
    for (Block& block : blocks) x = block(x);
    return head(x);
  }

  std::vector<Block> blocks = std::vector<Block>(2);
  layers::Dense head;
};

Tensor inputs() { return random::Generator(1).normal({8, 3}); }

void step(Model& model, Optimizer& optimizer) {
  GradientTape tape;
  const Tensor loss = reduce_mean(square(model(inputs(), {.training = true})));
  optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables()), model.trainable_variables()));
}

std::vector<std::vector<float>> values_of(const std::vector<Variable>& variables) {
  std::vector<std::vector<float>> values;
  for (const Variable& variable : variables)
    if (variable.dtype() == float32) values.push_back(variable.peek().to_vector<float>());
  return values;
}

bool has_variable(const std::string& path, const std::string& name) {
  for (const CheckpointVariable& variable : list_variables(path))
    if (variable.name == name) return true;
  return false;
}

}  // namespace

TEST_CASE("training goes on with the same bits, restored before or after building") {
  const TemporaryFolder folder;
  set_random_seed(1);
  Network model;
  optimizers::Adam optimizer({.learning_rate = 0.01, .amsgrad = true});
  for (int i = 0; i < 3; ++i) step(model, optimizer);
  const std::string path = Checkpoint({{"model", model}, {"optimizer", optimizer}}).save(folder / "ckpt");
  for (int i = 0; i < 3; ++i) step(model, optimizer);

  for (const bool is_built : {false, true}) {
    INFO((is_built ? "built" : "not built"));
    Network again;
    optimizers::Adam optimizer_again({.learning_rate = 0.5, .amsgrad = true});
    if (is_built) step(again, optimizer_again);
    // In the other order: slots must find their variables all the same.
    Checkpoint checkpoint({{"optimizer", optimizer_again}, {"model", again}});
    const CheckpointStatus status = checkpoint.restore(path);
    status.assert_existing_objects_matched();
    if (!is_built) CHECK_THROWS_WITH(status.assert_consumed(), Contains("model/block/dense/kernel"));
    for (int i = 0; i < 3; ++i) step(again, optimizer_again);
    status.assert_consumed();
    CHECK(values_of(again.variables()) == values_of(model.variables()));
    CHECK(values_of(optimizer_again.variables()) == values_of(optimizer.variables()));
    CHECK(optimizer_again.iterations().peek().item<int64_t>() == 6);
    CHECK(again(inputs(), {.training = true}).to_vector<float>() ==
          model(inputs(), {.training = true}).to_vector<float>());  // dropout draws the same
    Checkpoint({{"model", model}, {"optimizer", optimizer}}).restore(path).assert_consumed();
    for (int i = 0; i < 3; ++i) step(model, optimizer);
  }
}

TEST_CASE("keys are the paths of TensorFlow") {
  const TemporaryFolder folder;
  Network model;
  optimizers::Adam adam;
  step(model, adam);
  const std::string path = Checkpoint({{"model", model}, {"optimizer", adam}}).save(folder / "ckpt");
  for (const char* name :
       {"model/head/kernel", "model/head/bias", "model/block/dense/kernel", "model/block_1/dense/kernel",
        "model/block/batch_normalization/gamma", "model/block/batch_normalization/moving_mean",
        "model/block/dropout/seed_generator_state", "model/head/kernel/.OPTIMIZER_SLOT/optimizer/m",
        "model/block_1/dense/bias/.OPTIMIZER_SLOT/optimizer/v", "optimizer/iter", "optimizer/learning_rate",
        "save_counter"}) {
    INFO(name);
    CHECK(has_variable(path, name + suffix));
  }
  CHECK(load_variable(path, "model/head/kernel" + suffix).shape() == Shape({4, 2}));
}

TEMPLATE_TEST_CASE("all that an optimizer keeps comes back", "", optimizers::SGD, optimizers::RMSprop,
                   optimizers::Nadam, optimizers::Adafactor) {
  const TemporaryFolder folder;
  typename TestType::Options options;
  options.use_ema = true;
  options.gradient_accumulation_steps = 2;
  if constexpr (requires { options.momentum; }) options.momentum = 0.5;
  if constexpr (requires { options.centered; }) options.centered = true;
  set_random_seed(2);
  Network model, again;
  TestType optimizer(options), optimizer_again(options);
  for (int i = 0; i < 3; ++i) step(model, optimizer);
  const std::string path = Checkpoint({{"model", model}, {"optimizer", optimizer}}).save(folder / "ckpt");
  Checkpoint checkpoint({{"model", again}, {"optimizer", optimizer_again}});
  const CheckpointStatus status = checkpoint.restore(path);
  for (int i = 0; i < 3; ++i) {
    step(model, optimizer);
    step(again, optimizer_again);
  }
  status.assert_consumed();
  CHECK(values_of(again.variables()) == values_of(model.variables()));
  CHECK(values_of(optimizer_again.variables()) == values_of(optimizer.variables()));
}

TEST_CASE("values wait for a model whose first call is traced") {
  const TemporaryFolder folder;
  Network model;
  optimizers::Adam optimizer;
  for (int i = 0; i < 2; ++i) step(model, optimizer);
  const std::string path = Checkpoint({{"model", model}, {"optimizer", optimizer}}).save(folder / "ckpt");
  Network again;
  optimizers::Adam optimizer_again;
  Checkpoint checkpoint({{"model", again}, {"optimizer", optimizer_again}});
  const CheckpointStatus status = checkpoint.restore(path);
  const auto traced = function([&](const Tensor& x) {
    GradientTape tape;
    const Tensor loss = reduce_mean(square(again(x, {.training = true})));
    optimizer_again.apply_gradients(zip(tape.gradient(loss, again.trainable_variables()), again.trainable_variables()));
    return loss;
  });
  traced(inputs());
  status.assert_consumed();
  step(model, optimizer);
  CHECK(optimizer_again.iterations().peek().item<int64_t>() == 3);
  const auto expected = values_of(model.variables()), restored = values_of(again.variables());
  REQUIRE(restored.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i)
    for (size_t j = 0; j < expected[i].size(); ++j) CHECK(restored[i][j] == Approx(expected[i][j]).margin(1e-5));
}

TEST_CASE("a first call that fails leaves the values waiting") {
  const TemporaryFolder folder;
  class Failing : public Model {
   public:
    Tensor call(const Tensor& x) override {
      const Tensor y = dense(x);
      if (fails) throw ValueError("not yet");
      return y;
    }
    bool fails = false;

   private:
    layers::Dense dense{{.units = 2}};
  };
  Failing model;
  const Tensor expected = model(inputs());
  Checkpoint({{"model", model}}).write(folder / "model");
  Failing again;
  again.fails = true;
  Checkpoint checkpoint({{"model", again}});
  checkpoint.restore(folder / "model");
  CHECK_THROWS_AS(again(inputs()), ValueError);
  CHECK(again.variables().empty());
  again.fails = false;
  CHECK(again(inputs()).to_vector<float>() == expected.to_vector<float>());
}

TEST_CASE("a wrong shape is found when the variable is made, or at once") {
  const TemporaryFolder folder;
  Network model;
  model(inputs());
  Checkpoint({{"model", model}}).write(folder / "model");
  Network wider(5);
  Checkpoint checkpoint({{"model", wider}});
  checkpoint.restore(folder / "model").expect_partial();
  CHECK_THROWS_AS(wider(inputs()), ShapeError);
  CHECK_THROWS_WITH(wider(inputs()), Contains("model/head/kernel") && Contains("(4, 5)") && Contains("(4, 2)"));
  Network built(5);
  built(inputs());
  const auto before = values_of(built.variables());
  Checkpoint other({{"model", built}});
  CHECK_THROWS_WITH(other.restore(folder / "model"), Contains("'model/head/kernel'"));
  CHECK(values_of(built.variables()) == before);
}

TEST_CASE("a layer that takes another's place is new") {
  const TemporaryFolder folder;
  Network model;
  model(inputs());
  Checkpoint({{"model", model}}).write(folder / "model");
  Network tuned;
  Checkpoint checkpoint({{"model", tuned}});
  checkpoint.restore(folder / "model").expect_partial();
  tuned(inputs());
  CHECK(values_of(tuned.head.variables()) == values_of(model.head.variables()));
  tuned.head = layers::Dense({.units = 7, .name = "head"});
  CHECK(tuned(inputs()).shape() == Shape({8, 7}));
}

TEST_CASE("a layer that is built before it is taken in gets its values then") {
  const TemporaryFolder folder;
  class Outer : public Model {
   public:
    Tensor call(const Tensor& x) override { return (*inner)(x); }
    std::shared_ptr<layers::Dense> inner;
  };
  Outer model;
  model.inner = std::make_shared<layers::Dense>(layers::DenseOptions{.units = 2});
  const Tensor expected = model(inputs());
  Checkpoint({{"model", model}}).write(folder / "model");
  Outer again;
  again.inner = std::make_shared<layers::Dense>(layers::DenseOptions{.units = 2});
  (*again.inner)(inputs());
  Checkpoint checkpoint({{"model", again}});
  const CheckpointStatus status = checkpoint.restore(folder / "model");
  CHECK(again(inputs()).to_vector<float>() == expected.to_vector<float>());
  status.assert_consumed();
}

TEST_CASE("the files may be gone by the time that values are wanted") {
  const TemporaryFolder folder;
  Network model;
  const Tensor expected = model(inputs());
  Checkpoint({{"model", model}}).write(folder / "model");
  Network again;
  Checkpoint checkpoint({{"model", again}});
  checkpoint.restore(folder / "model");
  std::filesystem::remove_all(folder.path());
  CHECK(again(inputs()).to_vector<float>() == expected.to_vector<float>());
}

TEST_CASE("a metric goes on where it was") {
  const TemporaryFolder folder;
  metrics::Mean mean, again;
  mean.update_state(constant({1.f, 2.f}));
  Checkpoint({{"mean", mean}}).write(folder / "model");
  CHECK(has_variable(folder / "model", "mean/total" + suffix));
  Checkpoint checkpoint({{"mean", again}});
  checkpoint.restore(folder / "model").assert_consumed();
  again.update_state(constant({6.f}));
  CHECK(again.result().item<float>() == 3.f);
}

TEST_CASE("an optimizer alone keeps what it has for variables that are not saved") {
  const TemporaryFolder folder;
  Network model;
  optimizers::SGD optimizer({.learning_rate = 0.1, .momentum = 0.9}), again({.learning_rate = 0.1, .momentum = 0.9});
  step(model, optimizer);
  Checkpoint({{"optimizer", optimizer}}).write(folder / "model");
  Checkpoint checkpoint({{"optimizer", again}});
  const CheckpointStatus status = checkpoint.restore(folder / "model");
  again.build(model.trainable_variables());
  status.assert_consumed();
  CHECK(values_of(again.variables()) == values_of(optimizer.variables()));
}

TEST_CASE("an object that is gone is named") {
  const TemporaryFolder folder;
  auto model = std::make_unique<Network>();
  Checkpoint checkpoint({{"model", *model}});
  Network moved = std::move(*model);
  moved(inputs());
  model.reset();
  CHECK_NOTHROW(checkpoint.write(folder / "model"));  // it has moved, but it is there
  CHECK(has_variable(folder / "model", "model/head/kernel" + suffix));
  { const Network gone = std::move(moved); }
  CHECK_THROWS_AS(checkpoint.write(folder / "model"), StateError);
  CHECK_THROWS_WITH(checkpoint.write(folder / "model"), Contains("'model'"));
}

TEST_CASE("variables whose values wait draw no random numbers") {
  const TemporaryFolder folder;
  Network model;
  model(inputs());
  Checkpoint({{"model", model}, {"random", random::global_generator()}}).write(folder / "model");
  const Tensor expected = random::uniform({3});
  Network again;
  Checkpoint checkpoint({{"model", again}, {"random", random::global_generator()}});
  checkpoint.restore(folder / "model");
  again(inputs());
  CHECK(random::uniform({3}).to_vector<float>() == expected.to_vector<float>());
}
