// Elements joined to batches, and batches taken apart.
#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include <cornu/core/data/internal/join.h>
#include <cornu/core/data/internal/node.h>
#include <cornu/core/error.h>

namespace cornu {

namespace datasets {

namespace {

/// Joins elements, of which the first has this number.
using Join = std::function<TensorList(const std::vector<TensorList>& elements, int64_t first)>;

struct BatchPlan {
  int64_t size = 1;
  bool drop_remainder = false;
  Join join;
  bool takes_rows = false;  // whether join does what Rows::gather does
};

class BatchSource : public Source {
 public:
  BatchSource(std::unique_ptr<Source> child, std::shared_ptr<const BatchPlan> plan)
      : child_(std::move(child)), plan_(std::move(plan)) {}
  std::optional<TensorList> next() override {
    return plan_->takes_rows && child_->rows() ? next_of_rows() : next_of_elements();
  }
  int64_t skip(int64_t count) override {
    const int64_t wanted = count > INT64_MAX / plan_->size ? INT64_MAX : count * plan_->size;
    const int64_t skipped = child_->skip(wanted);
    number_ += skipped;
    return (skipped + (plan_->drop_remainder ? 0 : plan_->size - 1)) / plan_->size;
  }
  void save(StateWriter& state) const override {
    state << Kind::batch << number_;
    child_->save(state);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::batch);
    number_ = state.number();
    child_->restore(state);
  }

 private:
  bool is_enough(int64_t count) const { return count == plan_->size || (count > 0 && !plan_->drop_remainder); }

  std::optional<TensorList> next_of_rows() {
    // not as large as the batch size from the beginning: that may be "all"
    constexpr int64_t piece = int64_t{1} << 16;
    std::vector<int64_t> indices;
    for (int64_t count = 0; count < plan_->size;) {
      const int64_t wanted = std::min(piece, plan_->size - count);
      indices.resize(static_cast<size_t>(count + wanted));
      const int64_t got = child_->next_rows(std::span(indices).subspan(static_cast<size_t>(count)));
      count += got;
      indices.resize(static_cast<size_t>(count));
      if (got < wanted) break;
    }
    const auto count = static_cast<int64_t>(indices.size());
    number_ += count;
    if (!is_enough(count)) return std::nullopt;
    return child_->rows()->gather(indices);
  }

  std::optional<TensorList> next_of_elements() {
    const int64_t first = number_;
    std::vector<TensorList> elements;
    try {
      while (number_ - first < plan_->size) {
        auto element = child_->next();
        if (!element) break;
        ++number_;
        elements.push_back(std::move(*element));
      }
    } catch (...) {
      // the batch in which an element fails is passed over as a whole
      ++number_;
      number_ += child_->skip(first + plan_->size - number_);
      throw;
    }
    if (!is_enough(number_ - first)) return std::nullopt;
    return plan_->join(elements, first);
  }

  std::unique_ptr<Source> child_;
  std::shared_ptr<const BatchPlan> plan_;
  int64_t number_ = 0;
};

class BatchNode : public Node {
 public:
  BatchNode(NodePointer child, BatchPlan plan)
      : child_(std::move(child)), plan_(std::make_shared<BatchPlan>(std::move(plan))) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<BatchSource>(child_->iterate(context), plan_);
  }
  int64_t cardinality() const override {
    const int64_t size = child_->cardinality();
    if (size < 0) return size;
    return size / plan_->size + (!plan_->drop_remainder && size % plan_->size != 0);
  }

 private:
  NodePointer child_;
  std::shared_ptr<const BatchPlan> plan_;
};

class UnbatchSource : public Source {
 public:
  explicit UnbatchSource(std::unique_ptr<Source> child) : child_(std::move(child)) {}
  std::optional<TensorList> next() override {
    if (row_ == row_count() && !fetch()) return std::nullopt;
    TensorList element;
    for (const Tensor& tensor : batch_) element.push_back(tensor[row_]);
    ++row_;
    return element;
  }
  void save(StateWriter& state) const override {
    const bool is_between = row_ == row_count();
    state << Kind::unbatch << number_ << (is_between ? 0 : row_) << (is_between ? child_->state() : before_);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::unbatch);
    number_ = state.number();
    const int64_t row = state.number();
    restore_part(*child_, state.part());
    if (row > 0 && fetch()) {
      --number_;
      row_ = std::min(row, row_count());
    }
  }

 private:
  int64_t row_count() const { return batch_.empty() ? 0 : batch_[0].shape()[0]; }
  /// Takes elements until there is one with rows.
  bool fetch() {
    batch_.clear();
    row_ = 0;
    while (row_count() == 0) {
      before_ = child_->state();
      const int64_t number = number_++;
      auto element = child_->next();
      if (!element) return false;
      with_place("unbatch", number, [&] { check_rows(*element); });
      batch_ = std::move(*element);
    }
    return true;
  }
  static void check_rows(const TensorList& element) {
    if (element.empty()) throw ShapeError("there is no tensor in it");
    for (const Tensor& tensor : element)
      if (tensor.rank() == 0 || tensor.shape()[0] != element[0].shape()[0])
        throw ShapeError("its tensors need the same first extent; received shapes " + element[0].shape().to_string() +
                         " and " + tensor.shape().to_string());
  }

  std::unique_ptr<Source> child_;
  IteratorState before_;  // where the child stands before the batch
  TensorList batch_;
  int64_t row_ = 0;
  int64_t number_ = 0;  // of the next element
};

class UnbatchNode : public Node {
 public:
  explicit UnbatchNode(NodePointer child) : child_(std::move(child)) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<UnbatchSource>(child_->iterate(context));
  }
  int64_t cardinality() const override { return child_->cardinality() == 0 ? 0 : UNKNOWN_CARDINALITY; }

 private:
  NodePointer child_;
};

}  // namespace

}  // namespace datasets

Dataset Dataset::batch(int64_t batch_size, const datasets::BatchOptions& options) const {
  datasets::check_at_least(batch_size, 1, "Dataset::batch", "batch_size");
  return Dataset(std::make_shared<datasets::BatchNode>(
      node_, datasets::BatchPlan{batch_size, options.drop_remainder, datasets::join_equal, true}));
}

Dataset Dataset::padded_batch(int64_t batch_size, const datasets::PaddedBatchOptions& options) const {
  datasets::check_at_least(batch_size, 1, "Dataset::padded_batch", "batch_size");
  const auto join = [options](const std::vector<TensorList>& elements, int64_t first) {
    return datasets::join_padded(elements, first, options);
  };
  return Dataset(std::make_shared<datasets::BatchNode>(
      node_, datasets::BatchPlan{batch_size, options.drop_remainder, join, false}));
}

Dataset Dataset::unbatch() const { return Dataset(std::make_shared<datasets::UnbatchNode>(node_)); }

}  // namespace cornu
