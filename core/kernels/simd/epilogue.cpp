#include <cornu/core/kernels/simd/epilogue.h>
#include <cornu/core/kernels/simd/functors_unary.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class T, bool has_bias, bool relu>
Batch<T> finish(Batch<T> x, Batch<T> bias) {
  if constexpr (has_bias) x = x + bias;
  if constexpr (relu) x = Relu()(x);
  return x;
}

template <class T, bool has_bias, bool relu>
void finish_rows(T* x, int64_t rows, int64_t n, int64_t stride, const T* bias) {
  for (int64_t row = 0; row < rows; ++row, x += stride) {
    int64_t j = 0;
    for (; j + lanes<T> <= n; j += lanes<T>)
      store(x + j, finish<T, has_bias, relu>(load(x + j), has_bias ? load(bias + j) : Batch<T>(T(0))));
    if (j < n) {
      const Batch<T> rest = has_bias ? load_partial(bias + j, n - j) : Batch<T>(T(0));
      store_partial(x + j, finish<T, has_bias, relu>(load_partial(x + j, n - j), rest), n - j);
    }
  }
}

template <class T>
void finish_any(T* x, int64_t rows, int64_t n, int64_t stride, const T* bias, bool relu) {
  if (bias && relu)
    finish_rows<T, true, true>(x, rows, n, stride, bias);
  else if (bias)
    finish_rows<T, true, false>(x, rows, n, stride, bias);
  else if (relu)
    finish_rows<T, false, true>(x, rows, n, stride, bias);
}

}  // namespace

constexpr EpilogueBlocks epilogue_blocks = {finish_any<float>, finish_any<double>};

}  // namespace cornu::kernels::CORNU_ISA
