#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

Tensor bytes_of(const std::string& text) {
  return Tensor::from_span<uint8_t>({reinterpret_cast<const uint8_t*>(text.data()), text.size()},
                                    {static_cast<int64_t>(text.size())});
}

const Tensor example = bytes_of(io::serialize_example({{"x", constant({{1.f, 2.f}, {3.f, 4.f}})},
                                                       {"y", constant(int64_t{-7})},
                                                       {"ids", constant({1, 2, 300})},
                                                       {"name", bytes_of("cow")}}));

Tensor parse(const io::ExampleFeature& feature) { return io::parse_single_example(example, {feature})[0]; }

}  // namespace

TEST_CASE("an example has the bytes that tf.train.Example has") {
  // features { feature { key: "a" value { int64_list { value: 5 } } } }, written by the rules of protocol buffers
  const std::string expected = {0x0a, 0x0c, 0x0a, 0x0a, 0x0a, 0x01, 'a', 0x12, 0x05, 0x1a, 0x03, 0x0a, 0x01, 0x05};
  CHECK(io::serialize_example({{"a", constant(5)}}) == expected);
}

TEST_CASE("features are given in the order in which they are asked for") {
  const auto values = io::parse_single_example(
      example, {{.name = "y", .dtype = int64}, {.name = "x", .shape = {2, 2}}, {.name = "name", .is_bytes = true}});
  CHECK(values[0].item<int64_t>() == -7);
  CHECK(values[1].to_vector<float>() == std::vector<float>{1, 2, 3, 4});
  CHECK(values[1].shape() == Shape({2, 2}));
  CHECK(values[2].to_vector<uint8_t>() == std::vector<uint8_t>{'c', 'o', 'w'});
  CHECK(parse({.name = "ids", .dtype = int32, .shape = {-1}}).to_vector<int32_t>() == std::vector<int32_t>{1, 2, 300});
  CHECK(parse({.name = "x", .dtype = float64, .shape = {4}}).dtype() == float64);
}

TEST_CASE("what an example has not is its default") {
  CHECK(parse({.name = "z", .shape = {2}, .default_value = 3}).to_vector<float>() == std::vector<float>{3, 3});
  CHECK(parse({.name = "z", .shape = {-1}, .default_value = 3}).size() == 0);
  CHECK_THROWS_WITH(parse({.name = "z"}), Contains("'z'") && Contains("default_value"));
  CHECK_THROWS_AS(parse({.name = "z", .default_value = 0, .is_bytes = true}), ValueError);
}

TEST_CASE("features of another kind, number or range are refused") {
  CHECK_THROWS_WITH(parse({.name = "x", .dtype = int64, .shape = {4}}),
                    Contains("int64_list") && Contains("float_list"));
  CHECK_THROWS_WITH(parse({.name = "y"}), Contains("'y'") && Contains("float_list"));
  CHECK_THROWS_WITH(parse({.name = "x", .shape = {3}}), Contains("expected 3 values") && Contains("received 4"));
  CHECK_THROWS_WITH(parse({.name = "ids", .dtype = uint8, .shape = {3}}), Contains("300"));
  CHECK_THROWS_AS(parse({.name = "x", .is_bytes = true}), ValueError);
  CHECK_THROWS_AS(parse({.name = "x", .shape = {-1, 2}}), ValueError);
  CHECK_THROWS_WITH(io::parse_single_example(bytes_of("no example"), {}), Contains("tf.train.Example"));
  CHECK_THROWS_AS(io::parse_single_example(constant(1.f), {}), DTypeError);
  CHECK_THROWS_AS(io::serialize_example({{"x", Tensor::symbolic(TensorSpec({2}))}}), StateError);
}
