#include <cmath>
#include <functional>
#include <map>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/layers/activation.h>
#include <cornu/layers/core.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

using Formula = std::function<double(double)>;

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }
double clip(double x, double low, double high) { return std::min(std::max(x, low), high); }

/// The elementwise ones, by their definitions.
const std::map<std::string, Formula>& formulas() {
  static const std::map<std::string, Formula> all = {
      {"linear", [](double x) { return x; }},
      {"relu", [](double x) { return std::max(x, 0.); }},
      {"relu6", [](double x) { return clip(x, 0, 6); }},
      {"leaky_relu", [](double x) { return x > 0 ? x : 0.2 * x; }},
      {"elu", [](double x) { return x > 0 ? x : std::expm1(x); }},
      {"selu", [](double x) { return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * std::expm1(x)); }},
      {"celu", [](double x) { return x > 0 ? x : std::expm1(x); }},
      {"gelu", [](double x) { return x * 0.5 * std::erfc(-x / std::sqrt(2.)); }},
      {"silu", [](double x) { return x * sigmoid_of(x); }},
      {"swish", [](double x) { return x * sigmoid_of(x); }},
      {"sigmoid", sigmoid_of},
      {"log_sigmoid", [](double x) { return std::log(sigmoid_of(x)); }},
      {"hard_sigmoid", [](double x) { return clip(x / 6 + 0.5, 0, 1); }},
      {"hard_silu", [](double x) { return x * clip(x / 6 + 0.5, 0, 1); }},
      {"hard_swish", [](double x) { return x * clip(x / 6 + 0.5, 0, 1); }},
      {"tanh", [](double x) { return std::tanh(x); }},
      {"hard_tanh", [](double x) { return clip(x, -1, 1); }},
      {"hard_shrink", [](double x) { return std::fabs(x) > 0.5 ? x : 0; }},
      {"soft_shrink", [](double x) { return x > 0.5    ? x - 0.5
                                            : x < -0.5 ? x + 0.5
                                                       : 0; }},
      {"tanh_shrink", [](double x) { return x - std::tanh(x); }},
      {"softplus", [](double x) { return std::log1p(std::exp(x)); }},
      {"softsign", [](double x) { return x / (1 + std::fabs(x)); }},
      {"sparse_plus", [](double x) { return x <= -1 ? 0
                                            : x < 1 ? (x + 1) * (x + 1) / 4
                                                    : x; }},
      {"sparse_sigmoid", [](double x) { return clip((x + 1) / 2, 0, 1); }},
      {"squareplus", [](double x) { return (x + std::sqrt(x * x + 4)) / 2; }},
      {"mish", [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }},
      {"exponential", [](double x) { return std::exp(x); }},
  };
  return all;
}

}  // namespace

TEST_CASE("activations by name compute their definitions") {
  const std::vector<double> points = {-7, -3.5, -1.25, -0.75, -0.25, 0, 0.25, 0.75, 1.25, 3.5, 7};
  const Tensor x = Tensor::from_span<double>(points, {static_cast<int64_t>(points.size())});
  for (const auto& [name, formula] : formulas()) {
    INFO(name);
    const std::vector<double> values = Activation(name)(x).to_vector<double>();
    for (size_t i = 0; i < points.size(); ++i) {
      INFO("at " << points[i]);
      CHECK(values[i] == Approx(formula(points[i])).margin(1e-12));
    }
  }
}

TEST_CASE("activations along an axis compute their definitions") {
  const Tensor x = constant({{1.0, 2.0, 3.0, 0.0}});
  const auto values = [&](const char* name) { return Activation(name)(x).to_vector<double>(); };
  const double sum = std::exp(1) + std::exp(2) + std::exp(3) + 1;
  CHECK(values("softmax")[1] == Approx(std::exp(2) / sum));
  CHECK(values("log_softmax")[1] == Approx(2 - std::log(sum)));
  CHECK(values("sparsemax") == std::vector<double>{0, 0, 1, 0});
  CHECK(values("glu")[0] == Approx(1 / (1 + std::exp(-3))));
  CHECK(values("glu").size() == 2);
}

TEST_CASE("every known name makes an activation") {
  for (const std::string& name : activations::names()) {
    INFO(name);
    CHECK_NOTHROW(Activation(name)(constant({{1.f, 2.f}})));
  }
  CHECK(activations::names().size() >= formulas().size() + 4);
}

TEST_CASE("functions of the library know their names") {
  CHECK(Activation(relu).name() == "relu");
  CHECK(Activation(cornu::tanh).name() == "tanh");
  CHECK(Activation(softmax).name() == "softmax");
  CHECK(Activation("swish").name() == "silu");
  CHECK(Activation("hard_swish").name() == "hard_silu");
  CHECK(Activation().name() == "linear");
  CHECK(Activation(nullptr).name() == "linear");
  CHECK(Activation("linear").is_linear());
  CHECK(Activation(linear).is_linear());
  CHECK_FALSE(Activation("relu").is_linear());
}

TEST_CASE("unknown names are errors that suggest a near one") {
  CHECK_THROWS_AS(Activation("reluu"), ValueError);
  CHECK_THROWS_WITH(Activation("reluu"), Contains("'reluu'") && Contains("'relu'"));
  CHECK_THROWS_WITH(Activation("sofmax"), Contains("'softmax'"));
  CHECK_THROWS_AS(Activation(""), ValueError);
}

namespace {

Config written(const Activation& activation) {
  Config config;
  to_config(config, activation);
  return config;
}
Activation read(const char* json) {
  Activation activation;
  from_config(Config::parse(json), activation);
  return activation;
}

}  // namespace

TEST_CASE("activations are written by name and read in all of Keras's forms") {
  CHECK(written(relu).dump() == "\"relu\"");
  CHECK(written(Activation()).dump() == "\"linear\"");
  CHECK(read("null").is_linear());
  CHECK(read("\"gelu\"").name() == "gelu");
  CHECK(read(R"({"module": "builtins", "class_name": "function", "config": "elu", "registered_name": "function"})")
            .name() == "elu");
  const Activation leaky = read(R"({"module": "keras.layers", "class_name": "LeakyReLU", "registered_name": null,
                                    "config": {"negative_slope": 0.5}})");
  CHECK(leaky(constant({{-2.f, 2.f}})).to_vector<float>() == std::vector<float>{-1, 2});
  CHECK(written(leaky).at("config").at("negative_slope").number() == 0.5);
  CHECK_THROWS_AS(read("3"), ValueError);
  CHECK_THROWS_WITH(read(R"({"class_name": "LeakyReUL", "config": {}})"), Contains("LeakyReLU"));
  CHECK_THROWS_AS(written(Activation([](const Tensor& x) { return x * 2; })), ValueError);
}

TEST_CASE("a layer as activation computes in the layer that has it") {
  const auto dense = layers::deserialize(R"({"class_name": "Dense", "config": {"units": 1,
      "kernel_initializer": "ones", "activation": {"class_name": "LeakyReLU", "config": {"negative_slope": 0.5}}}})");
  CHECK(Tensor((*dense)(TensorList{constant({{-2.f, -2.f}})})).to_vector<float>() == std::vector<float>{-2});
  CHECK(dense->clone()->to_json() == dense->to_json());
}

TEST_CASE("activations that are nothing are refused") {
  const Activation::Function no_function = nullptr;
  const std::function<Tensor(const Tensor&)> empty;
  const char* const no_name = nullptr;
  CHECK_THROWS_WITH(layers::Dense({.units = 1, .activation = no_function}),
                    Contains("activation: the function is empty"));
  CHECK_THROWS_WITH(layers::Dense({.units = 1, .activation = empty}), Contains("activation: the function is empty"));
  CHECK_THROWS_WITH(layers::Dense({.units = 1, .activation = no_name}), Contains("activation: the name is a null"));
  CHECK_THROWS_AS(Activation(empty), ValueError);
  CHECK_THROWS_AS(Activation(no_function), ValueError);
  CHECK_THROWS_AS(Activation(no_name), ValueError);
  CHECK(layers::Dense({.units = 1, .activation = nullptr}).get_config().at("activation").text() == "linear");
}

TEST_CASE("activations of the user's own are known by the name that they were added with") {
  activations::add("doubled", [](const Tensor& x) { return 2 * x; });
  CHECK(Activation("doubled")(constant({1.5f})).to_vector<float>() == std::vector<float>{3});
  CHECK(written("doubled").dump() == "\"doubled\"");
  layers::Dense dense({.units = 1, .activation = "doubled"});
  CHECK(dense.get_config().at("activation").text() == "doubled");
  CHECK_THROWS_AS(activations::add("relu", [](const Tensor& x) { return x; }), ValueError);
  CHECK_THROWS_AS(activations::add("", [](const Tensor& x) { return x; }), ValueError);
  CHECK_THROWS_AS(activations::add("nothing", nullptr), ValueError);
}
