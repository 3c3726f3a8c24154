// Models in Keras's files.
#include <algorithm>
#include <ctime>
#include <iostream>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/core/io/internal/zip_archive.h>
#include <cornu/layers/internal/weights_come_later.h>
#include <cornu/models/saving/internal/keras_weights.h>
#include <cornu/models/saving/internal/serialization.h>

namespace cornu {

namespace {

constexpr const char* metadata_member = "metadata.json";
constexpr const char* config_member = "config.json";
constexpr const char* weights_member = "model.weights.h5";
constexpr const char* keras_version = "3.16.0";  // whose files these are

std::string metadata() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%d@%H:%M:%S", &parts);
  Config written = Config::object();
  written.set("keras_version", keras_version);
  written.set("date_saved", date);
  return written.dump();
}

Config read_config(const io::ZipReader& archive, const std::string& path) {
  constexpr uint64_t most = uint64_t{64} << 20;
  try {
    return Config::parse(archive.read(config_member, most));
  } catch (const ValueError& error) {
    throw FileError(path + ": '" + config_member + "': " + error.what());
  }
}

std::unique_ptr<Model> build(const Config& config, const saving::CustomObjects& custom_objects) {
  const IgnoreUnknownOptions newer_versions;
  const saving::ModelReader reader(custom_objects);
  reader.check_classes(config);
  return reader.model(config);
}

/// Adds the classes in what compile() was given that `registry` does not know: functions, too, have one.
template <class Base>
void collect_unknown(const Config& argument, const Registry<Base>& registry, std::vector<std::string>& unknown) {
  if (argument.is_list())
    for (const Config& element : argument.elements()) collect_unknown(element, registry, unknown);
  if (!argument.is_object()) return;
  if (!argument.contains("class_name") || !argument.contains("config")) {
    for (const std::string& name : argument.names()) collect_unknown(argument.at(name), registry, unknown);
  } else if (!registry.knows(argument)) {
    unknown.push_back(argument.at("class_name").text());
  }
}

/// Of a model's configuration.
std::vector<std::string> unknown_in_compile_config(const Config& object) {
  std::vector<std::string> unknown;
  const Config config = object.contains("compile_config") ? object.at("compile_config") : Config();
  const auto argument = [&](const char* name) { return config.contains(name) ? config.at(name) : Config(); };
  if (!config.is_object()) return unknown;
  collect_unknown(argument("optimizer"), Optimizer::registry(), unknown);
  collect_unknown(argument("loss"), losses::registry(), unknown);
  for (const char* name : {"metrics", "weighted_metrics"})
    collect_unknown(argument(name), metrics::registry(), unknown);
  return unknown;
}

constexpr const char* to_compile_anew =
    "make a class of it that is known by register_keras_serializable(), or load the model with {.compile = false} and "
    "compile() it anew";

/// Compiles a model as it was when it was written.
void compile(Model& model, const Config& object) {
  const Config config = object.contains("compile_config") ? object.at("compile_config") : Config();
  if (!config.is_object() || config.names().empty()) return;
  const std::vector<std::string> unknown = unknown_in_compile_config(object);
  if (!unknown.empty())
    throw ValueError("the model was compiled with " + join(unknown) + ", which is not known here: " + to_compile_anew);
  const IgnoreUnknownOptions newer_versions;
  model.compile_from_config(config);
}

/// The model of a file, without the values of its weights.
std::unique_ptr<Model> build(const std::string& path, const Config& config, const LoadModelOptions& options,
                             const saving::WeightsFile& weights) {
  const WeightsComeLater from_the_file(weights.most_elements());
  try {
    std::unique_ptr<Model> model = build(config, options.custom_objects);
    if (options.compile) compile(*model, config);
    return model;
  } catch (const MemoryError&) {
    throw FileError(path + ": the model needs more memory than there is");
  } catch (FileError&) {
    throw;
  } catch (Error& error) {
    error.add_context(path);
    throw;
  }
}

}  // namespace

Config Model::get_config() const {
  const bool is_known = functional_graph() || dynamic_cast<const Sequential*>(this);
  return is_known ? saving::ModelWriter().config_of(*this) : Layer::get_config();
}

std::string Model::to_json() const { return saving::ModelWriter().object_of(*this).dump(); }

void Model::save(const std::string& path) const {
  if (!path.ends_with(".keras"))
    throw ValueError("save: '" + path +
                     "': expected a name that ends with .keras (save_weights() writes weights alone)");
  try {
    io::ZipWriter archive(path);
    archive.add(metadata_member, metadata());
    const Config config = saving::ModelWriter().object_of(*this);
    archive.add(config_member, config.dump());
    archive.add(weights_member, saving::weights_file(*this, path));
    archive.write(path);
    const std::vector<std::string> unknown = unknown_in_compile_config(config);
    if (!unknown.empty())
      std::cerr << "warning: save: '" << path << "': the model is compiled with " << join(unknown)
                << ", which load_model() will not know: " << to_compile_anew << "\n";
  } catch (Error& error) {
    error.add_context("save");
    throw;
  }
}

std::unique_ptr<Model> load_model(const std::string& path, const LoadModelOptions& options) {
  try {
    const io::ZipReader archive(path, "a .keras file");
    archive.check_names();
    const Config config = read_config(archive, path);
    const io::ZipReader::Place place = archive.place(weights_member);
    const saving::WeightsFile weights(*place.bytes, place.checksum);
    std::unique_ptr<Model> model = build(path, config, options, weights);
    weights.load_into(*model, false, path);
    return model;
  } catch (Error& error) {
    error.add_context("load_model");
    throw;
  }
}

std::unique_ptr<Model> model_from_json(const std::string& json_text, const saving::CustomObjects& custom_objects) {
  try {
    return build(Config::parse(json_text), custom_objects);
  } catch (Error& error) {
    error.add_context("model_from_json");
    throw;
  }
}

}  // namespace cornu
