#pragma once
#include <string>

namespace cornu::io {

/// Brings the names in the folder to the disk, so that they survive a loss of power; not every file system offers it.
void sync_folder(const std::string& folder);

}  // namespace cornu::io
