#include <algorithm>
#include <cstring>

#include <cornu/core/kernels/broadcast.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/simd/kernel_set.h>

namespace cornu::kernels {
namespace {

constexpr int64_t block_elements = 1024;  // of an operand spread out on the stack

template <class Kernel>
const Kernel* find(std::span<const std::span<const Kernel>> tables, std::string_view name) {
  for (const auto& table : tables) {
    for (const Kernel& kernel : table) {
      if (kernel.name == name) return &kernel;
    }
  }
  return nullptr;
}

// Shape::size() without the call: this is on the path of the smallest operations.
int64_t count(const Shape& shape) {
  int64_t n = 1;
  for (const int64_t extent : shape) n *= extent;
  return n;
}

const char* advance(const void* p, int64_t bytes) { return static_cast<const char*>(p) + bytes; }
char* advance(void* p, int64_t bytes) { return static_cast<char*>(p) + bytes; }

template <class T>
bool any_zero(const void* values, int64_t n) {
  const T* p = static_cast<const T*>(values);
  return std::find(p, p + n, T(0)) != p + n;
}
template <class T>
bool any_negative(const void* values, int64_t n) {
  const T* p = static_cast<const T*>(values);
  return std::any_of(p, p + n, [](T value) { return value < 0; });
}

// One operation with its operands, dtype by dtype sizes resolved.
struct Call {
  BinaryBlock block;
  const void* a;
  const void* b;
  void* out;
  int64_t operand_size;  // bytes of an element
  int64_t result_size;
  int cost;

  // Elements [begin, begin + n) of the output, where the operands start at elements a_at and b_at.
  void run(int64_t a_at, int64_t a_step, int64_t b_at, int64_t b_step, int64_t begin, int64_t n) const {
    block(advance(a, a_at * operand_size), a_step, advance(b, b_at * operand_size), b_step,
          advance(out, begin * result_size), n);
  }
  // Both operands contiguous or a single element.
  void run_flat(int64_t a_step, int64_t b_step, int64_t n) const {
    if (n < 2 * elements_per_thread / cost) return run(0, a_step, 0, b_step, 0, n);
    parallel_for(n, elements_per_thread / cost, [&](int64_t begin, int64_t end) {
      run(begin * a_step, a_step, begin * b_step, b_step, begin, end - begin);
    });
  }
};

// Whole rows of the innermost axis, which is long enough for one call each.
void run_rows(const Call& call, const BroadcastPlan& plan) {
  const int inner = plan.rank - 1;
  const int64_t extent = plan.extent[inner], rows = plan.size_between(0, inner);
  parallel_for(rows, row_grain(elements_per_thread / call.cost, extent), [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row)
      call.run(plan.offset(0, row, inner), plan.stride[0][inner], plan.offset(1, row, inner), plan.stride[1][inner],
               row * extent, extent);
  });
}

// Copies one operand's elements for `rows` rows of the innermost axis from row `first` on, broadcasting carried out.
template <class T>
void spread(const BroadcastPlan& plan, int operand, const void* data, int64_t first, int64_t rows, void* out) {
  const T* from = static_cast<const T*>(data);
  T* to = static_cast<T*>(out);
  const int inner = plan.rank - 1;
  const int64_t extent = plan.extent[inner], step = plan.stride[operand][inner];
  const int64_t period = plan.extent[inner - 1], jump = plan.stride[operand][inner - 1];
  int64_t in_period = first % period;
  const T* row_start = from + plan.offset(operand, first, inner);
  for (int64_t row = first; row < first + rows; ++row) {
    for (int64_t i = 0; i < extent; ++i) *to++ = row_start[i * step];
    row_start += jump;
    if (++in_period == period) {
      in_period = 0;
      row_start = from + plan.offset(operand, row + 1, inner);
    }
  }
}

using Spread = void (*)(const BroadcastPlan&, int, const void*, int64_t, int64_t, void*);
Spread spread_of(int64_t size) { return size == 1 ? spread<uint8_t> : size == 4 ? spread<uint32_t> : spread<uint64_t>; }

// How an operand reaches blocks of many short rows.
struct BlockOperand {
  enum Kind { contiguous, repeated_row, scattered } kind = contiguous;

  BlockOperand(const BroadcastPlan& plan, int operand) {
    const int inner = plan.rank - 1;
    bool outer_is_broadcast = true, is_contiguous = plan.stride[operand][inner] == 1;
    for (int axis = 0; axis < inner; ++axis) {
      outer_is_broadcast &= plan.stride[operand][axis] == 0;
      is_contiguous &= plan.stride[operand][axis] != 0;
    }
    kind = is_contiguous ? contiguous : outer_is_broadcast ? repeated_row : scattered;
  }
};

// Many rows of a short innermost axis: operands are spread out over a block on the stack, so that the block function
// sees runs of about a thousand elements.
void run_short_rows(const Call& call, const BroadcastPlan& plan) {
  const int inner = plan.rank - 1;
  const int64_t extent = plan.extent[inner], rows = plan.size_between(0, inner);
  const int64_t rows_at_once = std::min(rows, block_elements / extent);
  const BlockOperand operand[2] = {{plan, 0}, {plan, 1}};
  const void* data[2] = {call.a, call.b};
  const Spread copy = spread_of(call.operand_size);
  parallel_for(rows, row_grain(elements_per_thread / call.cost, extent), [&](int64_t begin, int64_t end) {
    alignas(64) char scratch[2][block_elements * sizeof(double)];
    for (int64_t row = begin; row < end; row += rows_at_once) {
      const int64_t count = std::min(rows_at_once, end - row);
      const void* block[2];
      for (int i = 0; i < 2; ++i) {
        block[i] = scratch[i];
        if (operand[i].kind == BlockOperand::contiguous) {
          block[i] = advance(data[i], row * extent * call.operand_size);
        } else if (operand[i].kind == BlockOperand::scattered || row == begin) {
          copy(plan, i, data[i], row, count, scratch[i]);
        }
      }
      call.block(block[0], 1, block[1], 1, advance(call.out, row * extent * call.result_size), count * extent);
    }
  });
}

void run_broadcast(const Call& call, const Shape& a_shape, const Shape& b_shape, const Shape& out_shape) {
  const BroadcastPlan plan(out_shape, {&a_shape, &b_shape});
  const int inner = plan.rank - 1;
  if (plan.rank <= 1) return call.run_flat(plan.stride[0][0], plan.stride[1][0], out_shape.size());
  if (plan.extent[inner] >= 64) return run_rows(call, plan);
  run_short_rows(call, plan);
}

}  // namespace

const UnaryKernel* find_unary(std::string_view name) { return find(active_kernels().unary, name); }
const BinaryKernel* find_binary(std::string_view name) { return find(active_kernels().binary, name); }

void run_unary(const UnaryKernel& kernel, DType dtype, const void* x, void* out, int64_t n) {
  const UnaryBlock block = kernel.block(dtype);
  const int64_t grain = elements_per_thread / kernel.cost;
  if (n < 2 * grain) return block(x, out, n);
  const auto operand_size = static_cast<int64_t>(size_of(dtype));
  const auto result_size = static_cast<int64_t>(size_of(kernel.result(dtype)));
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    block(advance(x, begin * operand_size), advance(out, begin * result_size), end - begin);
  });
}

Fault run_binary(const BinaryKernel& kernel, DType dtype, const void* a, const Shape& a_shape, const void* b,
                 const Shape& b_shape, void* out, const Shape& out_shape) {
  if (kernel.fault != Fault::none && !is_floating(dtype)) {
    const Fault fault = check_operand(kernel, dtype, b, count(out_shape) == 0 ? 0 : count(b_shape));
    if (fault != Fault::none) return fault;
  }
  const int64_t n = count(out_shape);
  const Call call{kernel.block(dtype),
                  a,
                  b,
                  out,
                  static_cast<int64_t>(size_of(dtype)),
                  static_cast<int64_t>(size_of(kernel.result(dtype))),
                  kernel.cost};
  if (n == 0) return Fault::none;
  const int64_t a_size = count(a_shape), b_size = count(b_shape);
  if (a_size == n && b_size == n) {
    call.run_flat(1, 1, n);
  } else if (a_size == n && b_size == 1) {
    call.run_flat(1, 0, n);
  } else if (a_size == 1 && b_size == n) {
    call.run_flat(0, 1, n);
  } else {
    run_broadcast(call, a_shape, b_shape, out_shape);
  }
  return Fault::none;
}

Fault check_operand(const BinaryKernel& kernel, DType dtype, const void* b, int64_t n) {
  bool fails = false;
  if (kernel.fault == Fault::zero_divisor) {
    if (dtype == DType::uint8) fails = any_zero<uint8_t>(b, n);
    if (dtype == DType::int32) fails = any_zero<int32_t>(b, n);
    if (dtype == DType::int64) fails = any_zero<int64_t>(b, n);
  } else if (kernel.fault == Fault::negative_exponent) {
    if (dtype == DType::int32) fails = any_negative<int32_t>(b, n);
    if (dtype == DType::int64) fails = any_negative<int64_t>(b, n);
  }
  return fails ? kernel.fault : Fault::none;
}

}  // namespace cornu::kernels
