#pragma once
#include <cstdint>
#include <map>
#include <string>

#include <cornu/core/export.h>

namespace cornu::saved_model {

/// How often each of TensorFlow's operations stands in the graphs and functions of a SavedModel. Throws FileError for a
/// file that is missing or damaged.
CORNU_API std::map<std::string, int64_t> operation_counts(const std::string& directory);

}  // namespace cornu::saved_model
