#include <cstring>
#include <new>

#include <cornu/core/error.h>
#include <cornu/core/tensor/storage.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

namespace {

// Identities are dealt to threads in blocks, so that a new tensor touches no shared counter.
uint64_t next_id() {
  constexpr uint64_t block = 1 << 16;
  static std::atomic<uint64_t> blocks{1};
  thread_local uint64_t next = 0, last = 0;
  if (next == last) {
    next = blocks.fetch_add(1, std::memory_order_relaxed) * block;
    last = next + block;
  }
  return next++;
}

TensorBody* make_body(const Shape& shape, DType dtype) {
  const int64_t size = shape.size();
  auto* body = new (storage::acquire(sizeof(TensorBody))) TensorBody;
  body->dtype = dtype;
  body->shape = shape;
  body->size = size;
  body->id = next_id();
  body->data = nullptr;
  body->owner = nullptr;
  body->mask = nullptr;
  body->capacity = 0;
  return body;
}

std::byte* acquire(size_t bytes, const Shape& shape, DType dtype) {
  try {
    return static_cast<std::byte*>(storage::acquire(bytes));
  } catch (const std::bad_alloc&) {
    throw MemoryError("there is no memory for a tensor of shape " + shape.to_string() + " and dtype " +
                      std::string(name(dtype)) + ", " + std::to_string(bytes) + " bytes");
  }
}

}  // namespace

Tensor Tensor::allocate(const Shape& shape, DType dtype) {
  if (!shape.is_known()) throw ShapeError("a tensor of unknown extents cannot be allocated: " + shape.to_string());
  Tensor tensor(make_body(shape, dtype));
  TensorBody* body = tensor.body_;
  const size_t bytes = static_cast<size_t>(body->size) * size_of(dtype);
  if (bytes <= sizeof(body->small_data)) {
    body->data = body->small_data;
  } else {
    body->data = acquire(bytes, shape, dtype);
    body->capacity = bytes;
  }
  return tensor;
}

Tensor Tensor::symbolic(const TensorSpec& spec) { return Tensor(make_body(spec.shape.with_names(), spec.dtype)); }

Tensor Tensor::placed(const Shape& shape, DType dtype) {
  Tensor tensor(make_body(shape, dtype));
  tensor.body_->capacity = placed_mark;
  return tensor;
}

Tensor Tensor::copy() const {
  Tensor copy = allocate(shape(), dtype());
  if (size() > 0) std::memcpy(copy.body_->data, body_->data, static_cast<size_t>(size()) * size_of(dtype()));
  return copy;
}

Tensor Tensor::view(const Tensor& base, const Shape& shape, int64_t offset) {
  if (base.is_placed()) return view(base.copy(), shape, offset);
  Tensor tensor(make_body(shape, base.dtype()));
  TensorBody* owner = base.body_->owner ? base.body_->owner : base.body_;
  if (base.is_symbolic()) return tensor;
  retain(owner);
  tensor.body_->owner = owner;
  tensor.body_->data = base.body_->data + offset * static_cast<int64_t>(size_of(base.dtype()));
  return tensor;
}

struct Tensor::OriginOutput {
  std::shared_ptr<const Origin> origin;
  int output;
  static OriginOutput& of(TensorBody* body) { return *std::launder(reinterpret_cast<OriginOutput*>(body->small_data)); }
};

void Tensor::set_origin(std::shared_ptr<const Origin> origin, int output) {
  if (!is_symbolic() || is_placed()) throw StateError("only a symbolic tensor has an origin");
  if (has_origin())
    OriginOutput::of(body_) = {std::move(origin), output};
  else
    new (body_->small_data) OriginOutput{std::move(origin), output};
  body_->capacity = origin_mark;
}

std::shared_ptr<const Origin> Tensor::origin() const { return has_origin() ? OriginOutput::of(body_).origin : nullptr; }
int Tensor::origin_output() const { return has_origin() ? OriginOutput::of(body_).output : 0; }

void Tensor::destroy(TensorBody* body) noexcept {
  if (body->capacity == origin_mark)
    OriginOutput::of(body).~OriginOutput();
  else if (body->capacity && body->capacity != placed_mark)
    storage::release(body->data, body->capacity);
  drop(body->owner);
  drop(body->mask);
  storage::release(body, sizeof(TensorBody));
}

Tensor Tensor::copy_of(const void* elements, int64_t count, const Shape& shape, DType dtype) {
  if (shape.size() != count)
    throw ShapeError("from_span: shape " + shape.to_string() + " needs " + std::to_string(shape.size()) +
                     " elements; received " + std::to_string(count));
  Tensor tensor = allocate(shape, dtype);
  if (count > 0) std::memcpy(tensor.body_->data, elements, static_cast<size_t>(count) * size_of(dtype));
  return tensor;
}

void Tensor::renew_id() { body_->id = next_id(); }

Tensor Tensor::mask() const {
  retain(body().mask);
  return Tensor(body_->mask);
}

void Tensor::set_mask(const Tensor& mask) const {
  body();
  retain(mask.body_);
  drop(std::exchange(body_->mask, mask.body_));
}

const void* Tensor::checked_data(DType wanted, bool single) const {
  if (dtype() != wanted)
    throw DTypeError("a tensor of dtype " + std::string(name(dtype())) + " was read as " + std::string(name(wanted)) +
                     "; read it as its own type or cast it first");
  if (is_symbolic())
    throw StateError("the values of a symbolic tensor of shape " + shape().to_string() +
                     " are not there: it stands for a tensor that is computed later. Inside function(), use cond, "
                     "switch_case, while_loop, scan or map_fn in place of C++ that depends on values, print() to see "
                     "them, or run_functions_eagerly(true) to debug");
  if (single && size() != 1)
    throw StateError("item() reads a tensor of one element; this one has shape " + shape().to_string());
  return body_->data;
}

void Tensor::throw_no_value() {
  throw StateError("this tensor has no value: it was default-constructed or moved from");
}

}  // namespace cornu
