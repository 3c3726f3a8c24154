#include <algorithm>
#include <cstdio>
#include <map>

#include <cornu/core/summary/internal/costs.h>
#include <cornu/core/summary/internal/profile_table.h>

namespace cornu::summary {

namespace {

struct Row {
  int64_t count = 0;
  double time = 0;  // microseconds, without what ran within
  double flops = 0, bytes = 0;
};
using Rows = std::map<std::string, Row>;

/// A slice with what is counted of it.
struct Span {
  double start, duration, inner;  // inner: the time of the slices right within it
  Row* operation;                 // null for layers, functions and steps
  Row* layer;                     // null outside of layers
  double flops, bytes;
};

/// Adds to each span's `inner`. Those of a thread lie within each other or apart.
void nest(std::vector<Span>& spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return a.start != b.start ? a.start < b.start : a.duration > b.duration;
  });
  std::vector<Span*> open;
  for (Span& span : spans) {
    while (!open.empty() && open.back()->start + open.back()->duration <= span.start) open.pop_back();
    if (!open.empty()) open.back()->inner += span.duration;
    open.push_back(&span);
  }
}

void count(const std::vector<Span>& spans) {
  for (const Span& span : spans) {
    const double own = std::max(0., span.duration - span.inner);
    for (Row* row : {span.operation, span.layer}) {
      if (!row) continue;
      row->time += own;
      row->flops += span.flops;
      row->bytes += span.bytes;
      // Of a layer its operations are counted, not its calls.
      if (span.operation) ++row->count;
    }
  }
}

/// Nothing where there is nothing to say.
std::string rate(double amount, double microseconds) {
  if (amount <= 0 || microseconds <= 0) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", amount / microseconds / 1e3);
  return text;
}

std::string shortened(const std::string& name) {
  constexpr size_t width = 40;
  return name.size() <= width ? name : "..." + name.substr(name.size() - width + 3);
}

std::string table(const char* heading, const Rows& rows, int64_t most, double total) {
  std::vector<const Rows::value_type*> sorted;
  for (const auto& row : rows)
    if (row.second.count > 0) sorted.push_back(&row);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->second.time > b->second.time; });
  char line[256];
  std::snprintf(line, sizeof line, "%-40s %10s %12s %7s %10s %10s %10s\n", heading, "count", "total ms", "%", "mean us",
                "GFLOP/s", "GB/s");
  std::string text = line + std::string(105, '-') + "\n";
  const auto shown = std::min(sorted.size(), static_cast<size_t>(std::max<int64_t>(most, 0)));
  for (size_t i = 0; i < shown; ++i) {
    const auto& [name, row] = *sorted[i];
    std::snprintf(line, sizeof line, "%-40s %10lld %12.3f %7.1f %10.2f %10s %10s\n", shortened(name).c_str(),
                  static_cast<long long>(row.count), row.time / 1e3, total > 0 ? 100 * row.time / total : 0,
                  row.time / static_cast<double>(row.count), rate(row.flops, row.time).c_str(),
                  rate(row.bytes, row.time).c_str());
    text += line;
  }
  if (shown < sorted.size()) text += "... and " + std::to_string(sorted.size() - shown) + " more\n";
  return text;
}

}  // namespace

std::string profile_table(const Profiler& profiler, int64_t rows) {
  Rows operations, layers;
  std::map<int, std::vector<Span>> threads;
  profiler.visit([&](const ProfiledSlice& slice) {
    Row* const operation = slice.is_operation() ? &operations[slice.type] : nullptr;
    Row* const layer = slice.scope.empty() ? nullptr : &layers[slice.scope];
    threads[slice.thread].push_back({slice.start, slice.duration, 0, operation, layer,
                                     static_cast<double>(flops_of(slice)),
                                     slice.is_operation() ? static_cast<double>(bytes_of(slice)) : 0});
  });
  for (auto& [thread, spans] : threads) {
    nest(spans);
    count(spans);
  }
  double total = 0;
  for (const auto& [name, row] : operations) total += row.time;
  std::string text = table("operation", operations, rows, total) + "\n" + table("layer", layers, rows, total);
  if (const int64_t dropped = profiler.dropped(); dropped > 0)
    text += "\n" + std::to_string(dropped) + " slices found no room: profile fewer steps\n";
  return text;
}

}  // namespace cornu::summary
