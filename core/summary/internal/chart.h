#pragma once
#include <cmath>
#include <string>
#include <vector>

#include <cornu/core/summary/scalars.h>

namespace cornu::summary {

/// Whether a chart shows it: it is finite, and the range of such numbers is.
inline bool is_shown(const ScalarPoint& point) { return std::abs(point.value) < 1e300; }

/// What a chart shows of both axes.
struct ChartRange {
  double first_step = 0, last_step = 1, lowest = 0, highest = 1;
  bool is_empty = true;  // there is no point to show
};
/// The range of all points that are shown; where it has no extent, one around it.
ChartRange chart_range(const std::vector<const ScalarSeries*>& series);

/// Round numbers within a range, at most `most` of them and one less than that is usual.
CORNU_API std::vector<double> ticks_between(double lowest, double highest, int most);

/// A number in at most ten characters, as "0.0125" or "1.2e-05".
std::string short_number(double value);

}  // namespace cornu::summary
