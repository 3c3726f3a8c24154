#include <cmath>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/layers/constraints.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

void check(const Constraint& constraint, const Tensor& weight, const std::vector<float>& expected) {
  const std::vector<float> values = (*constraint)(weight).to_vector<float>();
  REQUIRE(values.size() == expected.size());
  for (size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(1e-6));
}

const Tensor weight = constant({{3.f, 0.6f}, {-4.f, 0.8f}});  // columns of norm 5 and 1

}  // namespace

TEST_CASE("constraints bring weights into their bounds") {
  check(constraints::MaxNorm(2.5), weight, {1.5f, 0.6f, -2, 0.8f});
  check(constraints::MaxNorm({.max_value = 1, .axis = 1}), constant({{3.f, -4.f}}), {0.6f, -0.8f});
  check(constraints::NonNeg(), weight, {3, 0.6f, 0, 0.8f});
  check(constraints::UnitNorm(), weight, {0.6f, 0.6f, -0.8f, 0.8f});
  check(constraints::UnitNorm({.axis = {0, 1}}), constant({{1.f, 1.f}, {1.f, -1.f}}), {0.5f, 0.5f, 0.5f, -0.5f});
  check(constraints::MinMaxNorm({.min_value = 2, .max_value = 4}), weight, {2.4f, 1.2f, -3.2f, 1.6f});
  check(constraints::MinMaxNorm({.max_value = 4, .rate = 0.5}), weight, {2.7f, 0.6f, -3.6f, 0.8f});
  check("max_norm", weight, {1.2f, 0.6f, -1.6f, 0.8f});
  check("unit_norm", zeros({2, 1}), {0, 0});
}

TEST_CASE("constraints keep the dtype") {
  CHECK(constraints::MaxNorm()(cast(weight, float64)).dtype() == float64);
  CHECK(constraints::NonNeg()(cast(weight, float64)).dtype() == float64);
}

TEST_CASE("constraints are written as Keras does and read again") {
  Config config;
  to_config(config, Constraint(constraints::MaxNorm({.max_value = 3, .axis = {0, 1}})));
  CHECK(
      config.dump() ==
      R"({"module":"keras.constraints","class_name":"MaxNorm","config":{"max_value":3.0,"axis":[0,1]},"registered_name":null})");
  Constraint read;
  from_config(config, read);
  Config again;
  to_config(again, read);
  CHECK(again.dump() == config.dump());
  to_config(config, Constraint(constraints::UnitNorm()));
  CHECK(config.at("config").dump() == R"({"axis":0})");
}

TEST_CASE("a constraint of the user's own derives from the base") {
  class Halved : public constraints::ConstraintBase {
   public:
    Tensor operator()(const Tensor& w) const override { return w * 0.5; }
  };
  check(Halved(), weight, {1.5f, 0.3f, -2, 0.4f});
}

TEST_CASE("constraints refuse bad options and inputs") {
  CHECK_THROWS_WITH(Constraint("maxnorm"), Contains("constraint") && Contains("MaxNorm"));
  CHECK_THROWS_WITH(constraints::MaxNorm(-1), Contains("max_value"));
  CHECK_THROWS_WITH(constraints::MinMaxNorm({.min_value = 2, .max_value = 1}), Contains("min_value"));
  CHECK_THROWS_WITH(constraints::MinMaxNorm({.rate = 2}), Contains("rate"));
  CHECK_THROWS_AS(constraints::UnitNorm({.axis = 2})(weight), ValueError);
}
