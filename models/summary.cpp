#include <algorithm>
#include <cstdio>
#include <iostream>
#include <vector>

#include <cornu/core/error.h>
#include <cornu/models/model.h>

namespace cornu {

namespace {

struct Column {
  std::string title;
  size_t width;
  bool right;
};
using Row = std::vector<std::string>;

std::string with_separators(int64_t number) {
  std::string text = std::to_string(number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<size_t>(at), ",");
  return text;
}

/// Bytes as Keras writes them: "310.59 KB".
std::string readable_size(int64_t bytes) {
  static const char* const units[] = {"B", "KB", "MB", "GB", "TB", "PB"};
  double size = static_cast<double>(bytes);
  int unit = 0;
  while (size >= 1024 && unit < 5) size /= 1024, ++unit;
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %s", size, units[unit]);
  return text;
}

struct Count {
  int64_t elements = 0, bytes = 0;
  std::string to_string() const { return with_separators(elements) + " (" + readable_size(bytes) + ")"; }
};

Count count(const std::vector<Variable>& variables) {
  Count count;
  for (const Variable& variable : variables) {
    count.elements += variable.size();
    count.bytes += variable.size() * static_cast<int64_t>(size_of(variable.dtype()));
  }
  return count;
}

std::string repeated(const char* text, size_t count) {
  std::string result;
  while (count-- > 0) result += text;
  return result;
}

std::string rule(const std::vector<Column>& columns, const char* left, const char* line, const char* cross,
                 const char* right) {
  std::string text = left;
  for (size_t i = 0; i < columns.size(); ++i) text += (i ? cross : "") + repeated(line, columns[i].width + 2);
  return text + right + "\n";
}

std::string line(const std::vector<Column>& columns, const Row& row, const char* border) {
  std::string text = border;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string cell = row[i].size() > columns[i].width ? row[i].substr(0, columns[i].width - 1) + "…" : row[i];
    const size_t length = std::min(row[i].size(), columns[i].width);
    const std::string space(columns[i].width - length, ' ');
    text += " " + (columns[i].right ? space + cell : cell + space) + " " + border;
  }
  return text + "\n";
}

std::string shape_text(const std::vector<TensorSpec>& specs) {
  if (specs.empty()) return "?";
  std::string text;
  for (const TensorSpec& spec : specs) text += (text.empty() ? "" : ", ") + spec.shape.to_string();
  return specs.size() == 1 ? text : "[" + text + "]";
}

void add_rows(const Layer& parent, const SummaryOptions& options, const std::string& indent, std::vector<Row>& rows) {
  for (const Layer* layer : parent.layers()) {
    const std::string parameters = layer->built() ? with_separators(count(layer->weights()).elements) : "0 (unbuilt)";
    rows.push_back(
        {indent + layer->name() + " (" + layer->class_name() + ")", shape_text(layer->output_specs()), parameters});
    if (options.show_trainable) rows.back().push_back(layer->weights().empty() ? "-" : layer->trainable() ? "Y" : "N");
    if (options.expand_nested) add_rows(*layer, options, indent + "    ", rows);
  }
}

}  // namespace

void Model::summary(const SummaryOptions& options) const {
  if (!built()) throw StateError(path() + ": summary: the model is not built yet; call it or build it first");
  const size_t length = static_cast<size_t>(std::max<int64_t>(options.line_length, 50));
  std::vector<Column> columns{{"Layer (type)", length * 45 / 100 - 3, false},
                              {"Output Shape", length * 35 / 100 - 3, false},
                              {"Param #", length - length * 45 / 100 - length * 35 / 100 - 4, true}};
  if (options.show_trainable) columns.push_back({"Trainable", 9, false});

  std::vector<Row> rows;
  add_rows(*this, options, "", rows);
  Row titles;
  for (const Column& column : columns) titles.push_back(column.title);
  std::string text = "Model: \"" + name() + "\"\n" + rule(columns, "┏", "━", "┳", "┓") + line(columns, titles, "┃") +
                     rule(columns, "┡", "━", "╇", "┩");
  for (size_t i = 0; i < rows.size(); ++i)
    text += (i ? rule(columns, "├", "─", "┼", "┤") : "") + line(columns, rows[i], "│");
  text += rule(columns, "└", "─", "┴", "┘");
  text += " Total params: " + count(weights()).to_string() + "\n";
  text += " Trainable params: " + count(trainable_weights()).to_string() + "\n";
  text += " Non-trainable params: " + count(non_trainable_weights()).to_string() + "\n";
  (options.out ? *options.out : std::cout) << text << std::flush;
}

}  // namespace cornu
