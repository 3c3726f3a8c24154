#include <iostream>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include "arrays.h"
#include "commands.h"
#include "contents.h"
#include "scalars.h"
#include "table.h"
#include <cornu/core/error.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/io/tfrecord.h>
#include <cornu/core/saved_model/internal/inspection.h>

namespace tool {

namespace {

using cornu::Shape;
using cornu::Tensor;
using cornu::saved_model::LoadedFunction;
using cornu::saved_model::TensorDescription;
using Rows = std::vector<std::vector<std::string>>;

struct ShowCommand {
  std::string path = {};
  std::optional<std::string> tensor = {};
  std::vector<std::string> tags = {};
  std::optional<int> width = {};

  void run() const;
  void show(const Item& item) const;
  void show_scalars(const std::string& events) const;
};

std::vector<std::string> row_of(const std::string& name, const Tensor& tensor) {
  return {name, std::string(cornu::name(tensor.dtype())), tensor.shape().to_string(),
          bytes_text(static_cast<double>(tensor.size()) * static_cast<double>(cornu::size_of(tensor.dtype())))};
}

Rows rows_of(const std::map<std::string, LoadedFunction>& functions) {
  Rows rows;
  const auto add = [&](const std::string& function, const char* what, const auto& tensors) {
    for (const auto& [name, tensor] : tensors)
      rows.push_back({function, what, name, tensor.dtype, tensor.shape ? tensor.shape->to_string() : "any shape"});
  };
  for (const auto& [name, function] : functions) {
    add(name, "takes", function.inputs());
    add(name, "gives", function.outputs());
  }
  return rows;
}

Rows lacks_of(const std::map<std::string, LoadedFunction>& functions) {
  Rows rows;
  for (const auto& [name, function] : functions)
    for (const std::string& unknown : function.unknown_operations()) rows.push_back({name, unknown});
  return rows;
}

void show_saved_model(const std::string& path) {
  const auto model = cornu::saved_model::load_to_look_at(path);
  Rows variables, operations;
  for (const auto& [name, variable] : model.variables_by_path()) {
    variables.push_back(row_of(name, variable));
    if (!variable.trainable()) variables.back().push_back("not trainable");
  }
  for (const auto& [name, count] : cornu::saved_model::operation_counts(path))
    operations.push_back({name, std::to_string(count)});
  std::cout << path << ": a SavedModel\n";
  print_table("signatures", rows_of(model.signatures()));
  print_table("functions", rows_of(model.functions()));
  print_table("cannot be called, because Cornu lacks", lacks_of(model.signatures()));
  print_table("variables", variables);
  print_table("operations", operations);
}

void show_checkpoint(const std::string& prefix) {
  const cornu::io::TensorBundleReader bundle(prefix);
  Rows rows;
  double bytes = 0;
  for (const auto& entry : bundle.entries()) {
    bytes += static_cast<double>(entry.size);
    std::string shape = "(";
    for (const int64_t extent : entry.shape) shape += (shape.size() == 1 ? "" : ", ") + std::to_string(extent);
    rows.push_back({entry.key, entry.dtype, shape + (entry.shape.size() == 1 ? ",)" : ")"),
                    bytes_text(static_cast<double>(entry.size))});
  }
  print_table(prefix + ": a checkpoint of " + counted(rows.size(), "entry", "entries") + ", " + bytes_text(bytes),
              rows);
}

void show_arrays(const std::string& path, const std::map<std::string, Tensor>& arrays) {
  Rows rows;
  for (const auto& [name, tensor] : arrays) rows.push_back(row_of(name, tensor));
  print_table(path + ": " + counted(rows.size(), "array", "arrays"), rows);
  if (arrays.empty()) std::cout << path << ": no arrays\n";
}

void show_records(const std::string& path) {
  cornu::io::TFRecordReader reader(path);
  size_t count = 0;
  double bytes = 0;
  for (; const auto record = reader.next(); ++count) bytes += static_cast<double>(record->size());
  std::cout << path << ": " << counted(count, "record", "records") << ", " << bytes_text(bytes)
            << (reader.is_truncated() ? "; it ends within another one" : "") << "\n";
}

/// The terminal's, or that of a page where the output is none.
int output_width() {
  winsize size = {};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return std::clamp<int>(size.ws_col, 40, 160);
  return 80;
}

void ShowCommand::show_scalars(const std::string& events) const {
  const auto all = scalars_in(events, tags);
  if (all.empty()) {
    std::cout << events << ": event files without scalars\n";
    return;
  }
  std::cout << cornu::summary::scalar_table(all);
  for (const auto& series : all)
    std::cout << "\n" << cornu::summary::terminal_plot(series, {.width = width.value_or(output_width())});
}

void ShowCommand::show(const Item& item) const {
  switch (item.kind) {
    case Kind::saved_model:
      return show_saved_model(item.path);
    case Kind::checkpoint:
      return show_checkpoint(item.path);
    case Kind::events:
      return show_scalars(item.path);
    case Kind::records:
      return show_records(item.path);
    case Kind::npy:
    case Kind::npz:
    case Kind::safetensors:
      return show_arrays(item.path, arrays_in(item));
  }
}

void ShowCommand::run() const {
  const std::vector<Item> items = items_in(path);
  if (tensor) {
    std::cout << tensor_in(items[0], *tensor) << "\n";
    return;
  }
  size_t older = 0;
  for (const Item& item : items) {
    if (item.kind == Kind::checkpoint && &item != &items[0]) {
      ++older;
      continue;
    }
    if (&item != &items[0]) std::cout << "\n";
    show(item);
  }
  if (older > 0)
    std::cout << "\n" << path << ": and " << counted(older, "other checkpoint", "other checkpoints") << "\n";
}

}  // namespace

void add_show(CLI::App& app) {
  const auto command = std::make_shared<ShowCommand>();
  CLI::App* const show = app.add_subcommand("show", "Print what PATH holds");
  show->add_option("PATH", command->path, path_help)->required()->type_name("");
  show->add_option("--tensor", command->tensor, "Print the values of this variable, entry or array")->type_name("NAME");
  show->add_option("--tag", command->tags, tag_help)->take_all()->type_name("NAME");
  show->add_option("--width", command->width, "Columns of drawings; the terminal's by default")->type_name("COLUMNS");
  show->footer(
      "Prints the signatures, variables and operations of a SavedModel, the entries of a checkpoint, the scalars of\n"
      "event files as a table and drawn, the dtypes and shapes of arrays.");
  show->callback([command] { command->run(); });
}

}  // namespace tool
