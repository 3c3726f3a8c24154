// Files of weights: their structure, all of their arrays, and what becomes of a model.
#include "fuzz/fuzz.h"
#include <cornu/core/io/internal/hdf5_reader.h>
#include <cornu/layers/core.h>
#include <cornu/models/sequential.h>

using namespace cornu;

namespace {

void read_all(const std::string& bytes) {
  io::MemoryRange file(bytes, "input");
  for (const auto& [path, dataset] : io::read_hdf5(file).datasets)
    fuzz::read_or_refuse([&, &path = path, &dataset = dataset] { io::read_values(file, path, dataset); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static Sequential model{layers::InputLayer({7}), layers::Dense({.units = 3})};
  fuzz::read_or_refuse([&] { read_all(std::string(fuzz::text(bytes, size))); });
  try {
    model.load_weights(fuzz::file("input.weights.h5", fuzz::text(bytes, size)), {.skip_mismatch = size % 2 == 0});
  } catch (const Error&) {
  }
  return 0;
}
