#include "fuzz/fuzz.h"
#include <cornu/core/io/safetensors.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string path = fuzz::file("input.safetensors", fuzz::text(bytes, size));
  fuzz::read_or_refuse([&] { cornu::load_safetensors(path); });
  return 0;
}
