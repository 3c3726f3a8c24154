#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <cornu/models/training/logs.h>

namespace cornu {

/// What fit() gives back: the value of each loss and metric after each epoch. Keras's History object.
///
///     History history = model.fit(x, y, {.epochs = 3});
///     double last = history["loss"].back();
class CORNU_API History {
 public:
  /// The values by epoch. Throws ValueError for an unknown name, suggesting a near one. A value that not every epoch
  /// has (of validation, with validation_freq) has as many as there were.
  const std::vector<double>& operator[](const std::string& name) const;
  bool contains(const std::string& name) const;
  /// In the order of their first appearance.
  const std::vector<std::string>& names() const { return names_; }
  /// All of them: `for (const auto& [name, values] : history)`.
  auto begin() const { return series_.begin(); }
  auto end() const { return series_.end(); }
  /// The numbers of the epochs, the first 0.
  const std::vector<int64_t>& epoch() const { return epochs_; }

  void add(int64_t epoch, const Logs& logs);

 private:
  std::vector<std::string> names_;
  std::vector<std::pair<std::string, std::vector<double>>> series_;  // of these names
  std::vector<int64_t> epochs_;
};

}  // namespace cornu
