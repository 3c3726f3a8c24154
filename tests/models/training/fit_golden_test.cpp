// Whole training runs, number for number as Keras 3.16 has them.
#include <memory>

#include "training_models.h"
#include <cornu/core/config/config.h>
#include <cornu/models/saving/saving.h>

using namespace cornu;
using golden::Json;
using training_models::Branches;
using training_models::Chain;

namespace {

std::unique_ptr<Model> make_model(const std::string& name) {
  if (name == "regression")
    return std::make_unique<Chain>(layers::Dense({.units = 6, .activation = "tanh"}), layers::Dense({.units = 1}));
  if (name == "binary")
    return std::make_unique<Chain>(
        layers::Dense({.units = 6, .activation = "elu", .activity_regularizer = regularizers::L1(0.001)}),
        layers::Dense({.units = 1, .activation = "sigmoid"}));
  if (name == "classification")
    return std::make_unique<Chain>(
        layers::Dense({.units = 6, .activation = "relu", .kernel_regularizer = regularizers::L2(0.01)}),
        layers::Dense({.units = 5, .activation = "softmax"}));
  if (name == "normalized")
    return std::make_unique<Chain>(layers::Dense({.units = 6, .use_bias = false}),
                                   layers::BatchNormalization({.momentum = 0.9}), layers::Activation("silu"),
                                   layers::Dense({.units = 5}));
  if (name == "branches") return std::make_unique<Branches>();
  return nullptr;
}

Tensors tensors(const Json& list) {
  Tensors tensors;
  for (const Json& array : list) tensors.push_back(golden::tensor(array));
  return tensors;
}

FitOptions options_of(const Json& run) {
  const Json& fit = run.at("fit");
  FitOptions options{.shuffle = false, .verbose = 0};
  options.batch_size = fit.value("batch_size", options.batch_size);
  options.epochs = fit.value("epochs", options.epochs);
  options.initial_epoch = fit.value("initial_epoch", options.initial_epoch);
  if (fit.contains("steps_per_epoch")) options.steps_per_epoch = fit["steps_per_epoch"].get<int64_t>();
  options.validation_split = fit.value("validation_split", 0.);
  if (fit.contains("class_weight"))
    for (const auto& [label, weight] : fit["class_weight"].items()) options.class_weight[std::stoi(label)] = weight;
  options.sample_weight = golden::tensor(run.at("sample_weight"));
  const Json& validation = run.at("validation");
  if (!validation.is_null()) options.validation_data = {tensors(validation[0]), tensors(validation[1])};
  return options;
}

void check_close(double actual, double expected, const std::string& what) {
  INFO(what << " is " << actual << ", Keras has " << expected);
  CHECK(std::fabs(actual - expected) <= 1e-4 + 1e-3 * std::fabs(expected));
}

void check_run(const Json& run, Model& model) {
  const Tensors x = tensors(run.at("x")), y = tensors(run.at("y"));
  const History history = model.fit(x, y, options_of(run));
  CHECK(history.names().size() == run.at("history").size());
  for (const auto& [name, values] : run.at("history").items()) {
    REQUIRE(history.contains(name));
    REQUIRE(history[name].size() == values.size());
    for (size_t epoch = 0; epoch < values.size(); ++epoch) check_close(history[name][epoch], values[epoch], name);
  }
  const std::vector<Tensor> weights = model.get_weights();
  for (size_t i = 0; i < weights.size(); ++i) golden::check_close(weights[i], run.at("weights")[i], 1e-3, 1e-4);
  const Logs evaluation = model.evaluate(x, y, {.batch_size = run.at("fit").value("batch_size", 32), .verbose = 0});
  CHECK(evaluation.size() == run.at("evaluate").size());
  for (const auto& [name, value] : run.at("evaluate").items()) check_close(evaluation[name], value, name);
  const TensorList predictions = model.predict(static_cast<const TensorList&>(x), {.verbose = 0});
  for (size_t i = 0; i < predictions.size(); ++i) golden::check_close(predictions[i], run.at("predict")[i], 1e-3, 1e-4);
}

}  // namespace

TEST_CASE("fit trains as Keras trains") {
  int compared = 0;
  for (const Json& run : golden::cases("fit"))
    for (const bool eagerly : {false, true}) {
      const std::string name = run.at("name");
      INFO(name << (eagerly ? ", eagerly" : ", traced"));
      const std::unique_ptr<Model> model = make_model(name);
      if (!model) continue;
      Json compile_config = run.at("compile_config");
      compile_config["run_eagerly"] = eagerly;
      model->compile_from_config(Config::parse(compile_config.dump()));
      (*model)(tensors(run.at("x")));
      std::vector<Tensor> initial;
      for (const Json& weight : run.at("initial")) initial.push_back(golden::tensor(weight));
      model->set_weights(initial);
      check_run(run, *model);
      ++compared;
    }
  CHECK(compared == 10);
}

TEST_CASE("models that Keras compiled and saved train as Keras trains") {
  for (const Json& run : golden::cases("fit")) {
    const std::string name = run.at("name");
    INFO(name);
    const std::unique_ptr<Model> model = load_model(std::string(test_data_directory) + "/keras/fit/" + name + ".keras");
    check_run(run, *model);
  }
  CHECK(golden::cases("fit").size() == 6);
}

TEST_CASE("the compile configuration is Keras's, there and back") {
  for (const Json& run : golden::cases("fit")) {
    const Json& expected = run.at("compile_config");
    Model model;
    model.compile_from_config(Config::parse(expected.dump()));
    Json written = Json::parse(model.get_compile_config().dump());
    INFO(run.at("name").get<std::string>());
    for (const char* name :
         {"loss_weights", "metrics", "weighted_metrics", "run_eagerly", "steps_per_execution", "jit_compile"})
      CHECK(written.at(name) == expected.at(name));
    CHECK(written.size() == expected.size());
    CHECK(written.at("optimizer").at("class_name") == expected.at("optimizer").at("class_name"));
    CHECK(written.at("optimizer").at("config").size() == expected.at("optimizer").at("config").size());
    if (expected.at("loss").is_object())
      CHECK(written.at("loss").at("class_name") == expected.at("loss").at("class_name"));
    else
      CHECK(written.at("loss") == expected.at("loss"));
  }
}
