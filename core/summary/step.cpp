#include <cornu/core/error.h>
#include <cornu/core/summary/internal/state.h>

namespace cornu::summary {

namespace {

thread_local Step step_of_thread;

void check(const TensorSpec& spec) {
  if (!is_integer(spec.dtype) || !(spec.shape.is_known() && spec.shape.size() == 1))
    throw ValueError("a summary's step is one integer; received a tensor of dtype " + std::string(name(spec.dtype)) +
                     " and shape " + spec.shape.to_string());
}

int64_t integer_of(const Tensor& tensor) {
  int64_t number = 0;
  visit_dtype(tensor.dtype(),
              [&]<class T>() { number = static_cast<int64_t>(*static_cast<const T*>(tensor.raw_data())); });
  return number;
}

}  // namespace

Step::Step(const Tensor& tensor) : kind_(Kind::tensor), tensor_(tensor) { check(tensor.spec()); }
Step::Step(const Variable& variable) : kind_(Kind::variable), variable_(variable) { check(variable.peek().spec()); }

Tensor Step::tensor() const { return kind_ == Kind::variable ? variable_.value() : tensor_; }

std::optional<int64_t> Step::value() const {
  switch (kind_) {
    case Kind::none:
      break;
    case Kind::number:
      return number_;
    case Kind::tensor:
      return integer_of(tensor_);
    case Kind::variable:
      return integer_of(variable_.peek());
  }
  return {};
}

Step& default_step() { return step_of_thread; }
void set_step(const Step& step) { step_of_thread = step; }
std::optional<int64_t> get_step() { return step_of_thread.value(); }

}  // namespace cornu::summary
