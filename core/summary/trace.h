#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include <cornu/core/export.h>
#include <cornu/core/summary/step.h>

namespace cornu::summary {

struct TraceOptions {
  bool graph = true;      ///< collect the graphs of the traced functions that are called
  bool profiler = false;  ///< write down what ran when
};

/// From here on the whole process is watched, all threads. What an earlier trace has collected is let go.
///
///     summary::trace_on({.graph = true, .profiler = true});
///     train_step(x, y);
///     auto scope = writer.as_default();
///     summary::trace_export("train_step", {.step = 0, .profiler_outdir = "logs"});
CORNU_API void trace_on(const TraceOptions& options = {});

struct TraceExportOptions {
  Step step = {};  ///< the default step where none is given, else 0
  /// Where the profile is written: PROFILER_OUTDIR/plugins/profile/TIME/HOST.trace.json.gz.
  std::string profiler_outdir = {};
};

/// Ends the trace and writes it. The graphs go to the default writer, if there is one: for TensorBoard's graph page,
/// and as the tag `name`. The profile becomes a file of Chrome's trace format, which https://ui.perfetto.dev and
/// chrome://tracing open. Throws StateError if no trace is on, ValueError for a profile without `profiler_outdir`,
/// FileError if a file cannot be written.
CORNU_API void trace_export(const std::string& name, const TraceExportOptions& options = {});

/// Ends the trace without writing anything; profile_table() still shows it.
CORNU_API void trace_off();

/// The costliest operations and layers of the profile that is on, or was the last one: at most `rows` of each, by the
/// time spent in them, what they call left out.
///
///     std::cout << summary::profile_table();
CORNU_API std::string profile_table(int64_t rows = 15);

/// A part of the program that profiles show as a slice around what runs within it, as an epoch or a step of training.
/// It costs next to nothing while no profile is on.
///
///     for (int64_t i = 0; i < steps; ++i) {
///       summary::ProfileScope step("train", i);
///       train_step(x, y);
///     }
class CORNU_API ProfileScope {
 public:
  explicit ProfileScope(const std::string& name, int64_t number = -1);
  ~ProfileScope();
  ProfileScope(const ProfileScope&) = delete;
  ProfileScope& operator=(const ProfileScope&) = delete;

 private:
  struct Slice;
  std::unique_ptr<const Slice> slice_;  // while a profile is on
};

}  // namespace cornu::summary
