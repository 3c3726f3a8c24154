#pragma once
#include <string>
#include <string_view>

#include <cornu/core/export.h>

namespace cornu::io {

/// `bytes` as a .gz file.
CORNU_API std::string gzip(std::string_view bytes);

}  // namespace cornu::io
