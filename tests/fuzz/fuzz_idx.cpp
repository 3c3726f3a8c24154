// IDX files, plain and gzipped, read as images and as labels.
#include "fuzz/fuzz.h"
#include <cornu/core/data/internal/idx.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string path = fuzz::file("input-ubyte", fuzz::text(bytes, size));
  for (const int rank : {1, 3}) fuzz::read_or_refuse([&] { cornu::datasets::internal::read_idx(path, rank, nullptr); });
  return 0;
}
