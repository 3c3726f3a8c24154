#include <algorithm>
#include <charconv>
#include <set>

#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/saved_model/internal/extent_arithmetic.h>
#include <cornu/core/saved_model/internal/graph_import.h>
#include <cornu/core/saved_model/internal/operation_signatures.h>

namespace cornu::saved_model {

namespace {

constexpr int deepest = 64;              // functions that call each other
constexpr int64_t most_calls = 100'000;  // within one: a few functions that call each other twice would never end

bool is_call(const proto::NodeDef& node) {
  return node.op() == "PartitionedCall" || node.op() == "StatefulPartitionedCall";
}

constexpr const char* handled_here[] = {"Const", "NoOp",   "ReadVariableOp",      "AssignVariableOp",
                                        "Shape", "ShapeN", "AssignAddVariableOp", "AssignSubVariableOp"};

bool is_known(const proto::NodeDef& node) {
  return is_call(node) || find_reader(node.op()) ||
         std::find(std::begin(handled_here), std::end(handled_here), node.op()) != std::end(handled_here);
}

std::string called_function(const proto::NodeDef& node) {
  const auto found = node.attr().find("f");
  return found == node.attr().end() ? std::string() : found->second.func().name();
}

/// An input of a node: "argument", "node:output:3", "^node".
struct InputName {
  std::string node, output;
  size_t number = 0;
  bool is_control = false;

  explicit InputName(const std::string& text) : is_control(!text.empty() && text[0] == '^') {
    const size_t first = text.find(':'), second = first == std::string::npos ? first : text.find(':', first + 1);
    node = text.substr(is_control ? 1 : 0, first == std::string::npos ? first : first - (is_control ? 1 : 0));
    if (first == std::string::npos) return;
    output = text.substr(first + 1, second == std::string::npos ? second : second - first - 1);
    if (second != std::string::npos) std::from_chars(text.data() + second + 1, text.data() + text.size(), number);
  }
};

}  // namespace

/// A function while it is called: its nodes are computed once those are that they need.
class FunctionBody {
 public:
  FunctionBody(const FunctionReader& reader, const proto::FunctionDef& function, const ImportValues& arguments,
               int depth, int64_t& calls)
      : reader_(reader), function_(function), depth_(depth), calls_(calls) {
    for (const proto::NodeDef& node : function.node_def()) nodes_[node.name()] = &node;
    for (int i = 0; i < function.signature().input_arg_size(); ++i)
      values_[function.signature().input_arg(i).name()] = {arguments[static_cast<size_t>(i)]};
  }

  ImportValues run() {
    for (const auto& [name, node] : function_.control_ret()) compute(node);
    ImportValues results;
    for (const auto& output : function_.signature().output_arg()) {
      const auto found = function_.ret().find(output.name());
      if (found == function_.ret().end()) fail("output '" + output.name() + "' has no value");
      const InputName name(found->second);
      compute(name.node);
      results.push_back(value_of(name));
    }
    return results;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw ValueError("function '" + function_.signature().name() + "': " + why);
  }

  const proto::NodeDef& node_of(const std::string& name) const {
    const auto found = nodes_.find(name);
    if (found == nodes_.end()) fail("there is no node '" + name + "'");
    return *found->second;
  }

  /// Computes a node after all that it depends on.
  void compute(const std::string& name) {
    std::vector<std::string> stack{name};
    std::set<std::string> waiting;
    while (!stack.empty()) {
      const std::string top = stack.back();
      if (values_.contains(top)) {
        stack.pop_back();
        continue;
      }
      const proto::NodeDef& node = node_of(top);
      const size_t before = stack.size();
      for (const std::string& input : node.input())
        if (const InputName needed(input); !values_.contains(needed.node)) stack.push_back(needed.node);
      if (stack.size() == before) {
        values_[top] = compute_node(node);
        stack.pop_back();
      } else if (!waiting.insert(top).second) {
        fail("node '" + top + "' depends on itself");
      }
    }
  }

  const ImportValue& value_of(const InputName& name) const {
    const ImportValues& values = values_.at(name.node);
    const auto node = nodes_.find(name.node);
    size_t position = name.number;
    if (node != nodes_.end() && !name.output.empty()) position += first_of(*node->second, name.output, values.size());
    if (position >= values.size()) fail("node '" + name.node + "' has no output " + name.output);
    return values[position];
  }

  /// The position of a named output's first tensor among all `count` of the node.
  size_t first_of(const proto::NodeDef& node, const std::string& output, size_t count) const {
    const OperationSignature* signature = find_signature(node.op());
    if (!signature || signature->outputs.size() == 1) return 0;
    for (size_t i = 0; i < signature->outputs.size() && i < count; ++i)
      if (signature->outputs[i].name == output) return i;
    fail("node '" + node.name() + "' has no output '" + output + "'");
  }

  ImportValues compute_node(const proto::NodeDef& node) {
    ImportValues inputs;
    for (const std::string& input : node.input())
      if (const InputName name(input); !name.is_control) inputs.push_back(value_of(name));
    if (is_call(node)) return reader_.call(called_function(node), inputs, depth_ + 1, calls_);
    const ImportCall call(node, inputs, false);
    try {
      if (node.op() == "NoOp") return {};
      if (node.op() == "Const") return {{.tensor = constant_of(node)}};
      if (node.op() == "Shape" || node.op() == "ShapeN") return shapes_of(call);
      if (node.op() == "Identity" && inputs.size() == 1) return inputs;
      if (node.op().find("VariableOp") != std::string::npos) return use_variable(call);
      return apply(node, inputs, call);
    } catch (Error& error) {
      error.add_location("function '" + function_.signature().name() + "', node '" + node.name() + "' (" + node.op() +
                         ")");
      throw;
    }
  }

  Tensor constant_of(const proto::NodeDef& node) const {
    const auto found = node.attr().find("value");
    if (found == node.attr().end()) fail("the constant '" + node.name() + "' has no value");
    if (found->second.tensor().dtype() == proto::DT_STRING) return {};  // an error once it is used as a tensor
    return from_proto(found->second.tensor());
  }

  static ImportValues shapes_of(const ImportCall& call) {
    ImportValues shapes;
    for (size_t i = 0; i < call.input_count(); ++i) {
      const Shape shape = call.tensor(i).shape();
      const DType dtype = call.dtype("out_type", int32);
      Tensor extents = Tensor::from_span<int64_t>(shape.extents(), {shape.rank()});
      if (shape.is_known())
        shapes.push_back({.tensor = cast(extents, dtype)});
      else
        shapes.push_back({.tensor = std::move(extents), .is_extents = true, .dtype = dtype});
    }
    return shapes;
  }

  static ImportValues use_variable(const ImportCall& call) {
    const Variable& variable = call.variable(0);
    const std::string& operation = call.node().op();
    if (operation == "ReadVariableOp") return {{.tensor = variable.value()}};
    if (operation == "AssignVariableOp") variable.assign(call.tensor(1));
    if (operation == "AssignAddVariableOp") variable.assign_add(call.tensor(1));
    if (operation == "AssignSubVariableOp") variable.assign_sub(call.tensor(1));
    return {};
  }

  /// Operations on extents give extents where they only arrange them or count with them.
  static ImportValues apply(const proto::NodeDef& node, const ImportValues& inputs, const ImportCall& call) {
    const Translation* translation = find_reader(node.op());
    if (!translation) call.fail("is unknown");
    const auto extents = std::find_if(inputs.begin(), inputs.end(), [](const ImportValue& v) { return v.is_extents; });
    if (extents != inputs.end()) {
      if (auto computed = compute_extents(call)) return {std::move(*computed)};
      if (translation->moves_elements && inputs[0].is_extents) {
        ImportValues results;
        for (Tensor& tensor : translation->read(ImportCall(node, inputs, true)))
          results.push_back({.tensor = std::move(tensor), .is_extents = true, .dtype = extents->dtype});
        return results;
      }
    }
    ImportValues results;
    for (Tensor& tensor : translation->read(call)) results.push_back({.tensor = std::move(tensor)});
    return results;
  }

  const FunctionReader& reader_;
  const proto::FunctionDef& function_;
  int depth_;
  int64_t& calls_;
  std::map<std::string, const proto::NodeDef*, std::less<>> nodes_;
  std::map<std::string, ImportValues, std::less<>> values_;  // of arguments and of nodes
};

FunctionReader::FunctionReader(const proto::FunctionDefLibrary& library) {
  for (const proto::FunctionDef& function : library.function()) functions_[function.signature().name()] = &function;
}

const proto::FunctionDef& FunctionReader::find(const std::string& name) const {
  const auto found = functions_.find(name);
  if (found == functions_.end()) throw ValueError("there is no function '" + name + "'");
  return *found->second;
}

std::vector<std::string> FunctionReader::unknown_operations(const std::string& name) const {
  std::vector<std::string> unknown, queue{name};
  std::set<std::string> seen{name};
  while (!queue.empty()) {
    const proto::FunctionDef& function = find(queue.back());
    queue.pop_back();
    for (const proto::NodeDef& node : function.node_def()) {
      if (!is_known(node)) unknown.push_back(node.op() + " (node '" + node.name() + "')");
      if (is_call(node) && seen.insert(called_function(node)).second) queue.push_back(called_function(node));
    }
  }
  return unknown;
}

void FunctionReader::require_known(const std::string& name) const {
  std::string list;
  for (const std::string& operation : unknown_operations(name)) list += (list.empty() ? "" : ", ") + operation;
  if (!list.empty()) throw ValueError("function '" + name + "' uses operations that Cornu does not have: " + list);
}

ImportValues FunctionReader::call(const std::string& name, const ImportValues& arguments, int depth,
                                  int64_t& calls) const {
  if (depth > deepest) throw ValueError("function '" + name + "' calls itself without end");
  if (++calls > most_calls)
    throw ValueError("functions call each other more than " + std::to_string(most_calls) + " times");
  const proto::FunctionDef& function = find(name);
  if (static_cast<int>(arguments.size()) != function.signature().input_arg_size())
    throw ValueError("function '" + name + "': expected " + std::to_string(function.signature().input_arg_size()) +
                     " arguments; received " + std::to_string(arguments.size()));
  return FunctionBody(*this, function, arguments, depth, calls).run();
}

}  // namespace cornu::saved_model
