#include <cmath>

#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/normalization.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/losses/internal/arguments.h>
#include <cornu/losses/regression_losses.h>

namespace cornu::losses {

namespace {

/// A function of both arguments, broadcast, whose errors name `loss`.
template <class Function>
Tensor of_pair(const char* loss, const Tensor& y_true, const Tensor& y_pred, const Function& function) {
  return located(loss, [&] {
    const Arguments arguments = prepare(y_true, y_pred, Shapes::broadcast);
    return function(arguments.y_true, arguments.y_pred);
  });
}

}  // namespace

Tensor mean_squared_error(const Tensor& y_true, const Tensor& y_pred) {
  return of_pair("mean_squared_error", y_true, y_pred, [](const Tensor& truth, const Tensor& predictions) {
    return reduce_mean(squared_difference(truth, predictions), -1);
  });
}

Tensor mean_absolute_error(const Tensor& y_true, const Tensor& y_pred) {
  return of_pair("mean_absolute_error", y_true, y_pred, [](const Tensor& truth, const Tensor& predictions) {
    return reduce_mean(abs(truth - predictions), -1);
  });
}

Tensor mean_absolute_percentage_error(const Tensor& y_true, const Tensor& y_pred) {
  return of_pair("mean_absolute_percentage_error", y_true, y_pred, [](const Tensor& truth, const Tensor& predictions) {
    return 100 * reduce_mean(abs((truth - predictions) / maximum(abs(truth), epsilon)), -1);
  });
}

Tensor mean_squared_logarithmic_error(const Tensor& y_true, const Tensor& y_pred) {
  return of_pair("mean_squared_logarithmic_error", y_true, y_pred, [](const Tensor& truth, const Tensor& predictions) {
    const auto logarithm = [](const Tensor& x) { return log1p(maximum(x, epsilon)); };
    return reduce_mean(squared_difference(logarithm(predictions), logarithm(truth)), -1);
  });
}

Tensor cosine_similarity(const Tensor& y_true, const Tensor& y_pred, int64_t axis) {
  return of_pair("cosine_similarity", y_true, y_pred, [axis](const Tensor& truth, const Tensor& predictions) {
    return -reduce_sum(normalize(truth, axis) * normalize(predictions, axis), axis);
  });
}

Tensor huber(const Tensor& y_true, const Tensor& y_pred, double delta) {
  return of_pair("huber", y_true, y_pred, [delta](const Tensor& truth, const Tensor& predictions) {
    if (!(delta > 0)) throw ValueError("delta must be above 0; received " + std::to_string(delta));
    // With q = min(|e|, delta), the quadratic and the linear part are one expression: q (|e| - q / 2).
    const Tensor error = abs(predictions - truth);
    const Tensor quadratic = minimum(error, delta);
    return reduce_mean(quadratic * (error - 0.5 * quadratic), -1);
  });
}

Tensor log_cosh(const Tensor& y_true, const Tensor& y_pred) {
  return of_pair("log_cosh", y_true, y_pred, [](const Tensor& truth, const Tensor& predictions) {
    const Tensor error = predictions - truth;
    return reduce_mean(error + softplus(-2 * error) - std::log(2.0), -1);
  });
}

MeanSquaredError::MeanSquaredError(const Options& options) : ConfiguredLoss("MeanSquaredError", options) {}
Tensor MeanSquaredError::call(const Tensor& y_true, const Tensor& y_pred) { return mean_squared_error(y_true, y_pred); }

MeanAbsoluteError::MeanAbsoluteError(const Options& options) : ConfiguredLoss("MeanAbsoluteError", options) {}
Tensor MeanAbsoluteError::call(const Tensor& y_true, const Tensor& y_pred) {
  return mean_absolute_error(y_true, y_pred);
}

MeanAbsolutePercentageError::MeanAbsolutePercentageError(const Options& options)
    : ConfiguredLoss("MeanAbsolutePercentageError", options) {}
Tensor MeanAbsolutePercentageError::call(const Tensor& y_true, const Tensor& y_pred) {
  return mean_absolute_percentage_error(y_true, y_pred);
}

MeanSquaredLogarithmicError::MeanSquaredLogarithmicError(const Options& options)
    : ConfiguredLoss("MeanSquaredLogarithmicError", options) {}
Tensor MeanSquaredLogarithmicError::call(const Tensor& y_true, const Tensor& y_pred) {
  return mean_squared_logarithmic_error(y_true, y_pred);
}

void CosineSimilarityOptions::describe(Fields& fields) {
  fields("axis", axis);
  describe_loss(fields, *this);
}
CosineSimilarity::CosineSimilarity(const Options& options) : ConfiguredLoss("CosineSimilarity", options) {}
Tensor CosineSimilarity::call(const Tensor& y_true, const Tensor& y_pred) {
  return cosine_similarity(y_true, y_pred, options_.axis);
}

void HuberOptions::describe(Fields& fields) {
  fields("delta", delta, above(0));
  describe_loss(fields, *this);
}
Huber::Huber(const Options& options) : ConfiguredLoss("Huber", options) {}
Tensor Huber::call(const Tensor& y_true, const Tensor& y_pred) { return huber(y_true, y_pred, options_.delta); }

LogCosh::LogCosh(const Options& options) : ConfiguredLoss("LogCosh", options) {}
Tensor LogCosh::call(const Tensor& y_true, const Tensor& y_pred) { return log_cosh(y_true, y_pred); }

}  // namespace cornu::losses
