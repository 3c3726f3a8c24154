#include <algorithm>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/models/training/tensors.h>

namespace cornu {

Tensors::Tensors(const Tensor& tensor) {
  if (tensor.defined()) push_back(tensor);
}

Tensors::Tensors(const std::map<std::string, Tensor>& tensors) {
  for (const auto& [name, tensor] : tensors) {
    names_.push_back(name);
    push_back(tensor);
  }
}

Tensors::operator Tensor() const {
  if (size() != 1) throw ValueError("expected one tensor; there are " + std::to_string(size()));
  return front();
}

Tensors Tensors::in_order_of(const std::vector<std::string>& names, const char* what) const {
  if (names_.empty()) return *this;
  if (names.empty())
    throw ValueError(std::string(what) + ": the model has no names for these tensors; give them by position");
  const auto is_among = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const std::string& name : names_)
    if (!is_among(names, name))
      throw ValueError(std::string(what) + ": the model has no '" + name + "'" + suggestion(name, names));
  Tensors ordered;
  for (const std::string& name : names) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end())
      throw ValueError(std::string(what) + ": there is no tensor for '" + name + "'; given are " + join(names_));
    ordered.push_back((*this)[static_cast<size_t>(found - names_.begin())]);
  }
  return ordered;
}

}  // namespace cornu
