#include "arrays.h"

#include <filesystem>

#include <cornu/core/error.h>
#include <cornu/core/io/npy.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/saved_model/internal/inspection.h>

namespace tool {

namespace {

template <class Value>
cornu::Tensor value_in(const Item& item, const std::map<std::string, Value>& values, const std::string& name) {
  const auto found = values.find(name);
  if (found != values.end()) return found->second;
  throw cornu::ValueError(item.path + ": there is no '" + name + "'; there are " + names_of(values));
}

cornu::Tensor entry_in(const std::string& prefix, const std::string& name) {
  const cornu::io::TensorBundleReader bundle(prefix);
  const std::string key = bundle.find(name) ? name : name + "/.ATTRIBUTES/VARIABLE_VALUE";
  if (bundle.find(key)) return bundle.read(key);
  throw cornu::ValueError(prefix + ": there is no entry '" + name + "'; `cornu show " + prefix + "` lists them");
}

}  // namespace

std::map<std::string, cornu::Tensor> arrays_in(const Item& item) {
  if (item.kind == Kind::npz) return cornu::load_npz(item.path);
  if (item.kind == Kind::safetensors) return cornu::load_safetensors(item.path);
  return {{std::filesystem::path(item.path).stem().string(), cornu::load_npy(item.path)}};
}

cornu::Tensor tensor_in(const Item& item, const std::string& name) {
  switch (item.kind) {
    case Kind::saved_model:
      return value_in(item, cornu::saved_model::load_to_look_at(item.path).variables_by_path(), name);
    case Kind::checkpoint:
      return entry_in(item.path, name);
    case Kind::npy:
    case Kind::npz:
    case Kind::safetensors:
      return value_in(item, arrays_in(item), name);
    case Kind::events:
    case Kind::records:
      break;
  }
  throw cornu::ValueError(item.path + ": holds no tensors that have names");
}

}  // namespace tool
