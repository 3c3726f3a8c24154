#include <algorithm>

#include <cornu/core/ops/recorder.h>

namespace cornu {

namespace {

// A plain struct, so that access needs no initialisation check; almost always there are none, one or two recorders.
struct Stack {
  Recorder** begin;
  size_t first, size, capacity;
};
thread_local Stack recorder_stack;

void grow() {
  const size_t capacity = std::max<size_t>(8, 2 * recorder_stack.capacity);
  auto** larger = new Recorder*[capacity];
  std::copy(recorder_stack.begin, recorder_stack.begin + recorder_stack.size, larger);
  delete[] recorder_stack.begin;
  recorder_stack.begin = larger;
  recorder_stack.capacity = capacity;
}

}  // namespace

std::span<Recorder* const> recorders() {
  return {recorder_stack.begin + recorder_stack.first, recorder_stack.size - recorder_stack.first};
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
  if (--recorder_stack.size == 0) {
    delete[] recorder_stack.begin;
    recorder_stack = {};
  }
}

NoRecording::NoRecording() : hidden_(recorder_stack.first) { recorder_stack.first = recorder_stack.size; }
NoRecording::~NoRecording() { recorder_stack.first = std::min(hidden_, recorder_stack.size); }

}  // namespace cornu
