// How runs end, and what changes under them.
#include <limits>

#include "standard_error.h"
#include "training_models.h"
#include <cornu/core/error.h>
#include <cornu/models/sequential.h>
#include <cornu/models/training/callbacks/lambda_callback.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;
using namespace training_models;

namespace {

CompileOptions sgd(bool eagerly = false) {
  return {.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse", .run_eagerly = eagerly};
}

/// Gives so many batches, and then nothing for ever.
auto batches_once(const LinearData& data, int count) {
  return [&data, given = std::make_shared<int>(0), count]() -> std::optional<TensorList> {
    if (*given == count) return std::nullopt;
    ++*given;
    return TensorList{data.x, data.y};
  };
}

}  // namespace

TEST_CASE("a generator function that has nothing more ends fit") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  int told = 0;
  const callbacks::LambdaCallback counting({.on_epoch_end = [&](int64_t, Logs&) { ++told; }});
  const StandardError error;
  const History history = model.fit(batches_once(data, 3), {.epochs = 5, .verbose = 0, .callbacks = {counting}});
  CHECK(history["loss"].size() == 1);
  CHECK(told == 1);
  CHECK_THAT(error.text(), Contains("ran out of data"));
}

TEST_CASE("a data set that ends between two epochs begins anew") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  const Dataset unknown =
      Dataset::from_tensor_slices({data.x, data.y}).filter([](const Tensor&, const Tensor&) { return true; }).batch(16);
  CHECK(model.fit(unknown, {.epochs = 5, .steps_per_epoch = 2, .verbose = 0})["loss"].size() == 5);
}

TEST_CASE("data for validation that has run out leaves the history") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  const StandardError error;
  const History history =
      model.fit(data.x, data.y, {.epochs = 3, .validation_data = batches_once(data, 2), .verbose = 0});
  CHECK(history["loss"].size() == 3);
  CHECK(history["val_loss"].size() == 1);
  CHECK_THAT(error.text(), Contains("validation has run out") && Contains("epoch 2"));
}

TEST_CASE("a warning of too few batches speaks of epochs only where there are some") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  const StandardError error;
  model.evaluate(data.x, data.y, {.batch_size = 32, .verbose = 0, .steps = 20});
  CHECK_THAT(error.text(), Contains("2 of 20") && !Contains("epoch"));
}

TEST_CASE("a batch size beyond all samples makes one batch") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  int batches = 0;
  const callbacks::LambdaCallback counting({.on_train_batch_end = [&](int64_t, Logs&) { ++batches; }});
  constexpr int64_t huge = std::numeric_limits<int64_t>::max();
  for (const int64_t batch_size : {huge, huge - 63})
    for (const bool shuffle : {false, true})
      model.fit(data.x, data.y,
                {.batch_size = batch_size, .epochs = 2, .shuffle = shuffle, .verbose = 0, .callbacks = {counting}});
  CHECK(batches == 8);
  CHECK(model.evaluate(data.x, data.y, {.batch_size = huge, .verbose = 0}).contains("loss"));
  CHECK(model.predict(data.x, {.batch_size = huge, .verbose = 0, .steps = 2, .callbacks = {counting}}).shape() ==
        Shape({64, 1}));
}

TEST_CASE("a step that logs nothing") {
  class Silent : public Model {
   public:
    Tensor call(const Tensor& x) override { return dense_(x); }
    Logs train_step(const Batch& batch) override {
      Model::train_step(batch);
      return {};
    }

   private:
    layers::Dense dense_{{.units = 1}};
  } model;
  const LinearData data;
  model.compile(sgd());
  const History history = model.fit(data.x, data.y, {.epochs = 2, .verbose = 0});
  CHECK(history.epoch().size() == 2);
  CHECK(history.names().empty());
}

TEST_CASE("the history has the epochs before an error, and is walked through") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  const callbacks::LambdaCallback failing({.on_epoch_begin = [](int64_t epoch, Logs&) {
    if (epoch == 2) throw std::runtime_error("no more");
  }});
  CHECK_THROWS(model.fit(data.x, data.y, {.epochs = 5, .verbose = 0, .callbacks = {failing}}));
  CHECK(model.history()["loss"].size() == 2);
  for (const auto& [name, values] : model.history()) {
    CHECK(name == "loss");
    CHECK(values == model.history()["loss"]);
  }
}

TEST_CASE("a loss that is not finite is warned of once") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  const StandardError error;
  model.fit(data.x * std::numeric_limits<float>::quiet_NaN(), data.y, {.epochs = 3, .verbose = 0});
  const std::string text = error.text();
  CHECK_THAT(text, Contains("TerminateOnNaN") && Contains("(nan)"));
  CHECK(text.find("TerminateOnNaN") == text.rfind("TerminateOnNaN"));
}

TEST_CASE("layers that come or go after training need compile()") {
  const LinearData data;
  Sequential model{layers::InputLayer({3}), layers::Dense({.units = 2}), layers::Dense({.units = 1})};
  model.compile(sgd());
  model.pop();
  model.add(layers::Dense({.units = 1}));
  model.fit(data.x, data.y, {.verbose = 0});
  model.pop();
  model.add(layers::Dense({.units = 1}));
  const auto before = values_of(model.variables());
  CHECK_THROWS_AS(model.fit(data.x, data.y, {.verbose = 0}), StateError);
  CHECK_THROWS_WITH(model.train_on_batch(data.x, data.y), Contains("call compile() again"));
  CHECK(values_of(model.variables()) == before);
  CHECK(model.evaluate(data.x, data.y, {.verbose = 0}).contains("loss"));
  model.compile(sgd());
  model.fit(data.x, data.y, {.verbose = 0});
  CHECK(values_of(model.layers().back()->variables()) !=
        std::vector<std::vector<float>>(before.end() - 2, before.end()));
}

TEST_CASE("what is frozen without compile() trains on, in batches of every size") {
  const LinearData data(50);
  for (const bool eagerly : {false, true}) {
    Chain model(layers::Dense({.units = 4}), layers::Dense({.units = 1}));
    model.compile(sgd(eagerly));
    model.fit(data.x, data.y, {.batch_size = 25, .verbose = 0});
    model.set_trainable(false);
    const auto before = values_of(model.variables());
    model.train_on_batch(data.x, data.y);
    for (size_t i = 0; i < before.size(); ++i) CHECK(values_of(model.variables())[i] != before[i]);
    model.compile(sgd(eagerly));
    const auto frozen = values_of(model.variables());
    const StandardError error;
    model.fit(data.x, data.y, {.verbose = 0});
    CHECK(values_of(model.variables()) == frozen);
    CHECK_THAT(error.text(), Contains("does not have any trainable weights"));
  }
}

TEST_CASE("a callback may compile") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  const auto compile = [&](int64_t, Logs&) { model.compile(sgd()); };
  const callbacks::LambdaCallback compiling({.on_test_batch_begin = compile, .on_predict_batch_begin = compile});
  CHECK(model.evaluate(data.x, data.y, {.batch_size = 16, .verbose = 0, .callbacks = {compiling}}).size() == 1);
  CHECK(model.predict(data.x, {.batch_size = 16, .verbose = 0, .callbacks = {compiling}}).shape() == Shape({64, 1}));
}

TEST_CASE("predict tells callbacks of several steps at once, too") {
  const LinearData data(50);
  Chain model = linear_model();
  CompileOptions options = sgd();
  options.steps_per_execution = 4;
  model.compile(options);
  std::vector<int64_t> ended;
  const callbacks::LambdaCallback callback({.on_predict_batch_end = [&](int64_t i, Logs&) { ended.push_back(i); }});
  CHECK(model.predict(data.x, {.batch_size = 10, .verbose = 0, .callbacks = {callback}}).shape() == Shape({50, 1}));
  CHECK(ended == std::vector<int64_t>{3, 4});
}

TEST_CASE("inputs and outputs of predict by name") {
  const Tensor a = Input({2}, {.name = "a"}), b = Input({2}, {.name = "b"});
  Model model(TensorDict{{"a", a}, {"b", b}}, TensorDict{{"sum", a + b}});
  const TensorDict outputs = model.predict(TensorDict{{"b", ones({4, 2})}, {"a", zeros({4, 2})}}, {.verbose = 0});
  CHECK(outputs["sum"].to_vector<float>() == std::vector<float>(8, 1.f));
  CHECK_THROWS_WITH(model(ones({4, 2})), Contains("2 inputs ('a', 'b')"));
  CHECK_THROWS_AS(linear_model().predict(TensorDict{{"a", ones({4, 3})}}, {.verbose = 0}), StateError);
}

TEST_CASE("a model that was moved from says so") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  const Chain moved = std::move(model);
  CHECK_THROWS_WITH(model.predict(data.x, {.verbose = 0}), Contains("moved from"));
  CHECK_THROWS_AS(model.compile(sgd()), StateError);
  CHECK_THROWS_AS(model.optimizer(), StateError);
  CHECK_THROWS_AS(model.fit(data.x, data.y), StateError);
  CHECK_THROWS_AS(model.evaluate(data.x, data.y), StateError);
  CHECK_THROWS_AS(model.train_on_batch(data.x, data.y), StateError);
  CHECK_THROWS_AS(model.metrics(), StateError);
  CHECK_THROWS_AS(model.history(), StateError);
}
