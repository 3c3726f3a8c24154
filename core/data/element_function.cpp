#include <string>

#include <cornu/core/data/element_function.h>

namespace cornu::datasets {

TensorList as_result(const TensorList& element, std::type_identity<TensorList>) { return element; }
TensorList as_result(const Tensor& tensor, std::type_identity<TensorList>) { return {tensor}; }

namespace {

struct IsTrue {
  const Tensor& tensor;
  template <class T>
  bool operator()() const {
    return tensor.item<T>() != T(0);
  }
};

}  // namespace

bool as_result(const Tensor& tensor, std::type_identity<bool>) {
  if (tensor.is_symbolic()) throw StateError("the answer of a predicate has no value");
  return visit_dtype(tensor.dtype(), IsTrue{tensor});
}

void check_tensor_count(size_t expected, size_t received) {
  if (expected == received) return;
  throw ValueError("the function takes " + std::to_string(expected) + (expected == 1 ? " tensor" : " tensors") +
                   ", but the element has " + std::to_string(received) +
                   "; a function of `const TensorList&` takes any element");
}

}  // namespace cornu::datasets
