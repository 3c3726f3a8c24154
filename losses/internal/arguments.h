#pragma once
// What all functions of (y_true, y_pred) begin with.
#include <cornu/core/error.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::losses {

/// Keras's epsilon: what keeps logarithms and divisions finite.
inline constexpr double epsilon = 1e-7;

/// How the shapes of both arguments have to agree.
enum class Shapes { broadcast, equal };

struct Arguments {
  Tensor y_true, y_pred;
};
/// Both arguments with the same rank where they differ by a last axis of extent 1. Throws ShapeError naming both shapes
/// where they do not agree.
CORNU_API Arguments align(const Tensor& y_true, const Tensor& y_pred, Shapes shapes);
/// The same, both in y_pred's dtype (float32, if that is not floating).
CORNU_API Arguments prepare(const Tensor& y_true, const Tensor& y_pred, Shapes shapes);

/// Labels [batch, ..] for predictions [batch, .., classes]; a last axis of extent 1 goes. Throws ShapeError naming both
/// shapes where they do not fit.
CORNU_API Tensor align_labels(const Tensor& y_true, const Tensor& y_pred);

/// Whether shapes are equal as far as they are known.
CORNU_API bool agree(const Shape& a, const Shape& b);

/// What `function` gives; errors in it name `place`.
template <class Function>
auto located(const char* place, const Function& function) {
  try {
    return function();
  } catch (Error& error) {
    error.add_location(place);
    throw;
  }
}

}  // namespace cornu::losses
