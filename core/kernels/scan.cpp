#include <string>
#include <type_traits>

#include <cornu/core/error.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/scan.h>

namespace cornu::kernels {

namespace {

struct Sum {
  static constexpr int identity = 0;
  template <class T>
  static T combine(T a, T b) {
    return a + b;
  }
};
struct Product {
  static constexpr int identity = 1;
  template <class T>
  static T combine(T a, T b) {
    return a * b;
  }
};

/// One line of parts. `T` is unsigned for integers: they wrap around.
template <class Operation, class T>
void scan_part(const T* in, const Along& along, const Scan& scan, T* out) {
  const int64_t step = scan.reverse ? -along.inner : along.inner;
  const int64_t first = scan.reverse ? (along.extent - 1) * along.inner : 0;
  in += first;
  out += first;
  for (int64_t j = 0; j < along.inner; ++j) out[j] = scan.exclusive ? T(Operation::identity) : in[j];
  for (int64_t i = 1; i < along.extent; ++i) {
    const T* const next = in + (scan.exclusive ? i - 1 : i) * step;
    for (int64_t j = 0; j < along.inner; ++j)
      out[i * step + j] = Operation::template combine<T>(out[(i - 1) * step + j], next[j]);
  }
}

template <class T>
void scan_linear(const T* values, const T* factors, const Along& along, bool reverse, T* out) {
  const int64_t step = reverse ? -along.inner : along.inner;
  int64_t at = reverse ? (along.extent - 1) * along.inner : 0;
  for (int64_t j = 0; j < along.inner; ++j) out[at + j] = values[at + j];
  for (int64_t i = 1; i < along.extent; ++i) {
    at += step;
    for (int64_t j = 0; j < along.inner; ++j) out[at + j] = values[at + j] + factors[at + j] * out[at - step + j];
  }
}

template <class Operation>
void run(DType dtype, const void* in, const Along& along, const Scan& scan, void* out) {
  if (along.size() == 0) return;
  visit_dtype(dtype, [&]<class T>() {
    if constexpr (std::is_same_v<T, bool>) {
      throw DTypeError("a running sum or product takes numbers; received bool");
    } else {
      using Value =
          typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>, std::type_identity<T>>::type;
      const int64_t part = along.extent * along.inner;
      parallel_for(along.outer, row_grain(1 << 15, part), [&](int64_t begin, int64_t end) {
        for (int64_t o = begin; o < end; ++o)
          scan_part<Operation>(static_cast<const Value*>(in) + o * part, along, scan,
                               static_cast<Value*>(out) + o * part);
      });
    }
  });
}

}  // namespace

void cumsum(DType dtype, const void* in, const Along& along, const Scan& scan, void* out) {
  run<Sum>(dtype, in, along, scan, out);
}
void cumprod(DType dtype, const void* in, const Along& along, const Scan& scan, void* out) {
  run<Product>(dtype, in, along, scan, out);
}

void linear_scan(DType dtype, const void* values, const void* factors, const Along& along, bool reverse, void* out) {
  if (!is_floating(dtype))
    throw DTypeError("a linear scan takes floating-point numbers; received " + std::string(name(dtype)));
  if (along.size() == 0) return;
  const auto run_as = [&]<class T>() {
    const int64_t part = along.extent * along.inner;
    parallel_for(along.outer, row_grain(1 << 15, part), [&](int64_t begin, int64_t end) {
      for (int64_t o = begin; o < end; ++o)
        scan_linear(static_cast<const T*>(values) + o * part, static_cast<const T*>(factors) + o * part, along, reverse,
                    static_cast<T*>(out) + o * part);
    });
  };
  if (dtype == float32)
    run_as.template operator()<float>();
  else
    run_as.template operator()<double>();
}

}  // namespace cornu::kernels
