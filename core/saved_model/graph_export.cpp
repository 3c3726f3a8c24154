#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/graph/passes.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/saved_model/internal/graph_export.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

Graph simplified(Graph graph) {
  for (const auto pass : {passes::fold_constants, passes::simplify_algebra, passes::share_common_subexpressions,
                          passes::remove_dead_code})
    graph = pass(graph);
  return graph;
}

namespace {

bool is_writable(const Node& node) {
  if (node.kind == Node::Kind::effect) return false;
  return node.kind != Node::Kind::operation || find_writer(node.operation->name);
}

}  // namespace

void require_writable(const Graph& graph, const std::string& name) {
  std::string unknown;
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    if (!is_writable(graph.nodes[i]))
      unknown +=
          (unknown.empty() ? "" : ", ") + graph.name_of(static_cast<int32_t>(i)) + " (" + graph.nodes[i].type() + ")";
  if (!unknown.empty())
    throw ValueError(name + ": TensorFlow has no operations for " + unknown +
                     "; save a function that does not use them (a model's call without training)");
}

GraphExporter::GraphExporter(const Graph& graph, NodeWriter& writer, Sources sources)
    : graph_(graph), writer_(writer), sources_(std::move(sources)), written_(graph.nodes.size()) {}

const OutputReference& GraphExporter::at(const Value& value) const {
  return written_[static_cast<size_t>(value.node)][static_cast<size_t>(value.output)];
}

void GraphExporter::give(int32_t index, OutputReferences outputs) {
  written_[static_cast<size_t>(index)] = std::move(outputs);
  note_extents(index);
}

void GraphExporter::note_extents(int32_t index) {
  const std::vector<TensorSpec>& specs = graph_.nodes[static_cast<size_t>(index)].outputs;
  for (size_t output = 0; output < specs.size(); ++output)
    for (int axis = 0; axis < specs[output].shape.rank(); ++axis)
      if (Shape::is_name(specs[output].shape[axis]))
        places_.try_emplace(specs[output].shape[axis], Place{{index, static_cast<int32_t>(output)}, axis});
}

OutputReferences GraphExporter::write() {
  for (size_t i = 0; i < graph_.inputs.size(); ++i) give(graph_.inputs[i].node, {sources_.inputs[i]});
  for (size_t i = 0; i < graph_.nodes.size(); ++i) write_node(static_cast<int32_t>(i));
  OutputReferences results;
  for (const Value& output : graph_.outputs) results.push_back(at(output));
  return results;
}

void GraphExporter::write_node(int32_t index) {
  const Node& node = graph_.nodes[static_cast<size_t>(index)];
  switch (node.kind) {
    case Node::Kind::input:
      return;
    case Node::Kind::constant:
      return give(index, {writer_.constant(node.constant)});
    case Node::Kind::read:
      return write_read(index);
    case Node::Kind::assign:
      return write_assignment(index);
    case Node::Kind::effect:
      throw ValueError(graph_.name_of(index) + " (" + node.type() + ") has no form in TensorFlow");
    case Node::Kind::operation:
      break;
  }
  OutputReferences inputs;
  for (const Value& input : node.inputs) inputs.push_back(at(input));
  const Translation* translation = find_writer(node.operation->name);
  if (!translation) throw ValueError(std::string(node.type()) + " has no form in TensorFlow");
  const ExportCall::ExtentWriter extents = [this](const std::vector<int64_t>& list, bool may_infer) {
    return write_extents(list, may_infer);
  };
  give(index, translation->write(ExportCall(graph_, index, std::move(inputs), writer_, extents)));
}

void GraphExporter::write_read(int32_t index) {
  const Variable& variable = graph_.nodes[static_cast<size_t>(index)].variable;
  if (sources_.as_constants) return give(index, {writer_.constant(variable.peek(), variable.path())});
  const OutputReferences read =
      writer_.write("ReadVariableOp", {sources_.variables.at(variable.id())},
                    {{"dtype", attribute(to_proto(variable.dtype()))}}, variable.path() + "/ReadVariableOp");
  if (const auto last = last_assignment_.find(variable.id()); last != last_assignment_.end())
    writer_.after({last->second});
  stateful_nodes_.push_back(writer_.last_name());
  give(index, read);
}

/// An assignment comes after everything that was read or changed before it.
void GraphExporter::write_assignment(int32_t index) {
  const Node& node = graph_.nodes[static_cast<size_t>(index)];
  if (sources_.as_constants)
    throw ValueError("the function assigns to the variable '" + node.variable.path() +
                     "', which a graph of constants cannot");
  writer_.write("AssignVariableOp", {sources_.variables.at(node.variable.id()), at(node.inputs[0])}, {},
                node.variable.path() + "/AssignVariableOp");
  writer_.after(stateful_nodes_);
  stateful_nodes_.push_back(writer_.last_name());
  last_assignment_[node.variable.id()] = writer_.last_name();
}

// ---- extents ----------------------------------------------------------------------------------------------------

OutputReference GraphExporter::write_extent(int64_t name, DType dtype) {
  if (dtype != int32)
    return writer_.write("Cast", {write_extent(name, int32)}, {{"DstT", attribute(to_proto(dtype))}})[0];
  if (const auto found = counted_.find(name); found != counted_.end()) return found->second;
  const auto place = places_.find(name);
  if (place == places_.end())
    throw ValueError("an extent that is not known before the graph runs is that of no tensor in it");
  const OutputReference shape =
      writer_.write("Shape", {at(place->second.value)}, {{"out_type", attribute(proto::DT_INT32)}})[0];
  const auto position = [&](int axis) { return writer_.constant(constant({static_cast<int32_t>(axis)})); };
  const int axis = place->second.axis;
  const OutputReference extent = writer_.write("StridedSlice", {shape, position(axis), position(axis + 1), position(1)},
                                               {{"shrink_axis_mask", attribute(int64_t{1})}})[0];
  return counted_.emplace(name, extent).first->second;
}

OutputReference GraphExporter::write_extents(const std::vector<int64_t>& extents, bool may_infer) {
  std::vector<int64_t> written = extents;
  const auto unknown = std::count_if(written.begin(), written.end(), [](int64_t extent) { return extent < 0; });
  if (may_infer) {
    // Where there is only one, or one that no tensor has, TensorFlow works it out as well.
    for (int64_t& extent : written)
      if (extent < 0 && (unknown == 1 || !places_.contains(extent))) extent = -1;
  }
  const bool is_constant =
      std::all_of(written.begin(), written.end(), [&](int64_t e) { return e >= 0 || (may_infer && e == -1); });
  std::vector<int64_t> known;
  std::ranges::copy_if(written, std::back_inserter(known), [](int64_t extent) { return extent >= -1; });
  const DType dtype = index_dtype(known);
  if (is_constant) return writer_.constant(index_tensor(written, {static_cast<int64_t>(written.size())}, dtype));
  OutputReferences parts;
  for (const int64_t extent : written)
    parts.push_back(extent >= -1 ? writer_.constant(index_tensor({extent}, {}, dtype)) : write_extent(extent, dtype));
  return writer_.write("Pack", parts, {{"axis", attribute(int64_t{0})}})[0];
}

}  // namespace cornu::saved_model
