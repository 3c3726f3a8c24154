// Functions that no writer makes, as damaged files may hold them.
#include <limits>

#include <catch2/catch.hpp>
#include <proto/graph.pb.h>
#include <proto/saved_model.pb.h>

#include "core/io/temporary_folder.h"
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/saved_model/internal/graph_import.h>
#include <cornu/core/saved_model/internal/tensor_proto.h>
#include <cornu/core/saved_model/saved_model.h>

using namespace cornu;
using Catch::Contains;

namespace {

proto::NodeDef& add_node(proto::FunctionDef& function, const std::string& operation, const std::string& name,
                         const std::vector<std::string>& inputs = {}) {
  proto::NodeDef& node = *function.add_node_def();
  node.set_op(operation);
  node.set_name(name);
  for (const std::string& input : inputs) node.add_input(input);
  return node;
}

void add_constant(proto::FunctionDef& function, const std::string& name, const Tensor& value) {
  *(*add_node(function, "Const", name).mutable_attr())["value"].mutable_tensor() = saved_model::to_proto(value);
}

/// Makes `node` the function's one output.
void return_node(proto::FunctionDef& function, const std::string& node) {
  function.mutable_signature()->add_output_arg()->set_name("y");
  (*function.mutable_ret())["y"] = node;
}

proto::FunctionDef& add_function(proto::FunctionDefLibrary& library, const std::string& name) {
  proto::FunctionDef& function = *library.add_function();
  function.mutable_signature()->set_name(name);
  return function;
}

/// Calls a function of one node, whose inputs are the constants.
Tensor call_of(const std::string& operation, const TensorList& constants,
               const std::map<std::string, int64_t>& attributes = {}) {
  proto::FunctionDefLibrary library;
  proto::FunctionDef& function = add_function(library, "f");
  std::vector<std::string> inputs;
  for (const Tensor& constant : constants) {
    inputs.push_back("c" + std::to_string(inputs.size()));
    add_constant(function, inputs.back(), constant);
  }
  proto::NodeDef& node = add_node(function, operation, "node", inputs);
  for (const auto& [name, value] : attributes) (*node.mutable_attr())[name].set_i(value);
  return_node(function, "node");
  return saved_model::FunctionReader(library).call("f", {}).at(0).tensor;
}

constexpr int64_t largest = std::numeric_limits<int64_t>::max();
const Tensor x = constant({1.f, 2.f, 3.f});

}  // namespace

TEST_CASE("functions that call each other twice and twice again come to an end") {
  proto::FunctionDefLibrary library;
  constexpr int count = 50;
  for (int i = 0; i < count; ++i) {
    proto::FunctionDef& function = add_function(library, "f" + std::to_string(i));
    add_constant(function, "c", x);
    if (i + 1 < count)
      for (const char* name : {"first", "second"}) {
        auto& attribute = (*add_node(function, "PartitionedCall", name).mutable_attr())["f"];
        attribute.mutable_func()->set_name("f" + std::to_string(i + 1));
        (*function.mutable_control_ret())[name] = name;
      }
    return_node(function, "c");
  }
  CHECK_THROWS_WITH(saved_model::FunctionReader(library).call("f0", {}), Contains("more than 100000 times"));
}

TEST_CASE("slices that end beyond all numbers are errors") {
  const Tensor one = constant({int64_t{1}}), far = constant({largest});
  CHECK(call_of("Slice", {x, one, one}).to_vector<float>() == std::vector{2.f});
  CHECK_THROWS_AS(call_of("Slice", {x, far, one}), Error);
  CHECK_THROWS_AS(call_of("StridedSlice", {x, far, far, one}, {{"shrink_axis_mask", 1}}), Error);
}

TEST_CASE("objects within objects without end are an error") {
  const TemporaryFolder folder;
  proto::SavedModel model;
  proto::SavedObjectGraph& objects = *model.add_meta_graphs()->mutable_object_graph_def();
  for (int32_t i = 0; i < 1000; ++i) {
    auto& child = *objects.add_nodes()->add_children();
    child.set_node_id((i + 1) % 1000);
    child.set_local_name("next");
  }
  write_bytes(folder / "saved_model.pb", model.SerializeAsString());
  CHECK_THROWS_AS(saved_model::load(folder.path()), FileError);
  CHECK_THROWS_WITH(saved_model::load(folder.path()), Contains("more than 200 deep"));
}
