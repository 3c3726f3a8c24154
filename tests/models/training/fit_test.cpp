#include "training_models.h"
#include <cornu/core/error.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/losses/regression_losses.h>
#include <cornu/models/training/callbacks/lambda_callback.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;
using namespace training_models;

namespace {

CompileOptions sgd(double rate = 0.1) {
  return {.optimizer = optimizers::SGD({.learning_rate = rate}), .loss = "mse", .metrics = {"mae"}};
}

std::vector<float> kernel_after_fit(const FitOptions& options, int64_t seed = 1) {
  set_random_seed(seed);
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  model.fit(data.x, data.y, options);
  return model.weights()[0].peek().to_vector<float>();
}

}  // namespace

TEST_CASE("fit finds the line") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  const History history = model.fit(data.x, data.y, {.batch_size = 16, .epochs = 50, .verbose = 0});
  CHECK(history["loss"].size() == 50);
  CHECK(history["loss"].back() < 1e-4);
  const std::vector<float> kernel = model.weights()[0].peek().to_vector<float>();
  CHECK(kernel[1] == Approx(-2).margin(0.01));
  CHECK(model.evaluate(data.x, data.y, {.verbose = 0})["mae"] < 0.01);
  CHECK(model.history()["loss"] == history["loss"]);
}

TEST_CASE("the order of the samples repeats after set_random_seed, and differs between epochs") {
  const FitOptions shuffled{.batch_size = 8, .epochs = 2, .verbose = 0};
  FitOptions in_order = shuffled;
  in_order.shuffle = false;
  CHECK(kernel_after_fit(shuffled) == kernel_after_fit(shuffled));
  CHECK(kernel_after_fit(shuffled) != kernel_after_fit(in_order));

  std::vector<std::vector<float>> orders;
  class Watching : public Model {
   public:
    explicit Watching(std::vector<std::vector<float>>& orders) : orders_(orders) {}
    Tensor call(const Tensor& x) override { return dense_(x); }
    Logs train_step(const Batch& batch) override {
      orders_.push_back(batch.y[0].to_vector<float>());
      return Model::train_step(batch);
    }

   private:
    layers::Dense dense_{{.units = 1}};
    std::vector<std::vector<float>>& orders_;
  } model(orders);
  CompileOptions options = sgd();
  options.run_eagerly = true;
  model.compile(options);
  const LinearData data(16);
  model.fit(data.x, data.y, {.batch_size = 16, .epochs = 2, .verbose = 0});
  REQUIRE(orders.size() == 2);
  CHECK(orders[0] != orders[1]);
  for (std::vector<float>& order : orders) std::sort(order.begin(), order.end());
  CHECK(orders[0] == orders[1]);
}

TEST_CASE("traced and eager training agree, the partial batch included") {
  const LinearData data(50);
  std::vector<std::vector<std::vector<float>>> results;
  for (const bool eagerly : {false, true}) {
    set_random_seed(4);
    Chain model = linear_model();
    CompileOptions options = sgd();
    options.run_eagerly = eagerly;
    model.compile(options);
    model.fit(data.x, data.y, {.batch_size = 16, .epochs = 3, .verbose = 0});
    results.push_back(values_of(model.variables()));
  }
  for (size_t i = 0; i < results[0].size(); ++i)
    for (size_t j = 0; j < results[0][i].size(); ++j) CHECK(results[0][i][j] == Approx(results[1][i][j]).margin(1e-6));
}

TEST_CASE("the loss of an epoch is the mean over samples, not over batches") {
  // Without training: 3 samples with errors 1, 1, 2 in batches of 2 have the mean square 2, not (1 + 4) / 2.
  Chain model = linear_model();
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.}), .loss = "mse"});
  const Tensor x = zeros({3, 3});
  const Tensor y = constant({{1.f}, {-1.f}, {2.f}});
  const History history = model.fit(x, y, {.batch_size = 2, .shuffle = false, .verbose = 0});
  CHECK(history["loss"][0] == Approx(2));
  CHECK(model.evaluate(x, y, {.batch_size = 2, .verbose = 0})["loss"] == Approx(2));
}

TEST_CASE("sample weights count in the loss and in weighted metrics only") {
  Chain model = linear_model();
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.}),
                 .loss = "mse",
                 .metrics = {"mae"},
                 .weighted_metrics = {"mae"}});
  const Tensor x = zeros({2, 3}), y = constant({{1.f}, {3.f}});
  const Logs logs = model.evaluate(x, y, {.verbose = 0, .sample_weight = constant({3.f, 1.f})});
  CHECK(logs["loss"] == Approx((3 * 1 + 1 * 9) / 2.));
  CHECK(logs["mae"] == Approx(2));
  CHECK(logs["weighted_mae"] == Approx((3 * 1 + 1 * 3) / 4.));
}

TEST_CASE("class weights are sample weights by class number or by the largest of one-hot targets") {
  const Tensor x = zeros({3, 3});
  const auto loss_with = [&](const Tensor& y, int64_t units, const char* loss) {
    Chain model(layers::Dense({.units = units, .kernel_initializer = "zeros"}));
    model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.}), .loss = loss});
    FitOptions options{.shuffle = false, .verbose = 0};
    options.class_weight = {{1, 5.}};
    return model.fit(x, y, options)["loss"][0];
  };
  // mean squares: (0 * 1 + 1 * 5 + 1 * 5) / 3
  CHECK(loss_with(constant({{0.f}, {1.f}, {1.f}}), 1, "mse") == Approx(10 / 3.));
  // one-hot of classes 0, 1, 1: each sample's mean square is 1/2
  CHECK(loss_with(constant({{1.f, 0.f}, {0.f, 1.f}, {0.f, 1.f}}), 2, "mse") == Approx((1 + 5 + 5) / 6.));
}

TEST_CASE("steps_per_epoch goes on through the data; the epoch ends where the data does") {
  std::vector<int64_t> steps;
  const LinearData data(50);
  Chain model = linear_model();
  model.compile(sgd());
  int64_t count = 0;
  FitOptions options{.batch_size = 10, .epochs = 4, .steps_per_epoch = 3, .verbose = 0};
  options.callbacks = {callbacks::LambdaCallback({.on_epoch_end =
                                                      [&](int64_t, Logs&) {
                                                        steps.push_back(count);
                                                        count = 0;
                                                      },
                                                  .on_train_batch_end = [&](int64_t, Logs&) { ++count; }})};
  model.fit(data.x, data.y, options);
  CHECK(steps == std::vector<int64_t>{3, 2, 3, 2});
}

TEST_CASE("validation runs after the epochs that validation_freq says") {
  const LinearData data;
  Chain model = linear_model();
  model.compile(sgd());
  CHECK(model.fit(data.x, data.y, {.epochs = 5, .validation_split = 0.25, .verbose = 0})["val_loss"].size() == 5);
  CHECK(
      model.fit(data.x, data.y, {.epochs = 5, .validation_split = 0.25, .validation_freq = 2, .verbose = 0})["val_mae"]
          .size() == 2);
  const History listed = model.fit(
      data.x, data.y, {.epochs = 5, .validation_data = {data.x, data.y}, .validation_freq = {1, 5}, .verbose = 0});
  CHECK(listed["val_loss"].size() == 2);
  CHECK(listed.names() == std::vector<std::string>{"loss", "mae", "val_loss", "val_mae"});
}

TEST_CASE("validation uses the last samples, which are not trained on") {
  Chain model = linear_model();
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.}), .loss = "mse"});
  const Tensor y = constant({{0.f}, {0.f}, {0.f}, {2.f}});
  const History history = model.fit(zeros({4, 3}), y, {.validation_split = 0.25, .verbose = 0});
  CHECK(history["loss"][0] == Approx(0));
  CHECK(history["val_loss"][0] == Approx(4));
}

TEST_CASE("several outputs: lists and names for losses, weights and metrics") {
  const Tensor x = random::Generator(1).normal({12, 6});
  const Tensor kind = constant({0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1}), size = zeros({12, 1});
  const auto fit_with = [&](const CompileOptions& options, const Tensors& y) {
    set_random_seed(2);
    training_models::Branches model;
    model.compile(options);
    return model.fit(x, y, {.verbose = 0});
  };
  const History by_list = fit_with({.loss = {"sparse_categorical_crossentropy", losses::MeanSquaredError()},
                                    .loss_weights = {1., 0.5},
                                    .metrics = {{"accuracy"}, {"mae", "mse"}}},
                                   {kind, size});
  CHECK(by_list.names() ==
        std::vector<std::string>{"kind_accuracy", "kind_loss", "loss", "size_loss", "size_mae", "size_mse"});
  CHECK(by_list["loss"][0] == Approx(by_list["kind_loss"][0] + 0.5 * by_list["size_loss"][0]));
  CHECK(by_list["size_mse"][0] == Approx(by_list["size_loss"][0]));
  const History by_name = fit_with({.loss = {{"size", "mse"}, {"kind", "sparse_categorical_crossentropy"}},
                                    .loss_weights = {{"size", 0.5}},
                                    .metrics = MetricsByName{{"size", {"mae", "mse"}}, {"kind", {"acc"}}}},
                                   TensorDict{{"size", size}, {"kind", kind}});
  CHECK(by_name["loss"][0] == Approx(by_list["loss"][0]));
  CHECK(by_name.contains("kind_acc"));
  const History only_one = fit_with({.loss = {"sparse_categorical_crossentropy", nullptr}}, {kind, size});
  CHECK(only_one.names() == std::vector<std::string>{"loss"});
  CHECK(only_one["loss"][0] == Approx(by_list["kind_loss"][0]));
}

TEST_CASE("losses of layers and regularizers count") {
  class Adding : public Model {
   public:
    Tensor call(const Tensor& x) override {
      add_loss(constant(0.5f));
      return dense_(x);
    }

   private:
    layers::Dense dense_{{.units = 1, .kernel_initializer = "ones", .kernel_regularizer = regularizers::L2(0.1)}};
  } model;
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.}), .loss = "mse"});
  const Tensor x = zeros({4, 3}), y = ones({4, 1});
  CHECK(model.fit(x, y, {.verbose = 0})["loss"][0] == Approx(1 + 0.5 + 0.1 * 3));
  CHECK(model.evaluate(x, y, {.verbose = 0})["loss"] == Approx(1.8));
}

TEST_CASE("functions serve as losses and metrics") {
  const auto pinball = [](const Tensor& y_true, const Tensor& y_pred) {
    const Tensor error = y_true - y_pred;
    return reduce_mean(maximum(0.9f * error, -0.1f * error), -1);
  };
  Chain model = linear_model();
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.}), .loss = pinball, .metrics = {pinball}});
  const Logs logs = model.evaluate(zeros({2, 3}), constant({{1.f}, {-1.f}}), {.verbose = 0});
  CHECK(logs["loss"] == Approx(0.5));
  CHECK(logs.size() == 2);
}

TEST_CASE("accuracy and crossentropy go by the shapes") {
  const Tensor x = zeros({4, 3});
  const auto names_with = [&](const Tensor& y, int64_t units, const char* activation) {
    Chain model(layers::Dense({.units = units, .activation = activation, .kernel_initializer = "zeros"}));
    model.compile({.loss = "crossentropy", .metrics = {"accuracy", "ce"}});
    return model.evaluate(x, y, {.verbose = 0});
  };
  const Logs binary = names_with(constant({{0.f}, {0.f}, {0.f}, {1.f}}), 1, "sigmoid");
  CHECK(binary["accuracy"] == Approx(0.75));
  CHECK(binary["loss"] == Approx(std::log(2.)));
  CHECK(binary["ce"] == Approx(std::log(2.)));
  const Logs sparse = names_with(constant({0, 0, 1, 2}), 3, "softmax");
  CHECK(sparse["accuracy"] == Approx(0.5));
  CHECK(sparse["loss"] == Approx(std::log(3.)));
  const Logs one_hot = names_with(constant({{1.f, 0.f}, {1.f, 0.f}, {1.f, 0.f}, {0.f, 1.f}}), 2, "softmax");
  CHECK(one_hot["accuracy"] == Approx(0.75));
  CHECK(one_hot["ce"] == Approx(std::log(2.)));
}
