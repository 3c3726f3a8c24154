#include <algorithm>
#include <cstdio>
#include <iostream>
#include <vector>

#include <cornu/core/error.h>
#include <cornu/models/internal/functional_graph.h>
#include <cornu/models/internal/text_table.h>
#include <cornu/models/model.h>
#include <cornu/models/sequential.h>

namespace cornu {

namespace {

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
Count operator+(const Count& a, const Count& b) { return {a.elements + b.elements, a.bytes + b.bytes}; }

Count count(const std::vector<Variable>& variables) {
  Count count;
  for (const Variable& variable : variables) {
    count.elements += variable.size();
    count.bytes += variable.size() * static_cast<int64_t>(size_of(variable.dtype()));
  }
  return count;
}

std::string shape_text(const std::vector<TensorSpec>& specs) {
  if (specs.empty()) return "?";
  std::string text;
  for (const TensorSpec& spec : specs) text += (text.empty() ? "" : ", ") + spec.shape.to_string();
  return specs.size() == 1 ? text : "[" + text + "]";
}

/// The rows of a model's table.
class Rows {
 public:
  Rows(const SummaryOptions& options, bool has_connections) : options_(options), has_connections_(has_connections) {}

  void add_parts_of(const Layer& parent, int level) {
    const auto* model = dynamic_cast<const Model*>(&parent);
    if (model && model->functional_graph())
      add_members(*model->functional_graph(), level);
    else
      for (const Layer* layer : parent.layers()) add_layer(*layer, shape_text(layer->output_specs()), "", level);
  }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  void add_members(const FunctionalGraph& graph, int level) {
    for (const FunctionalGraph::Member& member : graph.members()) {
      const FunctionalNode& node = graph.node_of(member);
      const std::string connections = connections_of(graph, member);
      if (!node.is_operation())
        add_layer(node.layer(), shape_text(node.outputs), connections, level);
      else
        add(graph.name_of(member) + " (" + graph.class_of(member) + ")", shape_text(node.outputs), "0", connections,
            "-", level);
    }
  }

  void add_layer(const Layer& layer, const std::string& shape, const std::string& connections, int level) {
    const std::vector<Variable> weights = layer.weights();
    const bool unbuilt = !layer.built() && weights.empty();
    add(layer.name() + " (" + layer.class_name() + ")", shape,
        unbuilt ? "0 (unbuilt)" : with_separators(count(weights).elements), connections,
        weights.empty()     ? "-"
        : layer.trainable() ? "Y"
                            : "N",
        level);
    if (options_.expand_nested) add_parts_of(layer, level + 1);
  }

  void add(const std::string& title, const std::string& shape, const std::string& parameters,
           const std::string& connections, const std::string& trainable, int level) {
    const std::string indent = level == 0 ? "" : std::string(static_cast<size_t>(level) * 3, ' ') + "└ ";
    Row row{indent + title, shape, parameters};
    if (has_connections_) row.push_back(connections.empty() ? "-" : connections);
    if (options_.show_trainable) row.push_back(trainable);
    rows_.push_back(row);
  }

  /// "dense[0][0], input[0][0]": of each input, the layer, which of its calls, and which of its outputs.
  static std::string connections_of(const FunctionalGraph& graph, const FunctionalGraph::Member& member) {
    std::string text;
    for (const size_t call : member.calls)
      for (const FunctionalGraph::Source& source : graph.calls()[call].inputs) {
        if (source.call < 0) continue;
        const FunctionalGraph::Call& from = graph.calls()[static_cast<size_t>(source.call)];
        text += (text.empty() ? "" : ", ") + graph.name_of(source) + "[" + std::to_string(from.node->index()) + "][" +
                std::to_string(source.output) + "]";
      }
    return text;
  }

  const SummaryOptions& options_;
  bool has_connections_;
  std::vector<Row> rows_;
};

std::vector<TextColumn> columns_for(bool has_connections, bool show_trainable) {
  std::vector<TextColumn> columns;
  if (has_connections)
    columns = {{"Layer (type)", 0.3}, {"Output Shape", 0.56}, {"Param #", 0.74, Align::right}, {"Connected to", 1.0}};
  else
    columns = {{"Layer (type)", 0.45}, {"Output Shape", 0.8}, {"Param #", 1.0, Align::right}};
  if (show_trainable) {
    for (TextColumn& column : columns) column.end *= 0.9;
    columns.push_back({"Trainable", 1.0, Align::center});
  }
  return columns;
}

}  // namespace

void Model::summary(const SummaryOptions& options) const {
  const bool is_sequential = dynamic_cast<const Sequential*>(this) != nullptr;
  if (!built() && !is_sequential)
    throw StateError(path() + ": summary: the model is not built yet; call it or build it first");
  const bool has_connections = functional_ && !functional_->is_chain();
  const int64_t usual = (has_connections ? 108 : 88) + (options.show_trainable ? 12 : 0);
  const int64_t length =
      std::max<int64_t>(options.line_length.value_or(std::min(usual, terminal_columns(usual + 4) - 4)), 40);

  Rows rows(options, has_connections);
  rows.add_parts_of(*this, 0);
  const Count trainable = count(trainable_weights()), frozen = count(non_trainable_weights());
  std::string text = "Model: \"" + name() + "\"\n" +
                     text_table(columns_for(has_connections, options.show_trainable), rows.rows(), length);
  const bool has_optimizer = compiled() && optimizer().built();
  const Count slots = has_optimizer ? count(optimizer().variables()) : Count();
  text += " Total params: " + (trainable + frozen + slots).to_string() + "\n";
  text += " Trainable params: " + trainable.to_string() + "\n";
  text += " Non-trainable params: " + frozen.to_string() + "\n";
  if (has_optimizer) text += " Optimizer params: " + slots.to_string() + "\n";
  (options.out ? *options.out : std::cout) << text << std::flush;
}

}  // namespace cornu
