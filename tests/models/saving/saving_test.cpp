#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/temporary_folder.h"
#include "models/saving/keras_files.h"
#include "standard_error.h"
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/ops/sorting.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/configured_layer.h>
#include <cornu/layers/core.h>
#include <cornu/layers/merging.h>
#include <cornu/layers/normalization.h>
#include <cornu/layers/regularization.h>
#include <cornu/layers/reshaping.h>
#include <cornu/models/saving/saving.h>
#include <cornu/models/sequential.h>

using namespace cornu;
using Catch::Contains;
using keras_files::Json;

namespace {

const Tensor x = random::Generator(1).normal({5, 4});

void check_same(Model& a, Model& b, const TensorList& inputs) {
  const TensorList expected = a(inputs), actual = b(inputs);
  REQUIRE(actual.size() == expected.size());
  for (size_t i = 0; i < actual.size(); ++i) CHECK(actual[i].to_vector<float>() == expected[i].to_vector<float>());
}

std::unique_ptr<Model> saved_and_loaded(const Model& model) {
  const TemporaryFolder folder;
  model.save(folder / "m.keras");
  return load_model(folder / "m.keras");
}

struct ScaleOptions {
  double factor = 1;
  std::string name = {};
  bool trainable = true;
  DType dtype = float32;
  void describe(Fields& fields) {
    layers::describe_layer(fields, *this);
    fields("factor", factor);
  }
};
class Scale : public layers::ConfiguredLayer<ScaleOptions> {
 public:
  explicit Scale(const ScaleOptions& options) : ConfiguredLayer("Scale", options) {}
  void build(const Shape& shape) override { offset_ = add_weight({.name = "offset", .shape = {shape.back()}}); }
  Tensor call(const Tensor& inputs) override { return inputs * options().factor + offset_; }

 private:
  Variable offset_;
};

Sequential scaled() { return Sequential{layers::InputLayer({4}), Scale({.factor = 3}), layers::Dense({.units = 2})}; }

/// A .keras file of this configuration and of the weights of a model.
void write_model(const std::string& path, const std::string& config, const Model& weights) {
  const TemporaryFolder folder;
  weights.save_weights(folder / "m.weights.h5");
  io::ZipWriter archive("test");
  archive.add("metadata.json", "{}");
  archive.add("config.json", config);
  archive.add("model.weights.h5", read_bytes(folder / "m.weights.h5"));
  archive.write(path);
}

}  // namespace

TEST_CASE("a Sequential comes back from its file") {
  Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3, .activation = "relu"}),
                   layers::BatchNormalization(), layers::Dropout({.rate = 0.3}), layers::Dense({.units = 2})};
  const std::unique_ptr<Model> loaded = saved_and_loaded(model);
  CHECK(loaded->class_name() == "Sequential");
  CHECK(loaded->layers().size() == 4);
  CHECK(loaded->name() == model.name());
  check_same(model, *loaded, {x});
}

TEST_CASE("a Sequential that was built by a call has an InputLayer in its file") {
  Sequential model{layers::Dense({.units = 3}), layers::Dense({.units = 2})};
  CHECK_THROWS_AS(model.save_weights("unused.weights.h5"), StateError);
  model(x);
  const std::unique_ptr<Model> loaded = saved_and_loaded(model);
  check_same(model, *loaded, {x});
  const Json config = Json::parse(model.to_json());
  CHECK(config.at("config").at("layers").at(0).at("class_name") == "InputLayer");
  CHECK(config.at("config").at("layers").at(0).at("config").at("batch_shape") == Json({nullptr, 4}));
  CHECK(config.at("build_config").at("input_shape") == Json({nullptr, 4}));
}

TEST_CASE("a model that is not built comes back without weights") {
  Sequential model{layers::Dense({.units = 3})};
  const std::unique_ptr<Model> loaded = saved_and_loaded(model);
  CHECK_FALSE(loaded->built());
  CHECK((*loaded)(x).shape() == Shape{5, 3});
}

TEST_CASE("shared layers, branches and models within models come back") {
  const Tensor a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const auto shared = share(layers::Dense({.units = 3, .name = "shared"}));
  const Tensor inner_input = Input({3}, {.name = "inner_input"});
  const auto inner = std::make_shared<Model>(inner_input, inner_input | layers::Dense({.units = 3, .name = "deep"}),
                                             LayerOptions{.name = "inner"});
  const auto stack = std::make_shared<Sequential>(LayerOptions{.name = "stack"});
  stack->add(layers::InputLayer({3}));
  stack->add(layers::Dense({.units = 3, .name = "last"}));
  const Tensor first = a | shared, second = (b | shared) | inner;
  const Tensor sum = TensorList{first, second, second | inner} | layers::Add();
  Model model(TensorList{a, b}, TensorList{sum | stack, first | inner}, {.name = "all"});
  const std::unique_ptr<Model> loaded = saved_and_loaded(model);
  CHECK(loaded->weights().size() == model.weights().size());
  check_same(model, *loaded, {x, 2 * x});
}

TEST_CASE("operations of a functional model come back") {
  const Tensor a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const Tensor c = relu(a * 2.f - b) / (square(b) + 1.f);
  Model model(TensorList{a, b}, TensorList{c | layers::Dense({.units = 2}), maximum(tanh(-c), 0.25f)});
  check_same(model, *saved_and_loaded(model), {x, 2 * x});
  // As Keras 3 writes `a * 2.0`.
  const Json layers = Json::parse(model.to_json()).at("config").at("layers");
  const auto multiply = std::find_if(layers.begin(), layers.end(),
                                     [](const Json& layer) { return layer.at("class_name") == "Multiply"; });
  REQUIRE(multiply != layers.end());
  CHECK(multiply->at("module") == "keras.src.ops.numpy");
  CHECK(multiply->at("registered_name") == "Multiply");
  CHECK(multiply->at("config") == Json{{"name", "multiply"}});
  CHECK(multiply->at("inbound_nodes").at(0).at("args").at(1) == 2.0);
}

TEST_CASE("operations with arguments come back, and are called what Keras calls them") {
  const Tensor a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const Tensor joined = concat({a, b}, 1);
  const Tensor grid = transpose(reshape(joined, {-1, 2, 4}), {0, 2, 1});  // (batch, 4, 2)
  const Tensor product = matmul(softmax(grid, 1), reshape(joined, {-1, 2, 4}));
  const Tensor flat = squeeze(expand_dims(reduce_sum(product, 2), 1), 1);
  const Tensor extremes = reduce_max(product, {1, 2}, {.keepdims = true}) - reduce_min(product, 1, {.keepdims = true});
  const Tensor whole = cast(cast(flat, int32), float32) + reduce_mean(grid, -1);
  Model model(TensorList{a, b}, TensorList{whole, extremes, log_softmax(flat)});
  check_same(model, *saved_and_loaded(model), {x, 2 * x});

  std::map<std::string, Json> configs, calls;
  const Json written = Json::parse(model.to_json());
  for (const Json& layer : written.at("config").at("layers")) {
    const std::string name = layer.at("name").get<std::string>();
    configs[name] = layer.at("config");
    calls[name] = layer.at("inbound_nodes");
    if (name != "a" && name != "b") CHECK(layer.at("module").get<std::string>().starts_with("keras.src.ops."));
  }
  // As the constructors of Keras's classes take them.
  CHECK(configs.at("concatenate") == Json{{"axis", 1}});
  CHECK(calls.at("concatenate").at(0).at("args").at(0).size() == 2);
  CHECK(configs.at("reshape") == Json{{"newshape", {-1, 2, 4}}});
  CHECK(configs.at("transpose") == Json{{"axes", {0, 2, 1}}});
  CHECK(configs.at("softmax") == Json{{"axis", -2}});
  CHECK(configs.at("sum") == Json{{"axis", {2}}, {"keepdims", false}});
  CHECK(configs.at("max") == Json{{"axis", {1, 2}}, {"keepdims", true}});
  CHECK(configs.at("expand_dims") == Json{{"axis", 1}});
  CHECK(configs.at("squeeze") == Json{{"axis", 1}});
  CHECK(configs.at("cast") == Json{{"dtype", "int32"}});
  CHECK(configs.at("matmul") == Json{{"name", "matmul"}});
}

TEST_CASE("operations are read in the forms that Keras writes") {
  const auto output_of = [](const char* class_name, const char* config) {
    const std::string text = R"({"module": "keras.src.models.functional", "class_name": "Functional", "config": {
      "name": "m", "trainable": true, "layers": [
        {"module": "keras.layers", "class_name": "InputLayer", "name": "a", "inbound_nodes": [],
         "config": {"batch_shape": [null, 2, 3], "dtype": "float32", "name": "a"}},
        {"module": "keras.src.ops.numpy", "class_name": ")" +
                             std::string(class_name) + R"(", "name": "operation",
         "config": )" + config +
                             R"(, "inbound_nodes": [{"kwargs": {}, "args": [{"class_name": "__keras_tensor__",
           "config": {"shape": [null, 2, 3], "dtype": "float32", "keras_history": ["a", 0, 0]}}]}]}],
      "input_layers": ["a", 0, 0], "output_layers": ["operation", 0, 0]}})";
    return (*model_from_json(text))(ones({4, 2, 3}));
  };
  CHECK(output_of("Mean", R"({"axis": null, "keepdims": false})").shape() == Shape{});
  CHECK(output_of("Sum", R"({"axis": -1, "keepdims": true})").shape() == Shape{4, 2, 1});
  CHECK(output_of("Sum", R"({"axis": {"class_name": "__tuple__", "config": {"value": [0, 2]}}})").shape() == Shape{2});
  CHECK(output_of("Transpose", R"({"axes": null})").shape() == Shape{3, 2, 4});
  CHECK(output_of("Reshape", R"({"newshape": [-1, 6]})").shape() == Shape{4, 6});
  CHECK(output_of("ExpandDims", R"({"axis": 0, "name": "expand_dims"})").shape() == Shape{1, 4, 2, 3});
  CHECK(output_of("Softmax", R"({"axis": -1})").shape() == Shape{4, 2, 3});
  CHECK_THROWS_AS(output_of("ExpandDims", R"({"axis": [0, 1]})"), ValueError);
}

TEST_CASE("a model that is compiled with a function is saved with advice, and read without it") {
  const TemporaryFolder folder;
  Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3})};
  model.compile({.loss = [](const Tensor& y_true, const Tensor& y_pred) { return reduce_mean(y_true - y_pred, -1); },
                 .metrics = {"mae"}});
  {
    const StandardError errors;
    model.save(folder / "m.keras");
    CHECK_THAT(errors.text(), Contains("register_keras_serializable") && Contains(".compile = false"));
  }
  CHECK_THROWS_AS(load_model(folder / "m.keras"), ValueError);
  CHECK_THROWS_WITH(load_model(folder / "m.keras"), Contains(".compile = false"));
  check_same(model, *load_model(folder / "m.keras", {.compile = false}), {x});
  model.compile({.loss = "mse"});
  const StandardError errors;
  model.save(folder / "m.keras");
  CHECK(errors.text().empty());
}

TEST_CASE("layers of a configuration that no memory holds are named") {
  const Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3, .name = "wide"})};
  std::string text = model.to_json();
  const std::string units = "\"units\":3";
  text.replace(text.find(units), units.size(), "\"units\":1099511627776");
  CHECK_THROWS_AS(model_from_json(text), ValueError);
  CHECK_THROWS_WITH(model_from_json(text), Contains("wide") && Contains("memory"));
}

TEST_CASE("inputs and outputs by name come back with their names") {
  const Tensor a = Input({4}), b = Input({4});
  Model model(TensorDict{{"left", a}, {"right", b}}, TensorDict{{"sum", TensorList{a, b} | layers::Add()},
                                                                {"product", TensorList{a, b} | layers::Multiply()}});
  const std::unique_ptr<Model> loaded = saved_and_loaded(model);
  CHECK(loaded->input_names() == std::vector<std::string>{"left", "right"});
  CHECK(loaded->output_names() == std::vector<std::string>{"sum", "product"});
  const TensorDict outputs = (*loaded)(TensorDict{{"right", x}, {"left", 2 * x}});
  CHECK(outputs["sum"].to_vector<float>() == (3 * x).to_vector<float>());
}

TEST_CASE("what is frozen stays so") {
  Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3}), layers::Dense({.units = 2})};
  model.get_layer(0).set_trainable(false);
  const std::unique_ptr<Model> loaded = saved_and_loaded(model);
  CHECK_FALSE(loaded->get_layer(0).trainable());
  CHECK(loaded->get_layer(1).trainable());
  CHECK(loaded->trainable_variables().size() == 2);
}

TEST_CASE("a class of one's own is read once it is registered, or named") {
  const TemporaryFolder folder;
  Sequential model = scaled();
  model.save(folder / "before.keras");
  CHECK_THROWS_WITH(load_model(folder / "before.keras"),
                    Contains("'Scale'") && Contains("register_keras_serializable"));
  const std::unique_ptr<Model> named =
      load_model(folder / "before.keras",
                 {.custom_objects = {{"Scale", [](const Config& config) {
                                        return std::make_unique<Scale>(read_options<ScaleOptions>("Scale", config));
                                      }}}});
  check_same(model, *named, {x});

  register_keras_serializable<Scale>("my_package");
  model.save(folder / "m.keras");
  const Json layer = keras_files::config(folder / "m.keras").at("config").at("layers").at(1);
  CHECK(layer.at("registered_name") == "my_package>Scale");
  CHECK(layer.at("class_name") == "Scale");
  CHECK(layer.at("config").at("factor") == 3);
  check_same(model, *load_model(folder / "m.keras"), {x});
}

TEST_CASE("a model comes from its JSON with fresh weights") {
  Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3})};
  const std::unique_ptr<Model> fresh = model_from_json(model.to_json());
  CHECK(fresh->to_json() == model.to_json());
  CHECK(fresh->count_params() == 15);
  CHECK(fresh->get_weights()[0].to_vector<float>() != model.get_weights()[0].to_vector<float>());
  CHECK_THROWS_AS(model_from_json("{"), ValueError);
  CHECK_THROWS_WITH(model_from_json(layers::Dense({.units = 1}).to_json()), Contains("expected a model"));
}

TEST_CASE("unknown keys of newer versions are ignored") {
  const TemporaryFolder folder;
  Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3})};
  Json config = Json::parse(model.to_json());
  config["new"] = {{"a", 1}};
  config["config"]["layers"][1]["config"]["lora_rank"] = 4;
  write_model(folder / "m.keras", config.dump(), model);
  check_same(model, *load_model(folder / "m.keras"), {x});
}

TEST_CASE("all unknown classes are listed in one error") {
  Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3}), layers::Dense({.units = 3})};
  Json config = Json::parse(model.to_json());
  config["config"]["layers"][1]["class_name"] = "Mystery";
  config["config"]["layers"][2]["config"]["kernel_initializer"]["class_name"] = "Oracle";
  CHECK_THROWS_WITH(model_from_json(config.dump()), Contains("'Mystery', 'Oracle'"));
}

TEST_CASE("damaged configurations are errors") {
  const TemporaryFolder folder;
  const std::string path = folder / "m.keras";
  Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3})};
  const std::string good = model.to_json();
  write_model(path, good.substr(0, 100), model);
  CHECK_THROWS_AS(load_model(path), FileError);
  write_model(path, std::string(1000, '[') + std::string(1000, ']'), model);
  CHECK_THROWS_AS(load_model(path), FileError);
  CHECK_THROWS_WITH(load_model(path), Contains("nested over"));
  for (const char* text :
       {"{}", "[]", "3", R"({"class_name": "Sequential", "config": 3})",
        R"({"class_name": "Sequential", "config": {"layers": [1]}})",
        R"({"class_name": "Functional", "config": {"layers": [], "input_layers": [], "output_layers": []}})"}) {
    write_model(path, text, model);
    CHECK_THROWS_AS(load_model(path), Error);
  }
  Json config = Json::parse(good);
  config["config"]["layers"][1]["config"]["units"] = int64_t{1} << 50;
  write_model(path, config.dump(), model);
  CHECK_THROWS_AS(load_model(path), Error);
}

TEST_CASE("functional configurations that lead nowhere are errors") {
  const Tensor a = Input({4}, {.name = "a"});
  const Model model(a, a | layers::Dense({.units = 3, .name = "d"}));
  const Json good = Json::parse(model.to_json());
  const auto refuses = [&](const char* pointer, const Json& value, const char* message) {
    Json config = good;
    config[Json::json_pointer(pointer)] = value;
    CHECK_THROWS_WITH(model_from_json(config.dump()), Contains(message));
  };
  const char* history = "/config/layers/1/inbound_nodes/0/args/0/config/keras_history";
  refuses(history, {"missing", 0, 0}, "no layer 'missing'");
  refuses(history, {"d", 0, 0}, "no layer gives");
  refuses(history, {"a", 0, 7}, "no such tensor");
  refuses(history, {"a", -1, 0}, "no such tensor");
  refuses("/config/output_layers", {"d", 5, 0}, "no such tensor");
  refuses("/config/layers/1/name", "a", "two layers 'a'");
  refuses("/config/layers/1/inbound_nodes/0/kwargs", {{"mask", 3}}, "called with 'mask'");
}

TEST_CASE("an archive that is not a model is an error") {
  const TemporaryFolder folder;
  const std::string path = folder / "m.keras";
  CHECK_THROWS_WITH(load_model(path), Contains("No such file"));
  write_bytes(path, "no archive");
  CHECK_THROWS_WITH(load_model(path), Contains("not a .keras file"));
  const auto write = [&](const std::vector<std::pair<std::string, std::string>>& members) {
    io::ZipWriter archive("test");
    for (const auto& [name, contents] : members) archive.add(name, contents);
    archive.write(path);
  };
  write({{"metadata.json", "{}"}});
  CHECK_THROWS_WITH(load_model(path), Contains("no member 'config.json'"));
  const Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3})};
  write({{"config.json", model.to_json()}});
  CHECK_THROWS_WITH(load_model(path), Contains("no member 'model.weights.h5'"));
  write({{"config.json", model.to_json()}, {"../evil", "x"}});
  CHECK_THROWS_WITH(load_model(path), Contains("leads out"));
  write({{"config.json", model.to_json()}, {"model.weights.h5", "no HDF5"}});
  CHECK_THROWS_WITH(load_model(path), Contains("not an HDF5 file"));
}

TEST_CASE("a changed byte of a .keras file is an error or changes nothing of the values") {
  const TemporaryFolder folder;
  const std::string path = folder / "m.keras";
  Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3})};
  model.save(path);
  const std::string bytes = read_bytes(path);
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    std::string changed = bytes;
    const size_t place = random() % bytes.size();
    changed[place] = static_cast<char>(changed[place] ^ (1 << random() % 8));
    write_bytes(path, changed);
    try {
      const std::unique_ptr<Model> loaded = load_model(path);
      CHECK(loaded->get_weights()[0].to_vector<float>() == model.get_weights()[0].to_vector<float>());
    } catch (const Error&) {
    }
  }
}

TEST_CASE("what cannot be saved says why") {
  const TemporaryFolder folder;
  const Sequential model{layers::InputLayer({4}), layers::Dense({.units = 3})};
  CHECK_THROWS_WITH(model.save(folder / "m.h5"), Contains("ends with .keras"));
  CHECK_THROWS_AS(model.save(folder / "missing/m.keras"), FileError);
  class Own : public Model {
   public:
    Tensor call(const Tensor& inputs) override { return inputs; }
  };
  CHECK_THROWS_AS(Own().save(folder / "m.keras"), StateError);
  const Tensor a = Input({4});
  const Model with_operation(a, cumsum(a, 1));
  CHECK_THROWS_WITH(with_operation.save(folder / "m.keras"),
                    Contains("operation 'cumsum'") && Contains("use a layer") && !Contains("save: save:"));
  const Model with_constant(a, a + ones({4}));
  CHECK_THROWS_WITH(with_constant.save(folder / "m.keras"), Contains("constant of shape (4,)"));
  CHECK(folder.file_count() == 0);
}
