#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/temporary_folder.h"
#include <cornu/core/error.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/core.h>
#include <cornu/models/model.h>

using namespace cornu;
using Catch::Contains;

namespace {

class Network : public Model {
 public:
  explicit Network(int64_t units = 3) : second({.units = units}) {}
  Tensor call(const Tensor& x) override { return second(first(x)); }

 private:
  layers::Dense first{{.units = 4, .activation = "relu", .name = "first"}};
  layers::Dense second;
};

const Tensor x = random::Generator(1).normal({5, 2});

}  // namespace

TEST_CASE("weights are saved and loaded, before and after building") {
  const TemporaryFolder folder;
  Network model;
  CHECK_THROWS_AS(model.save_weights(folder / "weights"), StateError);
  const Tensor expected = model(x);
  model.save_weights(folder / "weights");
  std::vector<std::string> names;
  for (const CheckpointVariable& variable : list_variables(folder / "weights")) names.push_back(variable.name);
  CHECK(names == std::vector<std::string>{"_CHECKPOINTABLE_OBJECT_GRAPH", "dense/bias/.ATTRIBUTES/VARIABLE_VALUE",
                                          "dense/kernel/.ATTRIBUTES/VARIABLE_VALUE",
                                          "first/bias/.ATTRIBUTES/VARIABLE_VALUE",
                                          "first/kernel/.ATTRIBUTES/VARIABLE_VALUE"});
  Network built, waiting;
  built(x);
  built.load_weights(folder / "weights").assert_consumed();
  CHECK(built(x).to_vector<float>() == expected.to_vector<float>());
  const CheckpointStatus status = waiting.load_weights(folder / "weights");
  CHECK_THROWS_AS(status.assert_consumed(), StateError);
  CHECK(waiting(x).to_vector<float>() == expected.to_vector<float>());
  CHECK_NOTHROW(status.assert_consumed());
}

TEST_CASE("weights of another shape or from nowhere change nothing") {
  const TemporaryFolder folder;
  Network model, wider(9);
  model(x);
  model.save_weights(folder / "weights");
  const Tensor before = wider(x);
  CHECK_THROWS_AS(wider.load_weights(folder / "weights"), ShapeError);
  CHECK_THROWS_WITH(wider.load_weights(folder / "weights"), Contains("dense/") && Contains("9"));
  CHECK_THROWS_AS(wider.load_weights(folder / "missing"), FileError);
  CHECK(wider(x).to_vector<float>() == before.to_vector<float>());
}

TEST_CASE("weights go to safetensors and npz files by path") {
  const TemporaryFolder folder;
  Network model, wider(9), unbuilt;
  const Tensor expected = model(x);
  wider(x);
  for (const char* file : {"weights.safetensors", "weights.npz"}) {
    const std::string path = folder / file;
    CHECK_THROWS_AS(unbuilt.save_weights(path), StateError);
    model.save_weights(path);
    CHECK_THROWS_AS(unbuilt.load_weights(path), StateError);
    CHECK_THROWS_AS(wider.load_weights(path), ShapeError);
    CHECK_THROWS_WITH(wider.load_weights(path), Contains("'dense/kernel'") && Contains("(4, 9)") && Contains("(4, 3)"));
    Network again;
    again(x);
    again.load_weights(path).assert_consumed();
    CHECK(again(x).to_vector<float>() == expected.to_vector<float>());
  }
  std::map<std::string, Tensor> tensors = load_safetensors(folder / "weights.safetensors");
  CHECK(tensors.size() == 4);
  CHECK(tensors.at("first/kernel").shape() == Shape({2, 4}));
  tensors.emplace("more", ones({2}));
  save_npz(folder / "more.npz", tensors);
  CHECK_THROWS_WITH(model.load_weights(folder / "more.npz"), Contains("more"));
  tensors.erase("more");
  tensors.erase("first/bias");
  save_npz(folder / "less.npz", tensors);
  CHECK_THROWS_WITH(model.load_weights(folder / "less.npz"), Contains("first/bias"));
  tensors["first/bias"] = zeros({4}, float64);
  save_npz(folder / "other.npz", tensors);
  CHECK_THROWS_AS(model.load_weights(folder / "other.npz"), DTypeError);
  CHECK(model(x).to_vector<float>() == expected.to_vector<float>());
}
