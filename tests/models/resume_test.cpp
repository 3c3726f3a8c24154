// Training that is killed at any moment, and goes on from its last checkpoint, ends with the bits of training that was
// never interrupted.
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/temporary_folder.h"
#include "models/killed_process.h"
#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/random/random.h>
#include <cornu/core/train/checkpoint_manager.h>
#include <cornu/layers/core.h>
#include <cornu/layers/normalization.h>
#include <cornu/layers/regularization.h>
#include <cornu/models/model.h>
#include <cornu/optimizers/adam.h>

using namespace cornu;

namespace {

constexpr int64_t step_count = 40;

class Network : public Model {
 public:
  Tensor call(const Tensor& x) override { return second(dropout(normalization(first(x)))); }

 private:
  layers::Dense first{{.units = 16, .activation = "relu"}};
  layers::BatchNormalization normalization;
  layers::Dropout dropout{{.rate = 0.5}};
  layers::Dense second{{.units = 1}};
};

/// A training program with all the state that there is: weights, moving averages, slots, iterations, the generators of
/// dropout, of noise and of the order of the examples, and the place in that order.
struct Program {
  explicit Program(const std::string& directory)
      : checkpoint({{"model", model},
                    {"optimizer", optimizer},
                    {"random", random::global_generator()},
                    {"shuffling", shuffling},
                    {"order", order},
                    {"position", position}}),
        manager(checkpoint, directory, {.max_to_keep = 2}) {}

  void run(bool saves) {
    if (saves) manager.restore_or_initialize();
    while (optimizer.iterations().peek().item<int64_t>() < step_count) {
      step();
      if (saves) manager.save();
    }
    // Killed between the last save and the result: there was no step left that would have made the variables.
    if (!model.built()) model.build({-1, 4});
    optimizer.build(model.trainable_variables());
  }

  void step() {
    const Tensor examples = random::Generator(3).normal({32, 4});
    if (position == 32) {
      order.assign(shuffling.permutation(32));
      position = 0;
    }
    const Tensor x = gather(examples, order.peek().slice({{position, position + 8}})) + random::normal({8, 4}) * 0.1f;
    position += 8;
    GradientTape tape;
    const Tensor loss = reduce_mean(square(model(x, {.training = true}) - reduce_sum(x, 1, {.keepdims = true})));
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables()), model.trainable_variables()));
  }

  std::string bits() {
    std::string bits;
    const auto add = [&](const Variable& variable) {
      bits.append(static_cast<const char*>(variable.peek().raw_data()),
                  static_cast<size_t>(variable.size()) * size_of(variable.dtype()));
    };
    for (const Variable& variable : model.variables()) add(variable);
    for (const Variable& variable : optimizer.variables()) add(variable);
    for (const Variable& variable : {random::global_generator().state(), shuffling.state(), order}) add(variable);
    return bits + std::to_string(position);
  }

  Network model;
  optimizers::Adam optimizer{{.learning_rate = 0.01}};
  random::Generator shuffling{11};
  Variable order{shuffling.permutation(32)};
  int64_t position = 0;
  Checkpoint checkpoint;
  CheckpointManager manager;
};

/// What the program ends with, run in a process of its own; empty if it was killed before, after `microseconds`.
std::string run(const std::string& directory, bool saves, std::optional<int> microseconds) {
  return killed_process::result_of(directory, microseconds, [&] {
    set_random_seed(5);
    Program program(directory);
    program.run(saves);
    return program.bits();
  });
}

}  // namespace

TEST_CASE("training that was killed after its last save ends with the same bits") {
  const TemporaryFolder folder(killed_process::fast_folder());
  const std::string expected = run(folder.path(), false, std::nullopt);
  const std::string directory = folder / "saved";
  std::filesystem::create_directory(directory);
  REQUIRE(run(directory, true, std::nullopt) == expected);
  std::filesystem::remove(directory + "/result");
  CHECK(run(directory, true, std::nullopt) == expected);
}

TEST_CASE("training killed fifty times ends with the bits of training that was not") {
  const TemporaryFolder folder(killed_process::fast_folder());
  const std::string expected = run(folder.path(), false, std::nullopt);
  REQUIRE_FALSE(expected.empty());
  int kills = 0, runs = 0;
  std::mt19937 moments(std::random_device{}());
  while (kills < 50) {
    const std::string directory = folder / std::to_string(runs++);
    std::filesystem::create_directory(directory);
    // The first processes die young; each gets longer, so that every run comes to its end.
    for (int life = 10'000;; life += life / 3) {
      const std::string bits = run(directory, true, static_cast<int>(moments() % static_cast<unsigned>(life)));
      if (bits.empty()) {
        ++kills;
        continue;
      }
      if (bits != expected) FAIL("other bits after " << kills << " kills");
      break;
    }
  }
  CHECK(runs > 1);
}
