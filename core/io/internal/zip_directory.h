#pragma once
#include <cstdint>
#include <string>

#include <cornu/core/export.h>

namespace cornu::io {

/// Where the bytes of a member begin that a zip archive stores without compression: what libzip knows, but does not
/// tell. Throws FileError if the archive's directory does not say so consistently.
CORNU_API uint64_t find_stored_member(const std::string& path, const std::string& name, uint64_t size);

}  // namespace cornu::io
