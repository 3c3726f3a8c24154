#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/normalization.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

namespace {

using Write = const ExportCall&;
using Read = const ImportCall&;

/// Writes sums and products of tensors.
class Formula {
 public:
  explicit Formula(Write call) : call_(call) {}
  OutputReference add(const OutputReference& a, const OutputReference& b) const { return call_.write("AddV2", {a, b}); }
  OutputReference subtract(const OutputReference& a, const OutputReference& b) const {
    return call_.write("Sub", {a, b});
  }
  OutputReference multiply(const OutputReference& a, const OutputReference& b) const {
    return call_.write("Mul", {a, b});
  }
  OutputReference mean(const OutputReference& x, const OutputReference& axes) const {
    return call_.write("Mean", {x, axes}, {{"keep_dims", attribute(true)}});
  }
  /// A vector along `axis`, so that it broadcasts to x.
  OutputReference along(const OutputReference& vector, int64_t axis) const {
    const int rank = call_.spec().shape.rank();
    if (axis == rank - 1) return vector;
    std::vector<int64_t> shape(static_cast<size_t>(rank), 1);
    shape[static_cast<size_t>(axis)] = -1;
    return call_.write("Reshape", {vector, call_.integers(shape)});
  }
  OutputReference as_vector(const OutputReference& x) const {
    return call_.write("Reshape", {x, call_.integers({-1})});
  }

 private:
  Write call_;
};

/// (x - center) * scale + shift.
OutputReferences write_affine(Write call) {
  const Formula f(call);
  const int64_t axis = call.attributes().integer("axis");
  const OutputReference centered = f.subtract(call.input(0), f.along(call.input(1), axis));
  return {f.add(f.multiply(centered, f.along(call.input(2), axis)), f.along(call.input(3), axis))};
}

/// u * a + (v - center) * b + shift.
OutputReferences write_combination(Write call) {
  const Formula f(call);
  const auto vector = [&](size_t i) { return f.along(call.input(i), call.attributes().integer("axis")); };
  const OutputReference first = f.multiply(call.input(0), vector(3));
  const OutputReference second = f.multiply(f.subtract(call.input(1), vector(2)), vector(4));
  return {f.add(f.add(first, second), vector(5))};
}

/// (x - mean) * (rsqrt(variance + epsilon) * gamma) + beta, the mean and the variance over `axes`, gamma and beta along
/// `axis`.
OutputReferences write_normalization(Write call, const std::vector<int64_t>& axes, int64_t axis) {
  const Formula f(call);
  const OutputReference over = call.integers(axes), mean = f.mean(call.input(0), over);
  const OutputReference variance = f.mean(call.write("SquaredDifference", {call.input(0), mean}), over);
  const OutputReference epsilon = call.number(call.attributes().get<double>("epsilon"));
  const OutputReference scale = call.write("Rsqrt", {f.add(variance, epsilon)});
  const OutputReference normal = f.multiply(f.subtract(call.input(0), mean), scale);
  return {f.add(f.multiply(normal, f.along(call.input(1), axis)), f.along(call.input(2), axis)), f.as_vector(mean),
          f.as_vector(variance)};
}

OutputReferences write_batch_normalization(Write call) {
  const int64_t axis = call.attributes().integer("axis");
  std::vector<int64_t> others;
  for (int64_t other = 0; other < call.spec().shape.rank(); ++other)
    if (other != axis) others.push_back(other);
  return write_normalization(call, others, axis);
}

OutputReferences write_layer_normalization(Write call) { return write_normalization(call, {1}, 1); }

TensorList read_batch_normalization(Read call) {
  const Tensor x = call.tensor(0);
  const int64_t axis = call.attribute("data_format", "NHWC") == "NCHW" ? 1 : -1;
  const double epsilon = call.attribute("epsilon", 1e-4);
  if (call.flag("is_training", true)) {
    Normalized normalized = batch_normalization(x, call.tensor(1), call.tensor(2), axis, epsilon);
    return {normalized.y, normalized.mean, normalized.variance};
  }
  const Tensor scale = call.tensor(1) * rsqrt(call.tensor(4) + epsilon);
  return {channel_affine(x, call.tensor(3), scale, call.tensor(2), axis), call.tensor(3), call.tensor(4)};
}

}  // namespace

Translations normalization_translations() {
  return {
      {.operations = {"_ChannelAffine"}, .write = write_affine},
      {.operations = {"_ChannelCombine"}, .write = write_combination},
      {.operations = {"_BatchNormalization"}, .write = write_batch_normalization},
      {.operations = {"_LayerNormalization"}, .write = write_layer_normalization},
      {.tensorflow = {"FusedBatchNormV3"}, .read = read_batch_normalization},
  };
}

}  // namespace cornu::saved_model
