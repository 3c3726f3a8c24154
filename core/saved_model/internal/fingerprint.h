#pragma once
#include <cstdint>
#include <string_view>

#include <cornu/core/export.h>

namespace cornu::saved_model {

/// FarmHash's Fingerprint64, which names contents in TensorFlow's files.
CORNU_API uint64_t fingerprint(std::string_view bytes);

}  // namespace cornu::saved_model
