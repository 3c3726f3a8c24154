#include <filesystem>

#include <catch2/catch.hpp>
#include <proto/saved_model.pb.h>

#include "core/graph/graph_checks.h"
#include "core/io/temporary_folder.h"
#include "paths.h"
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/saved_model/internal/fingerprint.h>

using namespace cornu;
namespace fs = std::filesystem;

namespace {

const std::string half_plus_two =
    std::string(test_data_directory) + "/tensorflow/saved_model_half_plus_two_tf2_cpu/00000123";

proto::SavedModel read_message(const std::string& directory) {
  proto::SavedModel message;
  REQUIRE(message.ParseFromString(read_bytes(directory + "/saved_model.pb")));
  return message;
}

/// y = x w + b, [n, 2] -> [n, 3].
struct Linear {
  Variable w{constant({{1.f, 2.f, 3.f}, {4.f, 5.f, 6.f}}), {.name = "w"}};
  Variable b{constant({0.5f, -0.5f, 0.25f}), {.name = "b"}};
  Function call = function([this](const Tensor& x) { return matmul(x, w) + b; },
                           {.input_signature = {TensorSpec({-1, 2})}, .name = "linear"});
  ConcreteFunction concrete() const { return call.concrete_function(ones({1, 2})); }
  void save(const std::string& directory, const saved_model::SaveOptions& options = {}) const {
    saved_model::save(concrete(), {{"dense/w", w}, {"dense/b", b}}, directory, options);
  }
};

const Tensor x = constant({{1.f, 2.f}, {-3.f, 0.5f}, {0.f, 1.f}});

}  // namespace

TEST_CASE("what TensorFlow 2 wrote is loaded and run") {
  const auto model = saved_model::load(half_plus_two);
  CHECK(model.variables_by_path().at("a").value().item<float>() == 0.5f);
  CHECK(model.variables_by_path().at("b").value().item<float>() == 2.f);
  CHECK(model.variables_by_path().at("c").value().item<float>() == 3.f);
  const std::vector<std::string> names = {"classify_x2_to_y3", "classify_x_to_y", "regress_x2_to_y3",
                                          "regress_x_to_y",    "regress_x_to_y2", "serving_default"};
  std::vector<std::string> received;
  for (const auto& [name, signature] : model.signatures()) received.push_back(name);
  CHECK(received == names);
  // y = 0.5 x + 2; the function takes one number.
  const auto& predict = model.signatures().at("serving_default");
  CHECK(predict.inputs().at("x").shape == Shape({1}));
  CHECK(predict.outputs().at("y").dtype == "float32");
  CHECK(predict({{"x", constant({3.f})}}).at("y").to_vector<float>() == std::vector{3.5f});
  CHECK(model.call(constant({-1.f})).to_vector<float>() == std::vector{1.5f});
  CHECK(model.functions().at("predict")(constant({8.f})).to_vector<float>() == std::vector{6.f});
  // y3 = 0.5 x2 + 3.
  CHECK(model.signatures().at("regress_x2_to_y3")(constant({2.f})).to_vector<float>() == std::vector{4.f});
}

TEST_CASE("a function with unknown operations says which ones when it is called") {
  const auto model = saved_model::load(half_plus_two);
  const auto& regress = model.signatures().at("regress_x_to_y");
  CHECK(regress.inputs().at("inputs").dtype == "string");
  REQUIRE(regress.unknown_operations().size() == 2);
  CHECK(regress.unknown_operations()[0].rfind("ParseExampleV2 (node ", 0) == 0);
  CHECK_THROWS_WITH(regress(constant({1.f})), Catch::Contains("ParseExampleV2") && Catch::Contains("string"));
}

TEST_CASE("variables that TensorFlow wrote train further") {
  const auto model = saved_model::load(half_plus_two);
  const Variable a = model.variables_by_path().at("a"), b = model.variables_by_path().at("b");
  GradientTape tape;
  const Tensor y = model.call(constant({3.f}));
  const auto gradients = tape.gradient(y, std::vector{a, b});
  CHECK(gradients[0].item<float>() == 3.f);
  CHECK(gradients[1].item<float>() == 1.f);
  a.assign(constant(10.f));
  CHECK(model.call(constant({3.f})).to_vector<float>() == std::vector{32.f});
}

TEST_CASE("a function and its variables survive saving and loading") {
  const TemporaryFolder folder;
  const Linear linear;
  linear.save(folder / "model");
  const auto model = saved_model::load(folder / "model");
  check_equal({model.call(x)}, {linear.call(x)});
  CHECK(model.variables().size() == 2);
  check_equal({model.variables_by_path().at("dense/w").value()}, {linear.w.value()});
  const auto& serving = model.signatures().at("serving_default");
  CHECK(serving.inputs().at("inputs").shape == Shape({-1, 2}));
  check_equal({serving({{"inputs", x}}).at("output_0")}, {linear.call(x)});
}

TEST_CASE("the folder is laid out as TensorFlow lays it out") {
  const TemporaryFolder folder;
  Linear().save(folder / "model");
  for (const char* name : {"saved_model.pb", "fingerprint.pb", "assets", "variables/variables.index",
                           "variables/variables.data-00000-of-00001"})
    CHECK(fs::exists(folder / "model" + "/" + name));
  const io::TensorBundleReader bundle(folder / "model/variables/variables");
  CHECK(bundle.find("dense/w/.ATTRIBUTES/VARIABLE_VALUE"));
  CHECK(bundle.find("dense/b/.ATTRIBUTES/VARIABLE_VALUE"));
  proto::TrackableObjectGraph objects;
  REQUIRE(objects.ParseFromString(bundle.read_string("_CHECKPOINTABLE_OBJECT_GRAPH")));
  const proto::SavedModel message = read_message(folder / "model");
  REQUIRE(message.meta_graphs_size() == 1);
  const proto::MetaGraphDef& meta = message.meta_graphs(0);
  CHECK(objects.nodes_size() == meta.object_graph_def().nodes_size());
  CHECK(meta.meta_info_def().tags(0) == "serve");
  CHECK(meta.signature_def().count("__saved_model_init_op") == 1);
  const proto::SignatureDef& serving = meta.signature_def().at("serving_default");
  CHECK(serving.inputs().at("inputs").name() == "serving_default_inputs:0");
  CHECK(serving.method_name() == "tensorflow/serving/predict");
}

TEST_CASE("the fingerprint is that of TensorFlow's") {
  // The numbers in the fingerprint.pb that TensorFlow wrote.
  CHECK(saved_model::fingerprint(read_bytes(half_plus_two + "/saved_model.pb")) == 3202314178945370836u);
  CHECK(saved_model::fingerprint(read_bytes(half_plus_two + "/variables/variables.index")) == 17568057568585441542u);
  // FarmHash's values for short texts.
  CHECK(saved_model::fingerprint("") == 11160318154034397263u);
  const TemporaryFolder folder;
  Linear().save(folder / "model");
  proto::FingerprintDef message;
  REQUIRE(message.ParseFromString(read_bytes(folder / "model/fingerprint.pb")));
  CHECK(message.saved_model_checksum() == saved_model::fingerprint(read_bytes(folder / "model/saved_model.pb")));
}

TEST_CASE("each node's inputs and functions are there") {
  const TemporaryFolder folder;
  Linear().save(folder / "model");
  const proto::SavedModel message = read_message(folder / "model");
  const proto::GraphDef& graph = message.meta_graphs(0).graph_def();
  std::set<std::string> nodes, functions, operations;
  for (const auto& function : graph.library().function()) functions.insert(function.signature().name());
  for (const auto& op : message.meta_graphs(0).meta_info_def().stripped_op_list().op()) operations.insert(op.name());
  for (const auto& node : graph.node()) {
    INFO(node.name());
    for (const std::string& input : node.input()) CHECK(nodes.count(input.substr(0, input.find(':'))) == 1);
    CHECK(nodes.insert(node.name()).second);
    CHECK(operations.count(node.op()) == 1);
    if (node.attr().count("f")) CHECK(functions.count(node.attr().at("f").func().name()) == 1);
  }
  for (const auto& function : graph.library().function())
    for (const auto& node : function.node_def()) CHECK(operations.count(node.op()) == 1);
}

TEST_CASE("signatures have the names that they are given") {
  const TemporaryFolder folder;
  Variable scale(2.f, {.name = "scale"});
  const auto both = function([&](const Tensor& a, const Tensor& b) { return TensorList{a * scale, b - a}; });
  const ConcreteFunction concrete = both.concrete_function(ones({2}), ones({2}));
  saved_model::save(concrete, {{"scale", scale}}, folder / "model",
                    {.signatures = {{"apply", {concrete, {"right", "left"}, {"scaled", "difference"}}}}});
  const auto model = saved_model::load(folder / "model");
  CHECK(model.signatures().size() == 1);
  const Tensor a = constant({1.f, 2.f}), b = constant({5.f, 7.f});
  const auto results = model.signatures().at("apply")({{"right", a}, {"left", b}});
  CHECK(results.at("scaled").to_vector<float>() == std::vector{2.f, 4.f});
  CHECK(results.at("difference").to_vector<float>() == std::vector{4.f, 5.f});
  check_equal(model.call(TensorList{a, b}), {a * 2, b - a});
  CHECK_THROWS_WITH(model.signatures().at("apply")({{"right", a}}), Catch::Contains("'left' is missing"));
  CHECK_THROWS_WITH(model.signatures().at("apply")({{"right", a}, {"left", b}, {"up", b}}),
                    Catch::Contains("no input 'up'"));
}

TEST_CASE("assignments happen when a loaded function is called") {
  const TemporaryFolder folder;
  Variable total(1.f, {.name = "total"});
  const Function count = function([&](const Tensor& x) {
    const Tensor before = total * 1.f;
    total.assign_add(x);
    return before * 100 + total;
  });
  saved_model::save(count.concrete_function(constant(0.f)), {{"total", total}}, folder / "model");
  const auto model = saved_model::load(folder / "model");
  CHECK(model.call(constant(2.f)).item<float>() == 103.f);
  CHECK(model.call(constant(5.f)).item<float>() == 308.f);
  CHECK(model.variables()[0].value().item<float>() == 8.f);
}

TEST_CASE("shapes with several unknown extents are worked out while the graph runs") {
  const TemporaryFolder folder;
  const Function swap = function(
      [](const Tensor& x) {
        const Shape& shape = x.shape();  // [batch, time, features]
        const Tensor flat = reshape(x, {shape[0], shape[1], 2, 3});
        return reshape(transpose(flat, {0, 2, 1, 3}), {shape[0], 2, shape[1], 3}) + zeros({shape[1], 1});
      },
      {.input_signature = {TensorSpec({-1, -1, 6})}});
  const Tensor example = reshape(arange(0.f, 48.f), {2, 4, 6});
  saved_model::save(swap.concrete_function(example), {}, folder / "model");
  const auto model = saved_model::load(folder / "model");
  check_equal({model.call(example)}, {swap(example)});
  const Tensor other = reshape(arange(0.f, 90.f), {5, 3, 6});
  check_equal({model.call(other)}, {swap(other)});
}

TEST_CASE("what was loaded can be saved and loaded again") {
  const TemporaryFolder folder;
  const Linear linear;
  linear.save(folder / "first");
  const auto first = saved_model::load(folder / "first");
  saved_model::save(first.functions().at("__call__").concrete_function({x}), first.variables_by_path(),
                    folder / "second");
  check_equal({saved_model::load(folder / "second").call(x)}, {linear.call(x)});
}

TEST_CASE("saving replaces an older model, and keeps what is not its own") {
  const TemporaryFolder folder;
  const Linear linear;
  linear.save(folder / "model");
  write_bytes(folder / "model/notes.txt", "mine");
  linear.b.assign(zeros({3}));
  linear.save(folder / "model/");
  check_equal({saved_model::load(folder / "model").call(x)}, {matmul(x, linear.w)});
  CHECK(read_bytes(folder / "model/notes.txt") == "mine");
  CHECK(folder.file_count() == 1);  // nothing is left beside it
}

TEST_CASE("a model that cannot be written leaves nothing") {
  const TemporaryFolder folder;
  const Function noise = function([](const Tensor& x) { return x + random::normal({3}) + random::uniform({3}); });
  CHECK_THROWS_WITH(saved_model::save(noise.concrete_function(zeros({3})), {}, folder / "model"),
                    Catch::Contains("StatelessRandomNormal") && Catch::Contains("StatelessRandomUniform"));
  CHECK(folder.file_count() == 0);
}

TEST_CASE("wrong calls of loaded functions are errors") {
  const TemporaryFolder folder;
  Linear().save(folder / "model");
  const auto model = saved_model::load(folder / "model");
  CHECK_THROWS_AS(model.call(ones({2, 3})), ShapeError);
  CHECK_THROWS_AS(model.call(ones({2, 2}, float64)), DTypeError);
  CHECK_THROWS_AS(model.call(TensorList{x, x}), ValueError);
}

TEST_CASE("loaded models and functions that were moved from can still be used") {
  saved_model::LoadedModel model = saved_model::load(half_plus_two);
  const saved_model::LoadedModel other = std::move(model);
  CHECK(model.call(constant({-1.f})).to_vector<float>() == std::vector{1.5f});
  saved_model::LoadedFunction predict = other.functions().at("predict");
  const saved_model::LoadedFunction same = std::move(predict);
  CHECK(predict.name() == same.name());
  CHECK(predict(constant({8.f})).to_vector<float>() == std::vector{6.f});
}

TEST_CASE("damaged models are errors that name the file") {
  const TemporaryFolder folder;
  Linear().save(folder / "model");
  const std::string file = folder / "model/saved_model.pb", bytes = read_bytes(file);
  CHECK_THROWS_AS(saved_model::load(folder / "nowhere"), FileError);
  write_bytes(file, bytes.substr(0, bytes.size() / 2));
  CHECK_THROWS_WITH(saved_model::load(folder / "model"), Catch::Contains(file));
  write_bytes(file, "");
  CHECK_THROWS_AS(saved_model::load(folder / "model"), FileError);
  write_bytes(file, bytes);
  std::string data = read_bytes(folder / "model/variables/variables.data-00000-of-00001");
  data[3] = static_cast<char>(data[3] ^ 1);
  write_bytes(folder / "model/variables/variables.data-00000-of-00001", data);
  CHECK_THROWS_AS(saved_model::load(folder / "model"), FileError);
}

TEST_CASE("flipped bits in the graph give errors, not crashes") {
  const TemporaryFolder folder;
  Linear().save(folder / "model");
  const std::string file = folder / "model/saved_model.pb", bytes = read_bytes(file);
  uint64_t state = 1;
  for (int i = 0; i < 300; ++i) {
    std::string damaged = bytes;
    state = state * 6364136223846793005u + 1442695040888963407u;
    damaged[(state >> 20) % damaged.size()] ^= static_cast<char>(1 << (state >> 60) % 8);
    write_bytes(file, damaged);
    try {
      const auto model = saved_model::load(folder / "model");
      model.call(x);
    } catch (const Error&) {
    }
  }
  SUCCEED();
}
