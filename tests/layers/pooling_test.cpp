#include <layers/layer_test.h>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;

namespace {

const Tensor images = random::normal({2, 5, 4, 3}, {.seed = 4});

}  // namespace

TEST_CASE("pooling layers keep what every layer promises") {
  layer_test::check<layers::MaxPooling2D>({}, {images});
  layer_test::check<layers::MaxPooling2D>({.pool_size = {3, 2}, .strides = 1, .padding = "same"}, {images});
  layer_test::check<layers::AveragePooling2D>({.strides = {2, 1}}, {images});
  layer_test::check<layers::AveragePooling2D>({.padding = "same", .data_format = "channels_first"}, {images});
  layer_test::check<layers::GlobalAveragePooling2D>({}, {images});
  layer_test::check<layers::GlobalAveragePooling2D>({.data_format = "channels_first", .keepdims = true}, {images});
  layer_test::check<layers::GlobalMaxPooling2D>({.keepdims = true}, {images});
}

TEST_CASE("pooling layers know the shape of their output") {
  CHECK(layers::MaxPooling2D().compute_output_shape({-1, 7, 6, 3}) == Shape({-1, 3, 3, 3}));
  CHECK(layers::MaxPooling2D({.padding = "same"}).compute_output_shape({-1, 7, -1, 3}) == Shape({-1, 4, -1, 3}));
  CHECK(layers::GlobalMaxPooling2D().compute_output_shape({-1, 7, 6, 3}) == Shape({-1, 3}));
  CHECK(layers::GlobalAveragePooling2D({.data_format = "channels_first"}).compute_output_shape({-1, 7, 6, 3}) ==
        Shape({-1, 7}));
}

TEST_CASE("strides are the window's extents by default, and are written as Keras writes them") {
  const Config config = layers::MaxPooling2D({.pool_size = {2, 3}}).get_config();
  CHECK(config.at("pool_size").dump() == "[2,3]");
  CHECK(config.at("strides").dump() == "[2,3]");
  CHECK(layers::AveragePooling2D({.strides = 1}).get_config().at("strides").dump() == "[1,1]");
}

TEST_CASE("pooling layers are also known by Keras's short names") {
  for (const char* name : {"MaxPool2D", "AvgPool2D", "GlobalAvgPool2D", "GlobalMaxPool2D"})
    CHECK_NOTHROW(layers::deserialize(R"({"class_name": ")" + std::string(name) + R"(", "config": {}})"));
}

TEST_CASE("pooling layers refuse bad options and inputs") {
  CHECK_THROWS_WITH(layers::MaxPooling2D({.pool_size = 0}), Contains("MaxPooling2D: pool_size"));
  CHECK_THROWS_WITH(layers::MaxPooling2D({.pool_size = {}}), Contains("MaxPooling2D: pool_size") && Contains("none"));
  CHECK_THROWS_WITH(layers::AveragePooling2D({.padding = "causal"}), Contains("AveragePooling2D: padding"));
  CHECK_THROWS_WITH(layers::MaxPooling2D()(zeros({5, 4, 3})), Contains("(5, 4, 3)") && Contains("max_pooling2d"));
  CHECK_THROWS_WITH(layers::MaxPooling2D({.pool_size = 6})(images), Contains("5 rows"));
  CHECK_THROWS_WITH(layers::GlobalAveragePooling2D()(zeros({5, 4})),
                    Contains("GlobalAveragePooling2D") && Contains("(5, 4)"));
  CHECK_THROWS_AS(layers::GlobalMaxPooling2D()(zeros({2, 0, 4, 3})), ValueError);
}
