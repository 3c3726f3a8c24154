#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include <cornu/core/ops/recorder.h>

namespace cornu {

namespace {

// A plain struct, so that access needs no initialisation check; almost always there are none, one or two recorders.
struct Stack {
  Recorder** begin;
  size_t first, size, capacity;
  RecorderThread* thread;  // null before recorder_thread() was called, and at the thread's end
};
thread_local Stack recorder_stack;

void clear() {
  delete[] recorder_stack.begin;
  recorder_stack = {.begin = nullptr, .first = 0, .size = 0, .capacity = 0, .thread = recorder_stack.thread};
}

void grow() {
  const size_t capacity = std::max<size_t>(8, 2 * recorder_stack.capacity);
  auto** larger = new Recorder*[capacity];
  std::copy(recorder_stack.begin, recorder_stack.begin + recorder_stack.size, larger);
  delete[] recorder_stack.begin;
  recorder_stack.begin = larger;
  recorder_stack.capacity = capacity;
}

}  // namespace

/// A thread as other threads see it: recorders that were removed by them wait here.
class RecorderThread {
 public:
  bool has_removed() const { return has_removed_.load(std::memory_order_relaxed); }
  void remove_later(std::shared_ptr<Recorder> recorder) {
    const std::lock_guard lock(mutex_);
    if (is_over_) return;
    removed_.push_back(std::move(recorder));
    has_removed_ = true;
  }
  void catch_up() {
    for (const auto& recorder : take_removed(false)) remove_recorder(recorder.get());
  }
  void end() {
    recorder_stack.thread = nullptr;
    clear();
    take_removed(true);
  }

 private:
  std::vector<std::shared_ptr<Recorder>> take_removed(bool is_over) {
    const std::lock_guard lock(mutex_);
    is_over_ = is_over;
    has_removed_ = false;
    return std::exchange(removed_, {});
  }

  std::mutex mutex_;
  std::vector<std::shared_ptr<Recorder>> removed_;
  std::atomic<bool> has_removed_ = false;
  bool is_over_ = false;
};

std::shared_ptr<RecorderThread> recorder_thread() {
  static thread_local bool is_over = false;  // may still be read when `life` is gone
  struct Life {
    Life() { recorder_stack.thread = thread.get(); }
    ~Life() {
      is_over = true;
      thread->end();
    }
    std::shared_ptr<RecorderThread> thread = std::make_shared<RecorderThread>();
  };
  if (is_over) return nullptr;
  static thread_local const Life life;
  return life.thread;
}

void remove_recorder(const std::shared_ptr<RecorderThread>& thread, std::shared_ptr<Recorder> recorder) {
  if (thread.get() == recorder_stack.thread)
    remove_recorder(recorder.get());
  else if (thread)
    thread->remove_later(std::move(recorder));
}

namespace {

[[gnu::cold, gnu::noinline]] std::span<Recorder* const> recorders_left(const Stack& stack) {
  stack.thread->catch_up();
  return {stack.begin + stack.first, stack.size - stack.first};
}

}  // namespace

std::span<Recorder* const> recorders() {
  const Stack& stack = recorder_stack;
  if (stack.size == 0) return {};
  if (stack.thread && stack.thread->has_removed()) [[unlikely]]
    return recorders_left(stack);
  return {stack.begin + stack.first, stack.size - stack.first};
}

void push_recorder(Recorder* recorder) {
  if (recorder_stack.size == recorder_stack.capacity) grow();
  recorder_stack.begin[recorder_stack.size++] = recorder;
}

void remove_recorder(Recorder* recorder) {
  Recorder** const end = recorder_stack.begin + recorder_stack.size;
  Recorder** const found = std::find(recorder_stack.begin, end, recorder);
  if (found == end) return;
  if (found < recorder_stack.begin + recorder_stack.first) --recorder_stack.first;
  std::copy(found + 1, end, found);
  if (--recorder_stack.size == 0) clear();
}

NoRecording::NoRecording() : hidden_(recorder_stack.first) { recorder_stack.first = recorder_stack.size; }
NoRecording::~NoRecording() { recorder_stack.first = std::min(hidden_, recorder_stack.size); }

}  // namespace cornu
