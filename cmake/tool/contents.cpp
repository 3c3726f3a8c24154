#include "contents.h"

#include <algorithm>
#include <filesystem>

#include <cornu/core/error.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/train/checkpoint.h>

namespace tool {

namespace {

namespace fs = std::filesystem;

constexpr const char* index_extension = ".index";

std::vector<Item> checkpoints_in(const std::string& folder) {
  std::vector<Item> items;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == index_extension)
      items.push_back({Kind::checkpoint, fs::path(entry.path()).replace_extension().string()});
  const fs::path latest = cornu::latest_checkpoint(folder);
  const auto is_latest = [&](const Item& item) { return fs::path(item.path) == latest; };
  std::sort(items.begin(), items.end(), [&](const Item& a, const Item& b) {
    return is_latest(a) != is_latest(b) ? is_latest(a) : a.path < b.path;
  });
  return items;
}

bool has_event_files(const std::string& folder) {
  const fs::recursive_directory_iterator entries(folder, fs::directory_options::skip_permission_denied);
  return std::any_of(begin(entries), end(entries), [](const fs::directory_entry& entry) {
    return entry.is_regular_file() && is_event_file(entry.path().string());
  });
}

std::vector<Item> items_in_folder(const std::string& folder) {
  if (fs::exists(folder + "/saved_model.pb") || fs::exists(folder + "/saved_model.pbtxt"))
    return {{Kind::saved_model, folder}};
  std::vector<Item> items = checkpoints_in(folder);
  if (has_event_files(folder)) items.push_back({Kind::events, folder});
  if (items.empty())
    throw cornu::FileError(folder + ": holds neither a SavedModel (saved_model.pb) nor checkpoints nor event files");
  return items;
}

}  // namespace

bool is_event_file(const std::string& path) {
  return fs::path(path).filename().string().find("tfevents") != std::string::npos;
}

std::vector<Item> items_in(const std::string& path) {
  if (fs::is_directory(path)) return items_in_folder(path);
  const std::string extension = fs::path(path).extension().string();
  if (extension == index_extension) return {{Kind::checkpoint, fs::path(path).replace_extension().string()}};
  if (cornu::io::bundle_exists(path)) return {{Kind::checkpoint, path}};
  if (!fs::exists(path)) throw cornu::FileError(path + ": is not there");
  if (is_event_file(path)) return {{Kind::events, path}};
  if (extension == ".npy") return {{Kind::npy, path}};
  if (extension == ".npz") return {{Kind::npz, path}};
  if (extension == ".safetensors") return {{Kind::safetensors, path}};
  if (extension == ".tfrecord" || extension == ".tfrecords") return {{Kind::records, path}};
  throw cornu::FileError(path + ": is no kind of file that is known (npy, npz, safetensors, tfrecord, an event file, " +
                         "a checkpoint's index)");
}

}  // namespace tool
