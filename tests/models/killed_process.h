#pragma once
// Programs in processes of their own, which are killed at any moment.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "core/io/temporary_folder.h"
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/kernels/parallel.h>

namespace killed_process {

/// Memory, where there is such a folder: a kill does not care about the disk, and syncing one takes long.
inline std::filesystem::path fast_folder() {
  const std::filesystem::path memory = "/dev/shm";
  return access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

/// What `program` gives, run in a process of its own that writes it into `directory`; empty if that was killed before,
/// after `microseconds`.
inline std::string result_of(const std::string& directory, std::optional<int> microseconds,
                             const std::function<std::string()>& program) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      cornu::kernels::set_num_threads(1);  // threads do not survive a fork
      cornu::io::write_file_atomically(directory + "/result", std::string_view(program()));
      _exit(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
  }
  REQUIRE(child > 0);
  if (microseconds) {
    std::this_thread::sleep_for(std::chrono::microseconds(*microseconds));
    kill(child, SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  const bool was_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  REQUIRE((was_killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0)));
  return std::filesystem::exists(directory + "/result") ? read_bytes(directory + "/result") : "";
}

}  // namespace killed_process
