#include <cstdlib>
#include <filesystem>

#include <cornu/core/data/internal/cache_folder.h>
#include <cornu/core/error.h>

namespace cornu::datasets::internal {

namespace fs = std::filesystem;

std::string default_directory(const char* name) {
  const char* cornu_home = std::getenv("CORNU_HOME");
  const char* home = std::getenv("HOME");
  const fs::path cache = cornu_home && *cornu_home ? fs::path(cornu_home) : fs::path(home ? home : "") / ".cornu";
  return (cache / "datasets" / name).string();
}

std::string given_file(const std::string& name, const std::string& directory, const std::string& file,
                       const std::string& source) {
  const std::string folder = directory.empty() ? default_directory(name.c_str()) : directory;
  const std::string path = (fs::path(folder) / file).string();
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) return path;
  const bool exists = fs::is_directory(folder, ignored);
  throw FileError("datasets::" + name + "::load_data: the folder " + folder +
                  (exists ? " lacks " : " does not exist; expected there ") + file + ". " + source +
                  " Put it there, or name its folder: load_data({.directory = \"...\"})");
}

}  // namespace cornu::datasets::internal
