#pragma once
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <cornu/core/export.h>

namespace cornu {

/// Keras's progress bar: `469/469 ━━━━━━━━━━━━━━━━━━━━ 1s 2ms/step - loss: 0.2554`, rewritten in place on a terminal,
/// one line otherwise.
///
///     ProgressBar bar(num_batches);
///     for (int64_t i = 0; i < num_batches; ++i) {
///       ...
///       bar.update(i + 1, {{"loss", loss}});
///     }
class CORNU_API ProgressBar {
 public:
  using Values = std::vector<std::pair<std::string, double>>;

  /// `target` steps; `verbose` 0: silent, 1: a bar, 2: one line at the end. Writes to `out`, standard output by
  /// default.
  explicit ProgressBar(int64_t target, int verbose = 1, std::ostream* out = nullptr);
  /// `step` steps are done. Redraws at most 20 times a second, and always at the end.
  void update(int64_t step, const Values& values = {});

 private:
  std::string line(int64_t step, double seconds, const Values& values) const;

  int64_t target_;
  int verbose_;
  std::ostream& out_;
  bool in_place_;
  double start_, last_drawn_;  // seconds on the steady clock
  size_t drawn_width_ = 0;
};

}  // namespace cornu
