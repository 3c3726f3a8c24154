#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/temporary_folder.h"
#include <cornu/core/error.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/train/checkpoint_manager.h>

using namespace cornu;
using Catch::Contains;

TEST_CASE("a manager keeps the newest checkpoints") {
  const TemporaryFolder folder;
  const Variable a(constant(0));
  Checkpoint checkpoint({{"a", a}});
  const std::string managed = folder / "a/managed";
  {
    CheckpointManager manager(checkpoint, managed, {.max_to_keep = 2});
    CHECK(manager.latest_checkpoint().empty());
    for (int i = 1; i < 5; ++i) {
      a.assign(constant(i));
      CHECK(manager.save() == managed + "/ckpt-" + std::to_string(i));
    }
    CHECK(manager.checkpoints() == std::vector<std::string>{managed + "/ckpt-3", managed + "/ckpt-4"});
  }
  CHECK(std::distance(std::filesystem::directory_iterator(managed), {}) == 5);
  CHECK(latest_checkpoint(managed) == managed + "/ckpt-4");
  // Another program goes on.
  const Variable b(constant(0));
  Checkpoint again({{"a", b}});
  CheckpointManager manager(again, managed, {.max_to_keep = 2});
  CHECK(manager.checkpoints().size() == 2);
  CHECK(manager.restore_or_initialize() == managed + "/ckpt-4");
  CHECK(b.peek().item<int>() == 4);
  manager.save();
  CHECK(manager.checkpoints() == std::vector<std::string>{managed + "/ckpt-4", managed + "/ckpt-5"});
  CHECK_FALSE(io::bundle_exists(managed + "/ckpt-3"));
}

TEST_CASE("where there is no checkpoint, init_fn is called") {
  const TemporaryFolder folder;
  const Variable a(constant(0));
  Checkpoint checkpoint({{"a", a}});
  CheckpointManager manager(checkpoint, folder.path(), {.init_fn = [&] { a.assign(constant(7)); }});
  CHECK_FALSE(manager.restore_or_initialize().has_value());
  CHECK(a.peek().item<int>() == 7);
  manager.save();
  a.assign(constant(1));
  CHECK(manager.restore_or_initialize() == folder / "ckpt-1");
  CHECK(a.peek().item<int>() == 7);
}

TEST_CASE("a manager saves when its interval has passed") {
  const TemporaryFolder folder;
  const Variable step(constant(int64_t{0}));
  Checkpoint checkpoint({{"step", step}});
  CheckpointManager manager(checkpoint, folder.path(),
                            {.checkpoint_name = "model", .step_counter = step, .checkpoint_interval = 3});
  std::vector<int64_t> saved;
  for (int64_t i = 0; i < 8; ++i) {
    step.assign(constant(i));
    if (manager.save()) saved.push_back(i);
  }
  CHECK(saved == std::vector<int64_t>{0, 3, 6});
  CHECK(manager.save(false) == folder / "model-4");
}

TEST_CASE("one checkpoint in so many hours stays") {
  const TemporaryFolder folder;
  const Variable a(constant(0));
  Checkpoint checkpoint({{"a", a}});
  for (int i = 0; i < 3; ++i) checkpoint.save(folder / "ckpt");
  // As if they had been saved about half an hour apart, long ago.
  write_bytes(folder / "checkpoint",
              "model_checkpoint_path: \"ckpt-3\"\n"
              "all_model_checkpoint_paths: \"ckpt-1\"\nall_model_checkpoint_paths: \"ckpt-2\"\n"
              "all_model_checkpoint_paths: \"ckpt-3\"\nall_model_checkpoint_timestamps: 1000000\n"
              "all_model_checkpoint_timestamps: 1001800.5\nall_model_checkpoint_timestamps: 1003600\n"
              "last_preserved_timestamp: 999000\n");
  CheckpointManager manager(checkpoint, folder.path(), {.max_to_keep = 1, .keep_every_n_hours = 0.5});
  manager.save();
  CHECK(manager.checkpoints() == std::vector<std::string>{folder / "ckpt-4"});
  CHECK_FALSE(io::bundle_exists(folder / "ckpt-1"));  // 1000 s after the last that stayed
  CHECK(io::bundle_exists(folder / "ckpt-2"));
  CHECK_FALSE(io::bundle_exists(folder / "ckpt-3"));  // 1799.5 s after ckpt-2, less than half an hour
}

TEST_CASE("a manager saves asynchronously") {
  const TemporaryFolder folder;
  const Variable a(constant(0));
  Checkpoint checkpoint({{"a", a}});
  {
    CheckpointManager manager(checkpoint, folder.path(), {.max_to_keep = 2, .asynchronous = true});
    for (int i = 0; i < 5; ++i) manager.save();
    manager.sync();
    CHECK(manager.checkpoints() == std::vector<std::string>{folder / "ckpt-4", folder / "ckpt-5"});
    manager.save();
  }
  CHECK(latest_checkpoint(folder.path()) == folder / "ckpt-6");
  CHECK(folder.file_count() == 5);
}

TEST_CASE("options of a manager that do not hold are errors") {
  const TemporaryFolder folder;
  const Variable a(constant(0));
  const Checkpoint checkpoint({{"a", a}});
  const auto make = [&](const CheckpointManagerOptions& options) {
    CheckpointManager(checkpoint, folder.path(), options);
  };
  CHECK_THROWS_AS(make({.max_to_keep = 0}), ValueError);
  CHECK_THROWS_AS(make({.keep_every_n_hours = 0}), ValueError);
  CHECK_THROWS_AS(make({.checkpoint_interval = 3}), ValueError);
  CHECK_THROWS_AS(make({.step_counter = a, .checkpoint_interval = 0}), ValueError);
  CHECK_THROWS_AS(make({.checkpoint_name = "a/b"}), ValueError);
  CHECK_THROWS_AS(CheckpointManager(checkpoint, "/dev/null/folder"), FileError);
  write_bytes(folder / "checkpoint", "nonsense\n");
  CHECK_THROWS_AS(make({}), FileError);
}
