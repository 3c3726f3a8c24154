#include <cmath>
#include <limits>
#include <memory>

#include <catch2/catch.hpp>

#include "golden.h"
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/optimizers/schedules/decay.h>

using namespace cornu;
using namespace cornu::optimizers::schedules;

TEST_CASE("schedules agree with Keras") {
  for (const golden::Json& c : golden::cases("schedules")) {
    INFO(c.at("class") << " " << c.at("options"));
    const auto schedule = deserialize(golden::config(c, c.at("options")));
    const auto again = deserialize(schedule->to_json());
    CHECK(again->to_json() == schedule->to_json());
    for (size_t i = 0; i < c.at("steps").size(); ++i) {
      const int32_t step = c.at("steps")[i];
      const double expected = c.at("values")[i];
      INFO("step " << step);
      CHECK(schedule->at(step) == Approx(expected).epsilon(1e-5).margin(1e-7));
      CHECK(again->at(step) == schedule->at(step));
      const Tensor rate = (*schedule)(constant(step));
      CHECK(rate.shape() == Shape());
      CHECK(rate.item<float>() == static_cast<float>(schedule->at(step)));
    }
  }
}

TEST_CASE("schedules by hand") {
  const ExponentialDecayOptions tenth{.initial_learning_rate = 0.5, .decay_steps = 10, .decay_rate = 0.1};
  CHECK(ExponentialDecay(tenth).at(20) == Approx(0.005));
  ExponentialDecayOptions stairs = tenth;
  stairs.staircase = true;
  CHECK(ExponentialDecay(stairs).at(19) == Approx(0.05));
  CHECK(InverseTimeDecay({.initial_learning_rate = 0.6, .decay_steps = 10, .decay_rate = 0.5, .staircase = true})
            .at(49) == Approx(0.6 / 3));

  const PolynomialDecay polynomial(
      {.initial_learning_rate = 1, .decay_steps = 10, .end_learning_rate = 0.2, .power = 2});
  CHECK(polynomial.at(0) == Approx(1));
  CHECK(polynomial.at(5) == Approx(0.8 * 0.25 + 0.2));
  CHECK(polynomial.at(10) == Approx(0.2));
  CHECK(polynomial.at(1000) == Approx(0.2));

  const PiecewiseConstantDecay piecewise({.boundaries = {5, 12}, .values = {0.3, 0.2, 0.1}});
  CHECK(piecewise.at(5) == 0.3);
  CHECK(piecewise.at(5.5) == 0.2);
  CHECK(piecewise.at(12) == 0.2);
  CHECK(piecewise.at(13) == 0.1);
  CHECK(PiecewiseConstantDecay({.values = {0.3}}).at(9) == 0.3);

  const CosineDecay cosine({.initial_learning_rate = 0.4, .decay_steps = 100, .alpha = 0.5});
  CHECK(cosine.at(0) == Approx(0.4));
  CHECK(cosine.at(50) == Approx(0.3));
  CHECK(cosine.at(100) == Approx(0.2));
  CHECK(cosine.at(500) == Approx(0.2));
  const CosineDecay warm({.initial_learning_rate = 0.1, .decay_steps = 100, .warmup_target = 0.5, .warmup_steps = 4});
  CHECK(warm.at(1) == Approx(0.2));
  CHECK(warm.at(4) == Approx(0.5));
  CHECK(warm.at(54) == Approx(0.25));
  CHECK(warm.at(104) == Approx(0).margin(1e-12));
}

TEST_CASE("cosine restarts begin again exactly at the end of a period") {
  for (const double t_mul : {1.0, 1.5, 2.0, 3.0}) {
    const CosineDecayRestarts schedule(
        {.initial_learning_rate = 1, .first_decay_steps = 8, .t_mul = t_mul, .m_mul = 0.5});
    double begin = 0, length = 8;
    for (int period = 0; period < 5; ++period) {
      INFO("t_mul " << t_mul << ", period " << period);
      CHECK(schedule.at(begin) == Approx(std::pow(0.5, period)));
      CHECK(schedule.at(begin + length / 2) == Approx(std::pow(0.5, period) / 2));
      CHECK(schedule.at(begin + length - 1e-3) == Approx(0).margin(1e-6));
      begin += length;
      length *= t_mul;
    }
  }
}

namespace {

class Halving : public LearningRateSchedule {
 public:
  double at(double step) const override { return std::pow(0.5, step); }
};

}  // namespace

TEST_CASE("a schedule of one's own") {
  const Halving halving;
  CHECK(halving(constant(int64_t{3})).item<float>() == 0.125f);
  CHECK(halving(constant(2.f)).item<float>() == 0.25f);
  CHECK_THROWS_AS(halving.to_json(), StateError);
  CHECK_THROWS_AS(halving(Tensor()), StateError);
  CHECK_THROWS_AS(halving(constant({1, 2})), ShapeError);
  CHECK_THROWS_AS(halving(constant(true)), DTypeError);
  const Tensor step = Tensor::symbolic({Shape(), int64});
  CHECK_THROWS_AS(halving(step), StateError);
  CHECK((*std::make_shared<Halving>())(step).is_symbolic());
}

TEST_CASE("options of schedules that do not hold are errors") {
  using Catch::Contains;
  CHECK_THROWS_WITH(ExponentialDecay({.decay_steps = 10, .decay_rate = 0.5}), Contains("initial_learning_rate"));
  CHECK_THROWS_WITH(ExponentialDecay({.initial_learning_rate = 0.1, .decay_rate = 0.5}), Contains("decay_steps"));
  CHECK_THROWS_WITH(ExponentialDecay({.initial_learning_rate = 0.1, .decay_steps = 10}), Contains("decay_rate"));
  CHECK_THROWS_AS(ExponentialDecay({.initial_learning_rate = -0.1, .decay_steps = 10, .decay_rate = 0.5}), ValueError);
  CHECK_THROWS_AS(ExponentialDecay({.initial_learning_rate = 0.1, .decay_steps = -1, .decay_rate = 0.5}), ValueError);
  CHECK_THROWS_AS(InverseTimeDecay({.initial_learning_rate = 0.1, .decay_steps = 0, .decay_rate = 0.5}), ValueError);
  CHECK_THROWS_AS(InverseTimeDecay({.initial_learning_rate = 0.1, .decay_steps = 1, .decay_rate = -2}), ValueError);
  CHECK_THROWS_AS(PolynomialDecay({.initial_learning_rate = 0.1}), ValueError);
  CHECK_THROWS_AS(PolynomialDecay({.initial_learning_rate = 0.1, .decay_steps = 1, .end_learning_rate = -1}),
                  ValueError);
  CHECK_THROWS_AS(CosineDecay({.initial_learning_rate = 0.1}), ValueError);
  CHECK_THROWS_AS(CosineDecay({.initial_learning_rate = 0.1, .decay_steps = 1, .warmup_target = -1}), ValueError);
  CHECK_THROWS_AS(CosineDecay({.initial_learning_rate = 0.1, .decay_steps = 1, .warmup_steps = -1}), ValueError);
  CHECK_THROWS_AS(CosineDecayRestarts({.initial_learning_rate = 0.1}), ValueError);
  CHECK_THROWS_AS(CosineDecayRestarts({.initial_learning_rate = 0.1, .first_decay_steps = 2, .t_mul = 0.5}),
                  ValueError);
  CHECK_THROWS_AS(CosineDecayRestarts({.initial_learning_rate = 0.1, .first_decay_steps = 2, .m_mul = -1}), ValueError);
  CHECK_THROWS_WITH(PiecewiseConstantDecay({.boundaries = {1, 2}, .values = {1, 2}}), Contains("one more"));
  CHECK_THROWS_WITH(PiecewiseConstantDecay({.boundaries = {2, 2}, .values = {1, 2, 3}}), Contains("increase"));
  CHECK_THROWS_AS(PiecewiseConstantDecay({.boundaries = {2}, .values = {1, -2}}), ValueError);
}

TEST_CASE("a cycle of a polynomial decay ends at the end, however it is rounded") {
  const PolynomialDecayOptions options{
      .initial_learning_rate = 1, .decay_steps = 4.6, .end_learning_rate = 0, .power = 0.5, .cycle = true};
  CHECK(PolynomialDecay(options).at(6624) == 0);  // 6624 / (4.6 * 1440) is a little above 1
}

TEST_CASE("schedules of numbers that are not finite are errors") {
  using Catch::Contains;
  for (const double bad : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_WITH(ExponentialDecay({.initial_learning_rate = bad, .decay_steps = 10, .decay_rate = 0.5}),
                      Contains("initial_learning_rate"));
    CHECK_THROWS_WITH(CosineDecay({.initial_learning_rate = 0.1, .decay_steps = 1, .alpha = bad}), Contains("alpha"));
    CHECK_THROWS_WITH(PolynomialDecay({.initial_learning_rate = 0.1, .decay_steps = 1, .end_learning_rate = bad}),
                      Contains("end_learning_rate"));
    CHECK_THROWS_WITH(CosineDecayRestarts({.initial_learning_rate = 0.1, .first_decay_steps = 2, .t_mul = bad}),
                      Contains("t_mul"));
    CHECK_THROWS_WITH(CosineDecayRestarts({.initial_learning_rate = 0.1, .first_decay_steps = 2, .m_mul = bad}),
                      Contains("m_mul"));
  }
  CHECK_THROWS_WITH(
      CosineDecay({.initial_learning_rate = 0.1, .decay_steps = 1, .alpha = std::numeric_limits<double>::infinity()}),
      Contains("CosineDecay: alpha: must be finite; received inf"));
}

TEST_CASE("configurations of schedules that do not hold are errors") {
  using Catch::Contains;
  CHECK_THROWS_WITH(deserialize(R"({"class_name": "CosinDecay", "config": {}})"), Contains("did you mean"));
  CHECK_THROWS_WITH(deserialize(R"({"class_name": "CosineDecay", "config": {"initial_learning_rate": 1}})"),
                    Contains("decay_steps"));
  CHECK_THROWS_WITH(deserialize(R"({"class_name": "CosineDecay",
                                    "config": {"initial_learning_rate": 1, "decay_steps": 5, "decay_step": 3}})"),
                    Contains("'decay_step'"));
  CHECK_THROWS_AS(deserialize("{"), ValueError);
  CHECK(deserialize(R"({"class_name": "InverseTimeDecay",
                        "config": {"initial_learning_rate": 1, "decay_steps": 2.5, "decay_rate": 1}})")
            ->at(2.5) == Approx(0.5));
}
