#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "arrays.h"
#include "commands.h"
#include <cornu/core/error.h>
#include <cornu/core/io/npy.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/saved_model/saved_model.h>

namespace tool {

namespace {

using cornu::DType;
using cornu::Tensor;
using cornu::saved_model::LoadedFunction;
using cornu::saved_model::TensorDescription;

struct RunCommand {
  std::string directory = {}, signature = "serving_default";
  std::vector<std::string> inputs = {}, outputs = {};

  void run() const;
};

/// "x=x.npy" as name and file; a file alone is that of the only one.
std::pair<std::string, std::string> name_and_file(const std::string& text, const char* what, const auto& known) {
  const size_t sign = text.find('=');
  if (sign == std::string::npos && known.size() != 1)
    throw cornu::ValueError("'" + text + "': there are several " + what + "s (" + names_of(known) +
                            "); say which, as NAME=FILE.npy");
  const std::string name = sign == std::string::npos ? known.begin()->first : text.substr(0, sign);
  if (!known.contains(name))
    throw cornu::ValueError("there is no " + std::string(what) + " '" + name + "'; there are " + names_of(known));
  return {name, sign == std::string::npos ? text : text.substr(sign + 1)};
}

/// NumPy makes float64 and int64 by default, models want float32 and int32: numbers are converted where NumPy would do
/// so for numbers of the same kind, and integers to floating point.
Tensor fitted(const Tensor& array, const TensorDescription& wanted) {
  if (wanted.dtype == "string") return array;  // the call says that it cannot be
  const DType dtype = cornu::dtype_from_name(wanted.dtype);
  const bool loses_kind = cornu::is_floating(array.dtype()) && !cornu::is_floating(dtype);
  if (array.dtype() == dtype || dtype == cornu::boolean || loses_kind) return array;
  return cornu::cast(array, dtype);
}

void RunCommand::run() const {
  const auto model = cornu::saved_model::load(directory);
  const auto found = model.signatures().find(signature);
  if (found == model.signatures().end())
    throw cornu::ValueError(directory + ": there is no signature '" + signature + "'; there are " +
                            names_of(model.signatures()));
  const LoadedFunction& function = found->second;
  std::map<std::string, Tensor> arguments;
  for (const std::string& input : inputs) {
    const auto [name, file] = name_and_file(input, "input", function.inputs());
    if (!arguments.emplace(name, fitted(cornu::load_npy(file), function.inputs().at(name))).second)
      throw cornu::ValueError("input '" + name + "' is given twice");
  }
  std::map<std::string, std::string> files;  // known before the model has run
  for (const std::string& output : outputs) files.insert(name_and_file(output, "output", function.outputs()));
  const auto results = function(arguments);
  for (const auto& [name, file] : files) cornu::save_npy(file, results.at(name));
  if (files.empty())
    for (const auto& [name, result] : results) std::cout << name << ":\n" << result << "\n";
}

}  // namespace

void add_run(CLI::App& app) {
  const auto command = std::make_shared<RunCommand>();
  CLI::App* const run = app.add_subcommand("run", "Run a function of a SavedModel on arrays");
  run->add_option("SAVED_MODEL", command->directory, "The model's folder")->required()->type_name("");
  run->add_option("-i,--input", command->inputs, "NAME=FILE.npy, once for each input; FILE.npy for the only one")
      ->required()
      ->take_all()
      ->type_name("");
  run->add_option("-o,--output", command->outputs,
                  "NAME=FILE.npy for each output that is wanted; FILE.npy for the only one; all are printed without")
      ->take_all()
      ->type_name("");
  run->add_option("--signature", command->signature, "Which function")->capture_default_str()->type_name("NAME");
  run->callback([command] { command->run(); });
  run->footer("Example: cornu run mlp --input images=test.npy --output scores.npy");
}

}  // namespace tool
