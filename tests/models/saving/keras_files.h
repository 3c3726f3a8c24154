#pragma once
// Comparing files with those that Keras wrote.
#include <set>
#include <string>
#include <vector>

#include "core/io/hdf5_files.h"
#include "golden.h"
#include <cornu/core/io/internal/zip_archive.h>

namespace keras_files {

using golden::Json;

inline std::string path_of(const std::string& name) { return std::string(test_data_directory) + "/keras/" + name; }

inline std::string member(const std::string& path, const std::string& name) {
  return cornu::io::ZipReader(path, "a .keras file").read(name, 1 << 30);
}

inline Json config(const std::string& path) { return Json::parse(member(path, "config.json")); }

/// What says how Keras ran rather than what the model is: identities of shared objects, compilation by XLA, and in
/// which of its modules the optimizer of a backend was.
inline bool is_of_the_run(const std::string& key, const Json& expected) {
  const std::string module =
      expected.contains("module") && expected.at("module").is_string() ? expected.at("module").get<std::string>() : "";
  if ((key == "module" || key == "registered_name") && module.starts_with("keras.src.backend.")) return true;
  return key == "shared_object_id" || key == "jit_compile";
}

/// Where `actual` differs from `expected`: keys and values.
inline void compare(const Json& actual, const Json& expected, const std::string& path,
                    std::vector<std::string>& differences) {
  if (actual.is_object() && expected.is_object()) {
    std::set<std::string> keys;
    for (const auto& [key, value] : actual.items()) keys.insert(key);
    for (const auto& [key, value] : expected.items()) keys.insert(key);
    for (const std::string& key : keys) {
      const std::string place = path + "/" + key;
      if (!actual.contains(key))
        differences.push_back(place + " is missing");
      else if (!expected.contains(key))
        differences.push_back(place + " is too much");
      else if (!is_of_the_run(key, expected))
        compare(actual.at(key), expected.at(key), place, differences);
    }
  } else if (actual.is_array() && expected.is_array() && actual.size() == expected.size()) {
    for (size_t i = 0; i < actual.size(); ++i)
      compare(actual[i], expected[i], path + "/" + std::to_string(i), differences);
  } else if (actual != expected) {
    differences.push_back(path + " is " + actual.dump().substr(0, 200) + "; Keras has " +
                          expected.dump().substr(0, 200));
  }
}

inline std::vector<std::string> differences(const Json& actual, const Json& expected) {
  std::vector<std::string> found;
  compare(actual, expected, "", found);
  return found;
}

}  // namespace keras_files
