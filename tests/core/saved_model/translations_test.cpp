// Every entry of the table of operations that TensorFlow has as well: what is written for it and read back gives the
// same results, for known and for unknown extents, and what is written is what TensorFlow's signatures say.
#include <functional>
#include <limits>
#include <map>
#include <set>

#include <catch2/catch.hpp>
#include <proto/graph.pb.h>

#include "core/graph/graph_checks.h"
#include "core/ops/samples/all.h"
#include <cornu/core/graph/internal/callable_graph.h>
#include <cornu/core/saved_model/internal/function_export.h>
#include <cornu/core/saved_model/internal/graph_export.h>
#include <cornu/core/saved_model/internal/graph_import.h>
#include <cornu/core/saved_model/internal/operation_signatures.h>

using namespace cornu;
using samples::all_samples;
using samples::Sample;

namespace {

bool is_writable(const Graph& graph) {
  try {
    saved_model::require_writable(graph, "sample");
    return true;
  } catch (const ValueError&) {
    return false;
  }
}

/// The attributes of a node have the types that its operation's definition gives them.
void check_node(const proto::NodeDef& node) {
  INFO("node " << node.name() << " (" << node.op() << ")");
  const saved_model::OperationSignature* signature = saved_model::find_signature(node.op());
  REQUIRE(signature);
  const proto::OpDef definition = saved_model::op_def_of(*signature);
  std::map<std::string, std::string> types;
  for (const auto& attribute : definition.attr()) types[attribute.name()] = attribute.type();
  for (const auto& [name, value] : node.attr()) {
    if (name[0] == '_' || name == "config_proto") continue;
    INFO("attribute " << name);
    REQUIRE(types.count(name) == 1);
    const std::map<std::string, proto::AttrValue::ValueCase> cases = {
        {"int", proto::AttrValue::kI},         {"bool", proto::AttrValue::kB},      {"float", proto::AttrValue::kF},
        {"type", proto::AttrValue::kType},     {"shape", proto::AttrValue::kShape}, {"string", proto::AttrValue::kS},
        {"tensor", proto::AttrValue::kTensor}, {"func", proto::AttrValue::kFunc}};
    const auto expected = cases.find(types[name]);
    CHECK(value.value_case() == (expected == cases.end() ? proto::AttrValue::kList : expected->second));
  }
  // Attributes of dtypes have no default.
  for (const auto& attribute : definition.attr())
    if (attribute.type() == "type") {
      INFO("attribute " << attribute.name());
      CHECK(node.attr().count(attribute.name()) == 1);
    }
}

/// Writes a traced function, and makes a function of what is read back.
FunctionOf<TensorList> round_trip(const ConcreteFunction& traced, proto::FunctionDefLibrary& library) {
  saved_model::FunctionExporter exporter(library);
  std::vector<std::string> inputs, outputs;
  for (size_t i = 0; i < traced.inputs().size(); ++i) inputs.push_back("x" + std::to_string(i));
  for (size_t i = 0; i < traced.outputs().size(); ++i) outputs.push_back("y" + std::to_string(i));
  const auto exported = exporter.write(traced, "sample", inputs, outputs);
  for (const proto::FunctionDef& function : library.function())
    for (const proto::NodeDef& node : function.node_def()) check_node(node);
  auto reader = std::make_shared<saved_model::FunctionReader>(library);
  reader->require_known(exported.name);
  return function(
      [reader, name = exported.name](const TensorList& tensors) -> TensorList {
        saved_model::ImportValues arguments;
        for (const Tensor& tensor : tensors) arguments.push_back({.tensor = tensor});
        TensorList results;
        for (const auto& value : reader->call(name, arguments)) results.push_back(value.tensor);
        return results;
      },
      {.input_signature = traced.inputs()});
}

std::vector<TensorSpec> unknown_specs(const Sample& sample) {
  std::vector<TensorSpec> specs;
  for (const Tensor& input : sample.inputs) {
    specs.push_back(input.spec());
    for (int64_t& extent : specs.back().shape) extent = -1;
  }
  return specs;
}

}  // namespace

TEST_CASE("samples survive being written for TensorFlow and read back") {
  std::set<std::string> walked;
  for (const Sample& sample : all_samples()) {
    if (sample.inputs.empty()) continue;
    INFO(describe(sample));
    const auto traced = function([&](const TensorList& x) { return sample.call(x); });
    const ConcreteFunction concrete = traced.concrete_function(sample.inputs);
    if (!is_writable(saved_model::simplified(concrete.callable().traced()))) continue;
    proto::FunctionDefLibrary library;
    check_close(round_trip(concrete, library)(sample.inputs), sample.call(sample.inputs));
    walked.insert(sample.operation);
  }
  CHECK(walked.size() > 90);
}

TEST_CASE("samples survive it with unknown extents") {
  std::set<std::string> walked;
  for (const Sample& sample : all_samples()) {
    if (sample.inputs.empty()) continue;
    INFO(describe(sample));
    const auto traced =
        function([&](const TensorList& x) { return sample.call(x); }, {.input_signature = unknown_specs(sample)});
    std::optional<ConcreteFunction> concrete;
    try {
      concrete = traced.concrete_function(sample.inputs);
    } catch (const ShapeError&) {
      continue;  // the sample itself names an extent that must be known
    }
    if (!is_writable(saved_model::simplified(concrete->callable().traced()))) continue;
    proto::FunctionDefLibrary library;
    TensorList results;
    try {
      results = round_trip(*concrete, library)(sample.inputs);
    } catch (const ValueError& error) {
      // What TensorFlow sorts and gathers needs extents that are known.
      INFO(error.what());
      CHECK(std::string(error.what()).find("known") != std::string::npos);
      continue;
    }
    check_close(results, sample.call(sample.inputs));
    walked.insert(sample.operation);
  }
  CHECK(walked.size() > 80);
}

TEST_CASE("numbers that int32 cannot hold are written whole") {
  static constexpr int64_t vast = int64_t{1} << 33;
  const Tensor nothing = zeros({3, 0, 1}), x = zeros({5, 4});
  const auto shape_of_result = [](const std::function<Tensor(const Tensor&)>& call, const Tensor& given) {
    Shape unknown = given.shape();
    unknown[0] = -1;
    const auto traced = function(call, {.input_signature = {TensorSpec(unknown)}});
    proto::FunctionDefLibrary library;
    return round_trip(traced.concrete_function(given), library)(TensorList{given})[0].shape();
  };
  CHECK(shape_of_result([](const Tensor& n) { return reshape(n, {0, vast}); }, nothing) == Shape({0, vast}));
  CHECK(shape_of_result(
            [](const Tensor& n) {
              return broadcast_to(n, Shape({n.shape()[0], 0, vast}));
            },
            nothing) == Shape({3, 0, vast}));
  CHECK(shape_of_result(
            [](const Tensor& n) {
              return pad(n, {{0, 0}, {0, 0}, {0, vast}});
            },
            nothing) == Shape({3, 0, vast + 1}));
  CHECK(shape_of_result([](const Tensor& n) { return tile(n, {1, 1, vast}); }, nothing) == Shape({3, 0, vast}));
  CHECK(shape_of_result(
            [](const Tensor& n) {
              return n.slice({{1, std::numeric_limits<int64_t>::max()}, {0, 2}});
            },
            x) == Shape({4, 2}));
}
