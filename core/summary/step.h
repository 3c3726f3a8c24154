#pragma once
#include <concepts>
#include <cstdint>
#include <optional>

#include <cornu/core/autodiff/variable.h>

namespace cornu::summary {

/// The step of a summary: a number, an integer Tensor of one element, a Variable, whose value is read when something is
/// recorded (an optimizer's iterations), or nothing: the default step.
class CORNU_API Step {
 public:
  Step() = default;
  template <std::integral T>
  Step(T number) : kind_(Kind::number), number_(static_cast<int64_t>(number)) {}
  /// Throws ValueError unless the tensor is one integer.
  Step(const Tensor& tensor);
  Step(const Variable& variable);

  /// Whether it is given.
  bool is_given() const { return kind_ != Kind::none; }
  /// The step as a tensor, symbolic within a trace; undefined for a number or nothing.
  Tensor tensor() const;
  /// Its value now; nothing if it is not given.
  std::optional<int64_t> value() const;

 private:
  enum class Kind : uint8_t { none, number, tensor, variable };
  Kind kind_ = Kind::none;
  int64_t number_ = 0;
  Tensor tensor_;
  Variable variable_;
};

/// Makes `step` the default step of the calling thread: of summaries that do not say theirs. A Variable is read each
/// time.
///
///     Variable step(int64_t{0});
///     summary::set_step(step);
CORNU_API void set_step(const Step& step);
/// The calling thread's default step; nothing if none was set.
CORNU_API std::optional<int64_t> get_step();

namespace experimental {  // where TensorFlow has them
using summary::get_step;
using summary::set_step;
}  // namespace experimental

}  // namespace cornu::summary
