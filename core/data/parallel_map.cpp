#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <cornu/core/data/internal/parallel_map.h>
#include <cornu/core/error.h>
#include <cornu/core/kernels/parallel.h>

namespace cornu::datasets {

int64_t thread_count(std::optional<int64_t> num_parallel_calls, const char* place) {
  if (!num_parallel_calls) return 0;
  if (*num_parallel_calls == AUTOTUNE) return std::max<int64_t>(1, std::thread::hardware_concurrency());
  check_at_least(*num_parallel_calls, 1, place, "num_parallel_calls");
  constexpr int64_t most = 1024;
  return std::min(*num_parallel_calls, most);
}

namespace {

/// An element on its way.
struct Job {
  int64_t number = 0;
  TensorList input = {};
  TensorList result = {};
  std::exception_ptr error = nullptr;
  bool is_done = false;
  IteratorState after = {};  // where the child stands behind it
};
using JobPointer = std::shared_ptr<Job>;

/// Threads that map elements. A job belongs to its thread from submit() until is_done.
class Workers {
 public:
  /// With fewer threads, but at least one, where the system does not give as many.
  Workers(const MapPlan& plan, int64_t count) : plan_(plan) {
    threads_.reserve(static_cast<size_t>(count));
    try {
      while (static_cast<int64_t>(threads_.size()) < count) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {
      if (threads_.empty()) throw StateError(std::string("map: no thread can be made: ") + error.what());
    }
  }
  ~Workers() {
    {
      const std::scoped_lock lock(mutex_);
      is_stopping_ = true;
    }
    has_work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void submit(const JobPointer& job, uint64_t key) {
    {
      const std::scoped_lock lock(mutex_);
      waiting_.emplace_back(job, key);
    }
    has_work_.notify_one();
  }
  void wait_for(const Job& job) {
    std::unique_lock lock(mutex_);
    has_result_.wait(lock, [&] { return job.is_done; });
  }

 private:
  void work() {
    const kernels::SingleThreaded single_threaded;
    std::unique_lock lock(mutex_);
    for (;;) {
      has_work_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
      if (is_stopping_) return;
      auto [job, key] = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      run(*job, key);
      lock.lock();
      job->is_done = true;
      has_result_.notify_all();
    }
  }
  void run(Job& job, uint64_t key) const {
    try {
      job.result = call_mapped(plan_.function, job.input, key, job.number);
    } catch (...) {
      job.error = std::current_exception();
    }
  }

  const MapPlan& plan_;
  std::mutex mutex_;
  std::condition_variable has_work_, has_result_;
  std::deque<std::pair<JobPointer, uint64_t>> waiting_;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;
};

class ParallelMapSource : public Source {
 public:
  ParallelMapSource(std::unique_ptr<Source> child, const MapPlan& plan, int64_t threads,
                    const IterationContext& context)
      : child_(std::move(child)),
        plan_(plan),
        threads_(threads),
        context_(context),
        pass_(plan_.stream->begin(context)) {}

  std::optional<TensorList> next() override {
    fetch();
    if (jobs_.empty()) return std::nullopt;
    const JobPointer job = jobs_.front();
    workers_->wait_for(*job);
    jobs_.pop_front();
    pass_by(*job);
    if (job->error) std::rethrow_exception(job->error);
    return std::move(job->result);
  }
  int64_t skip(int64_t count) override {
    int64_t skipped = 0;
    for (; skipped < count && !jobs_.empty(); ++skipped) {
      pass_by(*jobs_.front());
      jobs_.pop_front();
    }
    const int64_t more = child_->skip(count - skipped);
    if (more > 0) {
      delivered_ += more;
      fetched_ = delivered_;
      after_ = child_->state();
    }
    return skipped + more;
  }
  void save(StateWriter& state) const override {
    state << Kind::map << delivered_;
    pass_.save(state);
    state.append(after_.empty() ? child_->state() : after_);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::map);
    delivered_ = fetched_ = state.number();
    pass_ = plan_.stream->restore(state, context_);
    child_->restore(state);
  }

 private:
  void pass_by(const Job& job) {
    delivered_ = job.number + 1;
    after_ = job.after;
  }
  /// Takes elements from the child until there is enough to do.
  void fetch() {
    if (!workers_) start();
    const auto most = static_cast<size_t>(2 * threads_);
    while (jobs_.size() < most && fetch_one()) {
    }
  }
  bool fetch_one() {
    const auto job = std::make_shared<Job>(Job{.number = fetched_});
    try {
      auto element = child_->next();
      if (!element) return false;
      job->input = std::move(*element);
    } catch (...) {
      job->error = std::current_exception();
      job->is_done = true;
    }
    ++fetched_;
    job->after = child_->state();
    jobs_.push_back(job);
    if (!job->is_done) workers_->submit(job, pass_.key());
    return true;
  }
  void start() {
    after_ = child_->state();
    workers_ = std::make_unique<Workers>(plan_, threads_);
  }

  std::unique_ptr<Source> child_;
  MapPlan plan_;
  int64_t threads_;
  IterationContext context_;
  RandomPass pass_;
  std::deque<JobPointer> jobs_;  // in order
  int64_t fetched_ = 0, delivered_ = 0;
  IteratorState after_;               // where the child stands behind what was delivered; empty: where it stands now
  std::unique_ptr<Workers> workers_;  // destroyed first
};

}  // namespace

std::unique_ptr<Source> parallel_map(std::unique_ptr<Source> child, const MapPlan& plan, int64_t threads,
                                     const IterationContext& context) {
  return std::make_unique<ParallelMapSource>(std::move(child), plan, threads, context);
}

}  // namespace cornu::datasets
