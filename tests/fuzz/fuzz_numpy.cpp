// Files of NumPy: .npy where the input begins as one, else .npz.
#include "fuzz/fuzz.h"
#include <cornu/core/io/npy.h>
#include <cornu/core/io/npz.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text = fuzz::text(bytes, size);
  const std::string path = fuzz::file("input", text);
  fuzz::read_or_refuse([&] {
    if (text.starts_with("\x93NUMPY"))
      cornu::load_npy(path);
    else
      cornu::load_npz(path);
  });
  return 0;
}
