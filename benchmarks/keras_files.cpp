// Keras's files of 100 MB beside plain files of the same bytes: how fast they are read and written.
#include <filesystem>
#include <fstream>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "bench.h"
#include <cornu/cornu.h>

using namespace bench;
using namespace cornu;

namespace {

constexpr int64_t layer_count = 6, width = 2048;
constexpr double byte_count = layer_count * (width * width + width) * sizeof(float);

struct Files {
  std::string folder = (std::filesystem::temp_directory_path() / ("cornu-bench-" + std::to_string(getpid()))).string();
  Files() { std::filesystem::create_directories(folder); }
  ~Files() { std::filesystem::remove_all(folder); }
};

/// Reads a file of these values alone into as many bytes.
void read_plainly(const std::string& path, std::vector<char>& bytes) {
  const int file = open(path.c_str(), O_RDONLY);
  const auto size = static_cast<ssize_t>(bytes.size() / layer_count);
  for (int64_t i = 0; i < layer_count; ++i)
    if (read(file, bytes.data() + i * size, static_cast<size_t>(size)) != size) std::abort();
  close(file);
}

Sequential make_model() {
  Sequential model;
  model.add(layers::InputLayer({width}));
  for (int64_t i = 0; i < layer_count; ++i)
    model.add(layers::Dense({.units = width, .kernel_initializer = "he_normal"}));
  return model;
}

}  // namespace

int main() {
  const Files files;
  Sequential model = make_model();
  const std::string plain = files.folder + "/plain", weights = files.folder + "/m.weights.h5",
                    whole = files.folder + "/m.keras";
  const std::string zeros(static_cast<size_t>(byte_count), '\0');
  std::ofstream(plain, std::ios::binary) << zeros;
  std::vector<char> bytes(zeros.size());
  model.save(whole);
  model.save_weights(weights);

  constexpr double goal = 1 / 0.6;  // 60 % of the speed of reading
  Task task{.name = "load 100 MB", .bytes = byte_count, .rounds = 11, .round_seconds = 0.1};
  compare(task, {{.name = "plain file", .run = [&] { read_plainly(plain, bytes); }},
                 {.name = "load_weights(.weights.h5)", .run = [&] { model.load_weights(weights); }, .goal_ratio = goal},
                 {.name = "load_weights(.keras)", .run = [&] { model.load_weights(whole); }, .goal_ratio = goal},
                 {.name = "load_model(.keras)", .run = [&] { keep(*load_model(whole)); }, .goal_ratio = goal}});
  task.name = "save 100 MB";
  compare(task, {{.name = "save_weights(.weights.h5)", .run = [&] { model.save_weights(weights); }},
                 {.name = "save(.keras)", .run = [&] { model.save(whole); }}});
}
