// fit() that is killed at any moment and goes on from its backup ends with the bits of one that was never interrupted.
#include <exception>
#include <filesystem>
#include <optional>
#include <random>

#include "core/io/temporary_folder.h"
#include "models/killed_process.h"
#include "training_models.h"
#include <cornu/core/error.h>
#include <cornu/layers/regularization.h>
#include <cornu/models/training/callbacks/backup_and_restore.h>
#include <cornu/models/training/callbacks/lambda_callback.h>
#include <cornu/optimizers/adam.h>

using namespace cornu;
using Catch::Contains;
using training_models::Chain;
using training_models::LinearData;

namespace {

class Stop : public std::exception {};

/// A run with all the state that there is: moving averages, dropout, shuffling, metrics, an optimizer's slots.
std::string run(const std::string& backup, int64_t save_freq, std::optional<int64_t> stop_at_step = {},
                bool from_dataset = false) {
  set_random_seed(5);
  const LinearData data(40);
  Chain model(layers::Dense({.units = 8, .activation = "relu"}), layers::BatchNormalization(), layers::Dropout(0.5),
              layers::Dense({.units = 1}));
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.01}), .loss = "mse", .metrics = {"mae"}});
  int64_t steps = 0;
  FitOptions options{.batch_size = 8, .epochs = 4, .verbose = 0};
  if (save_freq > 0)
    options.callbacks = {callbacks::BackupAndRestore(backup, {.save_freq = save_freq, .delete_checkpoint = false})};
  options.callbacks.push_back(callbacks::LambdaCallback({.on_train_batch_end = [&](int64_t, Logs&) {
    if (stop_at_step && ++steps == *stop_at_step) throw Stop();
  }}));
  const History history = from_dataset
                              ? model.fit(Dataset::from_tensor_slices({data.x, data.y}).shuffle(40).batch(8), options)
                              : model.fit(data.x, data.y, options);
  if (!model.built()) model.build({-1, 3});
  model.optimizer().build(model.trainable_variables());
  std::string bits;
  for (const std::vector<Variable>& variables : {model.variables(), model.optimizer().variables()})
    for (const Variable& variable : variables)
      bits.append(static_cast<const char*>(variable.peek().raw_data()),
                  static_cast<size_t>(variable.size()) * size_of(variable.dtype()));
  return bits + (history.names().empty() ? "" : std::to_string(history["mae"].back()));
}

/// The result of a process of its own; empty if it was killed after `microseconds`.
std::string run_process(const std::string& directory, std::optional<int> microseconds) {
  return killed_process::result_of(directory, microseconds, [&] { return run(directory + "/backup", 1); });
}

}  // namespace

TEST_CASE("a backup goes on within an epoch, and between epochs") {
  const TemporaryFolder folder(killed_process::fast_folder());
  const std::string expected = run("", 0);
  for (const int64_t step : {3, 5, 7, 12, 20}) {
    INFO("stopped at step " << step);
    const std::string backup = folder / std::to_string(step);
    CHECK_THROWS_AS(run(backup, 1, step), Stop);
    CHECK(run(backup, 1) == expected);
  }
  CHECK_THROWS_AS(run(folder / "seldom", 2, 8), Stop);
  CHECK(run(folder / "seldom", 2) == expected);
}

TEST_CASE("a backup has the place in a Dataset") {
  const TemporaryFolder folder(killed_process::fast_folder());
  const std::string expected = run("", 0, std::nullopt, true);
  for (const int64_t step : {3, 5, 12}) {
    INFO("stopped at step " << step);
    CHECK_THROWS_AS(run(folder / std::to_string(step), 1, step, true), Stop);
    CHECK(run(folder / std::to_string(step), 1, std::nullopt, true) == expected);
  }
}

TEST_CASE("a backup is removed when training has come to its end") {
  const TemporaryFolder folder;
  const LinearData data;
  auto model = training_models::linear_model();
  model.compile({.optimizer = "sgd", .loss = "mse"});
  model.fit(data.x, data.y, {.epochs = 2, .verbose = 0, .callbacks = {callbacks::BackupAndRestore(folder / "backup")}});
  CHECK_FALSE(std::filesystem::exists(folder / "backup"));
  CHECK_THROWS_AS(callbacks::BackupAndRestore(""), ValueError);
}

TEST_CASE("a backup of other data is refused") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(run(folder / "backup", 1, 4), Stop);
  const LinearData data(8);
  Chain model(layers::Dense({.units = 8, .activation = "relu"}), layers::BatchNormalization(), layers::Dropout(0.5),
              layers::Dense({.units = 1}));
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.01}), .loss = "mse", .metrics = {"mae"}});
  CHECK_THROWS_WITH(
      model.fit(data.x, data.y, {.verbose = 0, .callbacks = {callbacks::BackupAndRestore(folder / "backup")}}),
      Contains("8 samples"));
}

TEST_CASE("fit killed twenty times ends with the bits of one that was not") {
  const TemporaryFolder folder(killed_process::fast_folder());
  std::filesystem::create_directory(folder / "whole");
  const std::string expected = run_process(folder / "whole", std::nullopt);
  REQUIRE_FALSE(expected.empty());
  int kills = 0, runs = 0;
  std::mt19937 moments(std::random_device{}());
  while (kills < 20) {
    const std::string directory = folder / std::to_string(runs++);
    std::filesystem::create_directory(directory);
    for (int life = 20'000;; life += life / 3) {
      const std::string bits = run_process(directory, static_cast<int>(moments() % static_cast<unsigned>(life)));
      if (bits.empty()) {
        ++kills;
        continue;
      }
      // Killed between the last save and the result, there was no epoch left whose values would be compared.
      const size_t size = std::min(bits.size(), expected.size());
      if (bits.substr(0, size) != expected.substr(0, size)) FAIL("other bits after " << kills << " kills");
      break;
    }
  }
}
