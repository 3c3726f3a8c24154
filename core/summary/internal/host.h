#pragma once
#include <string>

namespace cornu::summary {

/// The machine's name, fit for a file's name; "localhost" if it has none.
std::string host_name();

}  // namespace cornu::summary
