#include <cornu/losses/hinge_losses.h>
#include <cornu/metrics/hinge_metrics.h>

namespace cornu::metrics {

Hinge::Hinge(const Options& options) : ConfiguredMetric("Hinge", options, losses::hinge) {}

SquaredHinge::SquaredHinge(const Options& options) : ConfiguredMetric("SquaredHinge", options, losses::squared_hinge) {}

CategoricalHinge::CategoricalHinge(const Options& options)
    : ConfiguredMetric("CategoricalHinge", options, losses::categorical_hinge) {}

}  // namespace cornu::metrics
