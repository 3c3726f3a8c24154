#pragma once
#include <limits>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <cornu/core/train/trackable.h>
#include <cornu/optimizers/optimizer.h>

namespace cornu {

struct Optimizer::State : Trackable {
  Optimizer* optimizer = nullptr;  // whose state it is; null when that is gone
  std::string class_name;
  OptimizerOptions options;
  Variable iterations;
  std::vector<Variable> variables;  // all of the optimizer's own

  bool built = false;
  std::vector<Variable> trained;                  // what it was built with
  std::unordered_map<uint64_t, size_t> index_of;  // of those, by id
  std::vector<char> decays;
  std::vector<Variable> averages, accumulators;
  std::vector<TrackableContents::Slot> slots;  // which of the variables is kept for which, and as what
  size_t abandoned_slots = 0;                  // of builds that were taken back, in front of the classes' lists

  std::unordered_set<uint64_t> excluded;
  std::vector<std::string> excluded_names;
  mutable bool has_warned = false;

  int64_t steps_done() const { return *static_cast<const int64_t*>(iterations.peek().raw_data()); }
  int64_t accumulation_steps() const { return options.gradient_accumulation_steps.value_or(1); }
  /// Throws ValueError unless it is finite and at least 0.
  double learning_rate() const;

  /// Back to before build(), when `variable_count` variables were there.
  void take_back_build(size_t variable_count);
  TrackableContents contents() override;

  static constexpr size_t unknown = std::numeric_limits<size_t>::max();
  /// The place of `variable`, most likely `guess`.
  size_t find(const Variable& variable, size_t guess) const {
    const uint64_t id = variable.id();
    if (guess < trained.size() && trained[guess].id() == id) return guess;
    const auto found = index_of.find(id);
    return found == index_of.end() ? unknown : found->second;
  }
};

}  // namespace cornu
