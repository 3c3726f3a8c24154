#include <algorithm>
#include <cmath>
#include <cstring>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/internal/progression.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/operand.h>

namespace cornu {

namespace {

/// A tensor of `shape` whose i-th element is `element(i)`, converted to `dtype`.
template <class Function>
Tensor generate(const Shape& shape, DType dtype, const Function& element) {
  Tensor tensor = Tensor::allocate(shape, dtype);
  visit_dtype(dtype, [&]<class T>() {
    T* out = static_cast<T*>(tensor.mutable_data());
    for (int64_t i = 0; i < tensor.size(); ++i) out[i] = static_cast<T>(element(i));
  });
  return tensor;
}

void fill(Tensor& tensor, double value) {
  visit_dtype(tensor.dtype(), [&]<class T>() {
    std::fill_n(static_cast<T*>(tensor.mutable_data()), tensor.size(), static_cast<T>(value));
  });
}

constexpr const char* no_inputs = "it has no inputs";

// The two that a graph needs where extents are not known yet; otherwise no operation is called for.

const Operation& fill_op = define({
    .name = "Fill",
    .arity = 0,
    .infer = [](const Call& call) -> TensorSpec {
      return {call.attributes.shape("shape"), call.attributes.get<DType>("dtype")};
    },
    .kernel = [](const Call& call,
                 std::span<Tensor> outputs) { fill(outputs[0], call.attributes.get<double>("value")); },
    .no_gradient = no_inputs,
    .reads_extents = true,
});

const Operation& size_op = define({
    .name = "_Size",
    .arity = 0,
    .infer = [](const Call& call) -> TensorSpec {
      return {Shape(), call.attributes.get<DType>("dtype")};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          fill(outputs[0], static_cast<double>(call.attributes.shape("shape").size()));
        },
    .no_gradient = no_inputs,
    .reads_extents = true,
});

}  // namespace

namespace {

/// Of unknown extents only those of symbolic tensors, which have names, will become known.
void require_names(const Shape& shape, const char* operation) {
  if (shape.contains(-1))
    throw ShapeError(std::string(operation) + ": the extents must be 0 or more; received " + shape.to_string());
}

/// Throws unless the numbers from `first` to `last`, their fractions cut off, are in the range of `dtype`.
void require_range(double first, double last, DType dtype, const char* operation) {
  for (const double number : {first, last})
    if (!is_floating(dtype)) Operand(std::trunc(number)).require_fit(dtype, operation);
}

}  // namespace

Tensor element_count(const Shape& shape, DType dtype) {
  require_names(shape, "element_count");
  if (shape.is_known()) return full({}, static_cast<double>(shape.size()), dtype);
  return apply(size_op, {}, {{"shape", shape}, {"dtype", dtype}});
}

Tensor zeros(const Shape& shape, DType dtype) {
  if (!shape.is_known()) return full(shape, 0, dtype);
  Tensor tensor = Tensor::allocate(shape, dtype);
  std::memset(tensor.mutable_data(), 0, static_cast<size_t>(tensor.size()) * size_of(dtype));
  return tensor;
}

Tensor ones(const Shape& shape, DType dtype) { return full(shape, 1, dtype); }

Tensor full(const Shape& shape, double value, DType dtype) {
  Operand(value).require_fit(dtype, "full");
  if (!shape.is_known()) {
    require_names(shape, "full");
    return apply(fill_op, {}, {{"shape", shape}, {"value", value}, {"dtype", dtype}});
  }
  Tensor tensor = Tensor::allocate(shape, dtype);
  fill(tensor, value);
  return tensor;
}

Tensor zeros_like(const Tensor& x) { return zeros(x.shape(), x.dtype()); }
Tensor ones_like(const Tensor& x) { return full_like(x, 1); }
Tensor full_like(const Tensor& x, double value) { return full(x.shape(), value, x.dtype()); }

Tensor detail::arange_integers(int64_t start, int64_t stop, int64_t step, DType dtype) {
  if (step == 0) throw ValueError("arange: the step must not be 0");
  const uint64_t count = progression_size(start, stop, step);
  if (count == 0) return zeros({0}, dtype);
  if (count > static_cast<uint64_t>(Shape::max_size))
    throw ValueError("arange: there are more steps of " + std::to_string(step) + " from " + std::to_string(start) +
                     " to " + std::to_string(stop) + " than a tensor has room for");
  const auto first = static_cast<uint64_t>(start), stride = static_cast<uint64_t>(step);
  Operand(start).require_fit(dtype, "arange");
  Operand(static_cast<int64_t>(first + (count - 1) * stride)).require_fit(dtype, "arange");
  return generate({static_cast<int64_t>(count)}, dtype,
                  [&](int64_t i) { return static_cast<int64_t>(first + static_cast<uint64_t>(i) * stride); });
}

Tensor detail::arange_numbers(double start, double stop, double step, DType dtype) {
  const double count = std::ceil((stop - start) / step);
  if (step == 0 || !(std::abs(count) <= static_cast<double>(Shape::max_size)))
    throw ValueError("arange: there is no end of steps of " + std::to_string(step) + " from " + std::to_string(start) +
                     " to " + std::to_string(stop));
  if (count > 0) require_range(start, start + (count - 1) * step, dtype, "arange");
  return generate({static_cast<int64_t>(std::max(count, 0.0))}, dtype,
                  [&](int64_t i) { return start + static_cast<double>(i) * step; });
}

Tensor linspace(double start, double stop, int64_t num, DType dtype) {
  if (num < 1) throw ValueError("linspace: num must be at least 1; received " + std::to_string(num));
  require_range(start, stop, dtype, "linspace");
  const double step = num > 1 ? (stop - start) / static_cast<double>(num - 1) : 0;
  return generate({num}, dtype,
                  [&](int64_t i) { return i == num - 1 && num > 1 ? stop : start + static_cast<double>(i) * step; });
}

Tensor eye(int64_t rows, std::optional<int64_t> columns, DType dtype) {
  const int64_t width = columns.value_or(rows);
  if (Shape::is_name(rows) || Shape::is_name(width))
    throw ShapeError("eye: the extents of a symbolic tensor that it takes are unknown; give known ones");
  if (rows < 0 || width < 0)
    throw ValueError("eye: rows and columns must be at least 0; received " + std::to_string(rows) + " and " +
                     std::to_string(width));
  return generate({rows, width}, dtype, [&](int64_t i) { return i / width == i % width; });
}

namespace detail {

void throw_ragged() { throw ShapeError("constant: the braces of one level must hold equally many values"); }

Tensor from_booleans(const std::vector<bool>& elements, const Shape& shape) {
  Tensor tensor = Tensor::allocate(shape, boolean);
  std::copy(elements.begin(), elements.end(), static_cast<bool*>(tensor.mutable_data()));
  return tensor;
}

}  // namespace detail

}  // namespace cornu
