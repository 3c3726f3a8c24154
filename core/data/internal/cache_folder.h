#pragma once
#include <string>

namespace cornu::datasets::internal {

/// $CORNU_HOME/datasets/NAME or ~/.cornu/datasets/NAME.
std::string default_directory(const char* name);

/// The path of `file` in `directory`, or where that is empty in the cache. Throws FileError that says what to do if
/// there is none.
std::string given_file(const std::string& name, const std::string& directory, const std::string& file,
                       const std::string& source);

}  // namespace cornu::datasets::internal
