#include <cornu/losses/probabilistic_losses.h>
#include <cornu/metrics/probabilistic_metrics.h>

namespace cornu::metrics {

KLDivergence::KLDivergence(const Options& options) : ConfiguredMetric("KLDivergence", options, losses::kl_divergence) {}

Poisson::Poisson(const Options& options) : ConfiguredMetric("Poisson", options, losses::poisson) {}

void BinaryCrossentropyOptions::describe(Fields& fields) {
  fields("name", name);
  fields("dtype", dtype);
  fields("from_logits", from_logits);
  fields("label_smoothing", label_smoothing, between(0, 1));
}
BinaryCrossentropy::BinaryCrossentropy(const Options& options)
    : ConfiguredMetric("BinaryCrossentropy", options, [options](const Tensor& y_true, const Tensor& y_pred) {
        return losses::binary_crossentropy(
            y_true, y_pred, {.from_logits = options.from_logits, .label_smoothing = options.label_smoothing});
      }) {}

void CategoricalCrossentropyOptions::describe(Fields& fields) {
  fields("name", name);
  fields("dtype", dtype);
  fields("from_logits", from_logits);
  fields("label_smoothing", label_smoothing, between(0, 1));
  fields("axis", axis);
}
CategoricalCrossentropy::CategoricalCrossentropy(const Options& options)
    : ConfiguredMetric("CategoricalCrossentropy", options, [options](const Tensor& y_true, const Tensor& y_pred) {
        return losses::categorical_crossentropy(
            y_true, y_pred,
            {.from_logits = options.from_logits, .label_smoothing = options.label_smoothing, .axis = options.axis});
      }) {}

void SparseCategoricalCrossentropyOptions::describe(Fields& fields) {
  fields("name", name);
  fields("dtype", dtype);
  fields("from_logits", from_logits);
  fields("axis", axis);
}
SparseCategoricalCrossentropy::SparseCategoricalCrossentropy(const Options& options)
    : ConfiguredMetric("SparseCategoricalCrossentropy", options, [options](const Tensor& y_true, const Tensor& y_pred) {
        return losses::sparse_categorical_crossentropy(y_true, y_pred,
                                                       {.from_logits = options.from_logits, .axis = options.axis});
      }) {}

}  // namespace cornu::metrics
