#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/hdf5_files.h"
#include "core/io/temporary_folder.h"
#include "standard_error.h"
#include <cornu/core/error.h>
#include <cornu/core/io/internal/hdf5_writer.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/core.h>
#include <cornu/layers/regularization.h>
#include <cornu/models/model.h>
#include <cornu/models/sequential.h>
#include <cornu/optimizers/adam.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;

namespace {

class Block : public Layer {
 public:
  explicit Block(const std::string& name) : Layer({.name = name}) {}
  Tensor call(const Tensor& x) override { return second(first(x)); }

 private:
  layers::Dense first{{.units = 3, .name = "first"}};
  layers::Dropout second{{.rate = 0.5, .name = "_hidden"}};
};

/// "alpha" and "block" stand before "layers" in the alphabet, "output" and "_private" behind it.
class Network : public Model {
 public:
  explicit Network(int64_t units = 2) : Model({.name = "network"}), output({.units = units, .name = "output"}) {}
  Tensor call(const Tensor& x) override { return output(private_layer(block(alpha(x)))); }

 private:
  layers::Dense alpha{{.units = 4, .name = "alpha"}};
  Block block{"block"};
  layers::Dense private_layer{{.units = 4, .name = "_private"}};
  layers::Dense output;
};

const Tensor x = random::Generator(1).normal({5, 2});

std::vector<float> values(const Model& model) {
  std::vector<float> all;
  for (const Tensor& weight : model.get_weights())
    for (const float value : weight.to_vector<float>()) all.push_back(value);
  return all;
}

void write_file(const std::string& path, const std::vector<std::pair<std::string, Tensor>>& arrays) {
  io::Hdf5Writer writer("test");
  for (const auto& [name, array] : arrays) {
    const std::string group = name.substr(0, name.rfind('/'));
    try {
      writer.create_group(group);
    } catch (const FileError&) {  // is there already
    }
    writer.write(name, array);
  }
  write_bytes(path, writer.bytes());
}

}  // namespace

TEST_CASE("a model of one's own has its weights where Keras looks for its attributes") {
  const TemporaryFolder folder;
  Network model;
  model(x);
  model.save_weights(folder / "m.weights.h5");
  const hdf5::Entries entries = hdf5::entries_of(read_bytes(folder / "m.weights.h5"));
  // As Keras 3 writes class Network(Model) with these attributes: those up to "layers" in the alphabet by their names,
  // the others in the list of layers, where all are counted in the order of their calls.
  const std::pair<const char*, const char*> expected[] = {{"vars@name", "UTF-8 network"},
                                                          {"alpha/vars@name", "UTF-8 alpha"},
                                                          {"alpha/vars/0", "array F32LE (2,4,) contiguous"},
                                                          {"alpha/vars/1", "array F32LE (4,) contiguous"},
                                                          {"block/vars@name", "UTF-8 block"},
                                                          {"block/first/vars/0", "array F32LE (4,3,) contiguous"},
                                                          {"block/_hidden/vars@name", "UTF-8 _hidden"},
                                                          {"layers/dense_1/vars@name", "UTF-8 _private"},
                                                          {"layers/dense_1/vars/0", "array F32LE (3,4,) contiguous"},
                                                          {"layers/dense_2/vars@name", "UTF-8 output"},
                                                          {"layers/dense_2/vars/1", "array F32LE (2,) contiguous"}};
  for (const auto& [path, description] : expected) {
    INFO(path);
    REQUIRE(entries.contains(path));
    CHECK(entries.at(path) == description);
  }
  CHECK_FALSE(entries.contains("output"));
  CHECK_FALSE(entries.contains("layers/dense"));

  Network other;
  other(x);
  other.load_weights(folder / "m.weights.h5");
  CHECK(values(other) == values(model));
}

TEST_CASE("a layer whose attribute had another name is found by its own") {
  const TemporaryFolder folder;
  io::Hdf5Writer writer("test");
  const auto add = [&](const std::string& path, const std::string& name, const TensorList& arrays) {
    writer.create_group(path + "/vars");
    writer.set_attribute(path + "/vars", "name", name);
    for (size_t i = 0; i < arrays.size(); ++i) writer.write(path + "/vars/" + std::to_string(i), arrays[i]);
  };
  add("blocks/dense", "alpha", {ones({2, 4}), zeros({4})});
  add("block", "block", {});
  add("block/first", "first", {ones({4, 3}), zeros({3})});
  add("layers/dense_1", "_private", {ones({3, 4}), zeros({4})});
  add("layers/dense_2", "output", {ones({4, 2}), constant({7.f, 7.f})});
  write_bytes(folder / "m.weights.h5", writer.bytes());
  Network model;
  model(x);
  model.load_weights(folder / "m.weights.h5");
  CHECK(model.get_weights().at(0).to_vector<float>() == std::vector<float>(8, 1.f));
}

TEST_CASE("a file that does not fit changes nothing and is told of in full") {
  const TemporaryFolder folder;
  Network model, wider(9);
  model(x);
  wider(x);
  wider.save_weights(folder / "m.weights.h5");
  const std::vector<float> before = values(model);
  CHECK_THROWS_WITH(model.load_weights(folder / "m.weights.h5"),
                    Contains("'layers/dense_2/vars/0' has shape (4, 9); 'network/output/kernel' has (4, 2)") &&
                        Contains("'layers/dense_2/vars/1' has shape (9,)") && Contains("skip_mismatch"));
  CHECK(values(model) == before);

  write_file(folder / "part.weights.h5", {{"alpha/vars/0", ones({2, 4})}, {"block/first/vars/0", ones({4, 3})}});
  CHECK_THROWS_AS(model.load_weights(folder / "part.weights.h5"), ValueError);
  CHECK_THROWS_WITH(model.load_weights(folder / "part.weights.h5"),
                    Contains("'alpha/vars/1' is not there, for 'network/alpha/bias'") &&
                        Contains("'layers/dense_1/vars/0' is not there"));
  CHECK(values(model) == before);
}

TEST_CASE("training goes on from saved weights as if it had not stopped") {
  const TemporaryFolder folder;
  const auto compiled = [](const Optimizer& optimizer) {
    auto model = std::make_unique<Sequential>();
    model->add(layers::InputLayer({2}));
    model->add(layers::Dense({.units = 3, .activation = "tanh", .kernel_initializer = "ones"}));
    model->add(layers::Dense({.units = 1, .kernel_initializer = "ones"}));
    model->compile({.optimizer = Optimizer::registry().make(Config::parse(optimizer.to_json())), .loss = "mse"});
    return model;
  };
  const Tensor y = random::Generator(2).normal({5, 1});
  const auto train = [&](Model& model) { model.fit(x, y, {.epochs = 2, .shuffle = false, .verbose = 0}); };
  const optimizers::Adam adam({.learning_rate = 0.1});
  const auto model = compiled(adam), resumed = compiled(adam), other = compiled(optimizers::SGD());
  train(*model);
  model->save_weights(folder / "m.weights.h5");
  train(*model);
  resumed->load_weights(folder / "m.weights.h5");
  CHECK(resumed->optimizer().built());
  train(*resumed);
  CHECK(values(*resumed) == values(*model));

  const StandardError errors;
  other->load_weights(folder / "m.weights.h5");
  CHECK_THAT(errors.text(),
             Contains("Skipping variable loading for optimizer 'sgd', because it has 2 variables whereas "
                      "the saved optimizer has 10 variables."));
}

TEST_CASE("with skip_mismatch whole layers that do not fit stay as they were") {
  const TemporaryFolder folder;
  Network model, wider(9);
  model(x);
  wider(x);
  wider.save_weights(folder / "m.weights.h5");
  const std::vector<Tensor> before = model.get_weights(), other = wider.get_weights();
  model.load_weights(folder / "m.weights.h5", {.skip_mismatch = true});
  const std::vector<Tensor> after = model.get_weights();
  REQUIRE(after.size() == 8);
  for (size_t i = 0; i < 6; ++i) CHECK(after[i].to_vector<float>() == other[i].to_vector<float>());
  for (size_t i = 6; i < 8; ++i) CHECK(after[i].to_vector<float>() == before[i].to_vector<float>());
}

TEST_CASE("values of another dtype are converted, those that cannot be read are an error") {
  const TemporaryFolder folder;
  Sequential model{layers::InputLayer({1}), layers::Dense({.units = 1})};
  write_file(folder / "m.weights.h5",
             {{"layers/dense/vars/0", constant({{0.5}})}, {"layers/dense/vars/1", constant({3})}});
  model.load_weights(folder / "m.weights.h5");
  CHECK(values(model) == std::vector<float>{0.5f, 3.f});
}

TEST_CASE("weights need a built model and a name that says the format") {
  const TemporaryFolder folder;
  Network model;
  CHECK_THROWS_AS(model.save_weights(folder / "m.weights.h5"), StateError);
  write_file(folder / "m.weights.h5", {{"alpha/vars/0", ones({2, 4})}});
  CHECK_THROWS_AS(model.load_weights(folder / "m.weights.h5"), StateError);
  model(x);
  CHECK_THROWS_WITH(model.save_weights(folder / "m.h5"), Contains("end with .weights.h5"));
  CHECK_THROWS_WITH(model.save_weights(folder / "m.keras"), Contains("save()"));
  CHECK_THROWS_AS(model.load_weights(folder / "missing.weights.h5"), FileError);
  CHECK_THROWS_AS(model.save_weights(folder / "missing/m.weights.h5"), FileError);
  model.save_weights(folder / "m.npz");
  CHECK_THROWS_WITH(model.load_weights(folder / "m.npz", {.skip_mismatch = true}), Contains("skip_mismatch is for"));
}
