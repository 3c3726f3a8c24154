// Archives of models.
#include "fuzz/fuzz.h"
#include "fuzz/limited_memory.h"
#include <cornu/models/saving/saving.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string path = fuzz::file("input.keras", fuzz::text(bytes, size));
  try {
    cornu::load_model(path);
  } catch (const cornu::Error&) {
  }
  return 0;
}
