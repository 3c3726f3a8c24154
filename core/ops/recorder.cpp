#include <algorithm>

#include <cornu/core/ops/recorder.h>

namespace cornu {

namespace {

// A plain struct, so that access needs no initialisation check; almost always there are none, one or two recorders.
struct Stack {
  Recorder** begin;
  size_t first, size, capacity;
};
thread_local Stack stack;

void grow() {
  const size_t capacity = std::max<size_t>(8, 2 * stack.capacity);
  auto** larger = new Recorder*[capacity];
  std::copy(stack.begin, stack.begin + stack.size, larger);
  delete[] stack.begin;
  stack.begin = larger;
  stack.capacity = capacity;
}

}  // namespace

std::span<Recorder* const> recorders() { return {stack.begin + stack.first, stack.size - stack.first}; }

void push_recorder(Recorder* recorder) {
  if (stack.size == stack.capacity) grow();
  stack.begin[stack.size++] = recorder;
}

void remove_recorder(Recorder* recorder) {
  Recorder** const end = stack.begin + stack.size;
  Recorder** const found = std::find(stack.begin, end, recorder);
  if (found == end) return;
  if (found < stack.begin + stack.first) --stack.first;
  std::copy(found + 1, end, found);
  if (--stack.size == 0) {
    delete[] stack.begin;
    stack = {};
  }
}

NoRecording::NoRecording() : hidden_(stack.first) { stack.first = stack.size; }
NoRecording::~NoRecording() { stack.first = std::min(hidden_, stack.size); }

}  // namespace cornu
