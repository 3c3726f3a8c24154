#include <algorithm>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/models/tensor_dict.h>

namespace cornu {

TensorDict::TensorDict(std::initializer_list<Entry> entries) {
  for (const Entry& entry : entries) add(entry.first, entry.second);
}

void TensorDict::add(const std::string& name, const Tensor& tensor) {
  if (contains(name)) throw ValueError("the name '" + name + "' is given twice");
  entries_.emplace_back(name, tensor);
}

bool TensorDict::contains(const std::string& name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.first == name; });
}

const Tensor& TensorDict::operator[](const std::string& name) const {
  for (const Entry& entry : entries_)
    if (entry.first == name) return entry.second;
  throw ValueError("there is no tensor '" + name + "'" + suggestion(name, names()));
}

std::vector<std::string> TensorDict::names() const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.first);
  return names;
}

TensorList TensorDict::in_order(const std::vector<std::string>& names) const {
  for (const Entry& entry : entries_)
    if (std::find(names.begin(), names.end(), entry.first) == names.end())
      throw ValueError("'" + entry.first + "' is none of " + join(names) + suggestion(entry.first, names));
  TensorList tensors;
  for (const std::string& name : names) {
    if (!contains(name)) throw ValueError("'" + name + "' is missing; received " + join(this->names()));
    tensors.push_back((*this)[name]);
  }
  return tensors;
}

}  // namespace cornu
