#include <iostream>

#include "commands.h"
#include <cornu/core/error.h>
#include <cornu/core/io/npy.h>
#include <cornu/core/saved_model/saved_model.h>

namespace tool {

namespace {

/// "x=x.npy" as name and file; a file alone is that of the only one.
std::pair<std::string, std::string> name_and_file(const std::string& text, const auto& descriptions) {
  if (const size_t sign = text.find('='); sign != std::string::npos)
    return {text.substr(0, sign), text.substr(sign + 1)};
  if (descriptions.size() != 1) throw cornu::ValueError("'" + text + "': say which one it is, NAME=FILE.npy");
  return {descriptions.begin()->first, text};
}

std::string names_of(const auto& map) {
  std::string names;
  for (const auto& [name, value] : map) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace

void run(const std::string& directory, const std::string& signature, const std::vector<std::string>& inputs,
         const std::vector<std::string>& outputs) {
  const auto model = cornu::saved_model::load(directory);
  const auto found = model.signatures().find(signature);
  if (found == model.signatures().end())
    throw cornu::ValueError(directory + ": there is no signature '" + signature + "'; there are " +
                            names_of(model.signatures()));
  std::map<std::string, cornu::Tensor> arguments;
  for (const std::string& input : inputs) {
    const auto [name, file] = name_and_file(input, found->second.inputs());
    arguments[name] = cornu::load_npy(file);
  }
  const auto results = found->second(arguments);
  for (const std::string& output : outputs) {
    const auto [name, file] = name_and_file(output, results);
    const auto result = results.find(name);
    if (result == results.end())
      throw cornu::ValueError("there is no output '" + name + "'; there are " + names_of(results));
    cornu::save_npy(file, result->second);
  }
  if (!outputs.empty()) return;
  for (const auto& [name, result] : results) std::cout << name << ":\n" << result << "\n";
}

}  // namespace tool
