// Scalars for a terminal: a table, and charts of Braille characters, each of which has two by four dots.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include <cornu/core/error.h>
#include <cornu/core/summary/internal/chart.h>

namespace cornu::summary {

namespace {

std::string padded(const std::string& text, size_t width) {
  return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

std::string row(const std::string& run, size_t run_width, const std::string& tag, size_t tag_width,
                const std::vector<std::string>& numbers) {
  std::string text = padded(run, run_width) + "  " + padded(tag, tag_width);
  for (const std::string& number : numbers)
    text += "  " + std::string(number.size() < 10 ? 10 - number.size() : 0, ' ') + number;
  return text + "\n";
}

std::vector<std::string> numbers_of(const ScalarSeries& series) {
  const std::vector<ScalarPoint>& points = series.points;
  if (points.empty()) return {"0", "-", "-", "-", "-", "-"};
  const auto [lowest, highest] = std::minmax_element(
      points.begin(), points.end(), [](const ScalarPoint& a, const ScalarPoint& b) { return a.value < b.value; });
  return {std::to_string(points.size()),     std::to_string(points.back().step), short_number(points.front().value),
          short_number(points.back().value), short_number(lowest->value),        short_number(highest->value)};
}

class BrailleCanvas {
 public:
  BrailleCanvas(int columns, int rows)
      : columns_(columns), rows_(rows), cells_(static_cast<size_t>(columns) * static_cast<size_t>(rows)) {}

  int width() const { return 2 * columns_; }
  int height() const { return 4 * rows_; }

  /// A dot, counted from the left and from the bottom.
  void set(int x, int y) {
    // The bits of a cell's dots: down the left column, then the right one; the last row was added later.
    static constexpr uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    const int down = height() - 1 - y;
    cells_[static_cast<size_t>(down / 4) * static_cast<size_t>(columns_) + static_cast<size_t>(x / 2)] |=
        bits[down % 4][x % 2];
  }

  void line(int x0, int y0, int x1, int y1) {
    const int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
    for (int i = 0; i <= steps; ++i)
      set(static_cast<int>(std::lround(x0 + (x1 - x0) * static_cast<double>(i) / steps)),
          static_cast<int>(std::lround(y0 + (y1 - y0) * static_cast<double>(i) / steps)));
  }

  /// A row in UTF-8.
  std::string row(int index) const {
    std::string text;
    for (int column = 0; column < columns_; ++column) {
      const unsigned dots =
          cells_[static_cast<size_t>(index) * static_cast<size_t>(columns_) + static_cast<size_t>(column)];
      if (dots == 0) {
        text += ' ';
        continue;
      }
      const unsigned character = 0x2800 + dots;
      text += static_cast<char>(0xe0 | character >> 12);
      text += static_cast<char>(0x80 | (character >> 6 & 0x3f));
      text += static_cast<char>(0x80 | (character & 0x3f));
    }
    return text;
  }

 private:
  int columns_, rows_;
  std::vector<uint8_t> cells_;
};

void draw(const ScalarSeries& series, const ChartRange& range, BrailleCanvas& canvas) {
  const auto place = [](double value, double first, double last, int size) {
    return static_cast<int>(std::lround((value - first) / (last - first) * (size - 1)));
  };
  bool has_last = false;
  int last_x = 0, last_y = 0;
  for (const ScalarPoint& point : series.points) {
    if (!is_shown(point)) {
      has_last = false;
      continue;
    }
    const int x = place(static_cast<double>(point.step), range.first_step, range.last_step, canvas.width());
    const int y = place(point.value, range.lowest, range.highest, canvas.height());
    canvas.line(has_last ? last_x : x, has_last ? last_y : y, x, y);
    has_last = true;
    last_x = x;
    last_y = y;
  }
}

}  // namespace

std::string scalar_table(const std::vector<ScalarSeries>& series) {
  size_t run_width = 3, tag_width = 3;
  for (const ScalarSeries& one : series) {
    run_width = std::max(run_width, one.run.size());
    tag_width = std::max(tag_width, one.tag.size());
  }
  std::string text = row("run", run_width, "tag", tag_width, {"points", "last step", "first", "last", "min", "max"});
  for (const ScalarSeries& one : series) text += row(one.run, run_width, one.tag, tag_width, numbers_of(one));
  return text;
}

std::string terminal_plot(const ScalarSeries& series, const PlotOptions& options) {
  constexpr int label_width = 11;
  if (options.width < label_width + 10 || options.height < 3 || options.width > 10'000 || options.height > 10'000)
    throw ValueError("terminal_plot: expected a width of 21 to 10000 and a height of 3 to 10000; received " +
                     std::to_string(options.width) + " and " + std::to_string(options.height));
  const std::string title = series.tag + (series.run == "." ? "" : " (" + series.run + ")") + "\n";
  const ChartRange range = chart_range({&series});
  if (range.is_empty) return title + "  no finite values\n";
  BrailleCanvas canvas(options.width - label_width - 1, options.height);
  draw(series, range, canvas);
  std::string text = title;
  for (int i = 0; i < options.height; ++i) {
    std::string label;
    if (i == 0) label = short_number(range.highest);
    if (i == options.height - 1) label = short_number(range.lowest);
    text += std::string(static_cast<size_t>(label_width) - label.size() - 1, ' ') + label + " |" + canvas.row(i) + "\n";
  }
  const std::string first = short_number(range.first_step), last = short_number(range.last_step);
  const size_t width = static_cast<size_t>(options.width - label_width - 1);
  text += std::string(label_width, ' ') + "+" + std::string(width, '-') + "\n" + std::string(label_width + 1, ' ') +
          first + std::string(width > first.size() + last.size() ? width - first.size() - last.size() : 1, ' ') + last +
          "\n";
  return text;
}

}  // namespace cornu::summary
