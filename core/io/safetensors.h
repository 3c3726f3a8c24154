#pragma once
#include <map>
#include <string>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// Writes tensors by name in the safetensors format (https://github.com/huggingface/safetensors): a header of names,
/// dtypes, shapes and places as JSON, and the values one after another, streamed. Replaces the file in one step.
///
///     save_safetensors("weights.safetensors", {{"kernel", kernel}, {"bias", bias}});
///
/// Throws StateError for a symbolic tensor, ValueError for the name `__metadata__` or one that is no UTF-8, FileError
/// if the file cannot be written.
CORNU_API void save_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors);

/// All tensors of such a file. Throws FileError, naming file and tensor, for a file that is missing, damaged or cut
/// off, and for dtypes that Cornu has not (F16, BF16, ...).
CORNU_API std::map<std::string, Tensor> load_safetensors(const std::string& path);

}  // namespace cornu
