#include <ctime>
#include <filesystem>
#include <mutex>
#include <vector>

#include <proto/event.pb.h>
#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/graph_observer.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/internal/gzip.h>
#include <cornu/core/summary/internal/chrome_trace.h>
#include <cornu/core/summary/internal/event_writer.h>
#include <cornu/core/summary/internal/graph_def.h>
#include <cornu/core/summary/internal/host.h>
#include <cornu/core/summary/internal/profile_table.h>
#include <cornu/core/summary/internal/state.h>
#include <cornu/core/summary/trace.h>

namespace cornu::summary {

namespace {

/// Keeps the functions that are called, in the order of their first calls.
class GraphCollector : public GraphObserver {
 public:
  void called(const CallableGraph& function) override {
    const std::lock_guard lock(mutex_);
    for (const auto& known : functions_)
      if (known.get() == &function) return;
    if (functions_.size() < most_functions) functions_.push_back(function.shared_from_this());
  }
  std::vector<std::shared_ptr<const CallableGraph>> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(functions_, {});
  }

 private:
  static constexpr size_t most_functions = 256;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const CallableGraph>> functions_;
};

GraphCollector& collector() {
  static GraphCollector* const instance = new GraphCollector;  // threads may still call it while the process ends
  return *instance;
}

struct State {
  std::mutex mutex;
  bool is_on = false;
  TraceOptions options;
};
State& state() {
  static State instance;
  return instance;
}

/// What is on ends; gives back what was, or throws.
TraceOptions end_trace(const char* caller) {
  const std::lock_guard lock(state().mutex);
  if (!state().is_on)
    throw StateError(std::string("summary::") + caller + ": no trace is on; call summary::trace_on() first");
  state().is_on = false;
  GraphObserver::set_current(nullptr);
  Profiler::instance().stop();
  return state().options;
}

/// "2026_01_31_12_30_00", and a number behind it where that is taken.
std::string run_folder(const std::filesystem::path& profiles) {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[64];
  std::strftime(text, sizeof text, "%Y_%m_%d_%H_%M_%S", &local);
  std::filesystem::path folder = profiles / text;
  std::error_code error;
  for (int number = 1; std::filesystem::exists(folder, error); ++number)
    folder = profiles / (std::string(text) + "_" + std::to_string(number));
  std::filesystem::create_directories(folder, error);
  if (error) throw FileError("cannot make the folder '" + folder.string() + "': " + error.message());
  return folder.string();
}

void write_profile(const std::string& directory) {
  const std::filesystem::path folder = run_folder(std::filesystem::path(directory) / "plugins" / "profile");
  io::write_file_atomically((folder / (host_name() + ".trace.json.gz")).string(),
                            std::string_view(io::gzip(chrome_trace(Profiler::instance()))));
}

/// The graphs for the graph page, and as a tag of their own, as tf.summary.trace_export writes them.
void write_graphs(const std::string& name, int64_t step) {
  const auto functions = collector().take();
  if (functions.empty() || !should_record_summaries()) return;
  std::vector<NamedGraph> graphs;
  for (const auto& function : functions) graphs.push_back({function->name(), &function->traced()});
  std::string graph = graph_def(graphs);
  proto::RunMetadata metadata;
  metadata.add_function_graphs()->set_pre_optimization_graph(graph);
  auto whole = std::make_shared<Details>();
  whole->graph = std::move(graph);
  default_writer()->add({.wall_time = wall_time_now(), .step = step, .tag = name, .details = std::move(whole)});

  auto tagged = std::make_shared<Details>();
  tagged->texts = {metadata.SerializeAsString()};
  tagged->plugin = {.plugin_name = "graph_run_metadata_graph", .content = "1"};  // the content is a version
  default_writer()->add(
      {.wall_time = wall_time_now(), .step = step, .kind = &bytes_kind, .tag = name, .details = std::move(tagged)});
}

}  // namespace

void trace_on(const TraceOptions& options) {
  const std::lock_guard lock(state().mutex);
  state().is_on = true;
  state().options = options;
  (void)collector().take();
  GraphObserver::set_current(options.graph ? &collector() : nullptr);
  if (options.profiler)
    Profiler::instance().start();
  else
    Profiler::instance().stop();
}

void trace_export(const std::string& name, const TraceExportOptions& options) {
  {
    const std::lock_guard lock(state().mutex);
    if (state().is_on && state().options.profiler && options.profiler_outdir.empty())
      throw ValueError("summary::trace_export: a profile was taken; say where it belongs with .profiler_outdir");
  }
  const TraceOptions was = end_trace("trace_export");
  if (was.graph) write_graphs(name, options.step.value().value_or(get_step().value_or(0)));
  if (was.profiler) write_profile(options.profiler_outdir);
}

void trace_off() { (void)end_trace("trace_off"); }

std::string profile_table(int64_t rows) {
  if (!Profiler::instance().has_profile())
    throw StateError("summary::profile_table: there is no profile; call summary::trace_on({.profiler = true}) first");
  return profile_table(Profiler::instance(), rows);
}

struct ProfileScope::Slice {
  Slice(const std::string& text, int64_t number) : name(text), slice(SliceKind::step, name, number) {}
  std::string name;
  ProfileSlice slice;
};

ProfileScope::ProfileScope(const std::string& name, int64_t number) {
  if (Profiling::current()) slice_ = std::make_unique<const Slice>(name, number);
}
ProfileScope::~ProfileScope() = default;

}  // namespace cornu::summary
