#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <proto/graph.pb.h>
#include <zlib.h>

#include "core/summary/event_files.h"
#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/graph/function.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/summary/internal/costs.h>
#include <cornu/core/summary/summary.h>
#include <cornu/core/summary/trace.h>
#include <cornu/layers/core.h>
#include <cornu/models/model.h>

using namespace cornu;
using Catch::Contains;
using nlohmann::json;

namespace {

std::string unzipped(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  std::string text;
  char block[4096];
  for (int count; (count = gzread(file, block, sizeof block)) > 0;) text.append(block, static_cast<size_t>(count));
  gzclose(file);
  return text;
}

/// What runs while a profile is on, as slices.
template <class Run>
std::vector<json> slices_of(const Run& run) {
  const TemporaryFolder folder;
  summary::trace_on({.graph = false, .profiler = true});
  run();
  summary::trace_export("profile", {.profiler_outdir = folder.path()});
  const auto files = files_below(folder / "plugins/profile", ".trace.json.gz");
  REQUIRE(files.size() == 1);
  std::vector<json> slices;
  const json trace = json::parse(unzipped(files[0]));
  for (const json& event : trace.at("traceEvents"))
    if (event.at("ph") == "X") slices.push_back(event);
  return slices;
}

std::vector<json> named(const std::vector<json>& slices, const std::string& name) {
  std::vector<json> found;
  for (const json& slice : slices)
    if (slice.at("name").get<std::string>().rfind(name, 0) == 0) found.push_back(slice);
  return found;
}

bool lies_within(const json& inner, const json& outer) {
  constexpr double rounding = 0.002;  // times are written in nanoseconds
  const double start = inner.at("ts"), end = start + inner.at("dur").get<double>();
  const double first = outer.at("ts"), last = first + outer.at("dur").get<double>();
  return inner.at("tid") == outer.at("tid") && start >= first - rounding && end <= last + rounding;
}

class Mlp : public Model {
 public:
  Tensor call(const Tensor& x) override { return output(hidden(x)); }

 private:
  layers::Dense hidden{{.units = 5, .activation = "relu"}}, output{{.units = 2}};
};

proto::GraphDef only_graph(const std::string& event_file) {
  proto::GraphDef graph;
  int count = 0;
  for (const proto::Event& event : read_events(event_file)) {
    if (event.what_case() != proto::Event::kGraphDef) continue;
    ++count;
    REQUIRE(graph.ParseFromString(event.graph_def()));
  }
  REQUIRE(count == 1);
  return graph;
}

std::map<std::string, proto::NodeDef> by_name(const proto::GraphDef& graph) {
  std::map<std::string, proto::NodeDef> nodes;
  for (const proto::NodeDef& node : graph.node()) nodes[node.name()] = node;
  CHECK(static_cast<int>(nodes.size()) == graph.node_size());  // names are unique
  return nodes;
}

std::string producer(const std::string& input) { return input.substr(0, input.find(':')); }

}  // namespace

TEST_CASE("eager operations are slices with shapes, bytes and flops") {
  const Tensor a = ones({3, 4}), b = ones({4, 5});
  const auto slices = slices_of([&] { (void)tanh(matmul(a, b)); });
  const auto products = named(slices, "MatMul"), functions = named(slices, "Tanh");
  REQUIRE(products.size() == 1);
  REQUIRE(functions.size() == 1);
  const json& arguments = products[0].at("args");
  CHECK(arguments.at("inputs") == "float32 (3, 4), float32 (4, 5)");
  CHECK(arguments.at("outputs") == "float32 (3, 5)");
  CHECK(arguments.at("bytes") == 4 * (12 + 20 + 15));
  CHECK(arguments.at("flops") == 2 * 3 * 4 * 5);
  CHECK(functions[0].at("args").at("flops") == 15);
  CHECK(products[0].at("ts").get<double>() + products[0].at("dur").get<double>() <=
        functions[0].at("ts").get<double>() + 0.002);
  CHECK(products[0].at("cat") == "operation");
}

TEST_CASE("layers, functions and steps are slices around what they run") {
  Mlp mlp;
  const Tensor x = ones({3, 4});
  mlp(x);
  const Function f = function(
      [&](const Tensor& input) {
        return reduce_sum(matmul(input, ones({4, 2})));
      },
      {.name = "summed"});
  f(x);
  const auto slices = slices_of([&] {
    const summary::ProfileScope step("train", 7);
    mlp(x);
    f(x);
  });
  const auto steps = named(slices, "train"), models = named(slices, "mlp"), functions = named(slices, "summed");
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].at("args").at("number") == 7);
  REQUIRE(functions.size() == 1);
  CHECK(functions[0].at("cat") == "function");
  std::vector<std::string> layers;
  for (const json& layer : models) {
    CHECK(layer.at("cat") == "layer");
    layers.push_back(layer.at("name"));
    CHECK(lies_within(layer, steps[0]));
  }
  std::sort(layers.begin(), layers.end());
  CHECK(layers == std::vector<std::string>{"mlp", "mlp/dense", "mlp/dense_1"});
  for (const json& product : named(slices, "MatMul")) {
    const bool is_of_layer = product.at("args").contains("layer");
    CHECK(lies_within(product, is_of_layer ? named(slices, product.at("args").at("layer"))[0] : functions[0]));
  }
  for (const json& slice : slices) CHECK(lies_within(slice, steps[0]));
}

TEST_CASE("nodes of traced functions keep the layers that they come from, in the gradient too") {
  Mlp mlp;
  const Tensor x = ones({3, 4});
  mlp(x);
  const Function g = function([&](const Tensor& input) {
    GradientTape tape;
    const Tensor loss = reduce_sum(square(mlp(input)));
    return tape.gradient(loss, mlp.trainable_variables())[0];
  });
  g(x);
  std::vector<std::string> layers;
  for (const json& slice : slices_of([&] { g(x); }))
    if (slice.at("args").contains("layer")) layers.push_back(slice.at("args").at("layer"));
  const auto has = [&](const std::string& layer) {
    return std::find(layers.begin(), layers.end(), layer) != layers.end();
  };
  CHECK(has("mlp/dense"));
  CHECK(has("mlp/dense_1"));
  CHECK(has("gradient_tape/mlp/dense"));
  CHECK(has("gradient_tape/mlp/dense_1"));
}

TEST_CASE("each thread has a track of its own") {
  const Tensor x = ones({4});
  const auto slices = slices_of([&] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
      threads.emplace_back([&] {
        for (int k = 0; k < 1000; ++k) (void)(x + 1.f);
      });
    for (std::thread& thread : threads) thread.join();
    (void)tanh(x);
  });
  std::map<int, int> by_thread;
  for (const json& slice : named(slices, "Add")) ++by_thread[slice.at("tid").get<int>()];
  CHECK(by_thread.size() == 3);
  for (const auto& [thread, count] : by_thread) CHECK(count == 1000);
  CHECK_FALSE(by_thread.contains(named(slices, "Tanh").at(0).at("tid").get<int>()));
}

TEST_CASE("a profile begins and ends with its trace") {
  const Tensor x = ones({4});
  (void)tanh(x);
  const auto slices = slices_of([&] { (void)exp(x); });
  (void)tanh(x);
  CHECK(named(slices, "Exp").size() == 1);
  CHECK(named(slices, "Tanh").empty());
  for (const json& slice : slices) CHECK(slice.at("ts").get<double>() >= 0);
}

TEST_CASE("profiles may begin and end while other threads work") {
  std::atomic<bool> is_done{false};
  std::thread worker([&] {
    const Function f = function([](const Tensor& x) { return tanh(x + 1.f) * 2.f; });
    while (!is_done) (void)(f(ones({8})) + 1.f);
  });
  for (int i = 0; i < 20; ++i) CHECK(named(slices_of([] { (void)exp(ones({4})); }), "Exp").size() == 1);
  is_done = true;
  worker.join();
}

TEST_CASE("the table names the costliest operations and layers") {
  Mlp mlp;
  summary::trace_on({.graph = false, .profiler = true});
  for (int i = 0; i < 3; ++i) mlp(ones({64, 100}));
  const std::string while_on = summary::profile_table();
  summary::trace_off();
  CHECK_THAT(while_on, Contains("MatMul"));
  const std::string table = summary::profile_table(1);
  CHECK_THAT(table, Contains("operation") && Contains("layer") && Contains("GFLOP/s") && Contains("more"));
  CHECK_THAT(summary::profile_table(), Contains("mlp/dense_1"));
  CHECK_THROWS_AS(summary::trace_off(), StateError);
}

TEST_CASE("the graph of the called functions is drawn by the layers' paths") {
  const TemporaryFolder folder;
  Mlp mlp;
  const Variable calls(int64_t{0}, {.name = "calls", .trainable = false});
  const Function f = function(
      [&](const Tensor& x) {
        calls.assign_add(1);
        return reduce_sum(mlp(x)) * constant(2.f);
      },
      {.name = "predict"});
  mlp(ones({3, 4}));
  const summary::FileWriter writer(folder.path());
  summary::trace_on({.graph = true});
  f(ones({3, 4}));
  f(ones({3, 4}));
  {
    const auto scope = writer.as_default();
    summary::trace_export("model_trace", {.step = 5});
  }
  writer.close();
  const auto nodes = by_name(only_graph(writer.path()));
  std::string names;
  for (const auto& [name, node] : nodes) names += name + " = " + node.op() + "\n";
  INFO(names);
  REQUIRE(nodes.contains("argument_0"));
  CHECK(nodes.at("argument_0").op() == "Placeholder");
  REQUIRE(nodes.contains("mlp/dense/_FusedMatMulRelu"));
  const proto::NodeDef& product = nodes.at("mlp/dense/_FusedMatMulRelu");
  CHECK(product.op() == "_FusedMatMulRelu");
  CHECK(product.input(0) == "argument_0");
  CHECK(nodes.at(product.input(1)).op() == "ReadVariableOp");
  CHECK(nodes.at(product.input(1)).input(0) == "mlp/dense/kernel");
  CHECK(nodes.at("mlp/dense/kernel").op() == "VarHandleOp");
  CHECK(product.attr().at("T").type() == proto::DT_FLOAT);
  const auto& shape = product.attr().at("_output_shapes").list().shape(0);
  CHECK(shape.dim(0).size() == 3);
  CHECK(shape.dim(1).size() == 5);
  CHECK(nodes.contains("mlp/dense_1/_FusedMatMul"));
  CHECK(nodes.at("AssignVariableOp").input(0) == "calls");
  CHECK(nodes.at("Identity").op() == "Identity");
  for (const auto& [name, node] : nodes)
    for (const std::string& input : node.input()) CHECK(nodes.contains(producer(input)));

  const auto values = read_values(writer.path());
  REQUIRE(values.size() == 1);
  CHECK(values[0].tag() == "model_trace");
  CHECK(values[0].metadata().plugin_data().plugin_name() == "graph_run_metadata_graph");
  CHECK(values[0].metadata().plugin_data().content() == "1");
  proto::RunMetadata metadata;
  REQUIRE(metadata.ParseFromString(values[0].tensor().string_val(0)));
  proto::GraphDef again;
  REQUIRE(again.ParseFromString(metadata.function_graphs(0).pre_optimization_graph()));
  CHECK(again.node_size() == static_cast<int>(nodes.size()));
  CHECK(read_steps(writer.path()) == std::vector<int64_t>{5});
}

TEST_CASE("several functions are kept apart, and one is written by summary::graph") {
  const TemporaryFolder folder;
  const summary::FileWriter writer(folder / "several"), single(folder / "single");
  const auto body = [](const Tensor& x) { return tanh(x) + 1.f; };
  const Function f = function(body, {.name = "first"}), g = function(body, {.name = "second"});
  summary::trace_on();
  f(ones({2}));
  g(ones({2}));
  f(ones({3}));
  {
    const auto scope = writer.as_default();
    summary::trace_export("both");
    const auto inner = single.as_default();
    CHECK(summary::graph(f.concrete_function(ones({2}))));
  }
  writer.close();
  single.close();
  const auto nodes = by_name(only_graph(writer.path()));
  CHECK(nodes.contains("first/Tanh"));
  CHECK(nodes.contains("second/Tanh"));
  CHECK(nodes.contains("first_1/Tanh"));
  CHECK(by_name(only_graph(single.path())).contains("Tanh"));
  CHECK_FALSE(summary::graph(f.concrete_function(ones({2}))));  // no writer
}

TEST_CASE("what trace_export misses is named") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(summary::trace_export("a"), StateError);
  CHECK_THROWS_WITH(summary::trace_export("a"), Contains("trace_on"));
  summary::trace_on({.profiler = true});
  CHECK_THROWS_AS(summary::trace_export("a"), ValueError);
  write_bytes(folder / "file", "");
  CHECK_THROWS_AS(summary::trace_export("a", {.profiler_outdir = folder / "file"}), FileError);
  summary::trace_on();
  summary::trace_export("a");  // no writer, no profile: nothing to write
  CHECK(folder.file_count() == 1);
}

TEST_CASE("flops of products and convolutions") {
  const auto flops = [](const char* type, std::vector<Shape> inputs, Shape output) {
    summary::ProfiledSlice slice{.type = type};
    for (const Shape& shape : inputs) slice.inputs.push_back({shape, float32});
    slice.outputs = {{output, float32}};
    return summary::flops_of(slice);
  };
  CHECK(flops("MatMul", {{2, 3}, {3, 4}}, {2, 4}) == 2 * 2 * 3 * 4);
  CHECK(flops("MatMul", {{3, 2}, {3, 4}}, {2, 4}) == 2 * 2 * 3 * 4);  // the left one transposed
  CHECK(flops("MatMul", {{7, 2, 3}, {3, 4}}, {7, 2, 4}) == 7 * 2 * 2 * 3 * 4);
  CHECK(flops("_FusedMatMulRelu", {{2, 3}, {3, 4}, {4}}, {2, 4}) == 2 * 2 * 3 * 4);
  CHECK(flops("Conv2D", {{8, 28, 28, 3}, {5, 5, 3, 16}}, {8, 24, 24, 16}) == 2LL * 8 * 24 * 24 * 16 * 5 * 5 * 3);
  CHECK(flops("Conv2DBackpropFilter", {{8, 28, 28, 3}, {8, 24, 24, 16}}, {5, 5, 3, 16}) ==
        2LL * 8 * 24 * 24 * 16 * 5 * 5 * 3);
  CHECK(flops("Conv2DBackpropInput", {{5, 5, 3, 16}, {8, 24, 24, 16}}, {8, 28, 28, 3}) ==
        2LL * 8 * 24 * 24 * 16 * 5 * 5 * 3);
  CHECK(flops("DepthwiseConv2dNative", {{8, 28, 28, 3}, {5, 5, 3, 2}}, {8, 24, 24, 6}) ==
        2LL * 8 * 24 * 24 * 6 * 5 * 5);
  CHECK(flops("Sum", {{10, 20}}, {10}) == 200);
  CHECK(flops("Tanh", {{10, 20}}, {10, 20}) == 200);
  CHECK(flops("Transpose", {{10, 20}}, {20, 10}) == 0);
}
