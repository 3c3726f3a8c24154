// Configurations of models, in an archive whose checksums are right.
#include "fuzz/fuzz.h"
#include "fuzz/limited_memory.h"
#include "paths.h"
#include <cornu/core/io/internal/zip_archive.h>
#include <cornu/models/saving/saving.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const std::string weights = read_bytes(std::string(test_data_directory) + "/keras/files/cnn.weights.h5");
  cornu::io::ZipWriter archive("input");
  archive.add("config.json", std::string(fuzz::text(bytes, size)));
  archive.add("model.weights.h5", weights);
  const std::string path = fuzz::file("input.keras", archive.bytes());
  try {
    cornu::load_model(path);
  } catch (const cornu::Error&) {
  }
  return 0;
}
