#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include "core/io/temporary_folder.h"
#include "paths.h"
#include <cornu/core/graph/function.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/saved_model/saved_model.h>
#include <cornu/core/summary/summary.h>

/// What the program `cornu` did.
struct ToolRun {
  int status = -1;
  std::string output = {}, errors = {};

  /// It failed with one line that says so.
  bool has_one_error_with(const std::string& part) const {
    return status == 1 && errors.starts_with("cornu: ") && errors.find('\n') + 1 == errors.size() &&
           errors.find(part) != std::string::npos;
  }
};

inline std::ostream& operator<<(std::ostream& out, const ToolRun& run) {
  return out << "status " << run.status << "\n" << run.output << run.errors;
}

/// Runs the program itself.
inline ToolRun run_tool(const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  std::string command = "'" + std::string(tool_path) + "'";
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  const int status = std::system((command + " >'" + folder / "output" + "' 2>'" + folder / "errors" + "'").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_bytes(folder / "output"), read_bytes(folder / "errors")};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The file with one bit turned.
inline void damage(const std::string& path, size_t byte) {
  std::string bytes = read_bytes(path);
  REQUIRE(byte < bytes.size());
  bytes[byte] = static_cast<char>(bytes[byte] ^ 1);
  write_bytes(path, bytes);
}

/// TensorFlow's own SavedModel of y = 0.5 x + 2.
inline const std::string half_plus_two =
    std::string(test_data_directory) + "/tensorflow/saved_model_half_plus_two_tf2_cpu/00000123";

/// A SavedModel of x w + b, for any number of rows of two.
inline void save_linear_model(const std::string& directory) {
  using namespace cornu;
  const Variable w(constant({{1.f, 2.f, 3.f}, {4.f, 5.f, 6.f}}), {.name = "w"});
  const Variable b(constant({0.5f, -0.5f, 0.25f}), {.name = "b", .trainable = false});
  const Function call =
      function([=](const Tensor& x) { return matmul(x, w) + b; }, {.input_signature = {TensorSpec({-1, 2})}});
  saved_model::save(call.concrete_function(ones({1, 2})), {{"dense/w", w}, {"dense/b", b}}, directory);
}

/// Event files of two runs: a loss in both, an accuracy in one. Returns their paths.
inline std::vector<std::string> write_scalars(const std::string& folder) {
  using namespace cornu;
  std::vector<std::string> paths;
  for (const std::string run : {"train", "validation"}) {
    summary::FileWriter writer(folder + "/" + run);
    const auto scope = writer.as_default();
    for (int step = 0; step <= 40; ++step) {
      summary::scalar("loss", 8 - 0.125 * step, step);
      if (run == "train") summary::scalar("accuracy", 0.75, step);
    }
    writer.close();
    paths.push_back(writer.path());
  }
  return paths;
}
