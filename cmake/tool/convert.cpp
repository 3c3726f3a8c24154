#include <filesystem>
#include <iostream>
#include <memory>
#include <string_view>

#include <CLI/CLI.hpp>

#include "arrays.h"
#include "commands.h"
#include "contents.h"
#include "keras_files.h"
#include "table.h"
#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/saved_model/internal/inspection.h>
#include <cornu/models/saved_model.h>
#include <cornu/models/saving/saving.h>

namespace tool {

namespace {

using Arrays = std::map<std::string, cornu::Tensor>;

enum class Target { keras_model, weights, saved_model };

struct ConvertCommand {
  std::string input = {}, output = {}, model = {};

  void run() const;
  void convert_model() const;
  void convert_weights() const;
  void convert_arrays() const;
};

Target target_of(const std::string& output) {
  if (output.ends_with(".keras")) return Target::keras_model;
  for (const char* extension : {".weights.h5", ".safetensors", ".npz"})
    if (output.ends_with(extension)) return Target::weights;
  if (std::filesystem::path(output).extension().empty()) return Target::saved_model;
  throw cornu::ValueError(
      output +
      ": expected a name that ends with .keras, .weights.h5, .safetensors or .npz, or a folder's for "
      "a SavedModel");
}

/// All arrays with names: those of a checkpoint or SavedModel are its variables.
Arrays named_arrays(const std::string& input) {
  const Item item = items_in(input).at(0);
  Arrays arrays;
  if (item.kind == Kind::saved_model) {
    const auto model = cornu::saved_model::load_to_look_at(item.path);
    for (const auto& [name, variable] : model.variables_by_path()) arrays.emplace(name, variable);
  } else if (item.kind == Kind::checkpoint) {
    constexpr std::string_view suffix = "/.ATTRIBUTES/VARIABLE_VALUE";
    const cornu::io::TensorBundleReader bundle(item.path);
    for (const auto& entry : bundle.entries())
      if (entry.key.ends_with(suffix))
        arrays.emplace(entry.key.substr(0, entry.key.size() - suffix.size()), bundle.read(entry.key));
  } else {
    arrays = arrays_in(item);
  }
  return arrays;
}

/// Without what it was compiled with, where that is not known here.
std::unique_ptr<cornu::Model> load_whole_model(const std::string& path) {
  try {
    return cornu::load_model(path);
  } catch (const cornu::ValueError& error) {
    auto loaded = cornu::load_model(path, {.compile = false});
    std::cerr << "note: without optimizer, losses and metrics: " << error.what() << "\n";
    return loaded;
  }
}

/// Without making the model: its classes may not be known here.
void ConvertCommand::convert_weights() const {
  if (output.ends_with(".weights.h5"))
    return cornu::io::write_file_atomically(output, std::string_view(keras_weights_bytes(input)));
  try {
    load_whole_model(input)->save_weights(output);
  } catch (const cornu::ValueError& error) {
    convert_arrays();
    std::cerr << "note: the arrays have their names in the file, since the model cannot be made: " << error.what()
              << "\n";
  }
}

void ConvertCommand::convert_model() const {
  const auto loaded = load_whole_model(model.empty() ? input : model);
  if (!model.empty()) loaded->load_weights(input);
  switch (target_of(output)) {
    case Target::keras_model:
      return loaded->save(output);
    case Target::weights:
      return loaded->save_weights(output);
    case Target::saved_model:
      return cornu::saved_model::save(*loaded, output);
  }
}

void ConvertCommand::convert_arrays() const {
  if (output.ends_with(".safetensors")) return cornu::save_safetensors(output, named_arrays(input));
  if (output.ends_with(".npz")) return cornu::save_npz(output, named_arrays(input));
  throw cornu::ValueError(input + ": arrays alone do not say what model they are of; give it with --model m.keras");
}

void ConvertCommand::run() const {
  target_of(output);  // says at once what cannot be written
  const bool is_model = input.ends_with(".keras");
  if (is_model && model.empty() && target_of(output) == Target::weights)
    convert_weights();
  else if (is_model || !model.empty())
    convert_model();
  else
    convert_arrays();
  std::cout << output << ": written\n";
}

}  // namespace

void add_convert(CLI::App& app) {
  const auto command = std::make_shared<ConvertCommand>();
  CLI::App* const convert = app.add_subcommand("convert", "Write what INPUT holds in another format");
  convert->add_option("INPUT", command->input, path_help)->required()->type_name("");
  convert
      ->add_option("OUTPUT", command->output,
                   "A name that ends with .keras, .weights.h5, .safetensors or .npz, or a folder's for a SavedModel")
      ->required()
      ->type_name("");
  convert->add_option("--model", command->model, "The model whose weights INPUT holds")->type_name("FILE.keras");
  convert->footer(
      "A .keras file becomes any of the others. Weights alone become .safetensors or .npz with the names that they\n"
      "have; with --model they become anything, with the names that the model has for them.");
  convert->callback([command] { command->run(); });
}

}  // namespace tool
