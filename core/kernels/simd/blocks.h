#pragma once
// Loops around functors, and the table entries that hold them.
#include <cornu/core/kernels/simd/functors.h>

namespace cornu::kernels::CORNU_ISA {

// Booleans are computed as bytes of 0 and 1.
template <class T>
using Stored = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;

// Floating-point results come from batches, the last elements too, so that an element's bits do not depend on its
// place.
template <class Op, class T>
inline constexpr bool uses_batches = std::is_floating_point_v<T> && !Op::is_predicate;

template <class Op, class T>
void unary_block(const void* x, void* out, int64_t n) {
  const T* in = static_cast<const T*>(x);
  if constexpr (uses_batches<Op, T>) {
    T* result = static_cast<T*>(out);
    int64_t i = 0;
    for (; i + lanes<T> <= n; i += lanes<T>) store(result + i, Op()(load(in + i)));
    if (i < n) store_partial(result + i, Op()(load_partial(in + i, n - i)), n - i);
  } else {
    using R = std::conditional_t<Op::is_predicate, uint8_t, T>;
    R* result = static_cast<R*>(out);
    CORNU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) result[i] = Op()(in[i]);
  }
}

template <class Op, class T, int a_step, int b_step>
void binary_loop(const T* a, const T* b, void* out, int64_t n) {
  if constexpr (uses_batches<Op, T>) {
    T* result = static_cast<T*>(out);
    const Batch<T> a0(a_step ? T() : *a), b0(b_step ? T() : *b);
    int64_t i = 0;
    for (; i + lanes<T> <= n; i += lanes<T>)
      store(result + i, Op()(a_step ? load(a + i) : a0, b_step ? load(b + i) : b0));
    if (i < n) {
      const int64_t rest = n - i;
      store_partial(result + i, Op()(a_step ? load_partial(a + i, rest) : a0, b_step ? load_partial(b + i, rest) : b0),
                    rest);
    }
  } else {
    using R = std::conditional_t<Op::is_predicate, uint8_t, T>;
    R* result = static_cast<R*>(out);
    const T a0 = *a, b0 = *b;
    CORNU_INDEPENDENT
    for (int64_t i = 0; i < n; ++i) result[i] = Op()(a_step ? a[i] : a0, b_step ? b[i] : b0);
  }
}

template <class Op, class T>
void binary_block(const void* a, int64_t a_step, const void* b, int64_t b_step, void* out, int64_t n) {
  if (n <= 0) return;
  const T* x = static_cast<const T*>(a);
  const T* y = static_cast<const T*>(b);
  if (a_step && b_step) return binary_loop<Op, T, 1, 1>(x, y, out, n);
  if (a_step) return binary_loop<Op, T, 1, 0>(x, y, out, n);
  if (b_step) return binary_loop<Op, T, 0, 1>(x, y, out, n);
  binary_loop<Op, T, 0, 0>(x, y, out, n);
}

template <class Op, class T>
constexpr void fill_entry(UnaryKernel& kernel) {
  if constexpr (Op::dtypes & bit(dtype_of<T>))
    kernel.blocks[static_cast<int>(dtype_of<T>)] = unary_block<Op, Stored<T>>;
}
template <class Op, class T>
constexpr void fill_entry(BinaryKernel& kernel) {
  if constexpr (Op::dtypes & bit(dtype_of<T>))
    kernel.blocks[static_cast<int>(dtype_of<T>)] = binary_block<Op, Stored<T>>;
}

// The table entry of a functor.
template <class Kernel, class Op>
constexpr Kernel entry() {
  Kernel kernel{};
  kernel.name = Op::name;
  kernel.boolean_result = Op::is_predicate;
  kernel.cost = Op::cost;
  kernel.fault = Op::fault;
  fill_entry<Op, bool>(kernel);
  fill_entry<Op, uint8_t>(kernel);
  fill_entry<Op, int32_t>(kernel);
  fill_entry<Op, int64_t>(kernel);
  fill_entry<Op, float>(kernel);
  fill_entry<Op, double>(kernel);
  return kernel;
}

// The same, with another functor's loop for booleans.
template <class Kernel, class Op, class BooleanOp>
constexpr Kernel entry() {
  Kernel kernel = entry<Kernel, Op>();
  fill_entry<BooleanOp, bool>(kernel);
  return kernel;
}

template <class Op, class... BooleanOp>
inline constexpr UnaryKernel unary_kernel = entry<UnaryKernel, Op, BooleanOp...>();
template <class Op, class... BooleanOp>
inline constexpr BinaryKernel binary_kernel = entry<BinaryKernel, Op, BooleanOp...>();

}  // namespace cornu::kernels::CORNU_ISA
