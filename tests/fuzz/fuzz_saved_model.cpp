// The graph of a SavedModel beside the variables a, b and c; its functions are traced, which reads all of their nodes.
#include <filesystem>

#include "fuzz/fuzz.h"
#include "fuzz/limited_memory.h"
#include "paths.h"
#include <cornu/core/ops/creation.h>
#include <cornu/core/saved_model/saved_model.h>

using namespace cornu;

namespace {

constexpr int64_t most_elements = 10'000;

void bring_variables() {
  const std::string original =
      std::string(test_data_directory) + "/tensorflow/saved_model_half_plus_two_tf2_cpu/00000123/variables";
  std::filesystem::copy(original, fuzz::folder() / "variables");
}

/// Zeros of the shapes and dtypes that the function takes; nothing for a function that takes others or very much.
std::optional<std::map<std::string, Tensor>> arguments_of(const saved_model::LoadedFunction& function) {
  std::map<std::string, Tensor> arguments;
  for (const auto& [name, description] : function.inputs()) {
    Shape shape;
    for (const int64_t extent : description.shape.value_or(Shape({2}))) shape.push_back(extent < 0 ? 2 : extent);
    if (shape.size() > most_elements) return {};
    arguments.emplace(name, zeros(shape, dtype_from_name(description.dtype)));
  }
  return arguments;
}

void trace(const saved_model::LoadedFunction& function) {
  try {
    const auto arguments = arguments_of(function);
    if (arguments) function(*arguments);
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const bool has_variables = (bring_variables(), true);
  static_cast<void>(has_variables);
  fuzz::file("saved_model.pb", fuzz::text(bytes, size));
  fuzz::read_or_refuse([] {
    const saved_model::LoadedModel model = saved_model::load(fuzz::folder().path());
    for (const auto* functions : {&model.signatures(), &model.functions()})
      for (const auto& [name, function] : *functions) trace(function);
  });
  return 0;
}
