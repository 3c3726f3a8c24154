// Files that Keras 3.16 wrote: loaded, computed with, and written again.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/temporary_folder.h"
#include "models/saving/keras_files.h"
#include <cornu/models/saving/saving.h>
#include <cornu/models/sequential.h>

using namespace cornu;
using Catch::Contains;
using keras_files::path_of;

namespace {

const std::vector<std::string> loadable = {"mlp", "functional", "cnn"};

void check_outputs(Model& model, const golden::Json& expected) {
  const TensorList outputs = model(TensorList{golden::tensor(expected.at("input"))});
  REQUIRE(outputs.size() == expected.at("outputs").size());
  for (size_t i = 0; i < outputs.size(); ++i) golden::check_close(outputs[i], expected.at("outputs")[i], 1e-5, 1e-5);
}

}  // namespace

TEST_CASE("models of Keras's files compute what Keras computes") {
  for (const std::string& name : loadable) {
    INFO(name);
    const golden::Json expected = golden::read("files/" + name);
    const std::unique_ptr<Model> model = load_model(path_of("files/" + name + ".keras"));
    check_outputs(*model, expected);
    const std::vector<Variable> weights = model->weights();
    REQUIRE(weights.size() == expected.at("weights").size());
    for (size_t i = 0; i < weights.size(); ++i) golden::check_close(weights[i], expected.at("weights")[i], 0, 1e-8);
  }
}

TEST_CASE("weights of Keras's files make models compute what Keras computes") {
  for (const std::string& name : loadable) {
    INFO(name);
    const std::unique_ptr<Model> model =
        model_from_json(keras_files::member(path_of("files/" + name + ".keras"), "config.json"));
    model->load_weights(path_of("files/" + name + ".weights.h5"));
    check_outputs(*model, golden::read("files/" + name));
  }
}

TEST_CASE("a file written again has the groups, arrays and attributes of Keras's") {
  const TemporaryFolder folder;
  for (const std::string& name : loadable) {
    INFO(name);
    const std::string original = path_of("files/" + name + ".keras"), again = folder / (name + ".keras");
    const std::unique_ptr<Model> model = load_model(original);
    model->save(again);
    CHECK(io::ZipReader(again, "a .keras file").names() == io::ZipReader(original, "a .keras file").names());
    CHECK(hdf5::entries_of(keras_files::member(again, "model.weights.h5")) ==
          hdf5::entries_of(keras_files::member(original, "model.weights.h5")));
    model->save_weights(folder / (name + ".weights.h5"));
    CHECK(hdf5::entries_of(read_bytes(folder / (name + ".weights.h5"))) ==
          hdf5::entries_of(read_bytes(path_of("files/" + name + ".weights.h5"))));
    CHECK(keras_files::differences(keras_files::config(again), keras_files::config(original)) ==
          std::vector<std::string>{});
  }
}

TEST_CASE("compiled models of Keras's files come back as they were") {
  const TemporaryFolder folder;
  for (const std::string name : {"binary", "branches", "classification", "convolution", "normalized", "regression"}) {
    INFO(name);
    const std::string original = path_of("fit/" + name + ".keras"), again = folder / (name + ".keras");
    const std::unique_ptr<Model> model = load_model(original);
    model->save(again);
    CHECK(keras_files::differences(keras_files::config(again), keras_files::config(original)) ==
          std::vector<std::string>{});
  }
}

TEST_CASE("a model of layers that Cornu has not gives one error that lists them") {
  CHECK_THROWS_WITH(load_model(path_of("files/rnn.keras")),
                    Contains("rnn.keras") && Contains("'Bidirectional', 'LSTM'") && Contains("custom_objects"));
}
