#include <algorithm>
#include <cstdio>

#include "commands.h"
#include <cornu/core/io/npy.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/saved_model/internal/operation_counts.h>
#include <cornu/core/saved_model/saved_model.h>

namespace tool {

namespace {

using cornu::Shape;
using cornu::saved_model::LoadedFunction;
using Rows = std::vector<std::vector<std::string>>;

/// Columns as wide as their widest cell.
void print(const char* title, const Rows& rows) {
  if (rows.empty()) return;
  std::vector<size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::printf("%s\n", title);
  for (const auto& row : rows) {
    std::string line = " ";
    for (size_t i = 0; i < row.size(); ++i) {
      line += " " + row[i];
      if (i + 1 < row.size()) line += std::string(widths[i] - row[i].size() + 1, ' ');
    }
    std::printf("%s\n", line.c_str());
  }
}

std::string text_of(const cornu::saved_model::TensorDescription& tensor) {
  return tensor.dtype + " " + (tensor.shape ? tensor.shape->to_string() : "of any shape");
}

void print_functions(const char* title, const std::map<std::string, LoadedFunction>& functions) {
  Rows rows;
  for (const auto& [name, function] : functions) {
    for (const auto& [input, tensor] : function.inputs()) rows.push_back({name, "takes", input, text_of(tensor)});
    for (const auto& [output, tensor] : function.outputs()) rows.push_back({name, "gives", output, text_of(tensor)});
    for (const std::string& unknown : function.unknown_operations()) rows.push_back({name, "lacks", unknown, ""});
  }
  print(title, rows);
}

void show_saved_model(const std::string& path) {
  const auto model = cornu::saved_model::load(path);
  print_functions("signatures", model.signatures());
  print_functions("functions", model.functions());
  Rows variables, operations;
  for (const auto& [name, variable] : model.variables_by_path())
    variables.push_back({name, std::string(cornu::name(variable.dtype())), variable.shape().to_string(),
                         variable.trainable() ? "" : "not trainable"});
  for (const auto& [name, count] : cornu::saved_model::operation_counts(path))
    operations.push_back({name, std::to_string(count)});
  print("variables", variables);
  print("operations", operations);
}

void show_checkpoint(const std::string& prefix) {
  const cornu::io::TensorBundleReader bundle(prefix);
  Rows rows;
  for (const auto& entry : bundle.entries())
    rows.push_back({entry.key, entry.dtype, Shape(entry.shape).to_string(), std::to_string(entry.size) + " bytes"});
  print("entries", rows);
}

void show_arrays(const std::map<std::string, cornu::Tensor>& arrays) {
  Rows rows;
  for (const auto& [name, tensor] : arrays)
    rows.push_back({name, std::string(cornu::name(tensor.dtype())), tensor.shape().to_string()});
  print("arrays", rows);
}

}  // namespace

void show(const std::string& path) {
  std::string prefix;
  switch (kind_of(path, prefix)) {
    case Kind::saved_model:
      return show_saved_model(path);
    case Kind::checkpoint:
      return show_checkpoint(prefix);
    case Kind::npy:
      return show_arrays({{path, cornu::load_npy(path)}});
    case Kind::npz:
      return show_arrays(cornu::load_npz(path));
    case Kind::safetensors:
      return show_arrays(cornu::load_safetensors(path));
  }
}

void verify(const std::string& path) {
  std::string prefix;
  const Kind kind = kind_of(path, prefix);
  switch (kind) {
    case Kind::saved_model:
      cornu::io::TensorBundleReader(path + "/variables/variables").verify();
      (void)cornu::saved_model::load(path);
      break;
    case Kind::checkpoint:
      cornu::io::TensorBundleReader(prefix).verify();
      break;
    case Kind::npy:
      (void)cornu::load_npy(path);
      break;
    case Kind::npz:
      (void)cornu::load_npz(path);
      break;
    case Kind::safetensors:
      (void)cornu::load_safetensors(path);
      break;
  }
  std::printf("%s: whole\n", path.c_str());
}

}  // namespace tool
