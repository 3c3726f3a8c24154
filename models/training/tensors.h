#pragma once
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// What a model takes or gives: a tensor, a list of tensors, or tensors by the names of inputs or outputs. A Tensor
/// without a value is an empty list.
class CORNU_API Tensors : public TensorList {
 public:
  Tensors() = default;
  Tensors(const Tensor& tensor);
  Tensors(TensorList tensors) : TensorList(std::move(tensors)) {}
  Tensors(std::initializer_list<Tensor> tensors) : TensorList(tensors) {}
  Tensors(const std::map<std::string, Tensor>& tensors);

  /// The one tensor. Throws ValueError unless there is one.
  operator Tensor() const;
  /// As they were given; empty for tensors by position.
  const std::vector<std::string>& names() const { return names_; }
  /// The tensors in the order of `names`. Throws ValueError, with `what` they are ("x"), for a name that is missing or
  /// unknown.
  Tensors in_order_of(const std::vector<std::string>& names, const char* what) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace cornu
