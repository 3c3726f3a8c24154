#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/layers/regularizers.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

const Tensor x = constant({{1.f, -2.f}, {3.f, 4.f}});
double penalty(const Regularizer& regularizer) { return (*regularizer)(x).item<float>(); }

Regularizer again(const Regularizer& regularizer) {
  Config config;
  to_config(config, regularizer);
  Regularizer read;
  from_config(Config::parse(config.dump()), read);
  return read;
}

}  // namespace

TEST_CASE("regularizers compute their penalties") {
  CHECK(penalty(regularizers::L1(0.1)) == Approx(0.1 * 10));
  CHECK(penalty(regularizers::L2(0.1)) == Approx(0.1 * 30));
  CHECK(penalty(regularizers::L1L2({.l1 = 0.1, .l2 = 0.2})) == Approx(0.1 * 10 + 0.2 * 30));
  CHECK(penalty(regularizers::L1L2({.l1 = 0.1})) == Approx(1));
  CHECK(penalty(regularizers::L1L2({.l2 = 0.1})) == Approx(3));
  CHECK(penalty(regularizers::L1L2()) == 0);
  // rows (1, -2) and (3, 4): cosine -5 / (sqrt(5) * 5); columns (1, 3) and (-2, 4): 10 / sqrt(10 * 20)
  CHECK(penalty(regularizers::OrthogonalRegularizer({.factor = 0.1})) == Approx(0.1 / std::sqrt(5)));
  CHECK(penalty(regularizers::OrthogonalRegularizer({.factor = 0.1, .mode = "columns"})) == Approx(0.1 / std::sqrt(2)));
}

TEST_CASE("regularizers by name have Keras's defaults") {
  CHECK(penalty("l1") == Approx(0.1));
  CHECK(penalty("L2") == Approx(0.3));
  CHECK(penalty("l1_l2") == 0);
  CHECK(penalty("orthogonal_regularizer") == Approx(0.01 / std::sqrt(5)));
  CHECK_THROWS_WITH(Regularizer("l3"), Contains("regularizer") && Contains("'l3'"));
  CHECK_FALSE(Regularizer());
}

TEST_CASE("regularizers are written as Keras does and read again") {
  Config config;
  to_config(config, Regularizer(regularizers::L2(0.5)));
  CHECK(config.dump() ==
        R"({"module":"keras.regularizers","class_name":"L2","config":{"l2":0.5},"registered_name":null})");
  for (const Regularizer& regularizer :
       {Regularizer(regularizers::L1(0.3)), Regularizer(regularizers::L1L2({.l1 = 0.1, .l2 = 0.2})),
        Regularizer(regularizers::OrthogonalRegularizer({.mode = "columns"}))})
    CHECK(penalty(again(regularizer)) == penalty(regularizer));
}

TEST_CASE("a regularizer of the user's own derives from the base") {
  class Maximum : public regularizers::RegularizerBase {
   public:
    Tensor operator()(const Tensor& weight) const override { return reduce_max(weight); }
  };
  CHECK(penalty(Maximum()) == 4);
}

TEST_CASE("regularizers refuse bad options and inputs") {
  CHECK_THROWS_WITH(regularizers::L1(-1), Contains("L1") && Contains("l1") && Contains("-1"));
  CHECK_THROWS_AS(regularizers::L2(std::numeric_limits<double>::infinity()), ValueError);
  CHECK_THROWS_AS(regularizers::L2(std::nan("")), ValueError);
  CHECK_THROWS_WITH(regularizers::L1L2({.l2 = -1}), Contains("l2"));
  CHECK_THROWS_WITH(regularizers::OrthogonalRegularizer({.factor = -1}), Contains("factor"));
  CHECK_THROWS_WITH(regularizers::OrthogonalRegularizer({.mode = "row"}), Contains("mode") && Contains("'rows'"));
  CHECK_THROWS_AS(regularizers::OrthogonalRegularizer()(zeros({3})), ShapeError);
}
