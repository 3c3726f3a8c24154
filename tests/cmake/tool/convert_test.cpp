#include <algorithm>

#include "cmake/tool/tool_run.h"
#include <cornu/core/io/npz.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/models/saving/saving.h>

using namespace cornu;

namespace {

const std::string mlp = std::string(test_data_directory) + "/keras/files/mlp.keras";
const std::string mlp_weights = std::string(test_data_directory) + "/keras/files/mlp.weights.h5";

std::vector<float> outputs(Model& model) { return model(ones({2, 28, 28})).to_vector<float>(); }

void convert(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {"convert"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const ToolRun run = run_tool(all);
  INFO(run);
  CHECK(run.status == 0);
  CHECK(contains(run.output, arguments[1] + ": written\n"));
}

}  // namespace

TEST_CASE("cornu convert: a Keras model into all formats, and back") {
  const TemporaryFolder folder;
  const auto original = load_model(mlp);
  const std::vector<float> expected = outputs(*original);
  for (const char* name : {"again.keras", "m.weights.h5", "m.safetensors", "m.npz"}) {
    INFO(name);
    convert({mlp, folder / name});
    if (std::string(name) == "again.keras") {
      CHECK(outputs(*load_model(folder / name)) == expected);
      continue;
    }
    convert({folder / name, folder / "back.keras", "--model", mlp});
    CHECK(outputs(*load_model(folder / "back.keras")) == expected);
  }
  convert({mlp, folder / "saved"});
  const auto loaded = saved_model::load(folder / "saved");
  const std::vector<float> served = loaded.signatures().at("serving_default")(ones({2, 28, 28})).to_vector<float>();
  REQUIRE(served.size() == expected.size());
  for (size_t i = 0; i < served.size(); ++i) CHECK(served[i] == Approx(expected[i]).epsilon(1e-5));
  convert({folder / "saved", folder / "variables.npz"});
  CHECK(load_npz(folder / "variables.npz").at("hidden/kernel").shape() == Shape{784, 7});
}

TEST_CASE("cornu convert: weights alone keep their names") {
  const TemporaryFolder folder;
  convert({mlp_weights, folder / "w.safetensors"});
  convert({folder / "w.safetensors", folder / "w.npz"});
  const auto arrays = load_npz(folder / "w.npz");
  CHECK(arrays.size() == 22);
  CHECK(arrays.at("layers/dense_1/vars/1").shape() == Shape{10});
}

TEST_CASE("cornu convert: what cannot be converted") {
  const TemporaryFolder folder;
  CHECK(run_tool({"convert", mlp_weights, folder / "m.keras"}).has_one_error_with("--model m.keras"));
  CHECK(run_tool({"convert", mlp, folder / "m.onnx"}).has_one_error_with("expected a name that ends with"));
  CHECK(run_tool({"convert", folder / "missing.keras", folder / "m.npz"}).has_one_error_with("No such file"));
  const std::string rnn = std::string(test_data_directory) + "/keras/files/rnn.keras";
  CHECK(run_tool({"convert", rnn, folder / "saved"}).has_one_error_with("'Bidirectional', 'LSTM'"));
  CHECK(folder.file_count() == 0);
}

TEST_CASE("cornu convert: the weights of a model that cannot be made") {
  const TemporaryFolder folder;
  const std::string files = std::string(test_data_directory) + "/keras/files/";
  convert({files + "rnn.keras", folder / "m.weights.h5"});
  convert({folder / "m.weights.h5", folder / "of_weights.npz"});
  convert({files + "rnn.keras", folder / "m.npz"});
  convert({files + "rnn.keras", folder / "m.safetensors"});
  const auto expected = load_npz(folder / "of_weights.npz"), arrays = load_npz(folder / "m.npz");
  REQUIRE(arrays.size() == expected.size());
  for (const auto& [name, array] : expected)
    CHECK(arrays.at(name).to_vector<float>().size() == array.to_vector<float>().size());
  CHECK(load_safetensors(folder / "m.safetensors").size() == expected.size());
}
