#pragma once
// What libhdf5 sees in a file: for comparing files entry by entry.
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <hdf5.h>

namespace hdf5 {

/// Groups, arrays and attributes by path, as texts: "group", "array F32LE (3, 4) contiguous", and the value of an
/// attribute at PATH@NAME.
using Entries = std::map<std::string, std::string>;

inline std::string type_name(hid_t type) {
  const std::pair<hid_t, const char*> known[] = {{H5T_IEEE_F32LE, "F32LE"},
                                                 {H5T_IEEE_F64LE, "F64LE"},
                                                 {H5T_STD_I32LE, "I32LE"},
                                                 {H5T_STD_I64LE, "I64LE"},
                                                 {H5T_STD_U8LE, "U8LE"}};
  for (const auto& [id, name] : known)
    if (H5Tequal(type, id) > 0) return name;
  return H5Tget_class(type) == H5T_ENUM ? "ENUM" : "other";
}

inline std::string describe_array(hid_t array) {
  const hid_t type = H5Dget_type(array), space = H5Dget_space(array), options = H5Dget_create_plist(array);
  std::string text = "array " + type_name(type) + " (";
  std::vector<hsize_t> extents(static_cast<size_t>(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, extents.data(), nullptr);
  for (const hsize_t extent : extents) text += std::to_string(extent) + ",";
  text += H5Pget_layout(options) == H5D_CONTIGUOUS ? ") contiguous" : ") in another layout";
  H5Pclose(options);
  H5Sclose(space);
  H5Tclose(type);
  return text;
}

inline herr_t add_attribute(hid_t object, const char* name, const H5A_info_t*, void* data) {
  auto& [path, entries] = *static_cast<std::pair<std::string, Entries*>*>(data);
  const hid_t attribute = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(attribute);
  std::string text =
      H5Tis_variable_str(type) > 0 ? (H5Tget_cset(type) == H5T_CSET_UTF8 ? "UTF-8 " : "ASCII ") : "other";
  if (H5Tis_variable_str(type) > 0) {
    char* value = nullptr;
    H5Aread(attribute, type, &value);
    text += value;
    H5free_memory(value);
  }
  entries->emplace(path + "@" + name, text);
  H5Tclose(type);
  H5Aclose(attribute);
  return 0;
}

inline herr_t add_object(hid_t root, const char* path, const H5O_info_t* info, void* data) {
  auto* entries = static_cast<Entries*>(data);
  const hid_t object = H5Oopen(root, path, H5P_DEFAULT);
  entries->emplace(path, info->type == H5O_TYPE_DATASET ? describe_array(object) : "group");
  std::pair<std::string, Entries*> place(path, entries);
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, add_attribute, &place);
  H5Oclose(object);
  return 0;
}

/// Everything in a file whose bytes these are, and the version of its superblock.
inline Entries entries_of(const std::string& bytes) {
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_fapl_core(access, 1 << 20, false);
  H5Pset_file_image(access, const_cast<char*>(bytes.data()), bytes.size());
  const hid_t file = H5Fopen("image", H5F_ACC_RDONLY, access);
  if (file < 0) throw std::runtime_error("libhdf5 does not read the file");
  Entries entries;
  H5F_info2_t info;
  H5Fget_info2(file, &info);
  entries["superblock"] = std::to_string(info.super.version);
  H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, add_object, &entries, H5O_INFO_BASIC);
  H5Fclose(file);
  H5Pclose(access);
  return entries;
}

}  // namespace hdf5
