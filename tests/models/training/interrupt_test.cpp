// Ctrl-C while training.
#include <csignal>

#include "core/io/temporary_folder.h"
#include "training_models.h"
#include <cornu/core/error.h>
#include <cornu/models/training/callbacks/csv_logger.h>
#include <cornu/models/training/callbacks/lambda_callback.h>
#include <cornu/models/training/keyboard_interrupt.h>

using namespace cornu;
using Catch::Contains;
using training_models::linear_model;
using training_models::LinearData;

namespace {

int handled = 0;
void handler(int) { ++handled; }

/// While it lives, SIGINT is handled by the test.
class Handler {
 public:
  explicit Handler(void (*function)(int)) : before_(std::signal(SIGINT, function)) { handled = 0; }
  ~Handler() { std::signal(SIGINT, before_); }

 private:
  void (*before_)(int);
};

callbacks::LambdaCallback interrupting(int64_t batch) {
  return callbacks::LambdaCallback({.on_train_batch_end = [batch](int64_t number, Logs&) {
    if (number == batch) std::raise(SIGINT);
  }});
}

}  // namespace

TEST_CASE("Ctrl-C ends fit after the step; callbacks run and the handler comes back") {
  const Handler own(handler);
  const TemporaryFolder folder;
  const LinearData data;
  auto model = linear_model();
  model.compile({.optimizer = "sgd", .loss = "mse"});
  int batches = 0, ends = 0;
  const callbacks::LambdaCallback counting(
      {.on_train_end = [&](Logs&) { ++ends; }, .on_train_batch_end = [&](int64_t, Logs&) { ++batches; }});
  const FitOptions options{.batch_size = 16,
                           .epochs = 5,
                           .validation_data = {data.x, data.y},
                           .verbose = 0,
                           .callbacks = {counting, interrupting(1), callbacks::CSVLogger(folder / "log.csv")}};
  CHECK_THROWS_AS(model.fit(data.x, data.y, options), KeyboardInterrupt);
  CHECK(batches == 2);
  CHECK(ends == 1);
  CHECK(handled == 0);
  CHECK(model.history()["loss"].size() == 1);
  CHECK_THAT(read_bytes(folder / "log.csv"), Contains("\n0,"));
  CHECK_THROWS_WITH(model.fit(data.x, data.y, options), Contains("epoch 1 after step 2"));
  std::raise(SIGINT);
  CHECK(handled == 1);
  CHECK(model.fit(data.x, data.y, {.epochs = 2, .verbose = 0})["loss"].size() == 2);
}

TEST_CASE("a second Ctrl-C does what it did before") {
  const Handler own(handler);
  const LinearData data;
  auto model = linear_model();
  model.compile({.optimizer = "sgd", .loss = "mse"});
  CHECK_THROWS_AS(model.fit(data.x, data.y, {.verbose = 0, .callbacks = {interrupting(0), interrupting(0)}}),
                  KeyboardInterrupt);
  CHECK(handled == 1);
}

TEST_CASE("a process that ignores Ctrl-C goes on") {
  const Handler own(SIG_IGN);
  const LinearData data;
  auto model = linear_model();
  model.compile({.optimizer = "sgd", .loss = "mse"});
  CHECK(model.fit(data.x, data.y, {.epochs = 3, .verbose = 0, .callbacks = {interrupting(0)}})["loss"].size() == 3);
}

TEST_CASE("evaluate and predict can be interrupted") {
  const Handler own(handler);
  const LinearData data;
  auto model = linear_model();
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const auto raise = [](int64_t, Logs&) { std::raise(SIGINT); };
  CHECK_THROWS_AS(
      model.evaluate(
          data.x, data.y,
          {.batch_size = 16, .verbose = 0, .callbacks = {callbacks::LambdaCallback({.on_test_batch_end = raise})}}),
      KeyboardInterrupt);
  CHECK_THROWS_AS(model.predict(data.x, {.batch_size = 16,
                                         .verbose = 0,
                                         .callbacks = {callbacks::LambdaCallback({.on_predict_batch_end = raise})}}),
                  KeyboardInterrupt);
}
