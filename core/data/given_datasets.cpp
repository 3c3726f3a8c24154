// Data sets whose files the user brings.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>
#include <random>
#include <vector>

#include <cornu/core/data/datasets.h>
#include <cornu/core/data/internal/cache_folder.h>
#include <cornu/core/error.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>

namespace cornu::datasets {

namespace {

namespace fs = std::filesystem;

const Tensor& array_of(const std::map<std::string, Tensor>& arrays, const std::string& name, const std::string& path,
                       int rank) {
  const auto found = arrays.find(name);
  if (found == arrays.end()) throw FileError(path + ": expected an array '" + name + "', which is missing");
  if (found->second.rank() != rank)
    throw FileError(path + ": the array '" + name + "' has shape " + found->second.shape().to_string() + "; expected " +
                    std::to_string(rank) + (rank == 1 ? " axis" : " axes"));
  return found->second;
}

void check_lengths(const Tensor& x, const Tensor& y, const std::string& path) {
  if (x.shape()[0] != y.shape()[0])
    throw FileError(path + ": holds " + std::to_string(x.shape()[0]) + " rows of x, but " +
                    std::to_string(y.shape()[0]) + " of y");
}

// ---- california_housing -----------------------------------------------------------------------------------------

/// 0 ... count - 1 in the order that NumPy's RandomState(seed).shuffle makes: each from the last on changes places with
/// one of those up to it, drawn by masking and rejecting words of the Mersenne Twister.
Tensor numpy_order(int64_t count, int64_t seed) {
  std::mt19937 words(static_cast<uint32_t>(seed));
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i-- > 1;) {
    uint32_t mask = static_cast<uint32_t>(i);
    for (const int shift : {1, 2, 4, 8, 16}) mask |= mask >> shift;
    uint32_t j = 0;
    do {
      j = static_cast<uint32_t>(words()) & mask;
    } while (j > i);
    std::swap(order[i], order[j]);
  }
  return Tensor::from_span<int64_t>(order, {count});
}

}  // namespace

Split california_housing::load_data(const LoadOptions& options) {
  if (options.version != "large" && options.version != "small")
    throw ValueError("california_housing::load_data: version must be 'large' or 'small'; received '" + options.version +
                     "'");
  if (!(options.test_split >= 0 && options.test_split <= 1))
    throw ValueError("california_housing::load_data: test_split must be in [0, 1]; received " +
                     std::to_string(options.test_split));
  if (options.seed < 0 || options.seed > int64_t{UINT32_MAX})
    throw ValueError("california_housing::load_data: seed must be in [0, 2^32), as NumPy's");
  const std::string path = internal::given_file(
      "california_housing", options.directory, "california_housing.npz",
      "It is Keras's file (storage.googleapis.com/tensorflow/tf-keras-datasets/california_housing.npz).");
  const auto arrays = load_npz(path);
  Tensor x = array_of(arrays, "x", path, 2), y = array_of(arrays, "y", path, 1);
  check_lengths(x, y, path);
  constexpr int64_t small_count = 600;
  const int64_t count = options.version == "small" ? std::min(small_count, x.shape()[0]) : x.shape()[0];
  const Tensor order = numpy_order(count, options.seed);
  x = gather(x, order);
  y = gather(y, order);
  const auto border = static_cast<int64_t>(static_cast<double>(count) * (1 - options.test_split));
  const auto part = [&](int64_t first, int64_t last) {
    return Examples{x.slice({{first, last}}), y.slice({{first, last}})};
  };
  return {part(0, border), part(border, count)};
}

// ---- cifar10 ----------------------------------------------------------------------------------------------------

namespace {

constexpr int64_t kSide = 32, kChannels = 3, kPixels = kSide * kSide, kRecord = 1 + kPixels * kChannels;
constexpr const char* kCifarSource =
    "It is of the binary version of CIFAR-10 (www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz).";

std::string cifar_path(const std::string& directory, const std::string& file) {
  const std::string folder = directory.empty() ? internal::default_directory("cifar10") : directory;
  const std::string inner = (fs::path(folder) / "cifar-10-batches-bin").string();
  std::error_code ignored;
  const bool is_inner = !fs::exists(fs::path(folder) / file, ignored) && fs::is_directory(inner, ignored);
  return internal::given_file("cifar10", is_inner ? inner : folder, file, kCifarSource);
}

/// A file of records: a label, then the red, the green and the blue pixels.
Examples read_cifar(const std::string& path, const std::string& bytes) {
  const auto count = static_cast<int64_t>(bytes.size()) / kRecord;
  if (count == 0 || static_cast<int64_t>(bytes.size()) != count * kRecord)
    throw FileError(path + ": is damaged: expected records of " + std::to_string(kRecord) + " bytes; it has " +
                    std::to_string(bytes.size()) + " bytes");
  Examples examples{Tensor::allocate({count, kSide, kSide, kChannels}, uint8), Tensor::allocate({count, 1}, uint8)};
  auto* pixel = static_cast<uint8_t*>(examples.x.mutable_data());
  auto* label = static_cast<uint8_t*>(examples.y.mutable_data());
  for (int64_t record = 0; record < count; ++record) {
    const auto* from = reinterpret_cast<const uint8_t*>(bytes.data()) + record * kRecord;
    if (*from > 9)
      throw FileError(path + ": is damaged: record " + std::to_string(record) + " has the label " +
                      std::to_string(*from) + "; expected 0 to 9");
    *label++ = *from++;
    for (int64_t i = 0; i < kPixels; ++i)
      for (int64_t channel = 0; channel < kChannels; ++channel) *pixel++ = from[channel * kPixels + i];
  }
  return examples;
}

}  // namespace

Split cifar10::load_data(const datasets::LoadOptions& options) {
  std::string train;
  for (int number = 1; number <= 5; ++number) {
    const std::string path = cifar_path(options.directory, "data_batch_" + std::to_string(number) + ".bin");
    const std::string bytes = io::read_file(path);
    read_cifar(path, bytes);
    train += bytes;
  }
  const std::string test = cifar_path(options.directory, "test_batch.bin");
  return {read_cifar("data_batch_*.bin", train), read_cifar(test, io::read_file(test))};
}

// ---- imdb -------------------------------------------------------------------------------------------------------

namespace {

std::map<std::string, Tensor> load_imdb(const std::string& path) {
  try {
    return load_npz(path);
  } catch (const FileError& error) {
    throw FileError(
        std::string(error.what()) +
        ". Where this is Keras's own file: it holds pickled Python lists, and reading those could run any program. "
        "Expected are arrays of integers, which Python writes: (x, y), (u, v) = keras.datasets.imdb.load_data(); pad = "
        "keras.utils.pad_sequences; numpy.savez('imdb.npz', x_train=pad(x), y_train=y, x_test=pad(u), y_test=v)");
  }
}

Examples imdb_part(const std::map<std::string, Tensor>& arrays, const std::string& part, const std::string& path,
                   const imdb::LoadOptions& options) {
  Examples examples{array_of(arrays, "x_" + part, path, 2), array_of(arrays, "y_" + part, path, 1)};
  check_lengths(examples.x, examples.y, path);
  for (const Tensor& tensor : {examples.x, examples.y})
    if (!is_integer(tensor.dtype())) throw FileError(path + ": expected arrays of integers, as int32 or int64");
  if (!options.num_words) return examples;
  const Tensor words = cast(examples.x, int64);
  examples.x = where(less(words, *options.num_words), words, options.oov_char);
  return examples;
}

}  // namespace

Split imdb::load_data(const LoadOptions& options) {
  if (options.num_words && *options.num_words < 1)
    throw ValueError("imdb::load_data: num_words must be at least 1; received " + std::to_string(*options.num_words));
  const std::string path =
      internal::given_file("imdb", options.directory, "imdb.npz", "It has arrays of integers (see imdb::load_data).");
  const auto arrays = load_imdb(path);
  return {imdb_part(arrays, "train", path, options), imdb_part(arrays, "test", path, options)};
}

}  // namespace cornu::datasets
