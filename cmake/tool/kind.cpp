#include <filesystem>

#include "commands.h"
#include <cornu/core/error.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/train/checkpoint.h>

namespace tool {

namespace fs = std::filesystem;

Kind kind_of(const std::string& path, std::string& prefix) {
  prefix = path;
  if (fs::is_directory(path)) {
    if (fs::exists(path + "/saved_model.pb")) return Kind::saved_model;
    prefix = cornu::latest_checkpoint(path);
    if (!prefix.empty()) return Kind::checkpoint;
    throw cornu::FileError(path + ": is neither a SavedModel (no saved_model.pb) nor the folder of a checkpoint");
  }
  const std::string extension = fs::path(path).extension().string();
  if (extension == ".index") prefix = path.substr(0, path.size() - extension.size());
  if (cornu::io::bundle_exists(prefix)) return Kind::checkpoint;
  if (!fs::exists(path)) throw cornu::FileError(path + ": is not there");
  if (extension == ".npy") return Kind::npy;
  if (extension == ".npz") return Kind::npz;
  if (extension == ".safetensors") return Kind::safetensors;
  throw cornu::FileError(path + ": is no kind of file that is known (npy, npz, safetensors, a checkpoint's index)");
}

}  // namespace tool
