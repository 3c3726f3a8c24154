#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/io/temporary_folder.h"
#include <cornu/core/error.h>

/// What libFuzzer calls for each input.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

namespace fuzz {

/// The folder that a program writes its inputs to; it goes with the program.
inline const TemporaryFolder& folder() {
  static const TemporaryFolder folder;
  return folder;
}

inline std::string_view text(const uint8_t* bytes, size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

/// Writes the bytes to a file of the folder, and returns its path.
inline std::string file(const std::string& name, std::string_view bytes) {
  const std::string path = folder() / name;
  write_bytes(path, std::string(bytes));
  return path;
}

/// Runs what reads a file. That the file is refused is fine; any other exception is a finding, and ends the program.
template <class Read>
void read_or_refuse(Read&& read) {
  try {
    read();
  } catch (const cornu::FileError&) {
  }
}

}  // namespace fuzz
