#pragma once
#include <string>
#include <vector>

namespace tool {

enum class Kind { saved_model, checkpoint, events, records, npy, npz, safetensors };

/// Something that Cornu reads.
struct Item {
  Kind kind;
  std::string path;  ///< a checkpoint's without .index
};

/// What a path names: one thing, or the checkpoints and event files in a folder, the checkpoint that was saved last
/// first. Throws cornu::FileError where there is nothing that is known.
std::vector<Item> items_in(const std::string& path);

/// Whether the file's name is that of an event file.
bool is_event_file(const std::string& path);

/// What the help says of such a path.
inline constexpr const char* path_help =
    "A SavedModel's folder; a checkpoint's name, index or folder; an event file, or a folder with some below; a .npy, "
    ".npz, .safetensors or .tfrecord file";

}  // namespace tool
