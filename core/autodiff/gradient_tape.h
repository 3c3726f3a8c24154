#pragma once
#include <memory>
#include <type_traits>
#include <vector>

#include <cornu/core/autodiff/structure.h>
#include <cornu/core/autodiff/variable.h>

namespace cornu {

/// What gradient() answers for a source that the target does not depend on: no value (as Python's None), or zeros.
enum class UnconnectedGradients { none, zero };

struct GradientTapeOptions {
  bool persistent = false;               ///< may be asked more than once
  bool watch_accessed_variables = true;  ///< trainable variables are watched as soon as they are read
};

struct GradientOptions {
  /// The gradient with respect to the target that is propagated; ones by default.
  Tensor output_gradients = {};
  UnconnectedGradients unconnected_gradients = UnconnectedGradients::none;
};

/// Records operations for automatic differentiation, from its construction until gradient() is asked (a persistent tape
/// until it goes), on the thread that made it. TensorFlow's tf.GradientTape.
///
///     Variable x(3.f);
///     GradientTape tape;
///     Tensor y = square(x);
///     Tensor dy_dx = tape.gradient(y, x);  // 6
///
/// Nested tapes give higher derivatives: the gradient that an inner tape computes is recorded by the outer one.
class CORNU_API GradientTape {
 public:
  explicit GradientTape(const GradientTapeOptions& options = {});
  ~GradientTape();
  GradientTape(const GradientTape&) = delete;
  GradientTape& operator=(const GradientTape&) = delete;

  /// From now on, what is computed from `tensor` (or `variable`) is recorded. Throws DTypeError unless it is floating.
  void watch(const Tensor& tensor);
  void watch(const Variable& variable);
  template <class T>
  void watch(const std::vector<T>& sources) {
    for (const T& source : sources) watch(source);
  }

  /// d target / d sources, in the structure of `sources`: a Tensor or Variable, or vectors, maps, pairs and tuples of
  /// them. Several targets (a TensorList) are summed. Throws StateError if a tape that is not persistent is asked
  /// again, ShapeError for output_gradients of another shape than the target's.
  template <class Sources>
  auto gradient(const Tensor& target, const Sources& sources, const GradientOptions& options = {}) {
    return gradient_of({target}, {options.output_gradients}, sources, options.unconnected_gradients);
  }
  template <class Sources>
  auto gradient(const TensorList& targets, const Sources& sources, const TensorList& output_gradients = {},
                UnconnectedGradients unconnected_gradients = UnconnectedGradients::none) {
    return gradient_of(targets, output_gradients, sources, unconnected_gradients);
  }

  /// The derivatives of all elements of `target`: target.shape + source.shape.
  template <class Sources>
  auto jacobian(const Tensor& target, const Sources& sources,
                UnconnectedGradients unconnected_gradients = UnconnectedGradients::none) {
    return rebuild(sources, jacobians(target, flatten_sources(sources), unconnected_gradients));
  }
  /// The jacobian of each example by itself: target [b, ...], source [b, ...] -> [b, target.shape[1:],
  /// source.shape[1:]].
  Tensor batch_jacobian(const Tensor& target, const Tensor& source);
  Tensor batch_jacobian(const Tensor& target, const Variable& source);

  /// Nothing is recorded while `function` runs.
  template <class Function>
  auto stop_recording(const Function& function) {
    const Pause pause(*this);
    return function();
  }
  /// Forgets everything that was recorded and watched, and records from here on.
  void reset();
  /// The variables that were read or watched, in order of the first time.
  std::vector<Variable> watched_variables() const;

 private:
  class State;
  struct CORNU_API Pause {
    explicit Pause(GradientTape& tape);
    ~Pause();
    GradientTape& tape;
    bool was_recording;
  };
  template <class Sources>
  auto gradient_of(const TensorList& targets, const TensorList& output_gradients, const Sources& sources,
                   UnconnectedGradients unconnected) {
    return rebuild(sources, gradients(targets, output_gradients, flatten_sources(sources), unconnected));
  }
  TensorList gradients(const TensorList& targets, const TensorList& output_gradients,
                       const std::vector<Source>& sources, UnconnectedGradients unconnected);
  TensorList jacobians(const Tensor& target, const std::vector<Source>& sources, UnconnectedGradients unconnected);
  Tensor batch_jacobian_of(const Tensor& target, const Source& source);

  std::shared_ptr<State> state_;  // known to the stack of the thread that records
};

}  // namespace cornu
