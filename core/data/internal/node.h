#pragma once
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <cornu/core/data/dataset.h>
#include <cornu/core/data/internal/iterator_state.h>
#include <cornu/core/data/internal/random_stream.h>
#include <cornu/core/random/internal/generator_scope.h>

namespace cornu::datasets {

/// Elements that can be had by number, and many at once as a batch.
class Rows {
 public:
  virtual ~Rows() = default;
  virtual TensorList at(int64_t index) const = 0;
  /// The elements of these numbers, joined along a new first axis.
  virtual TensorList gather(std::span<const int64_t> indices) const = 0;
};

/// One walk over a node. `next` and `skip` may be called again after the end, and after an exception.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::optional<TensorList> next() = 0;
  /// Passes over `count` elements; answers how many there were.
  virtual int64_t skip(int64_t count);
  /// The position, of which restore() in a new source of the same node makes the same one.
  virtual void save(StateWriter& state) const = 0;
  virtual void restore(StateReader& state) = 0;

  /// Where the elements are rows: the rows; and next_rows() gives their numbers in place of them, less than there is
  /// place for only at the end. Otherwise null.
  virtual const Rows* rows() const { return nullptr; }
  virtual int64_t next_rows(std::span<int64_t>) { return 0; }

  IteratorState state() const;
};

/// A data set's way of making its elements; immutable.
class Node {
 public:
  virtual ~Node() = default;
  virtual std::unique_ptr<Source> iterate(const IterationContext& context) const = 0;
  virtual int64_t cardinality() const = 0;
};
using NodePointer = std::shared_ptr<const Node>;

/// The element's tensors have values. Throws ValueError naming `place` otherwise.
void check_element(const TensorList& element, const char* place);

/// Throws ValueError "PLACE: NAME must be at least MINIMUM; received VALUE".
void check_at_least(int64_t value, int64_t minimum, const char* place, const char* name);

/// Throws the exception under way as a cornu::Error that says "PLACE: element NUMBER: " first.
[[noreturn]] void rethrow_with_place(const char* place, int64_t number);

/// Calls `function`; what it throws says where.
template <class Function>
auto with_place(const char* place, int64_t number, const Function& function) {
  try {
    return function();
  } catch (...) {
    rethrow_with_place(place, number);
  }
}

/// Calls `function` to pass over elements that went before; one that failed then fails again, and is passed over too.
template <class Function>
void pass_over(const Function& function) {
  try {
    function();
  } catch (const std::exception&) {
  }
}

/// Restores a source from a state within a state.
void restore_part(Source& source, const IteratorState& part);

/// Random numbers for the `number`-th element of a pass.
random::GeneratorScope element_generator(uint64_t key, int64_t number);

}  // namespace cornu::datasets
