// Models are layers: they are copied, written and read as layers are.
#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using namespace cornu::layers;

namespace {

const Tensor x = constant({{0.5f, -1.f, 2.f}, {1.f, 0.f, -3.f}});

void check_same(const Tensor& actual, const Tensor& expected) {
  CHECK(actual.to_vector<float>() == expected.to_vector<float>());
}

}  // namespace

TEST_CASE("clone() of models copies their weights") {
  Sequential chain{InputLayer({3}), Dense({.units = 2, .activation = "tanh"}), Dropout(0.5)};
  check_same((*chain.clone())(x), chain(x));
  const Tensor in = Input({3});
  Model functional(in, in | Dense({.units = 2}) | BatchNormalization());
  check_same((*functional.clone())(x), functional(x));
  Sequential outer;
  outer.add(Sequential{Dense({.units = 2}), Dense({.units = 4})});
  const Tensor before = outer(x);
  check_same((*outer.clone())(x), before);
  CHECK_FALSE(Sequential{Dense({.units = 2})}.clone()->built());
}

TEST_CASE("models are read from what to_json() writes, as layers") {
  Sequential chain{InputLayer({3}), Dense({.units = 2})};
  const auto read = deserialize(chain.to_json());
  read->set_weights(chain.get_weights());
  check_same((*read)(x), chain(x));
  CHECK_THROWS_AS(deserialize(R"({"class_name": "Functional", "config": {}})"), Error);
}

TEST_CASE("a model that is a temporary can be called in a functional model") {
  Sequential chain{InputLayer({3}), Dense({.units = 2})};
  const TensorList weights = chain.get_weights();
  const Tensor expected = chain(x), in = Input({3});
  Model model(in, std::move(chain)(in));
  check_same(model(x), expected);
}
