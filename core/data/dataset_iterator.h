#pragma once
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

namespace datasets {
class Node;
}

/// One walk over a Dataset. Copies are the same iterator; it is used by one thread at a time.
///
///     DatasetIterator iterator = dataset.iterator();
///     while (std::optional<TensorList> element = iterator.next()) use(*element);
///
/// Its position can be kept in a Checkpoint, `Checkpoint checkpoint({{"iterator", iterator}})`: the restored iterator
/// goes on with the very element that would have come, for every transformation. What is kept is small, a list of
/// integers: positions, seeds and numbers of passes, no elements. Those that a transformation held (the buffer of a
/// shuffle, a cache that is not there) are read again when it is restored, from the beginning of the pass under way.
class CORNU_API DatasetIterator {
 public:
  explicit DatasetIterator(std::shared_ptr<const datasets::Node> node);
  DatasetIterator(const DatasetIterator&) = default;  // also in place of moves: what was moved from can still be used
  DatasetIterator& operator=(const DatasetIterator&) = default;

  /// The next element; nothing after the last one. Gradient tapes and traces of the caller do not see how it is made.
  /// Throws what the pipeline's functions throw; the element that failed is passed over if next() is called again.
  std::optional<TensorList> next();

  /// The position, int64 of shape (n,): what a Checkpoint keeps.
  Tensor state() const;
  /// Goes to a position. Throws ValueError, and changes nothing, for a state of another pipeline.
  void restore(const Tensor& state) const;
  /// Throws what restore() would.
  void check(const Tensor& state) const;
  /// The same for copies of one iterator.
  const void* identity() const { return position_.get(); }

 private:
  struct Position;
  std::shared_ptr<Position> position_;
};

namespace datasets {

/// The iterator of `for (const TensorList& element : dataset)`.
class CORNU_API ElementIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using iterator_concept = std::input_iterator_tag;
  using value_type = TensorList;
  using difference_type = std::ptrdiff_t;
  using pointer = const TensorList*;
  using reference = const TensorList&;

  explicit ElementIterator(DatasetIterator iterator) : iterator_(std::move(iterator)) { ++*this; }
  const TensorList& operator*() const { return *element_; }
  const TensorList* operator->() const { return &*element_; }
  ElementIterator& operator++() {
    element_ = iterator_.next();
    return *this;
  }
  void operator++(int) { ++*this; }
  bool operator==(std::default_sentinel_t) const { return !element_; }

 private:
  DatasetIterator iterator_;
  std::optional<TensorList> element_;
};

}  // namespace datasets

}  // namespace cornu
