#include <cmath>

#include <cornu/core/error.h>
#include <cornu/core/initializers/initializers.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/linalg.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/random/random.h>

namespace cornu::initializers {

std::string InitializerBase::class_name() const { return class_name_of(typeid(*this)); }

std::shared_ptr<const InitializerBase> InitializerBase::by_name(const std::string& name) {
  return registry().make(name, Config::object());
}

Registry<InitializerBase>& InitializerBase::registry() {
  static Registry<InitializerBase> instance = [] {
    Registry<InitializerBase> all("initializer", "keras.initializers");
    all.add<Zeros>("Zeros", {"zero"});
    all.add<Ones>("Ones", {"one"});
    all.add<Constant>("Constant");
    all.add<RandomNormal>("RandomNormal", {"normal"});
    all.add<TruncatedNormal>("TruncatedNormal");
    all.add<RandomUniform>("RandomUniform", {"uniform"});
    all.add<VarianceScaling>("VarianceScaling");
    all.add<GlorotUniform>("GlorotUniform");
    all.add<GlorotNormal>("GlorotNormal");
    all.add<HeUniform>("HeUniform");
    all.add<HeNormal>("HeNormal");
    all.add<LecunUniform>("LecunUniform");
    all.add<LecunNormal>("LecunNormal");
    all.add<Orthogonal>("Orthogonal", {"OrthogonalInitializer", "orthogonal_initializer"});
    all.add<Identity>("Identity", {"IdentityInitializer", "identity_initializer"});
    all.add<STFT>("STFT", {"STFTInitializer", "stft_initializer"});
    return all;
  }();
  return instance;
}

// Options.

void ConstantOptions::describe(Fields& fields) { fields("value", value); }
Constant::Constant(const Options& options) : Configured("Constant", options) {}

void RandomNormalOptions::describe(Fields& fields) {
  fields("mean", mean);
  fields("stddev", stddev, at_least(0));
  fields("seed", seed);
}
RandomNormal::RandomNormal(const Options& options) : Configured("RandomNormal", options) {}

void RandomUniformOptions::describe(Fields& fields) {
  fields("minval", minval);
  fields("maxval", maxval);
  fields("seed", seed);
}
RandomUniform::RandomUniform(const Options& options) : Configured("RandomUniform", options) {}

void VarianceScalingOptions::describe(Fields& fields) {
  if (distribution == "normal") distribution = "truncated_normal";  // Keras's alias
  fields("scale", scale, above(0));
  fields("mode", mode, one_of({"fan_in", "fan_out", "fan_avg"}));
  fields("distribution", distribution, one_of({"truncated_normal", "untruncated_normal", "uniform", "normal"}));
  fields("seed", seed);
  fields("input_axes", input_axes);
  fields("output_axes", output_axes);
}
VarianceScaling::VarianceScaling(const Options& options) : Configured("VarianceScaling", options) {}

void FanOptions::describe(Fields& fields) {
  fields("seed", seed);
  fields("input_axes", input_axes);
  fields("output_axes", output_axes);
}

void OrthogonalOptions::describe(Fields& fields) {
  fields("gain", gain);
  fields("seed", seed);
}
Orthogonal::Orthogonal(const Options& options) : Configured("Orthogonal", options) {}

void IdentityOptions::describe(Fields& fields) { fields("gain", gain); }
Identity::Identity(const Options& options) : Configured("Identity", options) {}

NamedVarianceScaling::NamedVarianceScaling(const char* class_name, double scale, const char* mode,
                                           const char* distribution, const Options& options)
    : Configured(class_name, options), scale_(scale), mode_(mode), distribution_(distribution) {}
GlorotUniform::GlorotUniform(const Options& options)
    : NamedVarianceScaling("GlorotUniform", 1, "fan_avg", "uniform", options) {}
GlorotNormal::GlorotNormal(const Options& options)
    : NamedVarianceScaling("GlorotNormal", 1, "fan_avg", "truncated_normal", options) {}
HeUniform::HeUniform(const Options& options) : NamedVarianceScaling("HeUniform", 2, "fan_in", "uniform", options) {}
HeNormal::HeNormal(const Options& options)
    : NamedVarianceScaling("HeNormal", 2, "fan_in", "truncated_normal", options) {}
LecunUniform::LecunUniform(const Options& options)
    : NamedVarianceScaling("LecunUniform", 1, "fan_in", "uniform", options) {}
LecunNormal::LecunNormal(const Options& options)
    : NamedVarianceScaling("LecunNormal", 1, "fan_in", "truncated_normal", options) {}

// Constants.

Tensor Zeros::operator()(const Shape& shape, DType dtype) const { return zeros(shape, dtype); }
Tensor Ones::operator()(const Shape& shape, DType dtype) const { return ones(shape, dtype); }
Tensor Constant::operator()(const Shape& shape, DType dtype) const { return full(shape, options_.value, dtype); }

Tensor Identity::operator()(const Shape& shape, DType dtype) const {
  if (shape.rank() != 2)
    throw ShapeError("Identity: the initializer makes matrices; received the shape " + shape.to_string());
  return options_.gain * eye(shape[0], shape[1], dtype);
}

// Random numbers.

Tensor RandomNormal::operator()(const Shape& shape, DType dtype) const {
  return random::normal(shape,
                        {.mean = options_.mean, .stddev = options_.stddev, .dtype = dtype, .seed = options_.seed});
}

TruncatedNormal::TruncatedNormal(const Options& options) : Configured("TruncatedNormal", options) {}
Tensor TruncatedNormal::operator()(const Shape& shape, DType dtype) const {
  return random::truncated_normal(
      shape, {.mean = options_.mean, .stddev = options_.stddev, .dtype = dtype, .seed = options_.seed});
}

Tensor RandomUniform::operator()(const Shape& shape, DType dtype) const {
  return random::uniform(shape,
                         {.minval = options_.minval, .maxval = options_.maxval, .dtype = dtype, .seed = options_.seed});
}

namespace {

int64_t size_of_axes(const Shape& shape, const Integers& axes) {
  int64_t size = 1;
  for (int64_t axis : axes) size *= shape[normalize_axis(axis, shape.rank(), "compute_fans")];
  return size;
}

Fans usual_fans(const Shape& shape) {
  const int rank = shape.rank();
  if (rank == 0) return {1, 1};
  if (rank == 1) return {shape[0], shape[0]};
  const int64_t receptive_field = shape.size_between(0, rank - 2);
  return {shape[rank - 2] * receptive_field, shape[rank - 1] * receptive_field};
}

}  // namespace

Fans compute_fans(const Shape& shape, const Integers& input_axes, const Integers& output_axes) {
  const Fans usual = usual_fans(shape);
  return {input_axes.defined() ? size_of_axes(shape, input_axes) : usual.in,
          output_axes.defined() ? size_of_axes(shape, output_axes) : usual.out};
}

Tensor VarianceScaling::operator()(const Shape& shape, DType dtype) const {
  const Fans fans = compute_fans(shape, options_.input_axes, options_.output_axes);
  const auto in = static_cast<double>(fans.in), out = static_cast<double>(fans.out);
  const double n = options_.mode == "fan_in" ? in : options_.mode == "fan_out" ? out : (in + out) / 2;
  const double variance = options_.scale / std::max(1., n);
  if (options_.distribution == "uniform") {
    const double limit = std::sqrt(3 * variance);
    return random::uniform(shape, {.minval = -limit, .maxval = limit, .dtype = dtype, .seed = options_.seed});
  }
  if (options_.distribution == "untruncated_normal")
    return random::normal(shape, {.stddev = std::sqrt(variance), .dtype = dtype, .seed = options_.seed});
  // The standard deviation of a standard normal distribution cut at -2 and 2.
  constexpr double truncated_stddev = 0.87962566103423978;
  return random::truncated_normal(
      shape, {.stddev = std::sqrt(variance) / truncated_stddev, .dtype = dtype, .seed = options_.seed});
}

Tensor NamedVarianceScaling::operator()(const Shape& shape, DType dtype) const {
  return VarianceScaling({.scale = scale_,
                          .mode = mode_,
                          .distribution = distribution_,
                          .seed = options_.seed,
                          .input_axes = options_.input_axes,
                          .output_axes = options_.output_axes})(shape, dtype);
}

Tensor Orthogonal::operator()(const Shape& shape, DType dtype) const {
  if (shape.rank() < 2)
    throw ShapeError("Orthogonal: the initializer makes weights of rank 2 or more; received the shape " +
                     shape.to_string());
  const int64_t rows = shape.size_between(0, shape.rank() - 1), columns = shape.back();
  const Tensor a =
      random::normal({std::max(rows, columns), std::min(rows, columns)}, {.dtype = dtype, .seed = options_.seed});
  const auto [q, r] = linalg::qr(a);
  // With the signs of r's diagonal the matrix is distributed uniformly.
  const Tensor diagonal = reduce_sum(r * eye(r.shape()[0], {}, dtype), 0);
  const Tensor orthonormal = q * sign(diagonal);
  return options_.gain * reshape(rows < columns ? transpose(orthonormal) : orthonormal, shape);
}

}  // namespace cornu::initializers
