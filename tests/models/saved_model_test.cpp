#include <catch2/catch.hpp>
#include <proto/graph.pb.h>

#include "core/graph/graph_checks.h"
#include "core/io/temporary_folder.h"

using namespace cornu;

namespace {

class MLP : public Model {
 public:
  Tensor call(const Tensor& inputs) override { return softmax(dense2(dropout(dense1(flatten(inputs))))); }

 private:
  layers::Flatten flatten;
  layers::Dense dense1{{.units = 8, .activation = relu}};
  layers::Dropout dropout{{.rate = 0.5}};
  layers::Dense dense2{{.units = 3}};
};

/// Two inputs, several branches, normalizations, two outputs.
class Branches : public Model {
 public:
  TensorList call_list(const TensorList& inputs) override {
    const Tensor left = batch(left_dense(inputs[0])), right = layer(tanh(right_dense(inputs[1])));
    return {concat({left * right, left + right}, -1), sigmoid(left)};
  }

 private:
  layers::Dense left_dense{{.units = 4, .activation = "gelu"}}, right_dense{{.units = 4, .use_bias = false}};
  layers::BatchNormalization batch;
  layers::LayerNormalization layer;
};

}  // namespace

TEST_CASE("a model that was only called is saved with a free batch size") {
  set_random_seed(3);
  const TemporaryFolder folder;
  MLP model;
  const Tensor x = random::uniform({5, 4, 4, 1});
  const Tensor y = model(x);
  saved_model::save(model, folder / "model");
  const auto loaded = saved_model::load(folder / "model");
  check_close({loaded.call(x)}, {y}, 1e-6);
  CHECK(loaded.call(random::uniform({17, 4, 4, 1})).shape() == Shape({17, 3}));
  CHECK(loaded.signatures().at("serving_default").inputs().size() == 1);
  // Two kernels, two biases, and the state of the dropout's generator, as Keras counts them.
  REQUIRE(loaded.variables().size() == model.variables().size());
  REQUIRE(loaded.variables().size() == 5);
  check_equal({loaded.variables_by_path().at("dense/kernel").value()}, {model.variables()[0].value()});
  CHECK(loaded.variables_by_path().at("dense/kernel").path() == "dense/kernel");
}

TEST_CASE("a model of several inputs and outputs is saved") {
  set_random_seed(4);
  const TemporaryFolder folder;
  Branches model;
  const TensorList x = {random::uniform({6, 3}), random::uniform({6, 5})};
  model(x, {.training = true});  // moves the averages of the batch normalization
  const TensorList y = model(x);
  saved_model::save(model, folder / "model");
  const auto loaded = saved_model::load(folder / "model");
  check_close(loaded.call(x), y, 1e-6);
  const auto results = loaded.signatures().at("serving_default")({{"inputs_0", x[0]}, {"inputs_1", x[1]}});
  check_close({results.at("output_0"), results.at("output_1")}, y, 1e-6);
  CHECK(loaded.trainable_variables().size() == model.trainable_variables().size());
}

TEST_CASE("a loaded model is trained further without its class") {
  set_random_seed(5);
  const TemporaryFolder folder;
  MLP model;
  const Tensor x = random::uniform({32, 4, 4, 1}),
               labels = cast(argmax(reshape(x, {32, 16}).slice({{}, {0, 3}}), 1), int32);
  model(x);
  saved_model::save(model, folder / "model");
  const auto loaded = saved_model::load(folder / "model");
  optimizers::Adam optimizer({.learning_rate = 0.05});
  losses::SparseCategoricalCrossentropy loss;
  const float before = loss(labels, loaded.call(x)).item<float>();
  for (int step = 0; step < 30; ++step) {
    GradientTape tape;
    const Tensor value = loss(labels, loaded.call(x));
    optimizer.apply_gradients(zip(tape.gradient(value, loaded.trainable_variables()), loaded.trainable_variables()));
  }
  CHECK(loss(labels, loaded.call(x)).item<float>() < 0.7f * before);
}

TEST_CASE("a model that was never called has nothing to save") {
  const TemporaryFolder folder;
  MLP model;
  CHECK_THROWS_WITH(saved_model::save(model, folder / "model"), Catch::Contains("call it once"));
  CHECK(folder.file_count() == 0);
}

TEST_CASE("a frozen graph holds constants alone") {
  const TemporaryFolder folder;
  MLP model;
  model(random::uniform({1, 4, 4, 1}));
  saved_model::export_frozen_graph(model, folder / "frozen.pb");
  proto::GraphDef graph;
  REQUIRE(graph.ParseFromString(read_bytes(folder / "frozen.pb")));
  CHECK(graph.library().function_size() == 0);
  CHECK(graph.node(0).op() == "Placeholder");
  CHECK(graph.node(0).name() == "inputs");
  CHECK(graph.node(graph.node_size() - 1).name() == "output_0");
  int constants = 0;
  for (const auto& node : graph.node()) {
    CHECK(node.op() != "ReadVariableOp");
    constants += node.op() == "Const" ? 1 : 0;
  }
  CHECK(constants == 5);  // two kernels, two biases, the shape of the flat images
}
