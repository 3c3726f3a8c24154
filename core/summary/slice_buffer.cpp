// A slice as words: head, start, end, what, scope or number; then each tensor's dtype and rank, and its extents.
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

#include <cornu/core/summary/internal/profiler.h>

namespace cornu::summary {

namespace {

constexpr size_t chunk_words = size_t{1} << 15, head_words = 5;
constexpr size_t most_tensors = 64;  // of the inputs, and of the outputs: what is beyond is left out

size_t words_of(const Tensor& tensor) { return 1 + static_cast<size_t>(tensor.rank()); }

void put(uint64_t*& to, const Tensor& tensor) {
  const Shape& shape = tensor.shape();
  *to++ = static_cast<uint64_t>(tensor.dtype()) | static_cast<uint64_t>(shape.rank()) << 8;
  for (const int64_t extent : shape) *to++ = static_cast<uint64_t>(extent);
}

TensorSpec take(const uint64_t*& from) {
  TensorSpec spec;
  spec.dtype = static_cast<DType>(*from & 0xff);
  const uint64_t rank = *from++ >> 8;
  for (uint64_t axis = 0; axis < rank; ++axis) spec.shape.push_back(static_cast<int64_t>(*from++));
  return spec;
}

struct Head {
  ProfiledSlice::Kind kind;
  size_t inputs, outputs;

  uint64_t packed() const {
    return static_cast<uint64_t>(kind) | static_cast<uint64_t>(inputs) << 8 | static_cast<uint64_t>(outputs) << 16;
  }
  static Head unpacked(uint64_t word) {
    return {static_cast<ProfiledSlice::Kind>(word & 0xff), word >> 8 & 0xff, word >> 16 & 0xff};
  }
};

}  // namespace

int64_t SliceBuffer::own_system_id() {
#if defined(__linux__)
  return static_cast<int64_t>(::syscall(SYS_gettid));
#else
  return static_cast<int64_t>(::getpid());
#endif
}

uint64_t* SliceBuffer::reserve(size_t words) {
  if (chunks_.empty() || chunks_.back().used + words > chunk_words) {
    if (words_left_.fetch_sub(chunk_words, std::memory_order_relaxed) < static_cast<int64_t>(chunk_words)) {
      words_left_.fetch_add(chunk_words, std::memory_order_relaxed);
      ++dropped_;
      return nullptr;
    }
    chunks_.push_back({std::unique_ptr<uint64_t[]>(new uint64_t[chunk_words])});
  }
  Chunk& chunk = chunks_.back();
  uint64_t* const place = chunk.words.get() + chunk.used;
  chunk.used += words;
  return place;
}

/// A copy of `text` that stays.
const std::string* SliceBuffer::intern(const std::string& text) {
  if (!last_text_ || *last_text_ != text) last_text_ = &*texts_.insert(text).first;
  return last_text_;
}

void SliceBuffer::add(ProfiledSlice::Kind kind, const void* what, const std::string& scope, int64_t number,
                      uint64_t start, uint64_t end, const Call* call, std::span<const Tensor> outputs) {
  const std::lock_guard lock(mutex_);
  const size_t input_count = call ? std::min(call->inputs.size(), most_tensors) : 0;
  const size_t output_count = std::min(outputs.size(), most_tensors);
  size_t words = head_words;
  for (size_t i = 0; i < input_count; ++i) words += words_of(call->input(i));
  for (size_t i = 0; i < output_count; ++i) words += words_of(outputs[i]);
  uint64_t* to = reserve(words);
  if (!to) return;
  *to++ = Head{kind, input_count, output_count}.packed();
  *to++ = start;
  *to++ = end;
  *to++ = reinterpret_cast<uint64_t>(what);
  *to++ = call ? reinterpret_cast<uint64_t>(intern(scope)) : static_cast<uint64_t>(number);
  for (size_t i = 0; i < input_count; ++i) put(to, call->input(i));
  for (size_t i = 0; i < output_count; ++i) put(to, outputs[i]);
}

void SliceBuffer::add_named(SliceKind kind, const std::string& name, int64_t number, uint64_t start, uint64_t end) {
  static constexpr ProfiledSlice::Kind kinds[] = {ProfiledSlice::Kind::function, ProfiledSlice::Kind::layer,
                                                  ProfiledSlice::Kind::step};
  const std::string* text;
  {
    const std::lock_guard lock(mutex_);
    text = intern(name);
  }
  add(kinds[static_cast<int>(kind)], text, {}, number, start, end, nullptr, {});
}

void SliceBuffer::keep(const std::shared_ptr<const ProfiledGraph>& graph) {
  const std::lock_guard lock(mutex_);
  for (size_t i = graphs_.size(); i-- > 0;)
    if (graphs_[i] == graph) return;
  graphs_.push_back(graph);
}

void SliceBuffer::clear() {
  const std::lock_guard lock(mutex_);
  chunks_.clear();
  texts_.clear();
  last_text_ = nullptr;
  graphs_.clear();
  dropped_ = 0;
}

int64_t SliceBuffer::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

namespace {

template <class T>
const T& pointed(uint64_t word) {
  return *reinterpret_cast<const T*>(word);
}

/// Takes one slice; gives back where the next one starts.
const uint64_t* read_slice(const uint64_t* from, ProfiledSlice& slice) {
  const Head head = Head::unpacked(*from);
  const uint64_t what = from[3], last = from[4];
  from += head_words;
  const auto specs = [&](size_t count) {
    std::vector<TensorSpec> list;
    for (size_t i = 0; i < count; ++i) list.push_back(take(from));
    return list;
  };
  const int thread = slice.thread;
  slice = {.kind = head.kind, .thread = thread};
  if (head.kind == ProfiledSlice::Kind::operation) {
    slice.name = slice.type = pointed<Operation>(what).name;
    slice.scope = pointed<std::string>(last);
    slice.inputs = specs(head.inputs);
    slice.outputs = specs(head.outputs);
  } else if (head.kind == ProfiledSlice::Kind::node) {
    const auto& node = pointed<ProfiledNode>(what);
    slice.name = node.name;
    slice.type = node.type;
    slice.scope = node.scope;
    slice.inputs = node.inputs;
    slice.outputs = node.outputs;
    slice.steps = node.steps;
  } else {
    slice.name = pointed<std::string>(what);
    slice.number = static_cast<int64_t>(last);
    if (head.kind == ProfiledSlice::Kind::layer) slice.scope = slice.name;
  }
  return from;
}

}  // namespace

void SliceBuffer::visit(const std::function<void(ProfiledSlice&, uint64_t, uint64_t)>& read) const {
  const std::lock_guard lock(mutex_);
  ProfiledSlice slice;
  slice.thread = thread_;
  for (const Chunk& chunk : chunks_) {
    const uint64_t* const end = chunk.words.get() + chunk.used;
    for (const uint64_t* next = chunk.words.get(); next < end;) {
      const uint64_t first = next[1], last = next[2];
      next = read_slice(next, slice);
      read(slice, first, last);
    }
  }
}

}  // namespace cornu::summary
