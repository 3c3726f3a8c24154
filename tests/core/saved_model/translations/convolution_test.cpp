// Convolutions and pooling as TensorFlow writes them in ways that Cornu does not.
#include <catch2/catch.hpp>
#include <proto/graph.pb.h>

#include <cornu/core/saved_model/internal/translation.h>
#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;

namespace {

using Attribute = std::pair<std::string, proto::AttrValue>;

proto::AttrValue text(const char* value) {
  proto::AttrValue attribute;
  attribute.set_s(value);
  return attribute;
}
proto::AttrValue list(const std::vector<int64_t>& numbers) {
  proto::AttrValue attribute;
  for (const int64_t number : numbers) attribute.mutable_list()->add_i(number);
  return attribute;
}

proto::NodeDef node(const std::string& operation, const std::vector<Attribute>& attributes) {
  proto::NodeDef node;
  node.set_name("features");
  node.set_op(operation);
  for (const auto& [name, value] : attributes) (*node.mutable_attr())[name] = value;
  return node;
}

Tensor read(const proto::NodeDef& node, const TensorList& inputs) {
  saved_model::ImportValues values;
  for (const Tensor& input : inputs) values.push_back({.tensor = input});
  const saved_model::Translation* translation = saved_model::find_reader(node.op());
  REQUIRE(translation);
  return translation->read(saved_model::ImportCall(node, values, false))[0];
}

const Tensor x = random::normal({2, 5, 4, 3}, {.seed = 1}), filter = random::normal({3, 2, 3, 4}, {.seed = 2});

void check_same(const Tensor& actual, const Tensor& expected) {
  REQUIRE(actual.shape() == expected.shape());
  CHECK(reduce_max(abs(actual - expected)).item<float>() < 1e-5f);
}

}  // namespace

TEST_CASE("convolutions with channels first are read") {
  const Tensor y = read(node("Conv2D", {{"strides", list({1, 1, 2, 1})},
                                        {"dilations", list({1, 1, 1, 2})},
                                        {"padding", text("SAME")},
                                        {"data_format", text("NCHW")}}),
                        {transpose(x, {0, 3, 1, 2}), filter});
  const Tensor expected = conv2d(x, filter, {.strides = {2, 1}, .padding = "same", .dilation_rate = {1, 2}});
  check_same(transpose(y, {0, 2, 3, 1}), expected);
}

TEST_CASE("explicit padding becomes zeros around the images") {
  const Tensor y = read(node("Conv2D", {{"strides", list({1, 1, 1, 1})},
                                        {"padding", text("EXPLICIT")},
                                        {"explicit_paddings", list({0, 0, 2, 0, 1, 1, 0, 0})}}),
                        {x, filter});
  check_same(y, conv2d(pad(x, {{0, 0}, {2, 0}, {1, 1}, {0, 0}}), filter));
}

TEST_CASE("depthwise convolutions are those of a group for each channel") {
  const Tensor depthwise = random::normal({2, 2, 3, 2}, {.seed = 3});
  const Tensor y = read(node("DepthwiseConv2dNative", {{"strides", list({1, 1, 1, 1})}, {"padding", text("VALID")}}),
                        {x, depthwise});
  CHECK(y.shape() == Shape({2, 4, 3, 6}));
  const TensorList channels = split(x, 3, -1), filters = split(depthwise, 3, 2);
  TensorList expected;
  for (size_t i = 0; i < 3; ++i) expected.push_back(conv2d(channels[i], filters[i]));
  check_same(y, concat(expected, -1));
}

TEST_CASE("pooling with channels first is read") {
  const Tensor y = read(node("MaxPool", {{"ksize", list({1, 1, 2, 3})},
                                         {"strides", list({1, 1, 1, 2})},
                                         {"padding", text("SAME")},
                                         {"data_format", text("NCHW")}}),
                        {transpose(x, {0, 3, 1, 2})});
  check_same(transpose(y, {0, 2, 3, 1}), max_pool2d(x, {.pool_size = {2, 3}, .strides = {1, 2}, .padding = "same"}));
}

TEST_CASE("windows over batch and channels, and unknown formats, are errors that name the node") {
  const auto with = [](const char* name, const proto::AttrValue& value) {
    std::vector<Attribute> attributes = {{"strides", list({1, 1, 1, 1})}, {"padding", text("VALID")}};
    for (auto& [known, given] : attributes)
      if (known == name) given = value;
    attributes.emplace_back(name, value);
    return node("Conv2D", attributes);
  };
  CHECK_THROWS_WITH(read(with("strides", list({2, 1, 1, 1})), {x, filter}),
                    Contains("features") && Contains("strides"));
  CHECK_THROWS_WITH(read(with("strides", list({1, 1})), {x, filter}), Contains("strides"));
  CHECK_THROWS_WITH(read(with("padding", text("FULL")), {x, filter}), Contains("padding"));
  CHECK_THROWS_WITH(read(with("padding", text("EXPLICIT")), {x, filter}), Contains("explicit_paddings"));
  CHECK_THROWS_WITH(read(with("data_format", text("NCHW_VECT_C")), {x, filter}), Contains("format"));
  CHECK_THROWS_WITH(read(node("AvgPool", {{"padding", text("EXPLICIT")}}), {x}), Contains("explicit"));
}
