#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>
#include <sstream>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/summary/scalars.h>
#include <cornu/models/training/callbacks/report.h>
#include <cornu/models/training/internal/seconds_now.h>
#include <cornu/models/training/internal/training.h>

namespace cornu::callbacks {

namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) result += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return result;
}

std::string decimal(double value, const char* format = "%.4g") {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string row(const char* cell, const std::vector<std::string>& values) {
  std::string text = "<tr>";
  for (const std::string& value : values) text += "<" + std::string(cell) + ">" + escaped(value) + "</" + cell + ">";
  return text + "</tr>\n";
}

constexpr const char* style =
    "body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}"
    "table{border-collapse:collapse}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;text-align:right}"
    "td:first-child,th:first-child{text-align:left}pre{overflow-x:auto;background:#f6f6f6;padding:1em}"
    "svg{max-width:100%;height:auto}";

}  // namespace

struct Report::State {
  struct Epoch {
    int64_t number;
    double seconds;
    int64_t steps;
    std::vector<std::pair<std::string, double>> logs;
  };
  std::vector<Epoch> epochs;
  std::string started;
  double start = 0, epoch_start = 0, first_step = 0;
  int64_t steps = 0;

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Epoch& epoch : epochs)
      for (const auto& [name, value] : epoch.logs)
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return names;
  }

  /// A chart for each name, training and validation in one.
  std::string curves() const {
    std::vector<summary::ScalarSeries> series;
    for (const std::string& name : names()) {
      const bool is_validation = name.rfind("val_", 0) == 0;
      summary::ScalarSeries one{.run = is_validation ? "validation" : "training",
                                .tag = is_validation ? name.substr(4) : name};
      for (const Epoch& epoch : epochs)
        for (const auto& [logged, value] : epoch.logs)
          if (logged == name) one.points.push_back({.step = epoch.number + 1, .value = value});
      series.push_back(std::move(one));
    }
    return summary::svg_plot(series, {.width = 800, .height = 260});
  }

  std::string table() const {
    const std::vector<std::string> columns = names();
    std::vector<std::string> titles{"epoch"};
    titles.insert(titles.end(), columns.begin(), columns.end());
    titles.insert(titles.end(), {"seconds", "steps"});
    std::string text = "<table>\n" + row("th", titles);
    for (const Epoch& epoch : epochs) {
      std::vector<std::string> cells{std::to_string(epoch.number + 1)};
      for (const std::string& name : columns) {
        const auto found = std::find_if(epoch.logs.begin(), epoch.logs.end(),
                                        [&](const auto& logged) { return logged.first == name; });
        cells.push_back(found == epoch.logs.end() ? "" : decimal(found->second, "%.6g"));
      }
      cells.insert(cells.end(), {decimal(epoch.seconds, "%.3f"), std::to_string(epoch.steps)});
      text += row("td", cells);
    }
    return text + "</table>\n";
  }

  std::string timing() const {
    double seconds = 0;
    int64_t all_steps = 0;
    for (const Epoch& epoch : epochs) {
      seconds += epoch.seconds;
      all_steps += epoch.steps;
    }
    const double others = seconds - first_step;
    std::string text =
        "<table>\n" + row("td", {"started", started}) + row("td", {"epochs", std::to_string(epochs.size())}) +
        row("td", {"steps", std::to_string(all_steps)}) + row("td", {"total, s", decimal(seconds, "%.3f")}) +
        row("td", {"first step (builds and traces), ms", decimal(first_step * 1e3, "%.3f")});
    if (all_steps > 1)
      text += row("td", {"each further step, validation included, ms",
                         decimal(others * 1e3 / static_cast<double>(all_steps - 1), "%.4f")});
    return text + "</table>\n";
  }
};

Report::Report(const std::string& path) : path_(path) {
  if (path.empty()) throw ValueError("Report: the path is empty");
}

void Report::on_train_begin(Logs&) {
  state_ = std::make_shared<State>();
  state_->start = seconds_now();
  const std::time_t time = std::time(nullptr);
  std::tm parts = {};
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", localtime_r(&time, &parts));
  state_->started = text;
}

void Report::on_epoch_begin(int64_t, Logs&) {
  state_->epoch_start = seconds_now();
  state_->steps = 0;
}

void Report::on_train_batch_end(int64_t batch, Logs&) {
  state_->steps = batch + 1;
  if (state_->first_step == 0) state_->first_step = seconds_now() - state_->epoch_start;
}

void Report::on_epoch_end(int64_t epoch, Logs& logs) {
  state_->epochs.push_back({epoch, seconds_now() - state_->epoch_start, state_->steps, logs.items()});
  std::ostringstream summary;
  model().summary({.out = &summary});
  const std::string title = escaped("Training of " + model().name());
  const std::string html = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title +
                           "</title><style>" + style + "</style></head><body>\n<h1>" + title +
                           "</h1>\n<h2>Curves</h2>\n" + state_->curves() + "<h2>Epochs</h2>\n" + state_->table() +
                           "<h2>Timing</h2>\n" + state_->timing() + "<h2>Model</h2>\n<pre>" + escaped(summary.str()) +
                           "</pre>\n<h2>Options</h2>\n<p>fit: epochs " + std::to_string(params().epochs) +
                           ", steps an epoch " + (params().steps ? std::to_string(*params().steps) : "unknown") +
                           "</p>\n<pre>" + escaped(model().get_compile_config().dump(2)) + "</pre>\n</body></html>\n";
  io::write_file_atomically(path_, std::string_view(html));
}

}  // namespace cornu::callbacks
