#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/models/training/compile_arguments.h>
#include <cornu/models/training/tensors.h>

namespace cornu {

/// Throws unless each name is that of an output.
inline void check_output_names(const std::vector<std::string>& names, const std::vector<std::string>& output_names,
                               const char* argument) {
  if (output_names.empty())
    throw ValueError("compile: " + std::string(argument) +
                     " is given by name, but the outputs of this model have none; give a list");
  for (const std::string& name : names)
    if (std::find(output_names.begin(), output_names.end(), name) == output_names.end())
      throw ValueError("compile: " + std::string(argument) + ": the model has no output '" + name + "'" +
                       suggestion(name, output_names));
}

/// Throws ValueError unless there is a target for each output, and weights for none, all or each.
void check_target_counts(const Tensors& y_true, const Tensors& y_pred, const Tensors& sample_weight,
                         const std::vector<std::string>& output_names, const char* who_needs_them);

/// Where a list of lists is meant to be by name, {{"kind", {"accuracy"}}, {"size", {"mae"}}}, the argument by name;
/// else as it is.
MetricArgument by_output_names(const MetricArgument& argument, const std::vector<std::string>& output_names);

/// The argument of each of `count` outputs; null where there is none. What is given once counts for all where
/// `spreads`.
template <class T>
std::vector<const T*> by_output(const ByOutput<T>& argument, size_t count, const std::vector<std::string>& output_names,
                                const char* name, bool spreads) {
  using Kind = typename ByOutput<T>::Kind;
  std::vector<const T*> result(count, nullptr);
  if (argument.kind == Kind::none) return result;
  if (argument.kind == Kind::map) {
    check_output_names(argument.names, output_names, name);
    for (size_t i = 0; i < argument.values.size(); ++i) {
      const auto found = std::find(output_names.begin(), output_names.end(), argument.names[i]);
      result[static_cast<size_t>(found - output_names.begin())] = &argument.values[i];
    }
    return result;
  }
  if (argument.kind == Kind::single && (spreads || count == 1)) {
    for (const T*& value : result) value = &argument.values[0];
    return result;
  }
  if (argument.values.size() != count)
    throw ValueError("compile: " + std::string(name) + " has " + std::to_string(argument.values.size()) +
                     " entries; the model has " + std::to_string(count) +
                     (count == 1 ? " output" : " outputs: give one entry for each"));
  for (size_t i = 0; i < count; ++i) result[i] = &argument.values[i];
  return result;
}

}  // namespace cornu
