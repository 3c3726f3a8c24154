// Checkpoints beside plain files of the same bytes, each brought to the disk; and what a save takes of memory and, when
// it is asynchronous, of the training loop's time.
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "bench.h"
#include "memory.h"
#include <cornu/cornu.h>

using namespace bench;
using namespace cornu;

namespace {

constexpr int64_t tensor_count = 32, tensor_size = 1 << 20;
constexpr double byte_count = tensor_count * tensor_size * sizeof(float);

struct Files {
  std::string folder = (std::filesystem::temp_directory_path() / ("cornu-bench-" + std::to_string(getpid()))).string();
  Files() { std::filesystem::create_directories(folder); }
  ~Files() { std::filesystem::remove_all(folder); }
};

/// A checkpoint of 32 variables, 128 MB.
struct Weights {
  std::vector<Variable> variables;
  std::vector<Checkpoint::NamedObject> objects;
  Weights() {
    for (int64_t i = 0; i < tensor_count; ++i) {
      variables.emplace_back(random::normal({tensor_size}));
      objects.emplace_back("w" + std::to_string(i), variables.back());
    }
  }
};

void write_plainly(const std::string& path, const Weights& weights) {
  const int file = open((path + ".new").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  for (const Variable& variable : weights.variables)
    if (write(file, variable.peek().raw_data(), tensor_size * sizeof(float)) < 0) std::abort();
  fsync(file);
  close(file);
  rename((path + ".new").c_str(), path.c_str());
}

void read_plainly(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY);
  for (int64_t i = 0; i < tensor_count; ++i) {
    Tensor value = Tensor::allocate({tensor_size}, float32);
    if (read(file, value.mutable_data(), tensor_size * sizeof(float)) < 0) std::abort();
    keep(value);
  }
  close(file);
}

double microseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

/// What copying all values takes.
double copy_microseconds(const Weights& weights) {
  std::vector<float> copies(tensor_count * tensor_size);
  std::vector<double> microseconds;
  for (int round = 0; round < 11; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (size_t i = 0; i < weights.variables.size(); ++i)
      std::memcpy(copies.data() + i * tensor_size, weights.variables[i].peek().raw_data(), tensor_size * sizeof(float));
    microseconds.push_back(microseconds_since(start));
    keep(copies);
  }
  return bench::detail::median(microseconds);
}

}  // namespace

int main() {
  const Files files;
  Weights weights;
  Checkpoint checkpoint(weights.objects);
  const std::string plain = files.folder + "/plain", saved = files.folder + "/saved";

  const double before = peak_mebibytes();
  checkpoint.write(saved);
  const double taken = peak_mebibytes() - before, model = byte_count / (1 << 20);
  std::printf("a save of %.0f MiB takes %.1f MiB of memory   goal <= %.1f: %s\n", model, taken, model / 10,
              verdict(taken <= model / 10));

  Task task{.name = "save 128 MB", .bytes = byte_count, .rounds = 11, .round_seconds = 0.1};
  compare(task, {{.name = "plain file, synced", .run = [&] { write_plainly(plain, weights); }},
                 {.name = "Checkpoint", .run = [&] { checkpoint.write(saved); }, .goal_ratio = 1.25}});
  task.name = "restore 128 MB";
  compare(task, {{.name = "plain file", .run = [&] { read_plainly(plain); }},
                 {.name = "Checkpoint", .run = [&] { checkpoint.restore(saved); }}});

  // What the loop waits for: the next save waits for the one before, so that is done outside the clock.
  std::vector<double> microseconds;
  for (int i = 0; i < 11; ++i) {
    const auto start = std::chrono::steady_clock::now();
    checkpoint.write(saved, {.asynchronous = true});
    microseconds.push_back(microseconds_since(start));
    checkpoint.sync();
  }
  const double copy = copy_microseconds(weights), kept = bench::detail::median(microseconds);
  std::printf("\nan asynchronous save keeps the loop for %.0f us   goal <= %.0f, a copy of the values: %s\n", kept,
              copy, verdict(kept <= copy));
}
