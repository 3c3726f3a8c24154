#pragma once
#include <cstdint>
#include <optional>
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

  /// `target` steps, if that is known; `verbose` 0: silent, 1: a bar, 2: one line at the end. Writes to `out`, standard
  /// output by default; throws ValueError for another `verbose`.
  explicit ProgressBar(std::optional<int64_t> target, int verbose = 1, std::ostream* out = nullptr);
  /// `step` steps are done. Redraws at most 20 times a second, and always at the end.
  void update(int64_t step, const Values& values = {});

  // The same in parts, for values that cost something to get.

  /// Whether it is time to draw().
  bool is_due(int64_t step);
  void draw(int64_t step, const Values& values);
  /// Draws the last line; `step` becomes the target.
  void finish(int64_t step, const Values& values);

  /// Draws in colours and in place, on lines of `columns` characters, whatever it writes to. Lines that are rewritten
  /// are cut to that width; the last one stays whole.
  void draw_in_place(int64_t columns);

 private:
  std::string counted(int64_t step) const;
  std::string bar(int64_t step) const;
  std::string line(int64_t step, bool is_last, const Values& values) const;
  void write(int64_t step, bool is_last, const Values& values);
  int64_t columns() const;

  std::optional<int64_t> target_;
  int verbose_;
  std::ostream& out_;
  bool in_place_;
  std::optional<int64_t> columns_;  // of the terminal, if it is not asked
  double start_, last_drawn_;       // seconds on the steady clock
  std::optional<double> after_first_step_;
  int64_t drawn_width_ = 0;
};

}  // namespace cornu
