#include <algorithm>

#include <cornu/core/ops/math.h>
#include <cornu/core/saved_model/internal/extent_arithmetic.h>

namespace cornu::saved_model {

namespace {

int64_t multiply(int64_t a, int64_t b) {
  if (a == 0 || b == 0) return 0;
  if (a == 1) return b;
  if (b == 1) return a;
  int64_t product = 0;
  return a < 0 || b < 0 || __builtin_mul_overflow(a, b, &product) ? -1 : product;
}
int64_t sum(int64_t a, int64_t b) {
  if (a == 0) return b;
  if (b == 0) return a;
  int64_t total = 0;
  return a < 0 || b < 0 || __builtin_add_overflow(a, b, &total) ? -1 : total;
}
int64_t difference(int64_t a, int64_t b) {
  if (b == 0) return a;
  if (a == b && a != -1) return 0;
  return a < 0 || b < 0 ? -1 : a - b;
}

using Combine = int64_t (*)(int64_t, int64_t);

Combine combination_of(const std::string& operation) {
  if (operation == "Mul") return multiply;
  if (operation == "Add" || operation == "AddV2") return sum;
  if (operation == "Sub") return difference;
  return nullptr;
}

bool is_countable(const ImportValue& value) {
  return value.tensor.defined() && !value.tensor.is_symbolic() && is_integer(value.tensor.dtype());
}

ImportValue extents_of(const std::vector<int64_t>& numbers, const Shape& shape, DType dtype) {
  return {.tensor = Tensor::from_span<int64_t>(numbers, shape), .is_extents = true, .dtype = dtype};
}

DType dtype_of(const ImportCall& call) { return call.value(0).is_extents ? call.value(0).dtype : call.value(1).dtype; }

std::optional<ImportValue> combine(const ImportCall& call, Combine combination) {
  const Tensor &a = call.value(0).tensor, &b = call.value(1).tensor;
  if (a.size() != b.size() && a.size() != 1 && b.size() != 1) return {};
  if (a.size() == 0 || b.size() == 0) return {};
  const std::vector<int64_t> left = call.integers(0), right = call.integers(1);
  std::vector<int64_t> numbers;
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i)
    numbers.push_back(combination(left[left.size() == 1 ? 0 : i], right[right.size() == 1 ? 0 : i]));
  return extents_of(numbers, a.rank() >= b.rank() ? (a.size() >= b.size() ? a.shape() : b.shape()) : b.shape(),
                    dtype_of(call));
}

std::optional<ImportValue> product(const ImportCall& call) {
  if (call.value(0).tensor.rank() > 1) return {};
  int64_t all = 1;
  for (const int64_t extent : call.integers(0)) all = multiply(all, extent);
  return extents_of({all}, call.flag("keep_dims") ? Shape({1}) : Shape(), dtype_of(call));
}

}  // namespace

std::optional<ImportValue> compute_extents(const ImportCall& call) {
  const std::string& operation = call.node().op();
  if (operation == "Cast" && is_integer(call.dtype("DstT", float32))) {
    ImportValue value = call.value(0);
    value.dtype = call.dtype("DstT", int32);
    return value;
  }
  if (call.input_count() != 2 || !is_countable(call.value(0)) || !is_countable(call.value(1))) return {};
  if (operation == "Prod") return product(call);
  const Combine combination = combination_of(operation);
  return combination ? combine(call, combination) : std::nullopt;
}

}  // namespace cornu::saved_model
