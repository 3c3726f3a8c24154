#include <cmath>
#include <cstdio>
#include <map>

#include <cornu/core/error.h>
#include <cornu/core/summary/internal/chart.h>

namespace cornu::summary {

namespace {

// Colours that people with any colour vision tell apart (Okabe and Ito).
constexpr const char* colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"};
constexpr double left = 70, right = 16, top = 34, bottom = 40, legend_line = 18;

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (static_cast<unsigned char>(c) >= ' ')
      result += c;
  }
  return result;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

std::string label(double x, double y, const char* anchor, const std::string& text, const char* more = "") {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\"" + more + ">" +
         escaped(text) + "</text>\n";
}

std::string rule(double x0, double y0, double x1, double y1, const char* colour) {
  return "<line x1=\"" + number(x0) + "\" y1=\"" + number(y0) + "\" x2=\"" + number(x1) + "\" y2=\"" + number(y1) +
         "\" stroke=\"" + colour + "\"/>\n";
}

/// One tag: its axes, and the lines of its runs.
class Chart {
 public:
  Chart(const std::vector<const ScalarSeries*>& series, double y, double width, double height)
      : series_(series), range_(chart_range(series)), y_(y), width_(width), height_(height) {}

  std::string draw() const {
    std::string svg = label(left, y_ + 20, "start", series_[0]->tag, " font-weight=\"bold\"");
    if (range_.is_empty) return svg + label(left, y_ + top + 20, "start", "no finite values");
    svg += axes();
    for (size_t i = 0; i < series_.size(); ++i) svg += line(*series_[i], colour_of(i));
    return svg + legend();
  }

 private:
  static const char* colour_of(size_t run) { return colours[run % std::size(colours)]; }
  double x_of(double step) const {
    return left + (step - range_.first_step) / (range_.last_step - range_.first_step) * (width_ - left - right);
  }
  double y_of(double value) const {
    const double floor = y_ + height_ - bottom;
    return floor - (value - range_.lowest) / (range_.highest - range_.lowest) * (height_ - top - bottom);
  }

  std::string axes() const {
    const double floor = y_ + height_ - bottom;
    std::string svg;
    for (const double tick : ticks_between(range_.lowest, range_.highest, 6)) {
      svg += rule(left, y_of(tick), width_ - right, y_of(tick), "#e0e0e0");
      svg += label(left - 6, y_of(tick) + 4, "end", short_number(std::abs(tick) < 1e-300 ? 0 : tick));
    }
    for (const double tick : ticks_between(range_.first_step, range_.last_step, 9)) {
      svg += rule(x_of(tick), floor, x_of(tick), floor + 4, "#606060");
      svg += label(x_of(tick), floor + 17, "middle", short_number(tick));
    }
    svg += rule(left, floor, width_ - right, floor, "#606060") + rule(left, y_ + top, left, floor, "#606060");
    return svg + label((left + width_ - right) / 2, floor + 33, "middle", "step");
  }

  /// A point that is not finite leaves a gap.
  std::string line(const ScalarSeries& series, const char* colour) const {
    std::string path;
    bool is_down = false;
    for (const ScalarPoint& point : series.points) {
      if (is_shown(point))
        path += (is_down ? "L" : "M") + number(x_of(static_cast<double>(point.step))) + " " + number(y_of(point.value));
      is_down = is_shown(point);
    }
    return std::string("<path fill=\"none\" stroke-width=\"1.5\" stroke-linecap=\"round\" stroke=\"") + colour +
           "\" d=\"" + path + "\"/>\n";
  }

  std::string legend() const {
    std::string svg;
    for (size_t i = 0; i < series_.size(); ++i) {
      const double y = y_ + top + 12 + legend_line * static_cast<double>(i), x = width_ - right - 8;
      svg += rule(x - 20, y - 4, x, y - 4, colour_of(i));
      svg += label(x - 26, y, "end", series_[i]->run == "." ? series_[i]->tag : series_[i]->run);
    }
    return svg;
  }

  const std::vector<const ScalarSeries*>& series_;
  ChartRange range_;
  double y_, width_, height_;
};

}  // namespace

std::string svg_plot(const std::vector<ScalarSeries>& series, const PlotOptions& options) {
  if (options.width < 200 || options.height < 120 || options.width > 100'000 || options.height > 100'000)
    throw ValueError("svg_plot: expected a width of 200 to 100000 and a height of 120 to 100000; received " +
                     std::to_string(options.width) + " and " + std::to_string(options.height));
  std::map<std::string, std::vector<const ScalarSeries*>> charts;
  for (const ScalarSeries& one : series) charts[one.tag].push_back(&one);
  const double width = options.width, height = options.height;
  const std::string size = std::to_string(options.width), total = number(height * static_cast<double>(charts.size()));
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size + "\" height=\"" + total +
                    "\" viewBox=\"0 0 " + size + " " + total +
                    "\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" "
                    "fill=\"white\"/>\n";
  double y = 0;
  for (const auto& [tag, runs] : charts) {
    svg += Chart(runs, y, width, height).draw();
    y += height;
  }
  return svg + "</svg>\n";
}

}  // namespace cornu::summary
