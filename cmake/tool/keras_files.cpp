#include "keras_files.h"

#include <algorithm>
#include <iostream>
#include <limits>
#include <vector>

#include "arrays.h"
#include "table.h"
#include <cornu/core/config/config.h>
#include <cornu/core/error.h>
#include <cornu/core/io/internal/checksummed.h>
#include <cornu/core/io/internal/hdf5_reader.h>
#include <cornu/core/io/internal/zip_archive.h>
#include <cornu/models/saving/saving.h>

namespace tool {

namespace {

using cornu::Config;
using Arrays = std::map<std::string, cornu::Tensor>;
namespace io = cornu::io;

constexpr const char* archive_kind = "a .keras file";
constexpr uint64_t longest_json = uint64_t{256} << 20;

/// In the order of the file, so that it is read once.
Arrays arrays_of(const io::Hdf5Contents& contents, io::RandomAccess& bytes) {
  std::vector<std::pair<uint64_t, std::string>> order;
  for (const auto& [path, dataset] : contents.datasets) order.emplace_back(dataset.offset, path);
  std::sort(order.begin(), order.end());
  Arrays arrays;
  for (const auto& [offset, path] : order)
    arrays.emplace(path, io::read_values(bytes, path, contents.datasets.at(path)));
  return arrays;
}

/// "adam", or the class and the options of an object.
std::string text_of(const Config& config) {
  if (config.is_text()) return config.text();
  if (!config.contains("class_name") || !config.contains("config")) return config.dump();
  std::string options;
  const Config given = config.at("config");
  for (const std::string& name : given.is_object() ? given.names() : std::vector<std::string>())
    if (name != "name" && !given.at(name).is_null())
      options += (options.empty() ? "" : ", ") + name + " " + text_of(given.at(name));
  return text_of(config.at("class_name")) + (options.empty() ? "" : "(" + options + ")");
}

void show_compile_state(const Config& config) {
  const Config compiled = config.contains("compile_config") ? config.at("compile_config") : Config();
  std::vector<std::vector<std::string>> rows;
  if (compiled.is_object())
    for (const std::string& name : compiled.names())
      if (!compiled.at(name).is_null()) rows.push_back({name, text_of(compiled.at(name))});
  if (rows.empty())
    std::cout << "not compiled\n";
  else
    print_table("compiled with", rows);
}

/// The table of layers, or why there is none.
void show_summary(const std::string& path) {
  try {
    const auto model = cornu::load_model(path);
    model->summary();
  } catch (const cornu::ValueError& error) {
    std::cout << "cannot be loaded: " << error.what() << "\n";
  }
}

}  // namespace

Arrays keras_arrays(const std::string& path) {
  if (!path.ends_with(".keras")) {
    io::FileRange file(path);
    return arrays_of(io::read_hdf5(file), file);
  }
  const io::ZipReader archive(path, archive_kind);
  archive.check_names();
  const io::ZipReader::Place place = archive.place("model.weights.h5");
  const io::Hdf5Contents contents = io::read_hdf5(*place.bytes);
  if (!place.checksum) return arrays_of(contents, *place.bytes);
  io::Checksummed checked(*place.bytes, *place.checksum);
  Arrays arrays = arrays_of(contents, checked);
  checked.finish();
  return arrays;
}

std::string keras_weights_bytes(const std::string& path) {
  const io::ZipReader archive(path, archive_kind);
  archive.check_names();
  return archive.read("model.weights.h5", std::numeric_limits<uint64_t>::max());
}

void show_keras_model(const std::string& path) {
  const io::ZipReader archive(path, archive_kind);
  archive.check_names();
  const Config config = Config::parse(archive.read("config.json", longest_json));
  std::cout << path << ": a Keras model";
  if (archive.contains("metadata.json")) {
    const Config metadata = Config::parse(archive.read("metadata.json", longest_json));
    if (metadata.contains("keras_version")) std::cout << " of Keras " << text_of(metadata.at("keras_version"));
    if (metadata.contains("date_saved")) std::cout << ", saved " << text_of(metadata.at("date_saved"));
  }
  std::cout << "\n";
  show_summary(path);
  show_compile_state(config);
}

}  // namespace tool
