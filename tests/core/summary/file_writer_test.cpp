#include <chrono>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/summary/event_files.h"
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/summary/summary.h>

using namespace cornu;
using Catch::Contains;
namespace fs = std::filesystem;

TEST_CASE("an event file is named as TensorFlow names it and begins with its version") {
  const TemporaryFolder folder;
  const summary::FileWriter writer = summary::create_file_writer(folder / "logs/train", {.filename_suffix = ".mine"});
  const std::string name = fs::path(writer.path()).filename().string();
  CHECK(fs::path(writer.path()).parent_path() == folder / "logs/train");
  CHECK(name.rfind("events.out.tfevents.", 0) == 0);
  CHECK_THAT(name, Contains("." + std::to_string(getpid()) + ".") && Catch::EndsWith(".mine"));
  const std::vector<proto::Event> events = read_events(writer.path());  // at once
  REQUIRE(events.size() == 1);
  CHECK(events[0].file_version() == "brain.Event:2");
  CHECK(events[0].wall_time() > 1e9);
  const summary::FileWriter other(folder / "logs/train");
  CHECK_THAT(other.path(), Catch::EndsWith(".v2"));
  CHECK(other.path() != writer.path());
}

TEST_CASE("nothing is lost when a writer goes") {
  const TemporaryFolder folder;
  std::string path;
  {
    const summary::FileWriter writer(folder.path(), {.max_queue = 1'000'000});
    path = writer.path();
    const auto scope = writer.as_default();
    for (int i = 0; i < 10'000; ++i) CHECK(summary::scalar("loss", i * 0.5, i));
  }
  const auto values = read_values(path);
  REQUIRE(values.size() == 10'000);
  for (int i = 0; i < 10'000; i += 99) CHECK(scalar_of(values[static_cast<size_t>(i)]) == static_cast<float>(i) * 0.5f);
  CHECK(read_steps(path)[9999] == 9999);
}

TEST_CASE("flush waits until all is written") {
  const TemporaryFolder folder;
  const summary::FileWriter writer(folder.path(), {.max_queue = 1'000'000});
  const auto scope = writer.as_default();
  for (int round = 1; round <= 20; ++round) {
    summary::scalar("a", 1, round);
    summary::scalar("b", 2, round);
    writer.flush();
    CHECK(read_values(writer.path()).size() == static_cast<size_t>(2 * round));
  }
}

TEST_CASE("the background thread writes at max_queue summaries, and after flush_millis") {
  const TemporaryFolder folder;
  const auto wait_for = [](const summary::FileWriter& writer, size_t count) {
    for (int i = 0; i < 2000 && read_values(writer.path()).size() < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return read_values(writer.path()).size();
  };
  const summary::FileWriter full(folder.path(), {.max_queue = 3});
  const summary::FileWriter timed(folder.path(), {.max_queue = 1'000'000, .flush_millis = 20});
  {
    const auto scope = full.as_default();
    for (int i = 0; i < 3; ++i) summary::scalar("loss", i, i);
    CHECK(wait_for(full, 3) == 3);
    summary::scalar("loss", 3, 3);
  }
  const auto scope = timed.as_default();
  summary::scalar("loss", 1, 1);
  CHECK(wait_for(timed, 1) == 1);
  CHECK(read_values(full.path()).size() == 3);  // the fourth still waits
}

TEST_CASE("scopes nest, and each thread has its own") {
  const TemporaryFolder folder;
  const summary::FileWriter outer(folder / "outer"), inner(folder / "inner");
  CHECK_FALSE(summary::should_record_summaries());
  CHECK_FALSE(summary::scalar("nobody", 1, 0));
  {
    const auto scope = outer.as_default();
    summary::scalar("a", 1, 0);
    {
      const auto nested = inner.as_default();
      summary::scalar("b", 2, 0);
      std::thread([] { CHECK_FALSE(summary::scalar("other thread", 3, 0)); }).join();
    }
    summary::scalar("c", 3, 0);
  }
  CHECK_FALSE(summary::scalar("nobody", 1, 0));
  outer.close();
  inner.close();
  CHECK(read_values(outer.path()).size() == 2);
  REQUIRE(read_values(inner.path()).size() == 1);
  CHECK(read_values(inner.path())[0].tag() == "b");
}

TEST_CASE("threads may record for one writer at once") {
  const TemporaryFolder folder;
  const summary::FileWriter writer(folder.path());
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&writer, thread] {
      const auto scope = writer.as_default();
      for (int i = 0; i < 2000; ++i) {
        summary::scalar("thread_" + std::to_string(thread), i, i);
        if (i % 500 == 0) writer.flush();
      }
    });
  for (std::thread& thread : threads) thread.join();
  writer.close();
  std::map<std::string, std::vector<float>> by_tag;
  for (const auto& value : read_values(writer.path())) by_tag[value.tag()].push_back(scalar_of(value));
  REQUIRE(by_tag.size() == 4);
  for (const auto& [tag, numbers] : by_tag) {
    REQUIRE(numbers.size() == 2000);
    for (size_t i = 0; i < numbers.size(); ++i) REQUIRE(numbers[i] == static_cast<float>(i));  // in their order
  }
}

TEST_CASE("a closed writer says so") {
  const TemporaryFolder folder;
  summary::FileWriter writer(folder.path());
  const auto scope = writer.as_default();
  writer.close();
  writer.close();
  writer.flush();
  CHECK_THROWS_AS(summary::scalar("late", 1, 0), StateError);
  CHECK_THROWS_WITH(summary::scalar("late", 1, 0), Contains("late") && Contains(writer.path()) && Contains("closed"));
}

TEST_CASE("a writer moves, also while a scope uses it") {
  const TemporaryFolder folder;
  summary::FileWriter first(folder.path());
  const std::string path = first.path();
  const auto scope = first.as_default();
  summary::scalar("a", 1, 0);
  summary::FileWriter second = std::move(first);
  CHECK_THROWS_AS(first.flush(), StateError);
  summary::scalar("b", 2, 0);
  second.flush();
  CHECK(read_values(path).size() == 2);
  second = summary::create_file_writer(folder / "other");  // closes the file it had
  CHECK_THROWS_AS(summary::scalar("c", 3, 0), StateError);
}

TEST_CASE("what makes no sense is refused") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(summary::FileWriter(folder.path(), {.max_queue = -1}), ValueError);
  CHECK_THROWS_AS(summary::FileWriter(folder.path(), {.flush_millis = -1}), ValueError);
  CHECK_THROWS_AS(summary::FileWriter(folder.path(), {.filename_suffix = "/a"}), ValueError);
  write_bytes(folder / "file", "");
  CHECK_THROWS_AS(summary::FileWriter(folder / "file/logs"), FileError);
  CHECK_THROWS_AS(summary::FileWriter("/proc/nowhere"), FileError);
}

TEST_CASE("a full disk is told by flush and close, and leaves whole events") {
  const TemporaryFolder folder;
  rlimit limit;
  REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = limit;
  small.rlim_cur = 50'000;
  const summary::FileWriter writer(folder.path());
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  {
    const auto scope = writer.as_default();
    for (int i = 0; i < 5000; ++i) summary::scalar("loss", i, i);
  }
  CHECK_THROWS_AS(writer.flush(), FileError);
  CHECK_THROWS_WITH(writer.close(), Contains(writer.path()));
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  const auto values = read_values(writer.path());
  CHECK(values.size() < 5000);
  for (size_t i = 0; i < values.size(); ++i) CHECK(scalar_of(values[i]) == static_cast<float>(i));
}

TEST_CASE("what was flushed survives a crash of the process") {
  const TemporaryFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    const summary::FileWriter writer(folder.path(), {.max_queue = 1'000'000});
    const auto scope = writer.as_default();
    for (int i = 0; i < 1000; ++i) summary::scalar("loss", i, i);
    writer.flush();
    for (int i = 0; i < 1000; ++i) summary::scalar("lost", i, i);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  const auto files = files_below(folder.path());
  REQUIRE(files.size() == 1);
  CHECK(read_values(files[0]).size() >= 1000);
  CHECK(read_values(files[0])[999].tag() == "loss");
}
