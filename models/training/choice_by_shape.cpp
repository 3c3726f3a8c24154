#include <algorithm>
#include <cctype>
#include <cstdio>
#include <set>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/models/training/internal/choice_by_shape.h>

namespace cornu {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Losses of a value for each output, to which a single target would be broadcast.
const std::set<std::string> elementwise = {"mean_squared_error",
                                           "mean_absolute_error",
                                           "mean_absolute_percentage_error",
                                           "mean_squared_logarithmic_error",
                                           "huber",
                                           "log_cosh",
                                           "poisson"};

bool ends_in_one(const Tensor& tensor) { return tensor.rank() > 0 && tensor.shape().back() == 1; }

}  // namespace

TargetKind target_kind(const Tensor& y_true, const Tensor& y_pred) {
  if (ends_in_one(y_pred)) return TargetKind::binary;
  const bool has_classes = y_pred.rank() > 0 && y_pred.shape().back() > 1;
  if (has_classes && (y_true.rank() < y_pred.rank() || ends_in_one(y_true))) return TargetKind::sparse_categorical;
  return TargetKind::categorical;
}

bool is_accuracy(const std::string& name) { return lower(name) == "accuracy" || lower(name) == "acc"; }
bool is_crossentropy(const std::string& name) { return lower(name) == "crossentropy" || lower(name) == "ce"; }

void check_loss_fits(const std::string& loss, const Tensor& y_true, const Tensor& y_pred) {
  const std::string name = to_snake_case(loss);
  const auto fail = [&](const std::string& why, const std::string& better) {
    throw ShapeError("the loss '" + loss + "' does not fit targets " + y_true.shape().to_string() + " and outputs " +
                     y_pred.shape().to_string() + ": " + why + "; did you mean '" + better + "'?");
  };
  const TargetKind kind = target_kind(y_true, y_pred);
  if (name == "categorical_crossentropy" || name == "categorical_focal_crossentropy") {
    if (kind == TargetKind::sparse_categorical)
      fail("it takes one-hot targets, and these are class numbers", "sparse_categorical_crossentropy");
    if (kind == TargetKind::binary) fail("of a single class it is always 0", "binary_crossentropy");
  }
  if (name == "sparse_categorical_crossentropy") {
    if (kind == TargetKind::binary) fail("it needs an output for each class, and there is one", "binary_crossentropy");
    if (kind == TargetKind::categorical && y_true.shape().is_compatible_with(y_pred.shape()))
      fail("it takes class numbers, and these targets have a value for each class", "categorical_crossentropy");
  }
  if (kind != TargetKind::sparse_categorical) return;
  const bool lacks_axis = y_true.rank() + 1 == y_pred.rank(), is_repeated = y_true.rank() == y_pred.rank();
  if ((name == "binary_crossentropy" || name == "bce") && (lacks_axis || is_repeated))
    fail("it takes a target for each output, and these are class numbers", "sparse_categorical_crossentropy");
  if (elementwise.contains(name) && lacks_axis)
    fail("it takes a target for each output, and here is one for all", "sparse_categorical_crossentropy");
  if (elementwise.contains(name) && is_repeated)
    std::fprintf(stderr,
                 "warning: the loss '%s' compares each of the outputs %s with the same target %s; are these class "
                 "numbers, and 'sparse_categorical_crossentropy' meant?\n",
                 loss.c_str(), y_pred.shape().to_string().c_str(), y_true.shape().to_string().c_str());
}

}  // namespace cornu
