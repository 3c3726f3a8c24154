// Configurations of which a part has been replaced: each is read or refused, whatever the part.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/temporary_folder.h"
#include "models/saving/keras_files.h"
#include "sanitized.h"
#include <cornu/core/error.h>
#include <cornu/models/saving/saving.h>

using namespace cornu;
using keras_files::Json;

namespace {

void collect_places(const Json& json, const Json::json_pointer& here, std::vector<Json::json_pointer>& places) {
  places.push_back(here);
  if (json.is_object())
    for (const auto& [key, value] : json.items()) collect_places(value, here / key, places);
  if (json.is_array())
    for (size_t i = 0; i < json.size(); ++i) collect_places(json[i], here / i, places);
}

class Archive {
 public:
  explicit Archive(const std::string& name)
      : config(keras_files::config(keras_files::path_of(name))),
        weights_(keras_files::member(keras_files::path_of(name), "model.weights.h5")) {}

  void load_with(const Json& changed) const {
    io::ZipWriter writer("test");
    writer.add("config.json", changed.dump());
    writer.add("model.weights.h5", weights_);
    write_bytes(folder_ / "m.keras", writer.bytes());
    try {
      load_model(folder_ / "m.keras");
    } catch (const Error&) {
    }
  }

  const Json config;

 private:
  TemporaryFolder folder_;
  std::string weights_;
};

// Sanitizers are slow, and have a fuzzer for this reader beside.
#ifdef CORNU_SANITIZED
constexpr size_t step = 6;
#else
constexpr size_t step = 3;
#endif

}  // namespace

TEST_CASE("a configuration with any part replaced is read or refused") {
  const std::vector<Json> replacements = {nullptr, true,  -1,   0,       int64_t{1} << 31, int64_t{1} << 62, 1e300,
                                          "",      "nan", {{}}, "Dense", Json::array(),    Json::object()};
  for (const char* name : {"fit/branches.keras", "fit/normalized.keras"}) {
    const Archive archive(name);
    std::vector<Json::json_pointer> places;
    collect_places(archive.config, Json::json_pointer(), places);
    for (size_t i = 0; i < places.size(); ++i) {
      INFO(name << places[i].to_string());
      // Every part, and of the replacements others for each.
      for (size_t k = i % step; k < replacements.size(); k += step) {
        Json changed = archive.config;
        changed[places[i]] = replacements[k];
        archive.load_with(changed);
      }
    }
    SUCCEED();
  }
}

TEST_CASE("a configuration with any part left out is read or refused") {
  const Archive archive("fit/branches.keras");
  std::vector<Json::json_pointer> places;
  collect_places(archive.config, Json::json_pointer(), places);
  for (const Json::json_pointer& place : places) {
    if (place.empty()) continue;
    Json changed = archive.config;
    Json& parent = changed[place.parent_pointer()];
    if (parent.is_object())
      parent.erase(place.back());
    else
      parent.erase(std::stoul(place.back()));
    INFO(place.to_string());
    archive.load_with(changed);
  }
  SUCCEED();
}
