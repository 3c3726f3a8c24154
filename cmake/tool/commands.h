#pragma once
#include <string>
#include <vector>

/// The commands of the program `cornu`. All throw cornu::Error for what cannot be done.
namespace tool {

/// Prints what a SavedModel, a checkpoint or a file of arrays holds.
void show(const std::string& path);
/// Runs a function of a SavedModel on arrays in .npy files: NAME=FILE.
void run(const std::string& directory, const std::string& signature, const std::vector<std::string>& inputs,
         const std::vector<std::string>& outputs);
/// Reads everything and compares all checksums.
void verify(const std::string& path);

/// What a path names.
enum class Kind { saved_model, checkpoint, npy, npz, safetensors };
/// Throws FileError for what is none of these. `prefix` becomes the checkpoint's where the path is its folder or index.
Kind kind_of(const std::string& path, std::string& prefix);

}  // namespace tool
