#include <layers/layer_test.h>

#include <cornu/core/error.h>
#include <cornu/core/initializers/initializers.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/random/random.h>
#include <cornu/layers/constraints.h>
#include <cornu/layers/core.h>
#include <cornu/layers/regularizers.h>

using namespace cornu;
using Catch::Matchers::Contains;

TEST_CASE("Dense keeps what every layer promises") {
  const Tensor x = random::normal({3, 4}, {.seed = 1}), sequence = random::normal({2, 3, 4}, {.seed = 2});
  layer_test::check<layers::Dense>({.units = 3}, {x});
  layer_test::check<layers::Dense>({.units = 2, .activation = "tanh", .use_bias = false}, {x});
  layer_test::check<layers::Dense>({.units = 3, .activation = relu, .name = "hidden"}, {sequence});
  layer_test::check<layers::Dense>({.units = 3,
                                    .activation = "softmax",
                                    .kernel_initializer = initializers::HeNormal({.seed = 1}),
                                    .bias_initializer = "ones",
                                    .kernel_regularizer = regularizers::L2(0.1),
                                    .bias_regularizer = "l1",
                                    .activity_regularizer = regularizers::L1L2({.l1 = 0.1, .l2 = 0.2}),
                                    .kernel_constraint = constraints::MaxNorm(2),
                                    .bias_constraint = "non_neg"},
                                   {sequence});
}

TEST_CASE("Dense computes activation(x kernel + bias)") {
  layers::Dense dense({.units = 2, .activation = "relu"});
  const Tensor x = constant({{1.f, 2.f}, {3.f, -4.f}});
  dense(x);
  dense.set_weights({constant({{1.f, -1.f}, {0.5f, 2.f}}), constant({0.25f, -1.f})});
  // 1 + 1 + 0.25, -1 + 4 - 1; 3 - 2 + 0.25, -3 - 8 - 1
  CHECK(dense(x).to_vector<float>() == std::vector<float>{2.25f, 2.f, 1.25f, 0.f});
  CHECK(dense.weights()[0].path() == "dense/kernel");
  CHECK(dense.weights()[1].path() == "dense/bias");
  CHECK(dense.kernel().is_same(dense.weights()[0]));
  CHECK(dense.count_params() == 6);
  CHECK(dense.compute_output_shape({-1, 5, 2}) == Shape({-1, 5, 2}));
}

TEST_CASE("Dense takes integers as numbers of its dtype") {
  layers::Dense dense({.units = 1, .kernel_initializer = "ones"});
  const Tensor y = dense(constant({{1, 2}, {3, 4}}));
  CHECK(y.dtype() == float32);
  CHECK(y.to_vector<float>() == std::vector<float>{3.f, 7.f});
}

TEST_CASE("Dense adds the penalties of its regularizers to the losses") {
  layers::Dense dense({.units = 1,
                       .kernel_initializer = "ones",
                       .kernel_regularizer = regularizers::L2(0.5),
                       .activity_regularizer = regularizers::L1(0.1)});
  dense(constant({{1.f, 2.f}, {3.f, 4.f}}));
  double total = 0;
  for (const Tensor& loss : dense.losses()) total += loss.item<float>();
  CHECK(total == Approx(0.1 * (3 + 7) / 2 + 0.5 * 2));  // activities count by sample
}

TEST_CASE("Dense refuses bad options and inputs") {
  CHECK_THROWS_AS(layers::Dense({.units = 0}), ValueError);
  CHECK_THROWS_WITH(layers::Dense({.units = 0}), Contains("Dense") && Contains("units") && Contains("0"));
  CHECK_THROWS_AS(layers::Dense({}), ValueError);
  CHECK_THROWS_WITH(layers::Dense({.units = 2, .activation = "reluu"}), Contains("reluu") && Contains("'relu'"));
  CHECK_THROWS_WITH(layers::Dense({.units = 2, .kernel_initializer = "glorot"}), Contains("glorot"));
  CHECK_THROWS_WITH(layers::Dense({.units = 2, .name = "a/b"}), Contains("a/b"));

  layers::Dense dense({.units = 2, .name = "head"});
  CHECK_THROWS_AS(dense(zeros({3})), ShapeError);
  CHECK_THROWS_WITH(dense(zeros({3})), Contains("head") && Contains("(3,)"));
  CHECK_FALSE(dense.built());
  CHECK_THROWS_AS(dense(Tensor()), StateError);
  CHECK_THROWS_AS(dense(TensorList{zeros({2, 3}), zeros({2, 3})}), ValueError);
  dense(zeros({1, 3}));
  CHECK_THROWS_AS(dense(zeros({1, 4})), ShapeError);
  CHECK_THROWS_WITH(dense(zeros({1, 4})), Contains("head") && Contains("3") && Contains("(1, 4)"));
  CHECK_THROWS_AS(dense.compute_output_shape({3}), ShapeError);
}

TEST_CASE("Dense is read from configurations of Keras, and names options that it does not have") {
  const auto layer = layers::deserialize(R"({"class_name": "Dense", "config": {"units": 5, "activation": "swish",
      "kernel_initializer": {"class_name": "HeNormal", "config": {"seed": 3}}, "quantization_config": null}})");
  const Config config = layer->get_config();
  CHECK(config.at("units").integer() == 5);
  CHECK(config.at("activation").text() == "silu");
  CHECK(config.at("kernel_initializer").at("class_name").text() == "HeNormal");
  CHECK(config.at("kernel_initializer").at("config").at("seed").integer() == 3);
  CHECK(config.at("bias_regularizer").is_null());
  CHECK_THROWS_WITH(layers::deserialize(R"({"class_name": "Dense", "config": {"units": 5, "activatoin": "relu"}})"),
                    Contains("activatoin") && Contains("activation"));
  CHECK_THROWS_WITH(layers::deserialize(R"({"class_name": "Dense", "config": {"units": "five"}})"), Contains("units"));
  CHECK_THROWS_WITH(layers::deserialize(R"({"class_name": "Dens", "config": {"units": 5}})"), Contains("Dense"));
}

TEST_CASE("Activation is any activation as a layer") {
  const Tensor x = random::normal({2, 3}, {.seed = 3});
  layer_test::check<layers::Activation>({.activation = "tanh"}, {x});
  CHECK(layers::Activation("relu")(constant({-1.f, 2.f})).to_vector<float>() == std::vector<float>{0.f, 2.f});
  CHECK(layers::Activation(softplus).get_config().at("activation").text() == "softplus");
  CHECK_THROWS_WITH(layers::Activation("reluu"), Contains("'reluu'") && Contains("'relu'"));
  const auto doubled = [](const Tensor& t) { return 2 * t; };
  layers::Activation own(doubled);
  CHECK(own(constant({1.f})).to_vector<float>() == std::vector<float>{2.f});
  CHECK_THROWS_AS(own.to_json(), ValueError);
}

TEST_CASE("Embedding gives the rows of its weight") {
  layer_test::check<layers::Embedding>({.input_dim = 5, .output_dim = 3}, {constant({{0, 4, 2}, {1, 1, 3}})},
                                       {.symbolic_batch = false});
  layers::Embedding embedding({.input_dim = 3, .output_dim = 2});
  embedding(constant({0}));
  embedding.set_weights({constant({{0.f, 1.f}, {2.f, 3.f}, {4.f, 5.f}})});
  CHECK(embedding(constant({{2, 0}})).to_vector<float>() == std::vector<float>{4, 5, 0, 1});
  CHECK(embedding(constant({2.f, 0.f})).to_vector<float>() == std::vector<float>{4, 5, 0, 1});
  CHECK(embedding.compute_output_shape({-1, 7}) == Shape({-1, 7, 2}));
  CHECK(embedding.embeddings().path() == "embedding/embeddings");
}

TEST_CASE("Embedding's first weights are uniform between -0.05 and 0.05") {
  layers::Embedding embedding({.input_dim = 50, .output_dim = 20});
  embedding(constant({0}));
  for (float value : embedding.get_weights()[0].to_vector<float>()) CHECK(std::fabs(value) <= 0.05f);
}

TEST_CASE("Embedding masks index 0 if asked") {
  layers::Embedding embedding({.input_dim = 4, .output_dim = 2, .mask_zero = true});
  const Tensor mask = embedding(constant({{1, 0}, {3, 2}})).mask();
  REQUIRE(mask.defined());
  CHECK(cast(mask, int32).to_vector<int32_t>() == std::vector<int32_t>{1, 0, 1, 1});
  CHECK_FALSE(layers::Embedding({.input_dim = 4, .output_dim = 2})(constant({{1, 0}})).mask().defined());
}

TEST_CASE("Embedding refuses bad options and indices") {
  CHECK_THROWS_WITH(layers::Embedding({.output_dim = 2}), Contains("input_dim"));
  CHECK_THROWS_WITH(layers::Embedding({.input_dim = 2}), Contains("output_dim"));
  layers::Embedding embedding({.input_dim = 3, .output_dim = 2});
  CHECK_THROWS_AS(embedding(constant({0, 3})), ValueError);
  CHECK_THROWS_WITH(embedding(constant({0, 3})), Contains("embedding") && Contains("index 3"));
  CHECK_THROWS_AS(embedding(constant({-1})), ValueError);
}

TEST_CASE("Masking leaves out steps of one value, and masks travel through layers that keep them") {
  layer_test::check<layers::Masking>({.mask_value = 0}, {constant({{{0.f, 0.f}, {1.f, 0.f}}})},
                                     {.differentiable = false});  // a step that becomes 0 jumps
  layers::Masking masking({.mask_value = -1});
  const Tensor y = masking(constant({{{-1.f, -1.f}, {1.f, -1.f}}}));
  CHECK(y.to_vector<float>() == std::vector<float>{0, 0, 1, -1});
  const Tensor through = layers::Dense({.units = 3})(y);
  REQUIRE(through.mask().defined());
  CHECK(cast(through.mask(), int32).to_vector<int32_t>() == std::vector<int32_t>{0, 1});
}
