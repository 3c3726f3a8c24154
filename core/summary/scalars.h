#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <cornu/core/export.h>

/// Reading what a run has recorded, to show it without TensorBoard.
namespace cornu::summary {

struct ScalarPoint {
  int64_t step = 0;
  double wall_time = 0;  ///< seconds since 1970
  double value = 0;
};

/// The values of one tag in one run, in the order in which they were recorded.
struct ScalarSeries {
  std::string run = {};  ///< the event files' folder, as seen from the one that was read; "." for itself
  std::string tag = {};
  std::vector<ScalarPoint> points = {};
};

/// The scalars of an event file, or of all event files in a folder and those below it, each of which is a run; by tag,
/// then by run. Reads what TensorFlow 1 and 2 write. A file that ends within an event is read up to there. Throws
/// FileError for a path that is not there, and for a damaged file, naming the place.
///
///     for (const summary::ScalarSeries& series : summary::read_scalars("logs"))
///       std::cout << series.run << ' ' << series.tag << ' ' << series.points.back().value << '\n';
CORNU_API std::vector<ScalarSeries> read_scalars(const std::string& path);

/// A line for each series: run, tag, number of points, last step, first, last, smallest and largest value.
CORNU_API std::string scalar_table(const std::vector<ScalarSeries>& series);

struct PlotOptions {
  int width = 80;   ///< of a terminal: columns; of a picture: pixels
  int height = 16;  ///< of each chart: rows, or pixels
};
/// A chart of the points over their steps in characters (Braille dots), with the range of values and of steps.
CORNU_API std::string terminal_plot(const ScalarSeries& series, const PlotOptions& options = {});

/// A picture (SVG) with a chart for each tag, below each other: axes, and a line and an entry in the legend for each
/// run.
CORNU_API std::string svg_plot(const std::vector<ScalarSeries>& series,
                               const PlotOptions& options = {.width = 800, .height = 300});

}  // namespace cornu::summary
