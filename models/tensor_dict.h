#pragma once
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// Tensors by name, in the order in which they were given: what Keras takes as a dict.
///
///     TensorDict outputs = model(TensorDict{{"image", image}, {"meta", meta}});
///     Tensor label = outputs["label"];
class CORNU_API TensorDict {
 public:
  using Entry = std::pair<std::string, Tensor>;

  TensorDict() = default;
  /// Throws ValueError for a name that is given twice.
  TensorDict(std::initializer_list<Entry> entries);

  /// Adds a tensor. Throws ValueError for a name that is there already.
  void add(const std::string& name, const Tensor& tensor);
  bool contains(const std::string& name) const;
  /// Throws ValueError for a name that is not there.
  const Tensor& operator[](const std::string& name) const;
  size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  std::vector<std::string> names() const;
  /// The tensors of these names. Throws ValueError unless these are the names that are there.
  TensorList in_order(const std::vector<std::string>& names) const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace cornu
