#include <algorithm>

#include <cornu/core/ops/internal/name_scope.h>
#include <cornu/core/summary/internal/profiler.h>

namespace cornu::summary {

namespace {

constexpr int64_t most_words = int64_t{1} << 24;  // 128 MiB of slices

thread_local SliceBuffer* buffer_of_thread = nullptr;

/// The calling thread's part of its buffer, which stays until the next profile when the thread ends.
struct Share {
  std::shared_ptr<SliceBuffer> buffer;
  ~Share() { buffer_of_thread = nullptr; }
};

}  // namespace

Profiler& Profiler::instance() {
  static Profiler* const instance = new Profiler;  // threads may still record while the process ends
  return *instance;
}

SliceBuffer& Profiler::buffer() {
  if (!buffer_of_thread) {
    const std::lock_guard lock(mutex_);
    static thread_local Share share;
    share.buffer = buffers_.emplace_back(std::make_shared<SliceBuffer>(thread_count_++, words_left_));
    buffer_of_thread = share.buffer.get();
  }
  return *buffer_of_thread;
}

void Profiler::start() {
  Profiling::set_current(nullptr);
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(buffers_, [](const auto& buffer) { return buffer.use_count() == 1; });  // the thread has ended
    for (const auto& buffer : buffers_) buffer->clear();
    words_left_ = most_words;
    first_time_ = std::chrono::steady_clock::now();
    first_tick_ = ticks();
    has_profile_ = true;
  }
  Profiling::set_current(this);
}

void Profiler::stop() {
  if (Profiling::current() != this) return;
  Profiling::set_current(nullptr);
  const std::lock_guard lock(mutex_);
  last_time_ = std::chrono::steady_clock::now();
  last_tick_ = ticks();
}

void Profiler::record(const Call& call, std::span<const Tensor> outputs, uint64_t start, uint64_t end) {
  buffer().add(ProfiledSlice::Kind::operation, &call.operation, name_scope(), -1, start, end, &call, outputs);
}

void Profiler::keep(const std::shared_ptr<const ProfiledGraph>& graph) { buffer().keep(graph); }

void Profiler::record(const ProfiledNode& node, uint64_t start, uint64_t end) {
  buffer().add(ProfiledSlice::Kind::node, &node, {}, -1, start, end, nullptr, {});
}

void Profiler::record(SliceKind kind, const std::string& name, int64_t number, uint64_t start, uint64_t end) {
  buffer().add_named(kind, name, number, start, end);
}

double Profiler::ticks_per_microsecond() const {
  const bool is_on = Profiling::current() == this;
  const auto time = is_on ? std::chrono::steady_clock::now() : last_time_;
  const uint64_t tick = is_on ? ticks() : last_tick_;
  const double microseconds = std::chrono::duration<double, std::micro>(time - first_time_).count();
  return microseconds > 0 ? static_cast<double>(tick - first_tick_) / microseconds : 1;
}

void Profiler::visit(const std::function<void(const ProfiledSlice&)>& read) const {
  const std::lock_guard lock(mutex_);
  const double scale = ticks_per_microsecond();
  for (const auto& buffer : buffers_)
    buffer->visit([&](ProfiledSlice& slice, uint64_t start, uint64_t end) {
      if (start < first_tick_) return;  // of the profile before, by a thread that was about to write it down
      slice.start = static_cast<double>(start - first_tick_) / scale;
      slice.duration = static_cast<double>(end - start) / scale;
      read(slice);
    });
}

std::vector<std::pair<int, int64_t>> Profiler::threads() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<int, int64_t>> threads;
  for (const auto& buffer : buffers_) threads.emplace_back(buffer->thread(), buffer->system_id());
  return threads;
}

int64_t Profiler::dropped() const {
  const std::lock_guard lock(mutex_);
  int64_t dropped = 0;
  for (const auto& buffer : buffers_) dropped += buffer->dropped();
  return dropped;
}

}  // namespace cornu::summary
