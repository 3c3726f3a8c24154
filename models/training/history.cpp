#include <algorithm>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/models/training/history.h>

namespace cornu {

const std::vector<double>& History::operator[](const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) throw ValueError("the history has no '" + name + "'" + suggestion(name, names_));
  return series_[static_cast<size_t>(found - names_.begin())].second;
}

bool History::contains(const std::string& name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

void History::add(int64_t epoch, const Logs& logs) {
  epochs_.push_back(epoch);
  for (const auto& [name, value] : logs.items()) {
    if (!contains(name)) {
      names_.push_back(name);
      series_.emplace_back(name, std::vector<double>());
    }
    const auto at = std::find(names_.begin(), names_.end(), name) - names_.begin();
    series_[static_cast<size_t>(at)].second.push_back(value);
  }
}

}  // namespace cornu
