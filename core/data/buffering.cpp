// What keeps elements: cache and prefetch.
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <cornu/core/data/internal/node.h>
#include <cornu/core/error.h>
#include <cornu/core/kernels/parallel.h>

namespace cornu {

namespace datasets {

namespace {

// ---- cache ------------------------------------------------------------------------------------------------------

struct CacheContent {
  std::vector<TensorList> elements = {};
  IteratorState origin = {};  // where the child stood before the first of them
};
using ContentPointer = std::shared_ptr<const CacheContent>;

/// What all iterators of a cached data set share.
class SharedCache {
 public:
  ContentPointer get() const {
    const std::scoped_lock lock(mutex_);
    return content_;
  }
  void set(ContentPointer content) {
    const std::scoped_lock lock(mutex_);
    content_ = std::move(content);
  }

 private:
  mutable std::mutex mutex_;
  ContentPointer content_;
};

class CacheSource : public Source {
 public:
  CacheSource(NodePointer node, std::shared_ptr<SharedCache> cache, const IterationContext& context)
      : node_(std::move(node)), cache_(std::move(cache)), context_(context), content_(cache_->get()) {
    if (!content_) begin();
  }
  std::optional<TensorList> next() override {
    if (content_) {
      if (position_ == content_->elements.size()) return std::nullopt;
      return content_->elements[position_++];
    }
    try {
      auto element = child_->next();
      if (!element) return finish();
      filling_.elements.push_back(*element);
      ++position_;
      return element;
    } catch (...) {
      is_whole_ = false;
      throw;
    }
  }
  void save(StateWriter& state) const override {
    state << Kind::cache << static_cast<int64_t>(position_) << is_whole_
          << (content_ ? content_->origin : filling_.origin);
    if (!is_whole_) state << child_->state();
  }
  void restore(StateReader& state) override {
    state.expect(Kind::cache);
    const auto position = static_cast<size_t>(state.number());
    is_whole_ = state.number() != 0;
    IteratorState origin = state.part();
    if (is_whole_ && content_ && content_->origin == origin) {
      position_ = std::min(position, content_->elements.size());
      return;
    }
    content_ = nullptr;
    begin();
    if (!is_whole_) return restore_part(*child_, state.part());
    restore_part(*child_, origin);
    filling_.origin = std::move(origin);
    while (position_ < position && next()) {
    }
  }

 private:
  void begin() {
    child_ = node_->iterate(context_);
    filling_ = {.origin = child_->state()};
    position_ = 0;
  }
  std::optional<TensorList> finish() {
    if (is_whole_) {
      content_ = std::make_shared<CacheContent>(std::move(filling_));
      cache_->set(content_);
    }
    return std::nullopt;
  }

  NodePointer node_;
  std::shared_ptr<SharedCache> cache_;
  IterationContext context_;
  ContentPointer content_;  // where all elements are there
  // otherwise
  std::unique_ptr<Source> child_;
  CacheContent filling_;
  size_t position_ = 0;
  bool is_whole_ = true;  // no element of this walk has failed
};

class CacheNode : public Node {
 public:
  explicit CacheNode(NodePointer child) : child_(std::move(child)) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<CacheSource>(child_, cache_, context);
  }
  int64_t cardinality() const override {
    const ContentPointer content = cache_->get();
    return content ? static_cast<int64_t>(content->elements.size()) : child_->cardinality();
  }

 private:
  NodePointer child_;
  std::shared_ptr<SharedCache> cache_ = std::make_shared<SharedCache>();
};

// ---- prefetch ---------------------------------------------------------------------------------------------------

/// An element that was made in advance; without tensors and error: the end.
struct Made {
  std::optional<TensorList> element = {};
  std::exception_ptr error = nullptr;
  IteratorState after = {};  // where the child stands behind it
};

/// A thread that makes elements until there are `size` of them.
class Producer {
 public:
  Producer(Source& source, size_t size) : source_(source), size_(size), thread_([this] { produce(); }) {}
  ~Producer() {
    {
      const std::scoped_lock lock(mutex_);
      is_stopping_ = true;
    }
    has_changed_.notify_all();
    thread_.join();
  }
  Made take() {
    std::unique_lock lock(mutex_);
    has_changed_.wait(lock, [this] { return !made_.empty(); });
    Made made = std::move(made_.front());
    made_.pop_front();
    lock.unlock();
    has_changed_.notify_all();
    return made;
  }

 private:
  void produce() {
    const kernels::SingleThreaded single_threaded;
    for (bool has_ended = false; !has_ended;) {
      {
        std::unique_lock lock(mutex_);
        has_changed_.wait(lock, [this] { return is_stopping_ || made_.size() < size_; });
        if (is_stopping_) return;
      }
      Made made = make();
      has_ended = !made.element && !made.error;
      {
        const std::scoped_lock lock(mutex_);
        made_.push_back(std::move(made));
      }
      has_changed_.notify_all();
    }
  }
  Made make() const {
    Made made;
    try {
      made.element = source_.next();
    } catch (...) {
      made.error = std::current_exception();
    }
    made.after = source_.state();
    return made;
  }

  Source& source_;
  const size_t size_;
  std::mutex mutex_;
  std::condition_variable has_changed_;
  std::deque<Made> made_;
  bool is_stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

class PrefetchSource : public Source {
 public:
  PrefetchSource(std::unique_ptr<Source> child, int64_t buffer_size)
      : child_(std::move(child)), buffer_size_(static_cast<size_t>(buffer_size)) {}
  std::optional<TensorList> next() override {
    if (has_ended_) return std::nullopt;
    if (!producer_) {
      after_ = child_->state();
      producer_ = std::make_unique<Producer>(*child_, buffer_size_);
    }
    Made made = producer_->take();
    after_ = std::move(made.after);
    if (made.error) std::rethrow_exception(made.error);
    has_ended_ = !made.element;
    return std::move(made.element);
  }
  int64_t skip(int64_t count) override { return producer_ ? Source::skip(count) : child_->skip(count); }
  void save(StateWriter& state) const override {
    state << Kind::prefetch;
    state.append(producer_ ? after_ : child_->state());
  }
  void restore(StateReader& state) override {
    state.expect(Kind::prefetch);
    child_->restore(state);
  }

 private:
  std::unique_ptr<Source> child_;
  size_t buffer_size_;
  IteratorState after_;  // where the child stands behind what was taken
  bool has_ended_ = false;
  std::unique_ptr<Producer> producer_;  // destroyed first
};

class PrefetchNode : public Node {
 public:
  PrefetchNode(NodePointer child, int64_t buffer_size) : child_(std::move(child)), buffer_size_(buffer_size) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<PrefetchSource>(child_->iterate(context), buffer_size_);
  }
  int64_t cardinality() const override { return child_->cardinality(); }

 private:
  NodePointer child_;
  int64_t buffer_size_;
};

}  // namespace

}  // namespace datasets

Dataset Dataset::cache() const { return Dataset(std::make_shared<datasets::CacheNode>(node_)); }

Dataset Dataset::prefetch(int64_t buffer_size) const {
  constexpr int64_t usual = 2;
  if (buffer_size == datasets::AUTOTUNE) buffer_size = usual;
  datasets::check_at_least(buffer_size, 0, "Dataset::prefetch", "buffer_size");
  return buffer_size == 0 ? *this : Dataset(std::make_shared<datasets::PrefetchNode>(node_, buffer_size));
}

}  // namespace cornu
