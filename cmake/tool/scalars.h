#pragma once
#include <string>
#include <vector>

#include <cornu/core/summary/scalars.h>

namespace tool {

/// The scalars of an event file or folder; only those of `tags`, if there are any. Throws cornu::ValueError for a tag
/// that is not there, naming those that are.
std::vector<cornu::summary::ScalarSeries> scalars_in(const std::string& path, const std::vector<std::string>& tags);

inline constexpr const char* tag_help = "Only the scalars of this name; may be given several times";

}  // namespace tool
