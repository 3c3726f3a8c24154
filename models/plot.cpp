#include <cstdlib>
#include <filesystem>
#include <map>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/models/internal/functional_graph.h>
#include <cornu/models/plot.h>

namespace cornu {

namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '<' || c == '>' || c == '{' || c == '}' || c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string shapes(const std::vector<TensorSpec>& specs) {
  if (specs.empty()) return "?";
  std::string text;
  for (const TensorSpec& spec : specs) text += (text.empty() ? "" : ", ") + spec.shape.to_string();
  return specs.size() == 1 ? text : "[" + text + "]";
}

std::string activation_of(const Layer& layer) {
  try {
    const Config config = layer.get_config();
    if (config.contains("activation") && config.at("activation").is_text()) return config.at("activation").text();
  } catch (const StateError&) {  // the class does not say how it is written
  }
  return "";
}

/// A node of the drawing: what one call takes and gives.
struct Box {
  std::string name, class_name;
  std::vector<TensorSpec> inputs, outputs;
  const Layer* layer = nullptr;  // null for an operation
};

class Drawing {
 public:
  explicit Drawing(const PlotOptions& options) : options_(options) {}

  std::string draw(const Model& model) {
    add_model(model, "");
    return "digraph " + quoted(model.name()) + " {\n  rankdir=" + options_.rankdir +
           ";\n  node [shape=record, fontname=Helvetica, fontsize=12];\n" + text_ + "}\n";
  }

 private:
  /// The boxes that a model begins and ends with.
  struct Ends {
    std::vector<std::string> first, last;
  };

  static std::string quoted(const std::string& text) { return "\"" + escaped(text) + "\""; }

  Ends add_model(const Model& model, const std::string& prefix) {
    if (model.functional_graph()) return add_graph(*model.functional_graph(), prefix);
    Ends ends;
    std::string before;
    for (const Layer* layer : model.layers()) {
      const Ends part =
          add_part({layer->name(), layer->class_name(), layer->input_specs(), layer->output_specs(), layer}, prefix);
      if (before.empty())
        ends.first = part.first;
      else
        for (const std::string& first : part.first) connect(before, first);
      before = part.last.empty() ? before : part.last[0];
      ends.last = part.last;
    }
    return ends;
  }

  Ends add_graph(const FunctionalGraph& graph, const std::string& prefix) {
    std::map<size_t, Ends> parts;  // by member
    for (size_t i = 0; i < graph.members().size(); ++i) {
      const FunctionalGraph::Member& member = graph.members()[i];
      const FunctionalNode& node = graph.node_of(member);
      std::vector<TensorSpec> inputs;
      for (const Tensor& input : node.inputs) inputs.push_back(input.spec());
      parts[i] = add_part({graph.name_of(member), graph.class_of(member), inputs, node.outputs,
                           node.is_operation() ? nullptr : &node.layer()},
                          prefix);
    }
    const auto ends_of = [&](const FunctionalGraph::Source& source) -> const Ends& {
      return parts.at(graph.calls()[static_cast<size_t>(source.call)].member);
    };
    for (const FunctionalGraph::Call& call : graph.calls())
      for (size_t k = 0; k < call.inputs.size(); ++k) {
        if (call.inputs[k].call < 0) continue;
        const Ends& from = ends_of(call.inputs[k]);
        const Ends& to = parts.at(call.member);
        connect(from.last[static_cast<size_t>(call.inputs[k].output) % from.last.size()],
                to.first[k % to.first.size()]);
      }
    Ends ends;
    for (const FunctionalGraph::Source& input : graph.inputs()) ends.first.push_back(ends_of(input).first[0]);
    for (const FunctionalGraph::Source& output : graph.outputs()) ends.last.push_back(ends_of(output).last[0]);
    return ends;
  }

  Ends add_part(const Box& box, const std::string& prefix) {
    const std::string id = prefix + box.name;
    const auto* model = options_.expand_nested ? dynamic_cast<const Model*>(box.layer) : nullptr;
    if (!model || model->layers().empty()) {
      text_ += "  " + quoted(id) + " [label=\"" + label(box) + "\"];\n";
      return {{id}, {id}};
    }
    text_ += "  subgraph " + quoted("cluster_" + id) + " {\n  label=" + quoted(box.name) + ";\n";
    const Ends ends = add_model(*model, id + "/");
    text_ += "  }\n";
    return ends;
  }

  std::string label(const Box& box) const {
    std::string title = options_.show_layer_names ? box.name + " (" + box.class_name + ")" : box.class_name;
    std::string text = escaped(title);
    if (options_.show_layer_activations && box.layer && !activation_of(*box.layer).empty())
      text += "|activation: " + escaped(activation_of(*box.layer));
    if (options_.show_shapes)
      text += "|{input: " + escaped(shapes(box.inputs)) + "|output: " + escaped(shapes(box.outputs)) + "}";
    if (options_.show_dtype && !box.outputs.empty()) text += "|" + std::string(cornu::name(box.outputs[0].dtype));
    if (options_.show_trainable && box.layer && !box.layer->weights().empty())
      text += box.layer->trainable() ? "|trainable" : "|not trainable";
    return options_.rankdir == "LR" ? text : "{" + text + "}";
  }

  void connect(const std::string& from, const std::string& to) {
    text_ += "  " + quoted(from) + " -> " + quoted(to) + ";\n";
  }

  const PlotOptions& options_;
  std::string text_;
};

/// Runs a program without a shell; whether it ended well.
bool run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

std::string model_to_dot(const Model& model, const PlotOptions& options) {
  if (!model.built())
    throw StateError("plot_model: the model '" + model.name() + "' is not built yet; call it or build it first");
  if (options.rankdir != "TB" && options.rankdir != "LR")
    throw ValueError("plot_model: rankdir is 'TB' or 'LR'; received '" + options.rankdir + "'");
  return Drawing(options).draw(model);
}

bool plot_model(const Model& model, const std::string& file, const PlotOptions& options) {
  const std::filesystem::path path(file);
  const std::string ending = path.extension().string();
  if (ending != ".svg" && ending != ".png" && ending != ".pdf" && ending != ".dot")
    throw ValueError("plot_model: the file's ending is .svg, .png, .pdf or .dot; received '" + file + "'");
  const std::string dot = std::filesystem::path(path).replace_extension(".dot").string();
  io::write_file_atomically(dot, std::string_view(model_to_dot(model, options)));
  if (ending == ".dot") return false;
  std::vector<std::string> command{"dot", "-T" + ending.substr(1), "-o", file, dot};
  if (ending == ".png") command.insert(command.begin() + 1, "-Gdpi=" + std::to_string(options.dpi));
  return run(command);
}

}  // namespace cornu
