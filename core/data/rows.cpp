// Sources whose elements are rows: slices of tensors and ranges.
#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include <cornu/core/data/internal/node.h>
#include <cornu/core/error.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/ops/internal/progression.h>

namespace cornu {

namespace datasets {

namespace {

/// The elements 0, 1, ..., size - 1 of `rows`.
class RowSource : public Source {
 public:
  RowSource(std::shared_ptr<const Rows> rows, int64_t size) : rows_(std::move(rows)), size_(size) {}

  std::optional<TensorList> next() override {
    if (position_ == size_) return std::nullopt;
    return rows_->at(position_++);
  }
  int64_t skip(int64_t count) override {
    const int64_t skipped = std::min(count, size_ - position_);
    position_ += skipped;
    return skipped;
  }
  const Rows* rows() const override { return rows_.get(); }
  int64_t next_rows(std::span<int64_t> indices) override {
    const int64_t first = position_, count = skip(static_cast<int64_t>(indices.size()));
    for (int64_t i = 0; i < count; ++i) indices[i] = first + i;
    return count;
  }
  void save(StateWriter& state) const override { state << Kind::rows << position_; }
  void restore(StateReader& state) override {
    state.expect(Kind::rows);
    position_ = std::min(state.number(), size_);
  }

 private:
  std::shared_ptr<const Rows> rows_;
  int64_t size_;
  int64_t position_ = 0;
};

class RowNode : public Node {
 public:
  RowNode(std::shared_ptr<const Rows> rows, int64_t size) : rows_(std::move(rows)), size_(size) {}
  std::unique_ptr<Source> iterate(const IterationContext&) const override {
    return std::make_unique<RowSource>(rows_, size_);
  }
  int64_t cardinality() const override { return size_; }

 private:
  std::shared_ptr<const Rows> rows_;
  int64_t size_;
};

bool follow_each_other(std::span<const int64_t> indices) {
  for (size_t i = 1; i < indices.size(); ++i)
    if (indices[i] != indices[i - 1] + 1) return false;
  return !indices.empty();
}

/// Rows of one machine word.
template <class Word>
void gather_words(const std::byte* from, std::span<const int64_t> indices, std::byte* to) {
  for (size_t i = 0; i < indices.size(); ++i)
    std::memcpy(to + i * sizeof(Word), from + indices[i] * static_cast<int64_t>(sizeof(Word)), sizeof(Word));
}

void gather_bytes(const std::byte* from, std::span<const int64_t> indices, size_t row_size, std::byte* to) {
  if (row_size == 1) return gather_words<uint8_t>(from, indices, to);
  if (row_size == 4) return gather_words<uint32_t>(from, indices, to);
  if (row_size == 8) return gather_words<uint64_t>(from, indices, to);
  for (size_t i = 0; i < indices.size(); ++i)
    std::memcpy(to + i * row_size, from + static_cast<size_t>(indices[i]) * row_size, row_size);
}

Tensor gather_rows(const Tensor& tensor, std::span<const int64_t> indices) {
  Shape shape = tensor.shape();
  const int64_t row_elements = tensor.shape().size_between(1, tensor.rank());
  shape[0] = static_cast<int64_t>(indices.size());
  if (follow_each_other(indices)) return Tensor::view(tensor, shape, indices.front() * row_elements);
  Tensor result = Tensor::allocate(shape, tensor.dtype());
  const size_t row_size = static_cast<size_t>(row_elements) * size_of(tensor.dtype());
  if (row_size == 0) return result;
  const auto* from = static_cast<const std::byte*>(tensor.raw_data());
  auto* to = static_cast<std::byte*>(result.mutable_data());
  constexpr size_t bytes_worth_a_thread = size_t{1} << 18;
  const auto grain = static_cast<int64_t>(std::max<size_t>(1, bytes_worth_a_thread / row_size));
  kernels::parallel_for(shape[0], grain, [&](int64_t begin, int64_t end) {
    const auto part = indices.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
    gather_bytes(from, part, row_size, to + static_cast<size_t>(begin) * row_size);
  });
  return result;
}

class TensorRows : public Rows {
 public:
  explicit TensorRows(TensorList tensors) : tensors_(std::move(tensors)) {}
  TensorList at(int64_t index) const override {
    TensorList element;
    element.reserve(tensors_.size());
    for (const Tensor& tensor : tensors_) element.push_back(tensor[index]);
    return element;
  }
  TensorList gather(std::span<const int64_t> indices) const override {
    TensorList batch;
    batch.reserve(tensors_.size());
    for (const Tensor& tensor : tensors_) batch.push_back(gather_rows(tensor, indices));
    return batch;
  }

 private:
  TensorList tensors_;
};

class RangeRows : public Rows {
 public:
  RangeRows(int64_t start, int64_t step) : start_(start), step_(step) {}
  TensorList at(int64_t index) const override {
    const int64_t value = start_ + index * step_;
    return {Tensor::from_span<int64_t>(std::span(&value, 1), {})};
  }
  TensorList gather(std::span<const int64_t> indices) const override {
    Tensor batch = Tensor::allocate({static_cast<int64_t>(indices.size())}, int64);
    std::transform(indices.begin(), indices.end(), static_cast<int64_t*>(batch.mutable_data()),
                   [this](int64_t index) { return start_ + index * step_; });
    return {batch};
  }

 private:
  int64_t start_, step_;
};

void check_slices(const TensorList& tensors) {
  if (tensors.empty()) throw ValueError("Dataset::from_tensor_slices: there is no tensor");
  for (const Tensor& tensor : tensors) {
    if (tensor.is_symbolic()) throw StateError("Dataset::from_tensor_slices: a symbolic tensor has no elements");
    if (tensor.rank() == 0)
      throw ShapeError("Dataset::from_tensor_slices: a scalar has no slices; use Dataset::from_tensors");
    if (tensor.shape()[0] != tensors[0].shape()[0])
      throw ShapeError("Dataset::from_tensor_slices: all tensors need the same first extent; received shapes " +
                       tensors[0].shape().to_string() + " and " + tensor.shape().to_string());
  }
}

/// No more than an int64 counts.
int64_t range_size(int64_t start, int64_t stop, int64_t step) {
  constexpr auto most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  return static_cast<int64_t>(std::min(progression_size(start, stop, step), most));
}

}  // namespace

}  // namespace datasets

Dataset Dataset::from_tensor_slices(const TensorList& tensors) {
  datasets::check_slices(tensors);
  return Dataset(
      std::make_shared<datasets::RowNode>(std::make_shared<datasets::TensorRows>(tensors), tensors[0].shape()[0]));
}

Dataset Dataset::range(int64_t stop) { return range(0, stop); }

Dataset Dataset::range(int64_t start, int64_t stop, int64_t step) {
  if (step == 0) throw ValueError("Dataset::range: step must not be 0");
  return Dataset(std::make_shared<datasets::RowNode>(std::make_shared<datasets::RangeRows>(start, step),
                                                     datasets::range_size(start, stop, step)));
}

}  // namespace cornu
