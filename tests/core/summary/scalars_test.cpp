#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/summary/event_files.h"
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/summary/internal/chart.h>
#include <cornu/core/summary/scalars.h>
#include <cornu/core/summary/summary.h>

using namespace cornu;
using Catch::Contains;
using summary::ScalarSeries;

namespace {

ScalarSeries series_of(const std::vector<double>& values) {
  ScalarSeries series{.run = ".", .tag = "loss"};
  for (const double value : values) series.points.push_back({static_cast<int64_t>(series.points.size()), 0, value});
  return series;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t start = 0; start < text.size();) {
    const size_t end = text.find('\n', start);
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("scalars come back by tag and run, other summaries left out") {
  const TemporaryFolder folder;
  for (const std::string run : {"train", "validation"}) {
    const summary::FileWriter writer(folder / run);
    const auto scope = writer.as_default();
    for (int step = 0; step < 3; ++step) {
      summary::scalar("loss", run == "train" ? step : 10 * step, step);
      summary::scalar("accuracy", 0.5, step);
      summary::histogram("weights", ones({4}), step);
    }
  }
  const auto all = summary::read_scalars(folder.path());
  REQUIRE(all.size() == 4);
  CHECK(all[0].tag == "accuracy");
  CHECK(all[2].tag == "loss");
  CHECK(all[2].run == "train");
  CHECK(all[3].run == "validation");
  REQUIRE(all[3].points.size() == 3);
  CHECK(all[3].points[2].step == 2);
  CHECK(all[3].points[2].value == 20);
  CHECK(all[3].points[2].wall_time > 1e9);
  const auto one = summary::read_scalars(files_below(folder / "train")[0]);
  REQUIRE(one.size() == 2);
  CHECK(one[0].run == ".");
}

TEST_CASE("what other writers write is read too") {
  const TemporaryFolder folder;
  io::TFRecordWriter file(folder / "events.out.tfevents.1");
  const auto write = [&](int64_t step, const auto& fill) {
    proto::Event event;
    event.set_step(step);
    auto& value = *event.mutable_summary()->add_value();
    value.set_tag("a");
    fill(value);
    file.write(event.SerializeAsString());
  };
  write(1, [](auto& value) { value.set_simple_value(1.5f); });  // TensorFlow 1
  write(2, [](auto& value) {                                    // its numbers in float_val
    value.mutable_metadata()->mutable_plugin_data()->set_plugin_name("scalars");
    value.mutable_tensor()->set_dtype(proto::DT_FLOAT);
    value.mutable_tensor()->add_float_val(2.5f);
  });
  write(3, [](auto& value) {  // the metadata only with the first value of a tag
    value.mutable_tensor()->set_dtype(proto::DT_DOUBLE);
    value.mutable_tensor()->add_double_val(3.5);
  });
  write(4, [](auto& value) {  // damaged: no number in it
    value.mutable_tensor()->set_dtype(proto::DT_FLOAT);
    value.mutable_tensor()->set_tensor_content("abc");
  });
  file.close();
  const auto all = summary::read_scalars(folder.path());
  REQUIRE(all.size() == 1);
  REQUIRE(all[0].points.size() == 3);
  CHECK(all[0].points[0].value == 1.5);
  CHECK(all[0].points[1].value == 2.5);
  CHECK(all[0].points[2].value == 3.5);
}

TEST_CASE("files that are no event files are told by name") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(summary::read_scalars(folder / "missing"), FileError);
  CHECK(summary::read_scalars(folder.path()).empty());
  write_bytes(folder / "events.out.tfevents.1", std::string(100, 'x'));
  CHECK_THROWS_WITH(summary::read_scalars(folder.path()), Contains("events.out.tfevents.1"));
  io::TFRecordWriter file(folder / "events.out.tfevents.1");
  file.write("\xff\xff\xff");
  file.close();
  CHECK_THROWS_WITH(summary::read_scalars(folder.path()), Contains("no event"));
}

TEST_CASE("the table has a line for each series") {
  const auto lines = lines_of(summary::scalar_table({series_of({3, 1, 2}), series_of({})}));
  REQUIRE(lines.size() == 3);
  CHECK_THAT(lines[0], Contains("run") && Contains("last step"));
  CHECK(lines[1] == ".    loss           3           2           3           2           1           3");
  CHECK_THAT(lines[2], Contains("-"));
}

TEST_CASE("a rising line is drawn from the lower left to the upper right") {
  const auto lines = lines_of(summary::terminal_plot(series_of({0, 1, 2, 3}), {.width = 22, .height = 3}));
  REQUIRE(lines.size() == 1 + 3 + 2);
  CHECK(lines[0] == "loss");
  CHECK_THAT(lines[1], Contains("3 |"));
  CHECK_THAT(lines[3], Contains("0 |"));
  CHECK(lines[1].back() != ' ');                             // the upper right corner has a dot
  CHECK(lines[3].substr(lines[3].find('|') + 1, 1) != " ");  // and the lower left one
  CHECK(lines[1].substr(lines[1].find('|') + 1, 1) == " ");
  CHECK_THAT(lines[5], Contains("0") && Catch::EndsWith("3"));
}

TEST_CASE("numbers of many characters fit beside the chart") {
  const auto lines = lines_of(summary::terminal_plot(series_of({-1.23456e-5, -1.23456e299})));
  CHECK_THAT(lines[1], Contains(" -1.23e-05 |"));
  CHECK_THAT(lines[16], Contains("-1.23e+299 |"));
}

TEST_CASE("constant, single and absent values are drawn") {
  CHECK_THAT(summary::terminal_plot(series_of({1, 1, 1})), Contains("\xe2"));
  CHECK_THAT(summary::terminal_plot(series_of({1})), Contains("\xe2"));
  CHECK_THAT(summary::terminal_plot(series_of({NAN, NAN})), Contains("no finite values"));
  CHECK_THAT(summary::terminal_plot(series_of({1, INFINITY, 2})), Contains("2 |"));
  CHECK_THROWS_AS(summary::terminal_plot(series_of({1}), {.width = 5}), ValueError);
}

TEST_CASE("values and steps that hardly differ are drawn") {
  constexpr double denormal = 5e-324;
  for (ScalarSeries series :
       {series_of({1, std::nextafter(1., 2.)}), series_of({denormal, 2 * denormal}), series_of({1})})
    for (const int64_t step : {int64_t{0}, (int64_t{1} << 60) + 1, std::numeric_limits<int64_t>::min()}) {
      for (size_t i = 0; i < series.points.size(); ++i) series.points[i].step = step + static_cast<int64_t>(i);
      CHECK_THAT(summary::terminal_plot(series), Contains("\xe2"));
      const std::string svg = summary::svg_plot({series});
      CHECK_THAT(svg, !Contains("nan") && !Contains("inf"));
      CHECK(count_of(svg, "<line ") < 30);
    }
}

TEST_CASE("ticks are round numbers within the range") {
  CHECK(summary::ticks_between(0, 10, 6) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(summary::ticks_between(0.5, 3.5, 4) == std::vector<double>{1, 2, 3});
  const auto ticks = summary::ticks_between(0.011, 0.049, 6);
  REQUIRE(ticks.size() == 3);
  CHECK(ticks[0] == Approx(0.02).epsilon(1e-9));
  CHECK(summary::ticks_between(-1, 1, 3) == std::vector<double>{-1, 0, 1});
}

TEST_CASE("a picture has a chart a tag, a line a run, axes and legend") {
  ScalarSeries train = series_of({3, 2, 1}), validation = series_of({3, NAN, 2}), other = series_of({1});
  train.run = "train";
  validation.run = "validation & <test>";
  other.tag = "accuracy";
  const std::string svg = summary::svg_plot({other, train, validation});
  CHECK(svg.rfind("<svg ", 0) == 0);
  CHECK_THAT(svg, Catch::EndsWith("</svg>\n"));
  CHECK(count_of(svg, "<path ") == 3);
  CHECK(count_of(svg, "font-weight=\"bold\"") == 2);
  CHECK_THAT(svg, Contains("validation &amp; &lt;test&gt;") && Contains(">step<") && Contains("height=\"600.00\""));
  CHECK_THAT(svg, !Contains("nan"));
  // From the upper left of the chart to its lower right: x 70 to 784, y from 300 + 34 to 600 - 40.
  CHECK_THAT(svg, Contains("M70.00 334.00L427.00 447.00L784.00 560.00"));
  CHECK_THAT(svg, Contains("M70.00 334.00M784.00 447.00"));  // a gap where the value is not finite
  CHECK_THROWS_AS(summary::svg_plot({train}, {.width = 10, .height = 10}), ValueError);
}
