// What joins several data sets: zip, concatenate, interleave; and the source of one element.
#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

#include <cornu/core/data/internal/node.h>
#include <cornu/core/error.h>

namespace cornu {

namespace datasets {

namespace {

using SourceList = std::vector<std::unique_ptr<Source>>;

class TensorsSource : public Source {
 public:
  explicit TensorsSource(TensorList tensors) : tensors_(std::move(tensors)) {}
  std::optional<TensorList> next() override {
    if (std::exchange(is_taken_, true)) return std::nullopt;
    return tensors_;
  }
  void save(StateWriter& state) const override { state << Kind::tensors << is_taken_; }
  void restore(StateReader& state) override {
    state.expect(Kind::tensors);
    is_taken_ = state.number() != 0;
  }

 private:
  TensorList tensors_;
  bool is_taken_ = false;
};

class TensorsNode : public Node {
 public:
  explicit TensorsNode(TensorList tensors) : tensors_(std::move(tensors)) {}
  std::unique_ptr<Source> iterate(const IterationContext&) const override {
    return std::make_unique<TensorsSource>(tensors_);
  }
  int64_t cardinality() const override { return 1; }

 private:
  TensorList tensors_;
};

class ZipSource : public Source {
 public:
  explicit ZipSource(SourceList children) : children_(std::move(children)) {}
  std::optional<TensorList> next() override {
    TensorList element;
    bool has_ended = false;
    std::exception_ptr error;
    for (const auto& child : children_) {  // all of them, so that they stay side by side after an error
      try {
        const auto part = child->next();
        has_ended |= !part;
        if (part) element.insert(element.end(), part->begin(), part->end());
      } catch (...) {
        if (!error) error = std::current_exception();
      }
    }
    if (error) std::rethrow_exception(error);
    return has_ended ? std::nullopt : std::optional(std::move(element));
  }
  int64_t skip(int64_t count) override {
    for (const auto& child : children_) count = std::min(count, child->skip(count));
    return count;
  }
  void save(StateWriter& state) const override {
    state << Kind::zip << static_cast<int64_t>(children_.size());
    for (const auto& child : children_) child->save(state);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::zip);
    state.expect(static_cast<int64_t>(children_.size()));
    for (const auto& child : children_) child->restore(state);
  }

 private:
  SourceList children_;
};

class ZipNode : public Node {
 public:
  explicit ZipNode(std::vector<NodePointer> children) : children_(std::move(children)) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    SourceList children;
    for (const NodePointer& child : children_) children.push_back(child->iterate(context));
    return std::make_unique<ZipSource>(std::move(children));
  }
  int64_t cardinality() const override {
    int64_t least = INFINITE_CARDINALITY;
    for (const NodePointer& child : children_) {
      const int64_t size = child->cardinality();
      if (size == UNKNOWN_CARDINALITY) return size;
      if (size >= 0) least = least < 0 ? size : std::min(least, size);
    }
    return least;
  }

 private:
  std::vector<NodePointer> children_;
};

class ConcatenateSource : public Source {
 public:
  ConcatenateSource(std::unique_ptr<Source> first, std::unique_ptr<Source> second)
      : first_(std::move(first)), second_(std::move(second)) {}
  std::optional<TensorList> next() override {
    if (!is_in_second_) {
      if (auto element = first_->next()) return element;
      is_in_second_ = true;
    }
    return second_->next();
  }
  int64_t skip(int64_t count) override {
    const int64_t skipped = is_in_second_ ? 0 : first_->skip(count);
    if (skipped == count) return count;
    is_in_second_ = true;
    return skipped + second_->skip(count - skipped);
  }
  void save(StateWriter& state) const override {
    state << Kind::concatenate << is_in_second_;
    first_->save(state);
    second_->save(state);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::concatenate);
    is_in_second_ = state.number() != 0;
    first_->restore(state);
    second_->restore(state);
  }

 private:
  std::unique_ptr<Source> first_, second_;
  bool is_in_second_ = false;
};

class ConcatenateNode : public Node {
 public:
  ConcatenateNode(NodePointer first, NodePointer second) : first_(std::move(first)), second_(std::move(second)) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    auto first = first_->iterate(context.inner(0));
    return std::make_unique<ConcatenateSource>(std::move(first), second_->iterate(context.inner(1)));
  }
  int64_t cardinality() const override {
    const int64_t first = first_->cardinality(), second = second_->cardinality();
    if (first == INFINITE_CARDINALITY || second == INFINITE_CARDINALITY) return INFINITE_CARDINALITY;
    if (first < 0 || second < 0) return UNKNOWN_CARDINALITY;
    return first + std::min(second, std::numeric_limits<int64_t>::max() - first);
  }

 private:
  NodePointer first_, second_;
};

}  // namespace

}  // namespace datasets

Dataset Dataset::from_tensors(const TensorList& tensors) {
  if (tensors.empty()) throw ValueError("Dataset::from_tensors: there is no tensor");
  datasets::check_element(tensors, "Dataset::from_tensors");
  return Dataset(std::make_shared<datasets::TensorsNode>(tensors));
}

Dataset Dataset::zip(const std::vector<Dataset>& datasets) {
  if (datasets.empty()) throw ValueError("Dataset::zip: there is no data set");
  std::vector<datasets::NodePointer> nodes;
  for (const Dataset& dataset : datasets) nodes.push_back(dataset.node());
  return Dataset(std::make_shared<datasets::ZipNode>(std::move(nodes)));
}

Dataset Dataset::concatenate(const Dataset& other) const {
  return Dataset(std::make_shared<datasets::ConcatenateNode>(node_, other.node()));
}

}  // namespace cornu
