// Callbacks: bad values, early errors, averages.
#include <filesystem>
#include <fstream>
#include <limits>

#include "core/io/temporary_folder.h"
#include "training_models.h"
#include <cornu/core/error.h>
#include <cornu/core/summary/scalars.h>
#include <cornu/models/training/callbacks/csv_logger.h>
#include <cornu/models/training/callbacks/early_stopping.h>
#include <cornu/models/training/callbacks/lambda_callback.h>
#include <cornu/models/training/callbacks/learning_rate_scheduler.h>
#include <cornu/models/training/callbacks/model_checkpoint.h>
#include <cornu/models/training/callbacks/reduce_lr_on_plateau.h>
#include <cornu/models/training/callbacks/swap_ema_weights.h>
#include <cornu/models/training/callbacks/tensorboard.h>
#include <cornu/optimizers/schedules/decay.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;
using namespace training_models;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Puts given values into the logs, for the callbacks behind it.
callbacks::LambdaCallback say(const std::vector<double>& values) {
  return callbacks::LambdaCallback({.on_epoch_end = [values](int64_t epoch, Logs& logs) {
    logs.set("val_loss", values.at(static_cast<size_t>(epoch)));
  }});
}

History fit_with(const std::vector<CallbackHandle>& callbacks, int64_t epochs, Chain model = linear_model()) {
  const LinearData data;
  if (!model.compiled()) model.compile({.optimizer = "sgd", .loss = "mse"});
  return model.fit(data.x, data.y, {.epochs = epochs, .verbose = 0, .callbacks = callbacks});
}

}  // namespace

TEST_CASE("NaN is never the best") {
  const std::vector<double> values{not_a_number, 5, 4, 3, 2};
  CHECK(fit_with({say(values), callbacks::EarlyStopping({.patience = 2})}, 5)["loss"].size() == 5);
  const auto reducing =
      std::make_shared<callbacks::ReduceLROnPlateau>(callbacks::ReduceLROnPlateauOptions{.factor = 0.5, .patience = 3});
  const History history = fit_with({say(values), reducing}, 5);
  CHECK(history["learning_rate"].back() == history["learning_rate"].front());
  CHECK(reducing->best() == 2.);
  const TemporaryFolder folder;
  fit_with({say({not_a_number, 5}),
            callbacks::ModelCheckpoint(folder / "{epoch}.npz", {.save_best_only = true, .save_weights_only = true})},
           2);
  CHECK_FALSE(std::filesystem::exists(folder / "1.npz"));
  CHECK(std::filesystem::exists(folder / "2.npz"));
}

TEST_CASE("what cannot work is said before the first epoch") {
  const TemporaryFolder folder;
  int epochs = 0;
  const callbacks::LambdaCallback counting({.on_epoch_begin = [&](int64_t, Logs&) { ++epochs; }});
  std::ofstream(folder / "file") << "x";
  CHECK_THROWS_AS(fit_with({counting, callbacks::ModelCheckpoint(folder / "file/model.keras")}, 1), FileError);
  CHECK_THROWS_AS(fit_with({counting, callbacks::ModelCheckpoint(folder / "file/{epoch}.keras")}, 1), FileError);
  CHECK_THROWS_WITH(fit_with({counting, callbacks::ModelCheckpoint(folder / "{epoch:>3}.npz")}, 1), Contains(">3"));
  CHECK_THROWS_AS(fit_with({counting, callbacks::ModelCheckpoint(folder / "a.keras")}, 1), StateError);
  Chain scheduled = linear_model();
  scheduled.compile(
      {.optimizer = optimizers::SGD({.learning_rate = optimizers::schedules::ExponentialDecay(
                                         {.initial_learning_rate = 0.1, .decay_steps = 5, .decay_rate = 0.5})}),
       .loss = "mse"});
  CHECK_THROWS_WITH(fit_with({counting, callbacks::ReduceLROnPlateau()}, 1, std::move(scheduled)),
                    Contains("schedule"));
  CHECK(epochs == 0);
}

TEST_CASE("callbacks refuse options that are no numbers, negative or empty") {
  CHECK_THROWS_WITH(callbacks::EarlyStopping({.min_delta = not_a_number}), Contains("EarlyStopping: min_delta"));
  CHECK_THROWS_WITH(callbacks::EarlyStopping({.patience = -1}), Contains("patience"));
  CHECK_THROWS_WITH(callbacks::ReduceLROnPlateau({.min_delta = not_a_number}), Contains("min_delta"));
  CHECK_THROWS_WITH(callbacks::ReduceLROnPlateau({.patience = -1}), Contains("patience must not be negative"));
  CHECK_THROWS_WITH(callbacks::ReduceLROnPlateau({.cooldown = -1}), Contains("cooldown must not be negative"));
  CHECK_THROWS_WITH(callbacks::ReduceLROnPlateau({.min_lr = not_a_number}), Contains("min_lr must be at least 0"));
  CHECK_THROWS_AS(callbacks::ReduceLROnPlateau({.min_lr = -1}), ValueError);
  const std::function<double(int64_t)> of_epoch;
  const std::function<double(int64_t, double)> of_rate;
  CHECK_THROWS_AS(callbacks::LearningRateScheduler(of_epoch), ValueError);
  CHECK_THROWS_WITH(callbacks::LearningRateScheduler(of_epoch),
                    Contains("LearningRateScheduler: the function is empty"));
  CHECK_THROWS_WITH(callbacks::LearningRateScheduler(of_rate),
                    Contains("LearningRateScheduler: the function is empty"));
}

TEST_CASE("TensorBoard writes an evaluation on its own") {
  const TemporaryFolder folder;
  const LinearData data;
  Chain model = linear_model();
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Logs logs = model.evaluate(data.x, data.y,
                                   {.verbose = 0, .callbacks = {callbacks::TensorBoard({.log_dir = folder / "logs"})}});
  const auto series = summary::read_scalars(folder / "logs");
  REQUIRE(series.size() == 1);
  CHECK(series[0].run == "validation");
  CHECK(series[0].tag == "evaluation_loss_vs_iterations");
  CHECK(series[0].points.at(0).value == Approx(logs["loss"]));
}

TEST_CASE("NaN has no sign in a CSV file") {
  const TemporaryFolder folder;
  fit_with({say({-not_a_number}), callbacks::CSVLogger(folder / "log.csv")}, 1);
  std::ifstream file(folder / "log.csv");
  std::string line;
  while (std::getline(file, line)) CHECK_THAT(line, !Contains("-nan"));
}

TEST_CASE("averages that are swapped in at the end of epochs stay at the end of training") {
  const LinearData data;
  const auto weights_after = [&](const std::vector<CallbackHandle>& callbacks) {
    set_random_seed(1);
    Chain model = linear_model();
    model.compile(
        {.optimizer = optimizers::SGD({.learning_rate = 0.1, .use_ema = true, .ema_momentum = 0.9}), .loss = "mse"});
    model.fit(data.x, data.y, {.epochs = 3, .shuffle = false, .verbose = 0, .callbacks = callbacks});
    return values_of(model.variables());
  };
  const auto expected = weights_after({});  // the averages
  CHECK(weights_after({callbacks::SwapEMAWeights({.swap_on_epoch = true})}) == expected);
  class Stop : public callbacks::Callback {
   public:
    void on_epoch_end(int64_t epoch, Logs&) override { model().stop_training = epoch == 1; }
  };
  CHECK(weights_after({Stop(), callbacks::SwapEMAWeights({.swap_on_epoch = true})}) == weights_after({Stop()}));
}
