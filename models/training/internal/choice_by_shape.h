#pragma once
#include <string>

#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// What a pair of target and prediction looks like, by Keras's rule.
enum class TargetKind { binary, sparse_categorical, categorical };
TargetKind target_kind(const Tensor& y_true, const Tensor& y_pred);

bool is_accuracy(const std::string& name);      // "accuracy", "acc", in any case
bool is_crossentropy(const std::string& name);  // "crossentropy", "ce"

/// Throws ShapeError, suggesting the loss that fits, where `loss` (its class, or its name) cannot be one of targets and
/// predictions of these shapes.
void check_loss_fits(const std::string& loss, const Tensor& y_true, const Tensor& y_pred);

}  // namespace cornu
