#pragma once
#include <map>
#include <string>

#include "contents.h"
#include <cornu/core/tensor/tensor.h>

namespace tool {

/// The arrays of a file of kind npy, npz or safetensors, by name; that of an .npy file is called as the file.
std::map<std::string, cornu::Tensor> arrays_in(const Item& item);

/// A variable of a SavedModel by its path, an entry of a checkpoint by its key (with or without
/// `/.ATTRIBUTES/VARIABLE_VALUE`), or an array. Throws cornu::ValueError if there is none of this name.
cornu::Tensor tensor_in(const Item& item, const std::string& name);

/// The names in a map, separated by commas.
std::string names_of(const auto& map) {
  std::string names;
  for (const auto& [name, value] : map) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace tool
