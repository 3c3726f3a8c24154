// Steps of one's own, single batches, several steps in one call, what is frozen.
#include "training_models.h"
#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/metrics/reduction_metrics.h>
#include <cornu/models/training/callbacks/lambda_callback.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;
using namespace training_models;

namespace {

/// Keras's example of a custom step: its own loss and its own metric.
class Custom : public Model {
 public:
  Tensor call(const Tensor& x) override { return dense_(x); }
  Logs train_step(const Batch& batch) override {
    ++steps_;
    GradientTape tape;
    const Tensors y_pred = (*this)(batch.x, {.training = true});
    const Tensor loss = compute_loss(batch.x, batch.y, y_pred, batch.sample_weight);
    const auto variables = trainable_variables();
    optimizer().apply_gradients(zip(tape.gradient(loss, variables), variables));
    seen_.update_state(loss);
    return {{"seen", seen_.result()}, {"answer", 42}};
  }
  std::vector<Metric*> metrics() override {
    std::vector<Metric*> all = Model::metrics();
    all.push_back(&seen_);
    return all;
  }
  int steps() const { return steps_; }

 private:
  layers::Dense dense_{{.units = 1}};
  metrics::Mean seen_{{.name = "seen"}};
  int steps_ = 0;
};

CompileOptions sgd(bool eagerly = false) {
  return {.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse", .run_eagerly = eagerly};
}

}  // namespace

TEST_CASE("a step of one's own is traced, or run each time") {
  const LinearData data;
  for (const bool eagerly : {false, true}) {
    Custom model;
    model.compile(sgd(eagerly));
    const History history = model.fit(data.x, data.y, {.batch_size = 16, .epochs = 5, .verbose = 0});
    CHECK(history.names() == std::vector<std::string>{"answer", "seen"});
    CHECK(history["seen"].back() < history["seen"].front());
    CHECK(history["answer"].back() == 42);
    CHECK(model.steps() == (eagerly ? 20 : 1));
  }
}

TEST_CASE("train_on_batch, test_on_batch and predict_on_batch") {
  const LinearData data(4);
  Chain model = linear_model();
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse", .metrics = {"mae"}});
  const Logs first = model.train_on_batch(data.x, data.y);
  CHECK(first.names() == std::vector<std::string>{"loss", "mae"});
  model.reset_metrics();
  for (int i = 0; i < 100; ++i) model.train_on_batch(data.x, data.y);
  model.reset_metrics();
  CHECK(model.test_on_batch(data.x, data.y)["loss"] < first["loss"] / 10);
  CHECK(Tensor(model.predict_on_batch(data.x)).shape() == Shape({4, 1}));
  model.reset_metrics();
  const Logs weighted = model.test_on_batch(data.x, data.y + 1.f, {.sample_weight = zeros({4})});
  CHECK(weighted["loss"] == 0);
}

TEST_CASE("several steps run between two calls of the callbacks") {
  const LinearData data(50);
  std::vector<int64_t> begun, ended;
  std::vector<std::vector<std::vector<float>>> results;
  for (const int64_t steps : {1, 4}) {
    set_random_seed(1);
    Chain model = linear_model();
    CompileOptions options = sgd();
    options.steps_per_execution = steps;
    model.compile(options);
    begun.clear();
    ended.clear();
    model.fit(data.x, data.y,
              {.batch_size = 10,
               .epochs = 2,
               .verbose = 0,
               .callbacks = {callbacks::LambdaCallback(
                   {.on_train_batch_begin = [&](int64_t batch, Logs&) { begun.push_back(batch); },
                    .on_train_batch_end = [&](int64_t batch, Logs&) { ended.push_back(batch); }})}});
    results.push_back(values_of(model.variables()));
  }
  CHECK(begun == std::vector<int64_t>{0, 4, 0, 4});
  CHECK(ended == std::vector<int64_t>{3, 4, 3, 4});
  CHECK(results[0] == results[1]);
}

TEST_CASE("what is frozen after compile() takes effect with the next compile()") {
  const LinearData data;
  Chain model(layers::Dense({.units = 4}), layers::Dense({.units = 1}));
  model.compile(sgd());
  model.fit(data.x, data.y, {.verbose = 0});
  Layer& first = *model.layers()[0];
  first.set_trainable(false);
  auto before = values_of(first.variables());
  model.fit(data.x, data.y, {.verbose = 0});
  CHECK(values_of(first.variables()) != before);
  model.compile(sgd());
  before = values_of(first.variables());
  model.fit(data.x, data.y, {.verbose = 0});
  CHECK(values_of(first.variables()) == before);
  CHECK(values_of(model.layers()[1]->variables()) != before);
}

TEST_CASE("a compiled model moves") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  model.fit(data.x, data.y, {.verbose = 0});
  Chain moved = std::move(model);
  const auto before = values_of(moved.variables());
  moved.fit(data.x, data.y, {.verbose = 0});
  CHECK(values_of(moved.variables()) != before);
  CHECK(moved.predict(data.x, {.verbose = 0}).shape() == Shape({64, 1}));
}

TEST_CASE("batches come from a generator function") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  int given = 0;
  const auto generate = [&]() -> std::optional<TensorList> {
    if (given++ % 4 == 3) return std::nullopt;  // three batches a pass
    return TensorList{data.x, data.y};
  };
  const History history = model.fit(generate, {.epochs = 3, .verbose = 0});
  CHECK(history["loss"].size() == 3);
  CHECK(given == 12);
  given = 0;
  CHECK(model.evaluate(generate, {.verbose = 0})["loss"] < history["loss"][0]);
  given = 0;
  const auto inputs = [&]() -> std::optional<TensorList> {
    if (given++ == 2) return std::nullopt;
    return TensorList{data.x};
  };
  CHECK(model.predict(inputs, {.verbose = 0})[0].shape() == Shape({128, 1}));
  // Weights behind the targets: none count.
  given = 0;
  const auto weighted = [&]() -> std::optional<TensorList> {
    if (given++ % 2 == 1) return std::nullopt;
    return TensorList{data.x, data.y + 9.f, zeros({64})};
  };
  CHECK(model.fit(weighted, {.verbose = 0})["loss"][0] == 0);
}

TEST_CASE("batches come from a Dataset") {
  const LinearData data(50);
  Chain model = linear_model();
  model.compile(sgd());
  const Dataset batches = Dataset::from_tensor_slices({data.x, data.y}).batch(16);
  const History history = model.fit(batches, {.epochs = 3, .validation_data = batches, .verbose = 0});
  CHECK(history["val_loss"].size() == 3);
  CHECK(model.evaluate(batches, {.verbose = 0})["loss"] == Approx(history["val_loss"].back()));
  CHECK(model.evaluate(data.x, data.y, {.verbose = 0})["loss"] == Approx(history["val_loss"].back()));
  CHECK(model.predict(Dataset::from_tensor_slices(data.x).batch(16), {.verbose = 0})[0].shape() == Shape({50, 1}));
  CHECK(model.fit(batches.repeat(), {.epochs = 2, .steps_per_epoch = 7, .verbose = 0})["loss"].size() == 2);
  const Dataset failing = batches.map([](const Tensor& x, const Tensor&) -> TensorList {
    throw std::runtime_error("no such file " + std::to_string(x.shape()[0]));
  });
  CHECK_THROWS_WITH(model.fit(failing, {.verbose = 0}), Contains("no such file 16") && Contains("element 0"));
  CHECK_THROWS_WITH(model.fit(batches.take(0), {.verbose = 0}), Contains("no batches"));
  CHECK_THROWS_WITH(model.fit(Dataset::from_tensor_slices({data.x, data.y, data.y, data.y}).batch(4), {.verbose = 0}),
                    Contains("4 tensors"));
}
