#include <algorithm>
#include <cmath>

#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/losses/internal/arguments.h>
#include <cornu/losses/internal/weighting.h>
#include <cornu/losses/probabilistic_losses.h>

namespace cornu::losses {

namespace {

void require(bool holds, const char* what, double value) {
  if (!holds) throw ValueError(std::string(what) + "; received " + std::to_string(value));
}

Tensor clip_probabilities(const Tensor& p) { return clip_by_value(p, epsilon, 1 - epsilon); }

/// y_pred as probabilities that sum to 1 along `axis`, clipped.
Tensor to_distribution(const Tensor& y_pred, int64_t axis) {
  return clip_probabilities(y_pred / reduce_sum(y_pred, axis, {.keepdims = true}));
}

/// (1 - smoothing) labels + smoothing * target
Tensor smooth(const Tensor& labels, double smoothing, double target) {
  require(smoothing >= 0 && smoothing <= 1, "label_smoothing must be in [0, 1]", smoothing);
  return smoothing == 0 ? labels : (1 - smoothing) * labels + smoothing * target;
}

Tensor smooth_classes(const Tensor& labels, double smoothing, int64_t axis) {
  const int64_t classes = labels.shape()[normalize_axis(axis, labels.rank(), "axis of the classes")];
  return smooth(labels, smoothing, 1.0 / static_cast<double>(std::max<int64_t>(classes, 1)));
}

/// The cross-entropy of each element with probabilities.
Tensor elementwise_crossentropy(const Tensor& labels, const Tensor& probabilities) {
  const Tensor p = clip_probabilities(probabilities);
  return -(labels * log(p) + (1 - labels) * log(1 - p));
}

/// Class weights in a shape that broadcasts along `axis` of `x`.
Tensor weights_along(const Numbers& weights, const Tensor& x, int64_t axis) {
  const int class_axis = normalize_axis(axis, x.rank(), "axis of the classes");
  const int64_t count = weights.size();
  const int64_t classes = x.shape()[class_axis];
  if (count != 1 && classes >= 0 && count != classes)
    throw ValueError("alpha has " + std::to_string(count) + " weights for " + std::to_string(classes) +
                     " classes; give one number, or one for each class");
  Shape shape;
  for (int i = 0; i < x.rank(); ++i) shape.push_back(i == class_axis ? count : 1);
  return cast(Tensor::from_span<double>(weights.values, shape), x.dtype());
}

/// `x` with `axis` moved to the end.
Tensor move_axis_to_end(const Tensor& x, int64_t axis) {
  const int from = normalize_axis(axis, x.rank(), "axis of the classes");
  if (from == x.rank() - 1) return x;
  std::vector<int64_t> permutation;
  for (int i = 0; i < x.rank(); ++i)
    if (i != from) permutation.push_back(i);
  permutation.push_back(from);
  return transpose(x, permutation);
}

/// Labels as int32 or int64.
Tensor to_class_numbers(const Tensor& labels) {
  if (is_floating(labels.dtype())) return cast(labels, int64);
  return labels.dtype() == int64 ? labels : to_dtype(labels, int32);
}

}  // namespace

Tensor kl_divergence(const Tensor& y_true, const Tensor& y_pred) {
  return located("kl_divergence", [&] {
    const Arguments pair = prepare(y_true, y_pred, Shapes::broadcast);
    const Tensor truth = clip_by_value(pair.y_true, epsilon, 1), p = clip_by_value(pair.y_pred, epsilon, 1);
    return reduce_sum(truth * log(truth / p), -1);
  });
}

Tensor poisson(const Tensor& y_true, const Tensor& y_pred) {
  return located("poisson", [&] {
    const auto [truth, predictions] = prepare(y_true, y_pred, Shapes::broadcast);
    return reduce_mean(predictions - truth * log(predictions + epsilon), -1);
  });
}

Tensor binary_crossentropy(const Tensor& y_true, const Tensor& y_pred, const BinaryCrossentropyArguments& arguments) {
  return located("binary_crossentropy", [&] {
    const Arguments pair = prepare(y_true, y_pred, Shapes::equal);
    const Tensor labels = smooth(pair.y_true, arguments.label_smoothing, 0.5);
    return reduce_mean(arguments.from_logits ? sigmoid_cross_entropy_with_logits(labels, pair.y_pred)
                                             : elementwise_crossentropy(labels, pair.y_pred),
                       arguments.axis);
  });
}

Tensor binary_focal_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                 const BinaryFocalCrossentropyArguments& arguments) {
  return located("binary_focal_crossentropy", [&] {
    require(arguments.alpha >= 0 && arguments.alpha <= 1, "alpha must be in [0, 1]", arguments.alpha);
    require(arguments.gamma >= 0, "gamma must be at least 0", arguments.gamma);
    const Arguments pair = prepare(y_true, y_pred, Shapes::equal);
    const Tensor labels = smooth(pair.y_true, arguments.label_smoothing, 0.5);
    const Tensor p = arguments.from_logits ? sigmoid(pair.y_pred) : pair.y_pred;
    const Tensor of_truth = labels * p + (1 - labels) * (1 - p);
    Tensor focal = pow(1 - of_truth, arguments.gamma) * elementwise_crossentropy(labels, p);
    if (arguments.apply_class_balancing)
      focal = focal * (labels * arguments.alpha + (1 - labels) * (1 - arguments.alpha));
    return reduce_mean(focal, arguments.axis);
  });
}

Tensor categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                const CategoricalCrossentropyArguments& arguments) {
  return located("categorical_crossentropy", [&] {
    const Arguments pair = prepare(y_true, y_pred, Shapes::equal);
    const Tensor labels = smooth_classes(pair.y_true, arguments.label_smoothing, arguments.axis);
    if (arguments.from_logits)
      return softmax_cross_entropy_with_logits(move_axis_to_end(labels, arguments.axis),
                                               move_axis_to_end(pair.y_pred, arguments.axis));
    return -reduce_sum(labels * log(to_distribution(pair.y_pred, arguments.axis)), arguments.axis);
  });
}

Tensor categorical_focal_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                      const CategoricalFocalCrossentropyArguments& arguments) {
  return located("categorical_focal_crossentropy", [&] {
    for (const double weight : arguments.alpha.values)
      require(weight >= 0 && std::isfinite(weight), "alpha must be finite and at least 0", weight);
    require(arguments.gamma >= 0, "gamma must be at least 0", arguments.gamma);
    const Arguments pair = prepare(y_true, y_pred, Shapes::equal);
    const int64_t axis = arguments.axis;
    const Tensor labels = smooth_classes(pair.y_true, arguments.label_smoothing, axis);
    const Tensor p = to_distribution(arguments.from_logits ? softmax(pair.y_pred, axis) : pair.y_pred, axis);
    const Tensor focal = weights_along(arguments.alpha, p, axis) * pow(1 - p, arguments.gamma);
    return -reduce_sum(focal * labels * log(p), axis);
  });
}

Tensor sparse_categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                       const SparseCategoricalCrossentropyArguments& arguments) {
  return located("sparse_categorical_crossentropy", [&] {
    Tensor predictions = is_floating(y_pred.dtype()) ? y_pred : cast(y_pred, float32);
    if (predictions.rank() > 0) predictions = move_axis_to_end(predictions, arguments.axis);
    const Tensor labels = to_class_numbers(align_labels(y_true, predictions));
    const auto losses_of = [&](const Tensor& class_numbers) {
      return arguments.from_logits ? sparse_softmax_cross_entropy_with_logits(class_numbers, predictions)
                                   : sparse_cross_entropy(class_numbers, predictions);
    };
    if (!arguments.ignore_class) return losses_of(labels);
    const Tensor valid = not_equal(labels, *arguments.ignore_class);
    const Tensor values = where(valid, losses_of(where(valid, labels, 0)), 0);
    values.set_mask(valid);
    return values;
  });
}

KLDivergence::KLDivergence(const Options& options) : ConfiguredLoss("KLDivergence", options) {}
Tensor KLDivergence::call(const Tensor& y_true, const Tensor& y_pred) { return kl_divergence(y_true, y_pred); }

Poisson::Poisson(const Options& options) : ConfiguredLoss("Poisson", options) {}
Tensor Poisson::call(const Tensor& y_true, const Tensor& y_pred) { return poisson(y_true, y_pred); }

void BinaryCrossentropyOptions::describe(Fields& fields) {
  fields("from_logits", from_logits);
  fields("label_smoothing", label_smoothing, between(0, 1));
  fields("axis", axis);
  describe_loss(fields, *this);
}
BinaryCrossentropy::BinaryCrossentropy(const Options& options) : ConfiguredLoss("BinaryCrossentropy", options) {}
Tensor BinaryCrossentropy::call(const Tensor& y_true, const Tensor& y_pred) {
  return binary_crossentropy(
      y_true, y_pred,
      {.from_logits = options_.from_logits, .label_smoothing = options_.label_smoothing, .axis = options_.axis});
}

void BinaryFocalCrossentropyOptions::describe(Fields& fields) {
  fields("apply_class_balancing", apply_class_balancing);
  fields("alpha", alpha, between(0, 1));
  fields("gamma", gamma, at_least(0));
  fields("from_logits", from_logits);
  fields("label_smoothing", label_smoothing, between(0, 1));
  fields("axis", axis);
  describe_loss(fields, *this);
}
BinaryFocalCrossentropy::BinaryFocalCrossentropy(const Options& options)
    : ConfiguredLoss("BinaryFocalCrossentropy", options) {}
Tensor BinaryFocalCrossentropy::call(const Tensor& y_true, const Tensor& y_pred) {
  return binary_focal_crossentropy(y_true, y_pred,
                                   {.apply_class_balancing = options_.apply_class_balancing,
                                    .alpha = options_.alpha,
                                    .gamma = options_.gamma,
                                    .from_logits = options_.from_logits,
                                    .label_smoothing = options_.label_smoothing,
                                    .axis = options_.axis});
}

void CategoricalCrossentropyOptions::describe(Fields& fields) {
  fields("from_logits", from_logits);
  fields("label_smoothing", label_smoothing, between(0, 1));
  fields("axis", axis);
  describe_loss(fields, *this);
}
CategoricalCrossentropy::CategoricalCrossentropy(const Options& options)
    : ConfiguredLoss("CategoricalCrossentropy", options) {}
Tensor CategoricalCrossentropy::call(const Tensor& y_true, const Tensor& y_pred) {
  return categorical_crossentropy(
      y_true, y_pred,
      {.from_logits = options_.from_logits, .label_smoothing = options_.label_smoothing, .axis = options_.axis});
}

void CategoricalFocalCrossentropyOptions::describe(Fields& fields) {
  fields("alpha", alpha, finite_at_least(0));
  fields("gamma", gamma, at_least(0));
  fields("from_logits", from_logits);
  fields("label_smoothing", label_smoothing, between(0, 1));
  fields("axis", axis);
  describe_loss(fields, *this);
}
CategoricalFocalCrossentropy::CategoricalFocalCrossentropy(const Options& options)
    : ConfiguredLoss("CategoricalFocalCrossentropy", options) {}
Tensor CategoricalFocalCrossentropy::call(const Tensor& y_true, const Tensor& y_pred) {
  return categorical_focal_crossentropy(y_true, y_pred,
                                        {.alpha = options_.alpha,
                                         .gamma = options_.gamma,
                                         .from_logits = options_.from_logits,
                                         .label_smoothing = options_.label_smoothing,
                                         .axis = options_.axis});
}

void SparseCategoricalCrossentropyOptions::describe(Fields& fields) {
  fields("from_logits", from_logits);
  fields("ignore_class", ignore_class);
  fields("axis", axis);
  describe_loss(fields, *this);
}
SparseCategoricalCrossentropy::SparseCategoricalCrossentropy(const Options& options)
    : ConfiguredLoss("SparseCategoricalCrossentropy", options) {}
Tensor SparseCategoricalCrossentropy::call(const Tensor& y_true, const Tensor& y_pred) {
  return sparse_categorical_crossentropy(
      y_true, y_pred,
      {.from_logits = options_.from_logits, .ignore_class = options_.ignore_class, .axis = options_.axis});
}

}  // namespace cornu::losses
