// Bad input: an error that says what to do, and the model is as it was.
#include <limits>

#include "standard_error.h"
#include "training_models.h"
#include <cornu/core/error.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/losses/probabilistic_losses.h>

using namespace cornu;
using Catch::Contains;
using namespace training_models;

namespace {

Chain classifier(const char* loss) {
  Chain model(layers::Dense({.units = 3, .activation = "softmax"}));
  model.compile({.loss = loss});
  return model;
}

}  // namespace

TEST_CASE("what needs compile() says so") {
  const LinearData data;
  Chain model = linear_model();
  CHECK_THROWS_AS(model.fit(data.x, data.y), StateError);
  CHECK_THROWS_WITH(model.fit(data.x, data.y), Contains("fit") && Contains("compile("));
  CHECK_THROWS_AS(model.evaluate(data.x, data.y), StateError);
  CHECK_THROWS_AS(model.train_on_batch(data.x, data.y), StateError);
  CHECK_THROWS_AS(model.optimizer(), StateError);
  CHECK_FALSE(model.compiled());
  CHECK(model.get_compile_config().is_null());
}

TEST_CASE("compile refuses unknown names, suggesting near ones, and leaves the model as it was") {
  Chain model = linear_model();
  CHECK_THROWS_WITH(model.compile({.optimizer = "adm", .loss = "mse"}), Contains("adam"));
  CHECK_THROWS_WITH(model.compile({.loss = "mean_square_error"}), Contains("mean_squared_error"));
  CHECK_THROWS_WITH(model.compile({.loss = "mse", .metrics = {"acuracy"}}),
                    Contains("'acuracy'") && Contains("accuracy"));
  CHECK_THROWS_AS(model.compile({.loss = "mse", .steps_per_execution = 0}), ValueError);
  CHECK_THROWS_WITH(model.compile({.loss = {"mse", "mae"}, .loss_weights = {1., 2., 3.}}), Contains("loss_weights"));
  const auto null_metric = Contains("the metric is a null pointer");
  CHECK_THROWS_WITH(model.compile({.loss = "mse", .metrics = {std::shared_ptr<Metric>()}}), null_metric);
  CHECK_THROWS_WITH(model.compile({.loss = "mse", .metrics = {"mae", std::unique_ptr<Metric>()}}), null_metric);
  const char* const no_name = nullptr;
  CHECK_THROWS_WITH(model.compile({.loss = "mse", .metrics = {no_name}}), Contains("the name is a null pointer"));
  CHECK_THROWS_WITH(model.compile({.optimizer = no_name, .loss = "mse"}), Contains("the optimizer is a null pointer"));
  CHECK_FALSE(model.compiled());
  model.compile({.optimizer = "adam", .loss = "mse"});
  CHECK_THROWS_AS(model.compile({.loss = "nothing"}), ValueError);
  CHECK(model.optimizer().class_name() == "Adam");
}

TEST_CASE("samples that do not belong together") {
  const LinearData data;
  Chain model = linear_model();
  model.compile({.loss = "mse"});
  CHECK_THROWS_AS(model.fit(data.x, ones({63, 1}), {.verbose = 0}), ShapeError);
  CHECK_THROWS_WITH(model.fit(data.x, ones({63, 1}), {.verbose = 0}), Contains("64") && Contains("63"));
  CHECK_THROWS_WITH(model.evaluate(data.x, ones({63, 1}), {.verbose = 0}), Contains("number of samples"));
  FitOptions weighted{.verbose = 0};
  weighted.sample_weight = ones({3});
  CHECK_THROWS_WITH(model.fit(data.x, data.y, weighted), Contains("sample_weight"));
  CHECK_THROWS_WITH(model.fit(zeros({0, 3}), zeros({0, 1}), {.verbose = 0}), Contains("empty"));
  CHECK_THROWS_AS(model.fit(Tensors(), Tensors(), {.verbose = 0}), ValueError);
  CHECK_THROWS_AS(model.fit(constant(1.f), constant(1.f), {.verbose = 0}), ShapeError);
  CHECK_THROWS_WITH(model.fit(data.x, {data.y, data.y}, {.verbose = 0}), Contains("1 output") && Contains("2 targets"));
  CHECK_FALSE(model.built());
}

TEST_CASE("options of fit that do not hold") {
  const LinearData data;
  Chain model = linear_model();
  model.compile({.loss = "mse"});
  CHECK_THROWS_AS(model.fit(data.x, data.y, {.batch_size = 0}), ValueError);
  CHECK_THROWS_AS(model.fit(data.x, data.y, {.epochs = -1}), ValueError);
  CHECK_THROWS_AS(model.fit(data.x, data.y, {.steps_per_epoch = 0}), ValueError);
  CHECK_THROWS_WITH(model.fit(data.x, data.y, {.validation_split = 1}), Contains("validation_split"));
  CHECK_THROWS_WITH(model.fit(data.x, data.y, {.validation_split = 0.999}), Contains("64 samples"));
  CHECK_THROWS_AS(model.fit(data.x, data.y, {.validation_freq = 0}), ValueError);
  const ValidationData validation(data.x, data.y);
  CHECK_THROWS_WITH(model.fit(data.x, data.y, {.validation_data = validation, .validation_batch_size = 0}),
                    Contains("validation_batch_size"));
  CHECK_THROWS_WITH(model.fit(data.x, data.y, {.validation_data = validation, .validation_steps = 0}),
                    Contains("validation_steps"));
  CHECK_THROWS_AS(model.fit(data.x, data.y, {.verbose = 3}), ValueError);
  CHECK_THROWS_AS(model.fit(data.x, data.y, {.verbose = "loud"}), ValueError);
  FitOptions both{.verbose = 0};
  both.class_weight = {{0, 1.}};
  both.sample_weight = ones({64});
  CHECK_THROWS_WITH(model.fit(data.x, data.y, both), Contains("not both"));
  CHECK_FALSE(model.built());
}

TEST_CASE("weights of classes and losses that would train to NaN") {
  const LinearData data;
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  Chain model = linear_model();
  for (const double weight : {nan, infinity, -1.})
    CHECK_THROWS_WITH(model.compile({.loss = "mse", .loss_weights = weight < 0 ? -infinity : weight}),
                      Contains("compile: loss_weights must be finite"));
  CHECK_THROWS_WITH(model.compile({.loss = {"mse", "mae"}, .loss_weights = {1., nan}}), Contains("loss_weights[1]"));
  CHECK_THROWS_WITH(model.compile({.loss = "mse", .loss_weights = {{"size", nan}}}), Contains("'size'"));
  CHECK_FALSE(model.compiled());
  model.compile({.loss = "mse", .loss_weights = -1.});
  for (const double weight : {nan, infinity, -1.}) {
    const auto says = Contains("class_weight: the weight of class 2 must be finite and at least 0");
    CHECK_THROWS_WITH(model.fit(data.x, data.y, {.class_weight = {{2, weight}}, .verbose = 0}), says);
    CHECK_THROWS_WITH(model.train_on_batch(data.x, data.y, {.class_weight = {{2, weight}}}), says);
    CHECK_THROWS_AS(model.fit(data.x, data.y, {.class_weight = {{2, weight}}, .verbose = 0}), ValueError);
  }
  CHECK_FALSE(model.built());
  model.fit(data.x, data.y, {.class_weight = {{0, 0.}}, .verbose = 0});
}

TEST_CASE("labels out of range are found before anything is trained") {
  Chain model = classifier("sparse_categorical_crossentropy");
  const Tensor x = random::Generator(1).normal({40, 3});
  std::vector<int32_t> labels(40, 1);
  model.fit(x, Tensor::from_span<int32_t>(labels, {40}), {.batch_size = 8, .verbose = 0});
  const auto before = values_of(model.variables());
  labels[39] = 3;
  const Tensor y = Tensor::from_span<int32_t>(labels, {40});
  CHECK_THROWS_AS(model.fit(x, y, {.batch_size = 8, .verbose = 0}), ValueError);
  CHECK_THROWS_WITH(model.fit(x, y, {.batch_size = 8, .verbose = 0}),
                    Contains("label 3") && Contains("position 39") && Contains("3 classes"));
  CHECK(values_of(model.variables()) == before);
}

TEST_CASE("a loss that does not fit the outputs names the one that does") {
  const Tensor x = random::Generator(1).normal({4, 3});
  const Tensor numbers = constant({0, 1, 2, 0}),
               one_hot = constant({{1.f, 0.f, 0.f}, {0.f, 1.f, 0.f}, {0.f, 0.f, 1.f}, {1.f, 0.f, 0.f}});
  Chain categorical = classifier("categorical_crossentropy");
  CHECK_THROWS_AS(categorical.fit(x, numbers, {.verbose = 0}), ShapeError);
  CHECK_THROWS_WITH(categorical.fit(x, numbers, {.verbose = 0}), Contains("'sparse_categorical_crossentropy'?"));
  CHECK_FALSE(categorical.built());
  Chain sparse = classifier("sparse_categorical_crossentropy");
  CHECK_THROWS_WITH(sparse.fit(x, one_hot, {.verbose = 0}), Contains("'categorical_crossentropy'?"));
  Chain one_unit(layers::Dense({.units = 1, .activation = "sigmoid"}));
  one_unit.compile({.loss = losses::CategoricalCrossentropy()});
  CHECK_THROWS_WITH(one_unit.fit(x, ones({4, 1}), {.verbose = 0}), Contains("'binary_crossentropy'?"));
  categorical.fit(x, one_hot, {.verbose = 0});
}

TEST_CASE("losses and metrics for outputs that are not there") {
  const Tensor x = random::Generator(1).normal({4, 6}), kind = constant({0, 1, 2, 3}), size = zeros({4, 1});
  training_models::Branches model;
  model.compile({.loss = {{"kidn", "sparse_categorical_crossentropy"}}});
  CHECK_THROWS_WITH(model.fit(x, {kind, size}, {.verbose = 0}), Contains("'kidn'") && Contains("kind"));
  model.compile({.loss = {"mse", "mse", "mse"}});
  CHECK_THROWS_WITH(model.fit(x, {kind, size}, {.verbose = 0}), Contains("3 entries") && Contains("2 outputs"));
  model.compile({.loss = {"sparse_categorical_crossentropy", "mse"}, .metrics = {"mae"}});
  CHECK_THROWS_WITH(model.fit(x, {kind, size}, {.verbose = 0}), Contains("metrics"));
  CHECK_THROWS_WITH(model.fit(x, TensorDict{{"kind", kind}, {"siez", size}}, {.verbose = 0}),
                    Contains("'siez'") && Contains("size"));
  CHECK_THROWS_WITH(model.fit(x, TensorDict{{"kind", kind}}, {.verbose = 0}), Contains("'size'"));
  Chain unnamed = linear_model();
  unnamed.compile({.loss = {{"kind", "mse"}}});
  CHECK_THROWS_WITH(unnamed.fit(x, size, {.verbose = 0}), Contains("list"));
}

TEST_CASE("generator functions that fail, give nothing or the wrong number of tensors") {
  const LinearData data;
  Chain model = linear_model();
  model.compile({.loss = "mse"});
  int calls = 0;
  const auto throwing = [&]() -> std::optional<TensorList> {
    if (++calls == 3) throw std::runtime_error("the disk is gone");
    return TensorList{data.x, data.y};
  };
  CHECK_THROWS_WITH(model.fit(throwing, {.verbose = 0}), Contains("batch 2") && Contains("the disk is gone"));
  const auto nothing = []() -> std::optional<TensorList> { return std::nullopt; };
  CHECK_THROWS_WITH(model.fit(nothing, {.verbose = 0}), Contains("no batches"));
  CHECK_THROWS_WITH(model.evaluate(nothing, {.verbose = 0}), Contains("no batches"));
  const auto too_many = [&]() -> std::optional<TensorList> { return TensorList{data.x, data.y, data.y, data.y}; };
  CHECK_THROWS_WITH(model.fit(too_many, {.verbose = 0}), Contains("4 tensors"));
  CHECK_THROWS_WITH(model.fit(too_many, {.validation_split = 0.5, .verbose = 0}), Contains("validation_data"));
  calls = 0;
  const auto ends_early = [&]() -> std::optional<TensorList> {
    if (++calls > 2) return std::nullopt;
    return TensorList{data.x, data.y};
  };
  CHECK(model.fit(ends_early, {.steps_per_epoch = 5, .verbose = 0})["loss"].size() == 1);  // and a warning
}

TEST_CASE("metrics without targets") {
  class Adding : public Model {
   public:
    Tensor call(const Tensor& x) override {
      const Tensor y = dense_(x);
      add_loss(reduce_mean(square(y)));
      return y;
    }

   private:
    layers::Dense dense_{{.units = 2}};
  } model;
  const Tensor x = ones({8, 3});
  const Dataset of_x = Dataset::from_tensor_slices(x).batch(4);
  model.compile({.optimizer = "sgd", .metrics = "mae"});
  CHECK_THROWS_WITH(model.fit(x, {.verbose = 0}), Contains("metrics") && Contains("no targets"));
  CHECK_THROWS_WITH(model.evaluate(x, {.verbose = 0}), Contains("no targets"));
  CHECK_THROWS_WITH(model.fit(of_x, {.verbose = 0}), Contains("no targets"));
  model.compile({.optimizer = "sgd"});
  CHECK(model.fit(x, {.verbose = 0})["loss"].size() == 1);
  CHECK(model.fit(of_x, {.verbose = 0})["loss"].size() == 1);
  training_models::Branches branches;
  branches.compile({.loss = "mse"});
  CHECK_THROWS_WITH(branches.fit(ones({8, 3}), ones({8, 5}), {.verbose = 0}),
                    Contains("2 outputs ('kind', 'size')") && Contains("missing are those of 'size'"));
}

TEST_CASE("labels are looked at wherever they come from") {
  const Tensor x = random::Generator(1).normal({10, 3});
  const Tensor good = constant({0, 1, 2, 0, 1, 2, 0, 1, 2, 0}), bad = constant({0, 1, 2, 0, 1, 2, 0, 1, 6, 0});
  const auto check = [](const auto& run, const std::string& place) {
    CHECK_THROWS_AS(run(), ValueError);
    CHECK_THROWS_WITH(run(), Contains("label 6") && Contains("3 classes") && Contains(place) &&
                                 !Contains("step_function.cpp") && !Contains("softmax"));
  };
  for (const bool eagerly : {false, true}) {
    Chain model(layers::Dense({.units = 3, .activation = "softmax"}));
    model.compile({.loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}, .run_eagerly = eagerly});
    check([&] { model.fit(x, bad, {.batch_size = 4, .verbose = 0}); }, "position 8");
    CHECK((eagerly || !model.built()));
    CHECK_FALSE(model.optimizer().built());
    model.fit(x, good, {.verbose = 0});
    const auto before = values_of(model.variables());
    check([&] { model.evaluate(x, bad, {.verbose = 0}); }, "");
    check([&] { model.train_on_batch(x, bad); }, "");
    check([&] { model.test_on_batch(x, bad); }, "");
    check([&] { model.fit(x, good, {.validation_data = {x, bad}, .verbose = 0}); }, "");
    const Dataset batch = Dataset::from_tensor_slices({x, bad}).batch(10);
    check([&] { model.fit(batch, {.verbose = 0}); }, "batch 0");
    check([&] { model.evaluate(batch, {.verbose = 0}); }, "batch 0");
    check([&] { model.fit(x, good, {.validation_data = batch, .verbose = 0}); }, "");
    CHECK(values_of(model.variables()) == before);
  }
}

TEST_CASE("labels that are no whole numbers") {
  const Tensor x = ones({2, 3});
  Chain model = classifier("sparse_categorical_crossentropy");
  CHECK_THROWS_WITH(model.fit(x, constant({1.f, 0.7f}), {.verbose = 0}),
                    Contains("label 0.69999") && Contains("whole"));
  CHECK_THROWS_WITH(model.fit(x, constant({1.f, -0.5f}), {.verbose = 0}), Contains("label -0.5 at position 1"));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(model.fit(x, constant({-nan, 1.f}), {.verbose = 0}), Contains("label nan at position 0"));
  CHECK(model.fit(x, constant({1.f, 2.f}), {.verbose = 0})["loss"].size() == 1);
}

TEST_CASE("validation_data is checked before anything is trained") {
  const LinearData data;
  for (const bool eagerly : {false, true}) {
    Chain model = linear_model();
    model.compile({.optimizer = "sgd", .loss = "mse", .run_eagerly = eagerly});
    model.fit(data.x, data.y, {.verbose = 0});
    const auto before = values_of(model.variables());
    const auto check = [&](const ValidationData& validation, const std::string& said) {
      CHECK_THROWS_WITH(model.fit(data.x, data.y, {.validation_data = validation, .verbose = 0}), Contains(said));
    };
    check({ones({4, 7}), ones({4, 1})}, "7");
    check({ones({4, 3}), ones({4, 2, 7})}, "7");
    check({zeros({0, 3}), zeros({0, 1})}, "empty");
    check(Dataset::from_tensor_slices({ones({4, 3}), ones({4, 3, 7})}).batch(2), "7");
    check(Dataset::from_tensor_slices({data.x, data.y}).batch(8).repeat(), ".validation_steps");
    CHECK(values_of(model.variables()) == before);
  }
}

TEST_CASE("a data set without an end needs a number of steps") {
  const LinearData data;
  Chain model = linear_model();
  model.compile({.loss = "mse"});
  const Dataset endless = Dataset::from_tensor_slices({data.x, data.y}).batch(16).repeat();
  CHECK_THROWS_WITH(model.fit(endless, {.verbose = 0}), Contains("no end") && Contains(".steps_per_epoch"));
  CHECK_THROWS_WITH(model.evaluate(endless, {.verbose = 0}), Contains("evaluate") && Contains(".steps"));
  CHECK_THROWS_WITH(model.predict(Dataset::from_tensor_slices(data.x).batch(16).repeat(), {.verbose = 0}),
                    Contains("predict") && Contains(".steps"));
  CHECK(model.evaluate(endless, {.verbose = 0, .steps = 5}).size() == 1);
}

TEST_CASE("batches of a model that is not built") {
  const Tensor x = ones({4, 3}), kind = constant({0, 1, 2, 3}), size = zeros({4, 1});
  class Two : public Model {
   public:
    TensorList call_list(const TensorList& inputs) override { return {dense_(inputs[0] + inputs[1])}; }

   private:
    layers::Dense dense_{{.units = 1}};
  } model;
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Dataset batches = Dataset::from_tensor_slices({x, x, size}).batch(2);
  CHECK_THROWS_AS(model.fit(batches, {.verbose = 0}), StateError);
  CHECK_THROWS_WITH(model.fit(batches, {.verbose = 0}), Contains("3 tensors") && Contains("build it"));
  CHECK_THROWS_AS(model.predict(Dataset::from_tensor_slices({x, x}).batch(2), {.verbose = 0}), StateError);
  model(TensorList{x, x});
  CHECK(model.fit(batches, {.verbose = 0})["loss"].size() == 1);
  training_models::Branches branches;
  branches.compile({.loss = {"sparse_categorical_crossentropy", "mse"}});
  CHECK(branches.fit(Dataset::from_tensor_slices({x, kind, size}).batch(2), {.verbose = 0})["loss"].size() == 1);
}

TEST_CASE("a data set of single samples") {
  Chain model = linear_model();
  model.compile({.loss = "mse"});
  CHECK_THROWS_WITH(model.fit(Dataset::from_tensor_slices({ones({4, 3}), ones({4})}), {.verbose = 0}),
                    Contains("batch() the data set"));
}

TEST_CASE("targets that would be compared with several outputs") {
  const Tensor x = ones({3, 4}), numbers = constant({0, 1, 2}), column = constant({{0}, {1}, {2}});
  const std::string better = "'sparse_categorical_crossentropy'";
  Chain binary = classifier("binary_crossentropy");
  CHECK_THROWS_WITH(binary.fit(x, column, {.verbose = 0}), Contains(better));
  Chain squares = classifier("mse");
  CHECK_THROWS_WITH(squares.fit(x, numbers, {.verbose = 0}), Contains(better));
  const StandardError error;
  squares.fit(x, column, {.verbose = 0});
  CHECK_THAT(error.text(), Contains(better));
}

TEST_CASE("metrics by the outputs' names, in braces") {
  const Tensor x = ones({4, 6}), kind = constant({0, 1, 2, 3}), size = zeros({4, 1});
  training_models::Branches model;
  model.compile(
      {.loss = {"sparse_categorical_crossentropy", "mse"}, .metrics = {{"kind", {"accuracy"}}, {"size", {"mae"}}}});
  const Logs logs = model.evaluate(x, {kind, size}, {.verbose = 0});
  CHECK(logs.contains("kind_accuracy"));
  CHECK(logs.contains("size_mae"));
  Chain unnamed = linear_model();
  CHECK_THROWS_WITH(unnamed.compile({.loss = "mse", .metrics = {{"kind", {"mae"}}}}), Contains("MetricsByName"));
  unnamed.compile({.loss = "mse", .metrics = std::vector<std::string>{"AUC", "mae"}});
  CHECK(unnamed.evaluate(ones({4, 6}), size, {.verbose = 0}).names() == std::vector<std::string>{"AUC", "loss", "mae"});
}

TEST_CASE("a model without any loss") {
  const LinearData data;
  Chain model = linear_model();
  model.compile({.optimizer = "sgd"});
  CHECK_THROWS_WITH(model.fit(data.x, data.y, {.verbose = 0}), Contains("loss"));
  CHECK_FALSE(model.built());
}
