#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <utility>
#include <vector>

#include <cornu/core/tensor/dtype.h>
#include <cornu/core/tensor/shape.h>

namespace cornu {

class Tensor;
using TensorList = std::vector<Tensor>;

/// The dtype and shape of a tensor without its values. An extent of -1 is unknown.
struct TensorSpec {
  Shape shape = {};
  DType dtype = float32;

  TensorSpec() = default;
  TensorSpec(const Shape& shape, DType dtype = float32) : shape(shape), dtype(dtype) {}
  bool operator==(const TensorSpec&) const = default;
};

/// One axis of a slice, as Python's start:stop:step: negative positions count from the end, what is left out goes to
/// the border. `{}` takes the whole axis, `{1, 3}` elements 1 and 2, `{{}, {}, -1}` all of them backwards.
struct Slice {
  std::optional<int64_t> start = {};
  std::optional<int64_t> stop = {};
  int64_t step = 1;
};

struct Call;

/// Where a symbolic tensor comes from, for whoever describes computations outside a trace: a functional model.
class CORNU_API Origin {
 public:
  virtual ~Origin() = default;
  /// An operation on a tensor that has this origin makes the symbolic `outputs`, which may get origins of their own.
  virtual void record(const Call& call, std::span<Tensor> outputs) const = 0;
};

/// What a tensor is behind its handle. Small tensors keep their elements in it.
struct TensorBody {
  std::atomic<int32_t> references{1};
  DType dtype;
  Shape shape;
  int64_t size;
  uint64_t id;
  std::byte* data;    // nullptr: symbolic, the values are not there
  TensorBody* owner;  // of the buffer, where this tensor is a view of another's elements
  TensorBody* mask;
  size_t capacity;  // bytes of the pooled buffer; 0 where the elements are in small_data or another tensor's; or a mark
  alignas(64) std::byte small_data[64];
};

/// An immutable array of numbers: a handle of one pointer to elements of one dtype, contiguous in row-major order.
///
/// Copying copies the handle. reshape() and slices along the first axis share the elements; every other operation
/// makes new ones. A default-constructed Tensor has no value: defined() is false, and asking it for anything else
/// throws StateError.
///
///     Tensor a = constant({{1.f, 2.f}, {3.f, 4.f}});
///     Tensor b = 2 * a - 1;
///     std::cout << b << b[1].to_vector<float>()[0];
class CORNU_API Tensor {
 public:
  Tensor() noexcept = default;
  Tensor(const Tensor& other) noexcept : body_(other.body_) { retain(body_); }
  Tensor(Tensor&& other) noexcept : body_(std::exchange(other.body_, nullptr)) {}
  Tensor& operator=(const Tensor& other) noexcept {
    retain(other.body_);
    drop(std::exchange(body_, other.body_));
    return *this;
  }
  Tensor& operator=(Tensor&& other) noexcept {
    if (this != &other) drop(std::exchange(body_, std::exchange(other.body_, nullptr)));
    return *this;
  }
  ~Tensor() { drop(body_); }

  bool defined() const { return body_ != nullptr; }
  const Shape& shape() const { return body().shape; }
  DType dtype() const { return body().dtype; }
  int rank() const { return body().shape.rank(); }
  /// Number of elements.
  int64_t size() const { return body().size; }
  TensorSpec spec() const { return {shape(), dtype()}; }

  /// The one element of a tensor of size 1. Throws StateError for another size, DTypeError unless T is the dtype's
  /// type.
  template <Element T>
  T item() const {
    return *static_cast<const T*>(checked_data(dtype_of<T>, true));
  }
  /// All elements, copied in row-major order. Throws DTypeError unless T is the dtype's type.
  template <Element T>
  std::vector<T> to_vector() const {
    const T* first = static_cast<const T*>(checked_data(dtype_of<T>, false));
    return std::vector<T>(first, first + size());
  }
  /// All elements in place, valid as long as a handle of this tensor lives. Throws DTypeError unless T is the dtype's
  /// type.
  template <Element T>
  std::span<const T> data() const {
    return {static_cast<const T*>(checked_data(dtype_of<T>, false)), static_cast<size_t>(size())};
  }

  /// A tensor of `shape` with a copy of `elements`. Throws ShapeError unless their numbers agree.
  template <Element T>
  static Tensor from_span(std::span<const T> elements, const Shape& shape) {
    return copy_of(elements.data(), static_cast<int64_t>(elements.size()), shape, dtype_of<T>);
  }

  /// The slice of each axis, from the first on; axes left out are whole. `m.slice({{}, {1, 3}})` is Python's m[:, 1:3].
  Tensor slice(const std::vector<Slice>& slices) const;
  /// The `index`-th part along the first axis, shape()[1:], sharing the elements. Negative indices count from the end.
  Tensor operator[](int64_t index) const;

  /// A uninitialised tensor, to be filled through mutable_data() by its maker before anyone else sees it.
  static Tensor allocate(const Shape& shape, DType dtype);
  /// A tensor that has a shape and a dtype, but no values: operations on it infer shapes and compute nothing. Each
  /// extent of -1 gets a name (see Shape).
  static Tensor symbolic(const TensorSpec& spec);
  /// A tensor of `shape` on the elements of `base` from number `offset` on.
  static Tensor view(const Tensor& base, const Shape& shape, int64_t offset);

  /// A tensor on memory that belongs to someone else, who says where it is with point_to(). Only for kernels to work
  /// on: whoever keeps its value has to copy it.
  static Tensor placed(const Shape& shape, DType dtype);
  void point_to(void* data) { body_->data = static_cast<std::byte*>(data); }
  bool is_placed() const { return body().capacity == placed_mark; }
  /// The same value in memory of its own.
  Tensor copy() const;

  bool is_symbolic() const { return body().data == nullptr; }
  /// Where this symbolic tensor comes from, and the number that it has among its origin's outputs; null and 0 without
  /// one.
  std::shared_ptr<const Origin> origin() const;
  int origin_output() const;
  bool has_origin() const { return body().capacity == origin_mark; }
  void set_origin(std::shared_ptr<const Origin> origin, int output);
  /// Differs from every other tensor's in this process; a Variable's value gets a new one with each change.
  uint64_t id() const { return body().id; }
  void renew_id();
  /// True if this is the only handle of the elements, so that their owner may change them in place.
  bool is_unique() const { return body().references.load(std::memory_order_acquire) == 1 && !body().owner; }
  const void* raw_data() const { return body().data; }
  void* mutable_data() { return body_->data; }

  /// The Keras mask that a layer left on its output (boolean, true where the element counts); undefined without one.
  Tensor mask() const;
  void set_mask(const Tensor& mask) const;

 private:
  static constexpr size_t placed_mark = ~size_t{0};
  static constexpr size_t origin_mark = ~size_t{1};  // small_data holds an OriginOutput
  struct OriginOutput;
  explicit Tensor(TensorBody* body) noexcept : body_(body) {}
  const TensorBody& body() const {
    if (!body_) throw_no_value();
    return *body_;
  }
  static void retain(TensorBody* body) noexcept {
    if (body) body->references.fetch_add(1, std::memory_order_relaxed);
  }
  static void drop(TensorBody* body) noexcept {
    if (body && body->references.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(body);
  }
  static void destroy(TensorBody* body) noexcept;
  static Tensor copy_of(const void* elements, int64_t count, const Shape& shape, DType dtype);
  const void* checked_data(DType dtype, bool single) const;
  [[noreturn]] static void throw_no_value();

  TensorBody* body_ = nullptr;
};

/// Prints in NumPy's layout, with shape and dtype; tensors of over 1000 elements are shortened.
CORNU_API std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

}  // namespace cornu
