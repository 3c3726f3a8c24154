#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include <catch2/catch.hpp>

#include "golden.h"
#include "optimizers/four_numbers.h"
#include <cornu/core/error.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/random/random.h>
#include <cornu/optimizers/adagrad.h>
#include <cornu/optimizers/adam.h>
#include <cornu/optimizers/rmsprop.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;

namespace {

/// Of a golden case: its optimizer, its variables, and what it says of each step.
struct Case {
  golden::Json json;
  std::unique_ptr<Optimizer> optimizer;
  std::vector<Variable> variables;

  explicit Case(const golden::Json& c) : json(c) {
    optimizer = optimizers::deserialize(golden::config(c, c.at("options")));
    for (const golden::Json& v : c.at("variables"))
      variables.emplace_back(golden::tensor(v), VariableOptions{.name = variables.empty() ? "a" : "c"});
  }
  size_t steps() const { return json.at("gradients").size(); }
  TensorList gradients(size_t step) const {
    TensorList list;
    for (const golden::Json& g : json.at("gradients")[step]) list.push_back(golden::tensor(g));
    return list;
  }
};

std::string after_slash(const std::string& path) { return path.substr(path.find('/') + 1); }

}  // namespace

TEST_CASE("optimizers agree with Keras, step by step") {
  const auto known = Optimizer::registry().names();
  size_t compared = 0;
  for (const golden::Json& c : golden::cases("optimizers")) {
    if (std::find(known.begin(), known.end(), c.at("class").get<std::string>()) == known.end()) continue;
    ++compared;
    INFO(c.at("class") << " " << c.at("options"));
    Case test(c);
    for (size_t step = 0; step < test.steps(); ++step) {
      INFO("step " << step);
      test.optimizer->apply_gradients(zip(test.gradients(step), test.variables));
      for (size_t i = 0; i < test.variables.size(); ++i)
        golden::check_close(test.variables[i].value(), c.at("after")[step][i], 1e-5, 1e-6);
    }
    const std::vector<Variable> own = test.optimizer->variables();
    REQUIRE(own.size() == c.at("optimizer_variables").size());
    for (size_t i = 0; i < own.size(); ++i) {
      const golden::Json& expected = c.at("optimizer_variables")[i];
      CHECK(after_slash(own[i].path()) == after_slash(expected.at("path").get<std::string>()));
      golden::check_close(own[i].value(), expected, 1e-5, 1e-6);
    }
  }
  CHECK(compared == 23);
}

TEST_CASE("configurations of optimizers go round") {
  for (const golden::Json& c : golden::cases("optimizers")) {
    const auto known = Optimizer::registry().names();
    if (std::find(known.begin(), known.end(), c.at("class").get<std::string>()) == known.end()) continue;
    Case test(c);
    const golden::Json config = golden::Json::parse(test.optimizer->to_json());
    CHECK(config.at("class_name") == c.at("class"));
    for (const auto& [name, value] : c.at("options").items()) {
      INFO(name);
      if (value.is_number_float())
        CHECK(config.at("config").at(name).get<double>() == Approx(value.get<double>()));
      else
        CHECK(config.at("config").at(name) == value);
    }
    const auto again = optimizers::deserialize(test.optimizer->to_json());
    CHECK(again->to_json() == test.optimizer->to_json());
    // The same numbers come out of it.
    Case other(c);
    other.optimizer = optimizers::deserialize(again->to_json());
    test.optimizer->apply_gradients(zip(test.gradients(0), test.variables));
    other.optimizer->apply_gradients(zip(other.gradients(0), other.variables));
    CHECK(values(test.variables[0]) == values(other.variables[0]));
  }
}

TEST_CASE("Keras's own configurations are read") {
  const auto adam = optimizers::deserialize(R"({"module": "keras.optimizers", "class_name": "Adam", "config": {
      "name": "adam_1", "learning_rate": {"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay",
      "config": {"initial_learning_rate": 0.02, "decay_steps": 5, "decay_rate": 0.8, "staircase": false,
      "name": "ExponentialDecay"}, "registered_name": null}, "weight_decay": null, "clipnorm": null,
      "global_clipnorm": 1.0, "clipvalue": null, "use_ema": false, "ema_momentum": 0.99,
      "ema_overwrite_frequency": null, "loss_scale_factor": null, "gradient_accumulation_steps": null, "beta_1": 0.9,
      "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": false}, "registered_name": "Adam"})");
  CHECK(adam->name() == "adam_1");
  CHECK(adam->learning_rate().item<float>() == 0.02f);
  CHECK(adam->variables().size() == 1);  // a schedule is no variable
  CHECK(adam->get_config().at("global_clipnorm").number() == 1);
  CHECK(adam->get_config().at("learning_rate").at("class_name").text() == "ExponentialDecay");

  CHECK(optimizers::get("adam")->class_name() == "Adam");
  CHECK(optimizers::get("RMSprop")->class_name() == "RMSprop");
  CHECK(optimizers::get("rmsprop")->name() == "rm_sprop");
  CHECK(optimizers::get("SGD")->learning_rate().item<float>() == 0.01f);
  CHECK(optimizers::get("ADAMW")->get_config().at("weight_decay").number() == 0.004);
  CHECK(optimizers::get(R"({"class_name": "adagrad", "config": {"epsilon": 0.5}})")
            ->get_config()
            .at("epsilon")
            .number() == 0.5);
  CHECK_THROWS_WITH(optimizers::get("adm"), Contains("did you mean 'adam'"));
  CHECK_THROWS_WITH(optimizers::deserialize(R"({"class_name": "Adam", "config": {"beta1": 0.5}})"),
                    Contains("beta1") && Contains("beta_1"));
  CHECK_THROWS_AS(optimizers::deserialize(R"({"class_name": "Adam", "config": {"beta_1": "much"}})"), ValueError);
}

TEST_CASE("minimize takes gradients of its own tape or of another") {
  const Variable x(10.f, {.name = "x"});
  optimizers::RMSprop optimizer({.learning_rate = 0.1});
  optimizer.minimize([&] { return square(x) / 2.f; }, {x});
  CHECK(x.value().item<float>() == Approx(9.683772f));  // the example of Keras's documentation
  CHECK(optimizer.iterations().value().item<int64_t>() == 1);

  for (const std::optional<double> factor : {std::optional<double>(), std::optional<double>(1024)}) {
    const Variable y(3.f, {.name = "y"});
    optimizers::SGD sgd({.learning_rate = 0.1, .loss_scale_factor = factor});
    sgd.minimize([&] { return square(y); }, {y});
    CHECK(y.value().item<float>() == Approx(2.4f));
    GradientTape tape;
    const Tensor loss = square(y);
    sgd.minimize(loss, {y}, tape);
    CHECK(y.value().item<float>() == Approx(1.92f));
    CHECK(sgd.scale_loss(constant(2.f)).item<float>() == 2.f * static_cast<float>(factor.value_or(1)));
  }
}

TEST_CASE("clipping") {
  const Tensor g = constant({3.f, 0.f, 4.f, 0.f});  // of norm 5
  const auto moved = [&](const optimizers::SGDOptions& options, const Tensor& gradient) {
    const Variable w(zeros({4}), {.name = "w"}), other(zeros({1}), {.name = "other"});
    optimizers::SGD optimizer(options);
    optimizer.apply_gradients({{gradient, w}, {constant({12.f}), other}});
    return values(w);
  };
  CHECK(moved({.learning_rate = 1, .clipnorm = 1}, g)[0] == Approx(-0.6f));
  CHECK(moved({.learning_rate = 1, .clipnorm = 6}, g)[0] == -3.f);
  CHECK(moved({.learning_rate = 1, .clipnorm = 0}, g)[0] == -3.f);
  CHECK(moved({.learning_rate = 1, .global_clipnorm = 1}, g)[0] == Approx(-3.f / 13));  // sqrt(3^2 + 4^2 + 12^2)
  CHECK(moved({.learning_rate = 1, .global_clipnorm = 14}, g)[0] == -3.f);
  CHECK(moved({.learning_rate = 1, .clipvalue = 3.5}, g) == std::vector<float>{-3.f, 0.f, -3.5f, 0.f});
  CHECK(moved({.learning_rate = 1, .clipvalue = 1}, negative(g)) == std::vector<float>{1.f, 0.f, 1.f, 0.f});
  CHECK(moved({.learning_rate = 1, .clipnorm = 1, .loss_scale_factor = 4}, g)[0] == Approx(-0.6f));
  CHECK(moved({.learning_rate = 1, .clipnorm = 1}, zeros({4}))[0] == 0.f);
  const Tensor bad = constant({std::nanf(""), 1.f, 1.f, 1.f});
  CHECK(std::isnan(moved({.learning_rate = 1, .clipvalue = 1}, bad)[0]));
  CHECK(moved({.learning_rate = 1, .clipvalue = 1}, bad)[1] == -1.f);
  CHECK(std::isnan(moved({.learning_rate = 1, .global_clipnorm = 1}, bad)[1]));

  CHECK_THROWS_WITH(optimizers::SGD({.clipnorm = 1, .clipvalue = 1}), Contains("only one of"));
  CHECK_THROWS_WITH(optimizers::Adam({.clipvalue = 1, .global_clipnorm = 1}), Contains("only one of"));
  CHECK_THROWS_WITH(optimizers::SGD({.clipnorm = -1}), Contains("clipnorm"));
  CHECK_THROWS_WITH(optimizers::SGD({.clipvalue = -1}), Contains("clipvalue"));
  CHECK_THROWS_WITH(optimizers::SGD({.global_clipnorm = -1}), Contains("global_clipnorm"));
}

TEST_CASE("weight decay, with variables left out") {
  const Variable kernel = one_to_four("kernel"), bias = one_to_four("bias"), gamma = one_to_four("gamma");
  optimizers::SGD optimizer({.learning_rate = 0.1, .weight_decay = 0.5});
  optimizer.exclude_from_weight_decay({gamma}, {"bi.s"});
  const Tensor g = zeros({4});
  optimizer.apply_gradients({{g, kernel}, {g, bias}, {g, gamma}});
  CHECK(values(kernel)[1] == Approx(2 - 2 * 0.5 * 0.1));
  CHECK(values(bias)[1] == 2.f);
  CHECK(values(gamma)[1] == 2.f);
  CHECK_THROWS_AS(optimizer.exclude_from_weight_decay({kernel}), StateError);
  optimizers::SGD other({.weight_decay = 0.5});
  CHECK_THROWS_AS(other.exclude_from_weight_decay({}, {"("}), ValueError);
  CHECK_THROWS_WITH(optimizers::SGD({.weight_decay = -0.5}), Contains("weight_decay"));
  CHECK_THROWS_WITH(optimizers::AdamW({.weight_decay = {}}), Contains("weight_decay"));
}

TEST_CASE("averages of the variables") {
  const Variable w(constant({0.f}), {.name = "w"});
  optimizers::SGD optimizer({.learning_rate = 1, .use_ema = true, .ema_momentum = 0.5});
  const Tensor g = constant({-1.f});
  for (int i = 0; i < 3; ++i) optimizer.apply_gradients({{g, w}});  // 1, 2, 3
  CHECK(values(w) == std::vector<float>{3.f});
  CHECK_THROWS_AS(optimizer.finalize_variable_values({}), ValueError);
  CHECK_THROWS_AS(optimizer.finalize_variable_values({one_to_four()}), ValueError);
  optimizer.finalize_variable_values({w});  // ((1 * 0.5 + 2 * 0.5) + 3) * 0.5
  CHECK(values(w) == std::vector<float>{2.25f});
  optimizer.apply_gradients({{g, w}});  // 3.25; the average moves by itself: (2.25 + 3.25) / 2
  optimizer.finalize_variable_values({w});
  CHECK(values(w) == std::vector<float>{2.75f});

  optimizers::SGD plain({.learning_rate = 1});
  plain.apply_gradients({{g, w}});
  plain.finalize_variable_values({w});
  CHECK(values(w) == std::vector<float>{3.75f});
  CHECK_THROWS_WITH(optimizers::SGD({.use_ema = true, .ema_momentum = 1.5}), Contains("ema_momentum"));
  CHECK_THROWS_WITH(optimizers::SGD({.ema_overwrite_frequency = 0}), Contains("ema_overwrite_frequency"));
}

TEST_CASE("gradients are accumulated") {
  const Variable w(constant({0.f}), {.name = "w"});
  optimizers::SGD optimizer({.learning_rate = 1, .gradient_accumulation_steps = 3});
  for (const float g : {1.f, 2.f, 6.f}) {
    CHECK(values(w) == std::vector<float>{0.f});
    optimizer.apply_gradients({{constant({g}), w}});
  }
  CHECK(values(w) == std::vector<float>{-3.f});
  optimizer.apply_gradients({{constant({1.f}), w}});
  CHECK(values(w) == std::vector<float>{-3.f});
  CHECK(optimizer.iterations().value().item<int64_t>() == 4);
  CHECK_THROWS_WITH(optimizers::SGD({.gradient_accumulation_steps = 1}), Contains("gradient_accumulation_steps"));
  CHECK_THROWS_WITH(optimizers::SGD({.loss_scale_factor = 0}), Contains("loss_scale_factor"));
}

TEST_CASE("constraints are kept after each update") {
  const Variable w = one_to_four();
  w.set_constraint([](const Tensor& x) { return clip_by_value(x, 0, 2.5f); });
  optimizers::SGD optimizer({.learning_rate = 1});
  optimizer.apply_gradients({{constant({2.f, 0.f, 0.f, 0.f}), w}});
  CHECK(values(w) == std::vector<float>{0.f, 2.f, 2.5f, 2.5f});
}

TEST_CASE("float64 variables are updated in float64") {
  const Variable w(constant({1.0, -2.0}), {.name = "w"});
  optimizers::Adam optimizer({.learning_rate = 1});
  optimizer.apply_gradients({{constant({0.5, -0.25}), w}});
  // The first step is lr * sqrt(1 - beta_2) * g / (sqrt((1 - beta_2) g^2) + epsilon).
  const auto step = [](double g) { return std::sqrt(0.001) * g / (std::sqrt(0.001) * std::fabs(g) + 1e-7); };
  CHECK(w.value().to_vector<double>()[0] == Approx(1 - step(0.5)).epsilon(0).margin(1e-13));
  CHECK(w.value().to_vector<double>()[1] == Approx(-2 + step(0.25)).epsilon(0).margin(1e-13));
  CHECK(optimizer.variables()[2].dtype() == float64);
  optimizer.apply_gradients({{constant({0.5f, -0.25f}), w}});  // float32 gradients are cast, as in Keras
  CHECK(w.value().to_vector<double>()[0] < 0);
}

TEST_CASE("values that someone holds stay as they are") {
  const Variable w = one_to_four();
  const Tensor before = w.value();
  optimizers::SGD optimizer({.learning_rate = 1});
  const Tensor iterations = optimizer.iterations().value();
  optimizer.apply_gradients({{before, w}});  // the gradient is the variable's own value
  CHECK(before.to_vector<float>() == std::vector<float>{1.f, 2.f, 3.f, 4.f});
  CHECK(values(w) == std::vector<float>(4, 0.f));
  CHECK(iterations.item<int64_t>() == 0);
}

TEST_CASE("updates are seen by no tape") {
  const Variable w = one_to_four();
  optimizers::SGD optimizer({.learning_rate = 1, .weight_decay = 0.1});
  GradientTape tape;
  optimizer.apply_gradients({{ones({4}), w}});
  CHECK(tape.watched_variables().empty());
}

TEST_CASE("updates do not depend on the number of threads") {
  const auto train = [] {
    const Variable w(random::normal({300001}, {.seed = 1}), {.name = "w"});
    optimizers::Adam optimizer({.learning_rate = 0.1, .global_clipnorm = 1});
    for (int i = 0; i < 3; ++i) optimizer.apply_gradients({{random::normal({300001}, {.seed = i}), w}});
    return values(w);
  };
  const int threads = kernels::num_threads();
  kernels::set_num_threads(1);
  const auto one = train();
  kernels::set_num_threads(2);
  const auto two = train();
  kernels::set_num_threads(threads);
  CHECK(one == two);
}

TEST_CASE("the optimizer's variables") {
  const Variable kernel = one_to_four("kernel");
  kernel.set_path("mlp/dense/kernel");
  optimizers::Adam optimizer({.amsgrad = true, .use_ema = true});
  CHECK(optimizer.variables().size() == 2);
  CHECK(optimizer.variables()[0].path() == "adam/iteration");
  CHECK(optimizer.variables()[1].path() == "adam/learning_rate");
  CHECK(optimizer.iterations().dtype() == int64);
  CHECK_FALSE(optimizer.built());
  optimizer.build({kernel});
  optimizer.build({one_to_four("another")});  // does nothing
  CHECK(optimizer.built());
  REQUIRE(optimizer.variables().size() == 6);
  CHECK(optimizer.variables()[2].path() == "adam/mlp_dense_kernel_average");
  CHECK(optimizer.variables()[3].path() == "adam/mlp_dense_kernel_momentum");
  CHECK(optimizer.variables()[4].name() == "mlp_dense_kernel_velocity");
  CHECK_FALSE(optimizer.variables()[5].trainable());
  optimizers::Adagrad adagrad({.initial_accumulator_value = 0.25, .name = "mine"});
  adagrad.build({kernel});
  CHECK(adagrad.variables()[2].path() == "mine/mlp_dense_kernel_accumulator");
  CHECK(values(adagrad.variables()[2]) == std::vector<float>(4, 0.25f));

  optimizers::Adam moved = std::move(optimizer);
  moved.apply({ones({4})});
  CHECK(moved.iterations().value().item<int64_t>() == 1);
}

TEST_CASE("variables without a gradient stay as they are") {
  const Variable a = one_to_four("a"), b = one_to_four("b");
  optimizers::SGD optimizer({.learning_rate = 1, .momentum = 0.5, .weight_decay = 0.1});
  optimizer.apply_gradients({{Tensor(), a}, {ones({4}), b}});
  CHECK(values(a) == std::vector<float>{1.f, 2.f, 3.f, 4.f});
  CHECK(values(b)[0] == Approx(1 - 0.1 - 1));
  optimizer.apply_gradients({{ones({4}), b}});  // some of the variables, in any order
  optimizer.apply_gradients({{ones({4}), b}, {ones({4}), a}});
  CHECK(values(a)[0] == Approx(1 - 0.1 - 1));
}

namespace {

class SignDescent : public Optimizer {
 public:
  explicit SignDescent(const OptimizerOptions& options) : Optimizer("SignDescent", options) {}
  void create_slots(const std::vector<Variable>& variables) override {
    for (const Variable& variable : variables) counts_.push_back(add_variable_from_reference(variable, "count", 1));
  }
  void update_step(const Tensor& gradient, const Variable& variable, double learning_rate) override {
    variable.assign_sub(learning_rate * sign(gradient) * abs(gradient));
    counts_[index_of(variable)].assign_add(1);
  }

 private:
  std::vector<Variable> counts_;
};

class Empty : public Optimizer {
 public:
  Empty() : Optimizer("Empty", {}) {}
};

}  // namespace

TEST_CASE("an optimizer of one's own") {
  const Variable w = one_to_four();
  SignDescent optimizer({.learning_rate = 0.5, .weight_decay = 0.5, .clipvalue = 3, .loss_scale_factor = 2});
  optimizer.apply_gradients({{constant({2.f, -2.f, 8.f, 0.f}), w}});
  // The decay takes a quarter; gradients are halved and clipped at 3.
  CHECK(values(w) == std::vector<float>{0.75f - 0.5f, 1.5f + 0.5f, 2.25f - 1.5f, 3.f});
  CHECK(values(optimizer.variables().back()) == std::vector<float>(4, 2.f));
  CHECK(optimizer.variables().back().path() == "sign_descent/w_count");
  CHECK(golden::Json::parse(optimizer.to_json()).at("class_name").get<std::string>() == "SignDescent");
  CHECK_THROWS_AS(Empty().apply_gradients({{ones({4}), w}}), StateError);
}
