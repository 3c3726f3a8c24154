#pragma once
#include <cornu/models/training/tensors.h>

namespace cornu {

/// What one step of training works on. `sample_weight` is empty, one tensor for all outputs, or one for each.
///
///     Logs train_step(const Batch& batch) override {
///       GradientTape tape;
///       const Tensors y_pred = (*this)(batch.x, {.training = true});
///       ...
///     }
struct Batch {
  Tensors x = {};
  Tensors y = {};
  Tensors sample_weight = {};
};

}  // namespace cornu
