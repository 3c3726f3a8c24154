#pragma once
#include <cornu/models/training/compile_arguments.h>

namespace cornu {

/// What a model is trained with. Keras's arguments of Model.compile().
struct CompileOptions {
  OptimizerHandle optimizer = "rmsprop";
  LossArgument loss = {};
  LossWeights loss_weights = {};         ///< for each output, 1 by default
  MetricArgument metrics = {};           ///< of samples that all count alike
  MetricArgument weighted_metrics = {};  ///< of samples that count by sample_weight and class_weight
  bool run_eagerly = false;              ///< runs train_step() and its like at each step, instead of tracing them once
  int64_t steps_per_execution = 1;       ///< batches between calls of the callbacks
};

}  // namespace cornu
