#include <algorithm>
#include <cmath>
#include <cstdio>

#include <cornu/core/summary/internal/chart.h>

namespace cornu::summary {

namespace {

/// So that there is something to draw on, and that a number's digits suffice to tell its ticks apart.
void widen(double& lowest, double& highest, double least) {
  const double size = std::max(std::abs(lowest), std::abs(highest));
  if (highest - lowest > size * 1e-11 + 1e-300) return;
  const double by = std::max(size * 1e-9, least);
  lowest -= by;
  highest += by;
}

}  // namespace

ChartRange chart_range(const std::vector<const ScalarSeries*>& series) {
  ChartRange range;
  for (const ScalarSeries* one : series)
    for (const ScalarPoint& point : one->points) {
      if (!is_shown(point)) continue;
      const auto step = static_cast<double>(point.step);
      if (range.is_empty) range = {step, step, point.value, point.value, false};
      range.first_step = std::min(range.first_step, step);
      range.last_step = std::max(range.last_step, step);
      range.lowest = std::min(range.lowest, point.value);
      range.highest = std::max(range.highest, point.value);
    }
  widen(range.first_step, range.last_step, 0.5);
  widen(range.lowest, range.highest, std::max(std::abs(range.lowest) * 0.1, 1e-6));
  return range;
}

std::vector<double> ticks_between(double lowest, double highest, int most) {
  const double least_distance = (highest - lowest) / std::max(most - 1, 1);
  const double power = std::pow(10, std::floor(std::log10(least_distance)));
  double distance = 10 * power;
  for (const double factor : {5., 2., 1.})
    if (factor * power >= least_distance) distance = factor * power;
  std::vector<double> ticks;
  const double first = std::ceil(lowest / distance - 1e-9);
  for (int i = 0; (first + i) * distance <= highest + distance * 1e-9; ++i) ticks.push_back((first + i) * distance);
  return ticks;
}

std::string short_number(double value) {
  constexpr int longest = 10;
  char text[32];
  if (std::snprintf(text, sizeof text, "%.5g", value) > longest) std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

}  // namespace cornu::summary
