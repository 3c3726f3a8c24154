#include <layers/layer_test.h>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;

TEST_CASE("Conv2D keeps what every layer promises") {
  const Tensor x = random::normal({2, 5, 4, 2}, {.seed = 1});
  layer_test::check<layers::Conv2D>({.filters = 3, .kernel_size = 2, .activation = "relu"}, {x});
  layer_test::check<layers::Conv2D>({.filters = 2, .kernel_size = {2, 3}, .strides = 2, .padding = "same"}, {x});
  layer_test::check<layers::Conv2D>(
      {.filters = 2, .kernel_size = 2, .dilation_rate = {2, 1}, .activation = "tanh", .use_bias = false}, {x});
  layer_test::check<layers::Conv2D>({.filters = 10, .kernel_size = 2, .data_format = "channels_first", .groups = 5},
                                    {random::normal({2, 5, 3, 3}, {.seed = 1})});
}

TEST_CASE("Conv2D's weights are named and shaped as Keras's") {
  layers::Conv2D layer({.filters = 6, .kernel_size = {3, 2}, .groups = 2});
  CHECK(layer(zeros({1, 4, 4, 4})).shape() == Shape({1, 2, 3, 6}));
  CHECK(layer.kernel().path() == "conv2d/kernel");
  CHECK(layer.kernel().shape() == Shape({3, 2, 2, 6}));
  CHECK(layer.bias().path() == "conv2d/bias");
  CHECK(layer.bias().shape() == Shape({6}));
  CHECK(layers::Conv2D({.filters = 1, .kernel_size = 1, .use_bias = false}).get_config().at("kernel_size").dump() ==
        "[1,1]");
}

TEST_CASE("Conv2D's penalties and constraints are those of its options") {
  layers::Conv2D layer({.filters = 2,
                        .kernel_size = 1,
                        .kernel_initializer = "ones",
                        .kernel_regularizer = regularizers::L2({.l2 = 0.5}),
                        .kernel_constraint = "non_neg"});
  layer(zeros({1, 2, 2, 3}));
  REQUIRE(layer.losses().size() == 1);
  CHECK(layer.losses()[0].item<float>() == 3.f);
}

TEST_CASE("the shape of Conv2D's output is known before it is built") {
  layers::Conv2D layer({.filters = 6, .kernel_size = 3, .strides = 2, .padding = "same"});
  CHECK(layer.compute_output_shape({-1, 9, -1, 4}) == Shape({-1, 5, -1, 6}));
  CHECK_FALSE(layer.built());
}

TEST_CASE("Conv2D takes integers") {
  layers::Conv2D layer({.filters = 1, .kernel_size = 2, .kernel_initializer = "ones"});
  CHECK(layer(constant({{{{1}, {2}}, {{3}, {4}}}})).to_vector<float>() == std::vector<float>{10});
}

TEST_CASE("Conv2D refuses bad options") {
  CHECK_THROWS_WITH(layers::Conv2D({.kernel_size = 2}), Contains("Conv2D: filters"));
  CHECK_THROWS_WITH(layers::Conv2D({.filters = 2}), Contains("Conv2D: kernel_size") && Contains("none"));
  CHECK_THROWS_WITH(layers::Conv2D({.filters = 2, .kernel_size = {3, 0}}), Contains("kernel_size"));
  CHECK_THROWS_WITH(layers::Conv2D({.filters = 3, .kernel_size = 2, .groups = 2}),
                    Contains("groups: must divide filters, 3"));
  CHECK_THROWS_WITH(layers::Conv2D({.filters = 3, .kernel_size = 2, .strides = 2, .dilation_rate = 2}),
                    Contains("strides") && Contains("dilation_rate"));
  CHECK_THROWS_WITH(layers::Conv2D({.filters = 3, .kernel_size = 2, .padding = "causal"}), Contains("'causal'"));
}

TEST_CASE("Conv2D refuses inputs that it was not built for") {
  layers::Conv2D layer({.filters = 2, .kernel_size = 3, .groups = 2});
  CHECK_THROWS_WITH(layer(zeros({2, 5, 4})), Contains("(batch, rows, columns, channels)") && Contains("(2, 5, 4)"));
  CHECK_THROWS_WITH(layer(zeros({2, 5, 5, 3})), Contains("multiple of groups") && Contains("(2, 5, 5, 3)"));
  CHECK_THROWS_WITH(layer(zeros({2, 2, 5, 4})), Contains("2 rows") && Contains("conv2d"));
  CHECK_FALSE(layer.built());
  layer(zeros({2, 5, 5, 4}));
  CHECK_THROWS_WITH(layer(zeros({2, 5, 5, 6})), Contains("4 channels") && Contains("(2, 5, 5, 6)"));
}

TEST_CASE("a traced step of a convolutional network is the eager one") {
  const auto make = [] {
    struct Network : Model {
      layers::Conv2D first{{.filters = 4, .kernel_size = 3, .activation = "relu"}};
      layers::MaxPooling2D pool;
      layers::Conv2D second{{.filters = 3, .kernel_size = 2}};
      layers::GlobalAveragePooling2D mean;
      Tensor call(const Tensor& x) override { return mean(second(pool(first(x)))); }
    };
    return std::make_unique<Network>();
  };
  const Tensor x = random::normal({6, 8, 8, 2}, {.seed = 1}), labels = constant({0, 1, 2, 0, 1, 2});
  const auto eager = make(), traced = make();
  (*eager)(x);
  (*traced)(x);
  traced->set_weights(eager->get_weights());
  const auto step = [&](Model& model, optimizers::SGD& optimizer, const Tensor& x) {
    GradientTape tape;
    const Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(labels, model(x)));
    const auto variables = model.trainable_variables();
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables));
    return loss;
  };
  optimizers::SGD eager_optimizer, traced_optimizer;
  const auto traced_step = function([&](const Tensor& batch) { return step(*traced, traced_optimizer, batch); });
  for (int i = 0; i < 3; ++i) {
    const float expected = step(*eager, eager_optimizer, x).item<float>();
    CHECK(traced_step(x).item<float>() == Approx(expected).epsilon(1e-5));
  }
  layer_test::check_equal(traced->get_weights(), eager->get_weights(), 1e-5);
}
