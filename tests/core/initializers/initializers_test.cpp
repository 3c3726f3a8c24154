#include <cmath>
#include <numbers>

#include <catch2/catch.hpp>

#include <cornu/core/error.h>
#include <cornu/core/initializers/initializers.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/random/generator.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

struct Statistics {
  double mean = 0, deviation = 0, smallest = 0, largest = 0;
};

Statistics statistics(const Initializer& initializer, const Shape& shape) {
  const std::vector<float> values = (*initializer)(shape, float32).to_vector<float>();
  Statistics s{.smallest = values[0], .largest = values[0]};
  for (double value : values) {
    s.mean += value / static_cast<double>(values.size());
    s.smallest = std::min(s.smallest, value);
    s.largest = std::max(s.largest, value);
  }
  for (double value : values) s.deviation += (value - s.mean) * (value - s.mean);
  s.deviation = std::sqrt(s.deviation / static_cast<double>(values.size()));
  return s;
}

std::vector<float> draw(const Initializer& initializer, const Shape& shape = {3, 4}) {
  return (*initializer)(shape, float32).to_vector<float>();
}

Config written(const Initializer& initializer) {
  Config config;
  to_config(config, initializer);
  return config;
}

const Shape dense_kernel = {200, 300};            // fans 200 and 300
const Shape convolution_kernel = {3, 3, 20, 40};  // fans 180 and 360

void check_uniform(const Initializer& initializer, const Shape& shape, double limit) {
  const Statistics s = statistics(initializer, shape);
  CHECK(s.smallest >= -limit);
  CHECK(s.largest < limit);
  CHECK(s.largest == Approx(limit).epsilon(0.01));
  CHECK(s.deviation == Approx(limit / std::sqrt(3)).epsilon(0.02));
  CHECK(std::fabs(s.mean) < 0.02 * limit);
}

void check_truncated(const Initializer& initializer, const Shape& shape, double deviation) {
  const Statistics s = statistics(initializer, shape);
  const double limit = 2 * deviation / 0.87962566103423978;
  CHECK(s.smallest >= -limit);
  CHECK(s.largest <= limit);
  CHECK(s.largest == Approx(limit).epsilon(0.02));
  CHECK(s.deviation == Approx(deviation).epsilon(0.02));
  CHECK(std::fabs(s.mean) < 0.02 * deviation);
}

}  // namespace

TEST_CASE("constant initializers fill") {
  CHECK(draw(initializers::Zeros(), {2}) == std::vector<float>{0, 0});
  CHECK(draw(initializers::Ones(), {2}) == std::vector<float>{1, 1});
  CHECK(draw(initializers::Constant(0.1), {2}) == std::vector<float>{0.1f, 0.1f});
  CHECK(draw(initializers::Constant({.value = -2}), {1}) == std::vector<float>{-2});
  CHECK(draw(initializers::Constant(), {1}) == std::vector<float>{0});
  CHECK(draw(initializers::Identity(), {2, 3}) == std::vector<float>{1, 0, 0, 0, 1, 0});
  CHECK(draw(initializers::Identity(2), {2, 2}) == std::vector<float>{2, 0, 0, 2});
  CHECK(initializers::Ones()({2}, int64).to_vector<int64_t>() == std::vector<int64_t>{1, 1});
  CHECK(initializers::Zeros()({}, boolean).dtype() == boolean);
}

TEST_CASE("random initializers have their distributions") {
  set_random_seed(3);
  check_uniform(initializers::RandomUniform({.minval = -0.3, .maxval = 0.3}), dense_kernel, 0.3);
  const Statistics normal = statistics(initializers::RandomNormal({.mean = 1, .stddev = 0.5}), dense_kernel);
  CHECK(normal.mean == Approx(1).epsilon(0.01));
  CHECK(normal.deviation == Approx(0.5).epsilon(0.02));
  CHECK(normal.largest > 1 + 0.5 * 3);
  const Statistics truncated = statistics(initializers::TruncatedNormal({.stddev = 0.5}), dense_kernel);
  CHECK(truncated.largest <= 1);
  CHECK(truncated.deviation == Approx(0.5 * 0.87962566103423978).epsilon(0.02));
}

TEST_CASE("variance scaling follows the fans") {
  set_random_seed(4);
  check_uniform(initializers::GlorotUniform(), dense_kernel, std::sqrt(6. / 500));
  check_truncated(initializers::GlorotNormal(), dense_kernel, std::sqrt(2. / 500));
  check_uniform(initializers::HeUniform(), dense_kernel, std::sqrt(6. / 200));
  check_truncated(initializers::HeNormal(), dense_kernel, std::sqrt(2. / 200));
  check_uniform(initializers::LecunUniform(), dense_kernel, std::sqrt(3. / 200));
  check_truncated(initializers::LecunNormal(), dense_kernel, std::sqrt(1. / 200));
  check_uniform(initializers::GlorotUniform(), convolution_kernel, std::sqrt(6. / 540));
  check_truncated(initializers::HeNormal(), convolution_kernel, std::sqrt(2. / 180));
  check_truncated(initializers::VarianceScaling(), dense_kernel, std::sqrt(1. / 200));
  check_uniform(initializers::VarianceScaling({.scale = 3, .mode = "fan_out", .distribution = "uniform"}), dense_kernel,
                std::sqrt(9. / 300));
  const Statistics untruncated = statistics(
      initializers::VarianceScaling({.mode = "fan_avg", .distribution = "untruncated_normal"}), dense_kernel);
  CHECK(untruncated.deviation == Approx(std::sqrt(1. / 250)).epsilon(0.02));
  check_truncated(initializers::HeNormal({.input_axes = {1}, .output_axes = {0}}), dense_kernel, std::sqrt(2. / 300));
}

TEST_CASE("fans are those of dense and convolution kernels, or of the axes that are named") {
  const auto fans = [](const Shape& shape, const Integers& in = {}, const Integers& out = {}) {
    const initializers::Fans f = initializers::compute_fans(shape, in, out);
    return std::make_pair(f.in, f.out);
  };
  CHECK(fans({}) == std::make_pair<int64_t, int64_t>(1, 1));
  CHECK(fans({5}) == std::make_pair<int64_t, int64_t>(5, 5));
  CHECK(fans({5, 7}) == std::make_pair<int64_t, int64_t>(5, 7));
  CHECK(fans({3, 5, 7}) == std::make_pair<int64_t, int64_t>(15, 21));
  CHECK(fans({2, 5, 7}, {0}, {1, 2}) == std::make_pair<int64_t, int64_t>(2, 35));
  CHECK(fans({2, 5, 7}, -3, {-2, -1}) == std::make_pair<int64_t, int64_t>(2, 35));
  CHECK_THROWS_AS(initializers::compute_fans({2, 3}, 2), ValueError);
}

TEST_CASE("numbers depend on the seed alone, or on the global generator") {
  const Initializer seeded = initializers::HeNormal({.seed = 1});
  const auto numbers = draw(seeded);
  CHECK(draw(seeded) == numbers);
  CHECK(draw(initializers::HeNormal({.seed = 1})) == numbers);
  CHECK(draw(initializers::HeNormal({.seed = 2})) != numbers);
  set_random_seed(9);
  const auto first = draw("glorot_uniform"), second = draw("glorot_uniform");
  CHECK(first != second);
  set_random_seed(9);
  CHECK(draw("glorot_uniform") == first);
  for (const char* name : {"random_normal", "random_uniform", "truncated_normal", "orthogonal"}) {
    INFO(name);
    CHECK(draw(name) != draw(name));
  }
}

TEST_CASE("Orthogonal gives orthonormal columns or rows") {
  const auto check_identity = [](const Tensor& product, double scale) {
    const int64_t n = product.shape()[0];
    const std::vector<float> values = product.to_vector<float>();
    for (int64_t i = 0; i < n; ++i)
      for (int64_t j = 0; j < n; ++j)
        CHECK(values[static_cast<size_t>(i * n + j)] == Approx(i == j ? scale : 0).margin(1e-5));
  };
  const Tensor tall = initializers::Orthogonal({.seed = 1})({6, 4}, float32);
  check_identity(matmul(tall, tall, {.transpose_a = true}), 1);
  const Tensor wide = initializers::Orthogonal({.gain = 2, .seed = 1})({4, 6}, float32);
  check_identity(matmul(wide, wide, {.transpose_b = true}), 4);
  const Tensor kernel = initializers::Orthogonal()({3, 2, 2, 5}, float32);
  const Tensor flat = reshape(kernel, {12, 5});
  check_identity(matmul(flat, flat, {.transpose_a = true}), 1);
  CHECK(initializers::Orthogonal()({3, 3}, float64).dtype() == float64);
  CHECK_THROWS_AS(initializers::Orthogonal()({4}, float32), ShapeError);
}

TEST_CASE("STFT gives the kernel of a Fourier transform") {
  const Tensor plain = initializers::STFT({.window = std::nullopt})({4, 1, 3}, float64);
  // cos(2 pi t k / 4)
  const std::vector<double> expected = {1, 1, 1, 1, 0, -1, 1, -1, 1, 1, 0, -1};
  const std::vector<double> values = plain.to_vector<double>();
  for (size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(1e-12));
  const std::vector<double> imaginary =
      initializers::STFT({.side = "imag", .window = std::nullopt})({4, 1, 3}, float64).to_vector<double>();
  CHECK(imaginary[3 + 1] == Approx(-1));  // -sin(pi / 2)
}

TEST_CASE("STFT knows SciPy's windows") {
  const auto window = [](const char* name, bool periodic = false) {
    const Tensor kernel =
        initializers::STFT({.window = name, .scaling = std::nullopt, .periodic = periodic})({5, 1, 2}, float64);
    std::vector<double> values;
    for (size_t t = 0; t < 5; ++t) values.push_back(kernel.to_vector<double>()[2 * t]);
    return values;
  };
  const auto check = [](const std::vector<double>& actual, const std::vector<double>& expected) {
    for (size_t i = 0; i < expected.size(); ++i) CHECK(actual[i] == Approx(expected[i]).margin(1e-6));
  };
  // scipy.signal.windows with 5 points
  check(window("hann"), {0, 0.5, 1, 0.5, 0});
  check(window("hamming"), {0.08, 0.54, 1, 0.54, 0.08});
  check(window("blackman"), {0, 0.34, 1, 0.34, 0});
  check(window("bartlett"), {0, 0.5, 1, 0.5, 0});
  check(window("boxcar"), {1, 1, 1, 1, 1});
  check(window("triang"), {1. / 3, 2. / 3, 1, 2. / 3, 1. / 3});
  check(window("cosine"), {std::sin(0.1 * std::numbers::pi), std::sin(0.3 * std::numbers::pi), 1});
  check(window("parzen"), {2 * std::pow(0.2, 3), 1 - 6 * 0.16 * 0.6, 1});
  check(window("bohman"), {0, 1 / std::numbers::pi, 1});
  check(window("flattop"),
        {0.21557895 - 0.41663158 + 0.277263158 - 0.083578947 + 0.006947368, 0.21557895 - 0.277263158 + 0.006947368, 1});
  check(window("nuttall"), {0.3635819 - 0.4891775 + 0.1365995 - 0.0106411, 0.3635819 - 0.1365995, 1});
  check(window("blackmanharris"), {0.35875 - 0.48829 + 0.14128 - 0.01168, 0.35875 - 0.14128, 1});
  check(window("barthann"), {0, 0.5, 1});
  // A periodic window is the symmetric one of one more point without its last.
  check(window("hann", true), {0, 0.5 - 0.5 * std::cos(2 * std::numbers::pi / 5)});
}

TEST_CASE("STFT scales by the window") {
  const auto sum = [](const Tensor& kernel, bool squared) {
    double total = 0;
    const std::vector<double> values = kernel.to_vector<double>();
    for (size_t t = 0; t < 8; ++t) total += squared ? values[5 * t] * values[5 * t] : values[5 * t];
    return total;
  };
  CHECK(sum(initializers::STFT()({8, 1, 5}, float64), true) == Approx(1));
  CHECK(sum(initializers::STFT({.scaling = "spectrum"})({8, 1, 5}, float64), false) == Approx(1));
}

TEST_CASE("initializers are known by Keras's names") {
  for (const char* name : {"zeros",
                           "Zeros",
                           "zero",
                           "ones",
                           "one",
                           "constant",
                           "random_normal",
                           "normal",
                           "RandomNormal",
                           "random_uniform",
                           "uniform",
                           "truncated_normal",
                           "variance_scaling",
                           "glorot_uniform",
                           "GlorotUniform",
                           "glorot_normal",
                           "he_normal",
                           "he_uniform",
                           "lecun_normal",
                           "lecun_uniform",
                           "orthogonal",
                           "OrthogonalInitializer",
                           "identity",
                           "IdentityInitializer"}) {
    INFO(name);
    CHECK((*Initializer(name))({3, 3}, float32).shape() == Shape({3, 3}));
  }
  CHECK(Initializer("stft")->class_name() == "STFT");
  CHECK(Initializer("STFTInitializer")->class_name() == "STFT");
  CHECK_THROWS_AS(Initializer("glorot"), ValueError);
  CHECK_THROWS_WITH(Initializer("he_norma"), Contains("initializer") && Contains("'he_normal'"));
}

TEST_CASE("initializers are written as Keras does and read again") {
  CHECK(written(initializers::GlorotUniform()).dump() ==
        R"({"module":"keras.initializers","class_name":"GlorotUniform","config":{"seed":null,"input_axes":null,)"
        R"("output_axes":null},"registered_name":null})");
  CHECK(written(initializers::Zeros()).at("config").dump() == "{}");
  CHECK(written(initializers::RandomUniform({.seed = 3})).at("config").dump() ==
        R"({"minval":-0.05,"maxval":0.05,"seed":3})");
  for (const Initializer& initializer :
       {Initializer(initializers::Constant(3)), Initializer(initializers::RandomNormal({.mean = 1, .seed = 2})),
        Initializer(initializers::TruncatedNormal({.stddev = 1, .seed = 2})),
        Initializer(initializers::RandomUniform({.maxval = 2, .seed = 2})),
        Initializer(initializers::VarianceScaling({.scale = 2, .distribution = "uniform", .seed = 2})),
        Initializer(initializers::HeUniform({.seed = 2, .input_axes = {1}})),
        Initializer(initializers::LecunNormal({.seed = 5, .output_axes = 0})),
        Initializer(initializers::Orthogonal({.gain = 3, .seed = 1})), Initializer(initializers::Identity(2)),
        Initializer("ones")}) {
    const Config config = written(initializer);
    INFO(config.dump());
    Initializer again;
    from_config(Config::parse(config.dump()), again);
    CHECK(written(again).dump() == config.dump());
    CHECK(draw(again) == draw(initializer));
  }
}

TEST_CASE("an initializer of the user's own derives from the base") {
  class Counting : public initializers::InitializerBase {
   public:
    Tensor operator()(const Shape& shape, DType dtype) const override {
      return reshape(cast(arange(shape.size()), dtype), shape);
    }
  };
  CHECK(draw(Counting(), {2, 2}) == std::vector<float>{0, 1, 2, 3});
}

TEST_CASE("initializers refuse bad options, shapes and dtypes") {
  CHECK_THROWS_WITH(initializers::RandomNormal({.stddev = -1}), Contains("RandomNormal") && Contains("stddev"));
  CHECK_THROWS_WITH(initializers::VarianceScaling({.scale = 0}), Contains("scale"));
  CHECK_THROWS_WITH(initializers::VarianceScaling({.mode = "fan"}), Contains("mode") && Contains("'fan_in'"));
  CHECK_THROWS_WITH(initializers::VarianceScaling({.distribution = "gamma"}), Contains("distribution"));
  CHECK_NOTHROW(initializers::VarianceScaling({.distribution = "normal"}));
  CHECK_THROWS_WITH(initializers::STFT({.side = "left"}), Contains("side"));
  CHECK_THROWS_WITH(initializers::STFT({.window = "han"}), Contains("window") && Contains("'hann'"));
  CHECK_THROWS_WITH(initializers::STFT({.scaling = "none"}), Contains("scaling"));
  CHECK_THROWS_AS(initializers::STFT()({4, 2, 3}, float32), ShapeError);
  CHECK_THROWS_AS(initializers::STFT()({4, 1, 3}, int32), DTypeError);
  CHECK_THROWS_AS(initializers::Identity()({3}, float32), ShapeError);
  CHECK_THROWS_AS(initializers::RandomUniform({.minval = 1, .maxval = 0})({2}, float32), ValueError);
  CHECK_THROWS_AS(initializers::RandomNormal()({2}, int32), DTypeError);
}
