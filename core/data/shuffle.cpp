#include <algorithm>
#include <vector>

#include <cornu/core/data/internal/node.h>
#include <cornu/core/error.h>

namespace cornu {

namespace datasets {

namespace {

/// Draws from a buffer of the next elements of the child. The numbers of elements, or of rows, are drawn in the same
/// way, so that both give the same order.
class ShuffleSource : public Source {
 public:
  ShuffleSource(std::unique_ptr<Source> child, int64_t buffer_size, std::shared_ptr<const RandomStream> stream,
                const IterationContext& context, int64_t most)
      : child_(std::move(child)),
        most_(most),
        buffer_size_(static_cast<size_t>(buffer_size)),
        stream_(std::move(stream)),
        context_(context),
        pass_(stream_->begin(context)),
        draws_(pass_.key()) {}

  std::optional<TensorList> next() override {
    if (rows()) {
      int64_t index = 0;
      return next_rows(std::span(&index, 1)) == 1 ? std::optional(rows()->at(index)) : std::nullopt;
    }
    begin();
    while (!has_ended_ && elements_.size() < buffer_size_) fetch();
    return draw(elements_);
  }

  const Rows* rows() const override { return child_->rows(); }

  int64_t next_rows(std::span<int64_t> indices) override {
    begin();
    for (size_t count = 0; count < indices.size(); ++count) {
      if (!has_ended_) fill_rows();
      const auto index = draw(indices_);
      if (!index) return static_cast<int64_t>(count);
      indices[count] = *index;
    }
    return static_cast<int64_t>(indices.size());
  }

  int64_t skip(int64_t count) override {
    if (!rows()) return Source::skip(count);
    int64_t skipped = 0, index = 0;
    while (skipped < count && next_rows(std::span(&index, 1)) == 1) ++skipped;
    return skipped;
  }

  void save(StateWriter& state) const override {
    state << Kind::shuffle << fetched_ << drawn_ << static_cast<int64_t>(failed_.size());
    for (const int64_t number : failed_) state << number;
    pass_.save(state);
    state << (has_begun_ ? origin_ : child_->state());
  }

  void restore(StateReader& state) override {
    state.expect(Kind::shuffle);
    const int64_t fetched = state.number(), drawn = state.number();
    for (int64_t count = state.number(); count > 0; --count) failed_.push_back(state.number());
    pass_ = stream_->restore(state, context_);
    draws_ = Draws(pass_.key());
    restore_part(*child_, state.part());
    if (most_ >= 0 && fetched > most_) fail_shorter();
    if (fetched > 0) replay(fetched, drawn);
  }

 private:
  void begin() {
    if (has_begun_) return;
    has_begun_ = true;
    origin_ = child_->state();
  }

  void fetch() {
    try {
      auto element = child_->next();
      if (element) elements_.push_back(std::move(*element));
      has_ended_ = !element;
      fetched_ += !has_ended_;
    } catch (...) {
      failed_.push_back(fetched_++);
      throw;
    }
  }

  void fill_rows() {
    constexpr size_t piece = size_t{1} << 16;
    while (!has_ended_ && indices_.size() < buffer_size_) {
      const size_t before = indices_.size(), wanted = std::min(piece, buffer_size_ - before);
      indices_.resize(before + wanted);
      const int64_t got = child_->next_rows(std::span(indices_).subspan(before));
      indices_.resize(before + static_cast<size_t>(got));
      fetched_ += got;
      has_ended_ = static_cast<size_t>(got) < wanted;
    }
  }

  template <class Item>
  std::optional<Item> draw(std::vector<Item>& buffer) {
    if (buffer.empty()) return std::nullopt;
    ++drawn_;
    std::swap(buffer[static_cast<size_t>(draws_.next(static_cast<int64_t>(buffer.size())))], buffer.back());
    std::optional<Item> item = std::move(buffer.back());
    buffer.pop_back();
    return item;
  }

  /// Comes to where `drawn` elements of `fetched` were drawn: first with numbers alone, then by fetching those elements
  /// that are still in the buffer.
  void replay(int64_t fetched, int64_t drawn) {
    begin();
    std::vector<int64_t> numbers;
    auto failed = failed_.begin();
    const auto fill = [&] {
      for (; fetched_ < fetched && numbers.size() < buffer_size_; ++fetched_)
        if (failed != failed_.end() && *failed == fetched_)
          ++failed;
        else
          numbers.push_back(fetched_);
    };
    while (drawn_ < drawn) {
      fill();
      if (!draw(numbers)) break;
    }
    fill();
    rows() ? fetch_rows(numbers, fetched) : fetch_elements(numbers, fetched);
  }

  void fetch_rows(const std::vector<int64_t>& numbers, int64_t fetched) {
    std::vector<int64_t> all(static_cast<size_t>(fetched));
    if (child_->next_rows(all) < fetched) fail_shorter();
    for (const int64_t number : numbers) indices_.push_back(all[static_cast<size_t>(number)]);
  }

  void fetch_elements(const std::vector<int64_t>& numbers, int64_t fetched) {
    std::vector<int64_t> places(static_cast<size_t>(fetched), -1);
    for (size_t i = 0; i < numbers.size(); ++i) places[static_cast<size_t>(numbers[i])] = static_cast<int64_t>(i);
    elements_.resize(numbers.size());
    for (const int64_t place : places)
      pass_over([&] {
        if (place < 0)
          child_->skip(1);
        else if (auto element = child_->next())
          elements_[static_cast<size_t>(place)] = std::move(*element);
      });
    const auto is_missing = [](const TensorList& element) { return element.empty(); };
    if (std::any_of(elements_.begin(), elements_.end(), is_missing)) fail_shorter();
  }

  [[noreturn]] static void fail_shorter() {
    throw ValueError(
        "DatasetIterator: shuffle: there are less elements than where the iterator was saved; it is restored in a "
        "Dataset of the same elements");
  }

  std::unique_ptr<Source> child_;
  int64_t most_;  // the child's cardinality
  size_t buffer_size_;
  std::shared_ptr<const RandomStream> stream_;
  IterationContext context_;
  RandomPass pass_;
  Draws draws_;
  IteratorState origin_;  // where the child stood at the beginning
  bool has_begun_ = false, has_ended_ = false;
  int64_t fetched_ = 0, drawn_ = 0;
  std::vector<int64_t> failed_;       // numbers of fetched elements that threw
  std::vector<TensorList> elements_;  // the buffer,
  std::vector<int64_t> indices_;      // or where the child has rows, theirs
};

class ShuffleNode : public Node {
 public:
  ShuffleNode(NodePointer child, int64_t buffer_size, const ShuffleOptions& options)
      : child_(std::move(child)),
        buffer_size_(buffer_size),
        stream_(std::make_shared<RandomStream>(options.seed, options.reshuffle_each_iteration)) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<ShuffleSource>(child_->iterate(context), buffer_size_, stream_, context,
                                           child_->cardinality());
  }
  int64_t cardinality() const override { return child_->cardinality(); }

 private:
  NodePointer child_;
  int64_t buffer_size_;
  std::shared_ptr<const RandomStream> stream_;
};

}  // namespace

}  // namespace datasets

Dataset Dataset::shuffle(int64_t buffer_size, const datasets::ShuffleOptions& options) const {
  datasets::check_at_least(buffer_size, 1, "Dataset::shuffle", "buffer_size");
  return Dataset(std::make_shared<datasets::ShuffleNode>(node_, buffer_size, options));
}

}  // namespace cornu
