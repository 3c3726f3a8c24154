// What chooses elements by their places: take, skip, repeat; and what numbers them.
#include <algorithm>
#include <limits>

#include <cornu/core/data/internal/node.h>
#include <cornu/core/error.h>

namespace cornu {

namespace datasets {

namespace {

class TakeSource : public Source {
 public:
  TakeSource(std::unique_ptr<Source> child, int64_t count) : child_(std::move(child)), left_(count) {}
  std::optional<TensorList> next() override {
    if (left_ == 0) return std::nullopt;
    --left_;
    return child_->next();
  }
  int64_t skip(int64_t count) override {
    const int64_t most = std::min(count, left_);
    left_ -= most;
    return child_->skip(most);
  }
  const Rows* rows() const override { return child_->rows(); }
  int64_t next_rows(std::span<int64_t> indices) override {
    const int64_t most = std::min(static_cast<int64_t>(indices.size()), left_);
    left_ -= most;
    return child_->next_rows(indices.first(static_cast<size_t>(most)));
  }
  void save(StateWriter& state) const override {
    state << Kind::take << left_;
    child_->save(state);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::take);
    left_ = state.number();
    child_->restore(state);
  }

 private:
  std::unique_ptr<Source> child_;
  int64_t left_;
};

class TakeNode : public Node {
 public:
  TakeNode(NodePointer child, int64_t count) : child_(std::move(child)), count_(count) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<TakeSource>(child_->iterate(context), count_);
  }
  int64_t cardinality() const override {
    const int64_t size = child_->cardinality();
    if (size == INFINITE_CARDINALITY) return count_;
    return size == UNKNOWN_CARDINALITY ? (count_ == 0 ? 0 : size) : std::min(size, count_);
  }

 private:
  NodePointer child_;
  int64_t count_;
};

class SkipSource : public Source {
 public:
  SkipSource(std::unique_ptr<Source> child, int64_t count) : child_(std::move(child)), to_skip_(count) {}
  std::optional<TensorList> next() override {
    skip_first();
    return child_->next();
  }
  int64_t skip(int64_t count) override {
    skip_first();
    return child_->skip(count);
  }
  const Rows* rows() const override { return child_->rows(); }
  int64_t next_rows(std::span<int64_t> indices) override {
    skip_first();
    return child_->next_rows(indices);
  }
  void save(StateWriter& state) const override {
    state << Kind::skip << to_skip_;
    child_->save(state);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::skip);
    to_skip_ = state.number();
    child_->restore(state);
  }

 private:
  void skip_first() {
    if (to_skip_ > 0) child_->skip(std::exchange(to_skip_, 0));
  }

  std::unique_ptr<Source> child_;
  int64_t to_skip_;
};

class SkipNode : public Node {
 public:
  SkipNode(NodePointer child, int64_t count) : child_(std::move(child)), count_(count) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<SkipSource>(child_->iterate(context), count_);
  }
  int64_t cardinality() const override {
    const int64_t size = child_->cardinality();
    return size < 0 ? size : std::max<int64_t>(0, size - count_);
  }

 private:
  NodePointer child_;
  int64_t count_;
};

class RepeatSource : public Source {
 public:
  RepeatSource(NodePointer child, int64_t count, const IterationContext& context)
      : node_(std::move(child)), count_(count), context_(context) {
    begin_walk(0);
  }
  std::optional<TensorList> next() override {
    while (!has_ended()) {
      if (auto element = child_->next()) {
        is_empty_ = false;
        return element;
      }
      end_walk();
    }
    return std::nullopt;
  }
  int64_t skip(int64_t count) override {
    return collect(count, [this](int64_t, int64_t left) { return child_->skip(left); });
  }
  const Rows* rows() const override { return child_->rows(); }
  int64_t next_rows(std::span<int64_t> indices) override {
    return collect(static_cast<int64_t>(indices.size()), [&](int64_t done, int64_t) {
      return child_->next_rows(indices.subspan(static_cast<size_t>(done)));
    });
  }
  void save(StateWriter& state) const override {
    state << Kind::repeat << walk_ << is_empty_;
    child_->save(state);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::repeat);
    begin_walk(state.number());
    is_empty_ = state.number() != 0;
    child_->restore(state);
  }

 private:
  bool has_ended() const { return walk_ == count_; }
  void begin_walk(int64_t number) {
    child_ = node_->iterate(context_.inner(number));
    walk_ = number;
    is_empty_ = true;
  }
  /// The data set ends with its last walk, and with a walk without elements where it would go on for ever.
  void end_walk() {
    if (count_ < 0 && is_empty_)
      count_ = walk_;
    else if (walk_ + 1 == count_)
      walk_ = count_;
    else
      begin_walk(walk_ + 1);
  }
  template <class Part>
  int64_t collect(int64_t count, const Part& part) {
    int64_t done = 0;
    while (done < count && !has_ended()) {
      const int64_t got = part(done, count - done);
      if (got > 0) is_empty_ = false;
      done += got;
      if (done < count) end_walk();
    }
    return done;
  }

  NodePointer node_;
  int64_t count_;
  IterationContext context_;
  std::unique_ptr<Source> child_;
  int64_t walk_ = 0;
  bool is_empty_ = true;
};

class RepeatNode : public Node {
 public:
  RepeatNode(NodePointer child, int64_t count) : child_(std::move(child)), count_(count) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<RepeatSource>(child_, count_, context);
  }
  int64_t cardinality() const override {
    const int64_t size = child_->cardinality();
    if (count_ == 0 || size == 0) return 0;
    if (count_ < 0) return size == UNKNOWN_CARDINALITY ? size : INFINITE_CARDINALITY;
    if (size < 0) return size;
    return size > std::numeric_limits<int64_t>::max() / count_ ? std::numeric_limits<int64_t>::max() : size * count_;
  }

 private:
  NodePointer child_;
  int64_t count_;
};

class EnumerateSource : public Source {
 public:
  EnumerateSource(std::unique_ptr<Source> child, int64_t start) : child_(std::move(child)), number_(start) {}
  std::optional<TensorList> next() override {
    const int64_t number = number_++;
    auto element = child_->next();
    if (element)
      element->insert(element->begin(), Tensor::from_span<int64_t>(std::span(&number, 1), {}));
    else
      --number_;
    return element;
  }
  int64_t skip(int64_t count) override {
    const int64_t skipped = child_->skip(count);
    number_ += skipped;
    return skipped;
  }
  void save(StateWriter& state) const override {
    state << Kind::enumerate << number_;
    child_->save(state);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::enumerate);
    number_ = state.any_number();
    child_->restore(state);
  }

 private:
  std::unique_ptr<Source> child_;
  int64_t number_;
};

class EnumerateNode : public Node {
 public:
  EnumerateNode(NodePointer child, int64_t start) : child_(std::move(child)), start_(start) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<EnumerateSource>(child_->iterate(context), start_);
  }
  int64_t cardinality() const override { return child_->cardinality(); }

 private:
  NodePointer child_;
  int64_t start_;
};

}  // namespace

}  // namespace datasets

Dataset Dataset::take(int64_t count) const {
  datasets::check_at_least(count, -1, "Dataset::take", "count");
  return count < 0 ? *this : Dataset(std::make_shared<datasets::TakeNode>(node_, count));
}

Dataset Dataset::skip(int64_t count) const {
  datasets::check_at_least(count, -1, "Dataset::skip", "count");
  return count < 0 ? take(0) : Dataset(std::make_shared<datasets::SkipNode>(node_, count));
}

Dataset Dataset::repeat(int64_t count) const {
  datasets::check_at_least(count, -1, "Dataset::repeat", "count");
  return Dataset(std::make_shared<datasets::RepeatNode>(node_, count));
}

Dataset Dataset::enumerate(int64_t start) const {
  return Dataset(std::make_shared<datasets::EnumerateNode>(node_, start));
}

int64_t Dataset::cardinality() const { return node_->cardinality(); }

}  // namespace cornu
