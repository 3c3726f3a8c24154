#include <cornu/core/kernels/epilogue.h>
#include <cornu/core/kernels/simd/epilogue.h>
#include <cornu/core/kernels/simd/kernel_set.h>

namespace cornu::kernels {

template <>
void finish(float* c, int64_t rows, int64_t n, int64_t stride, int64_t first, const Epilogue& epilogue) {
  const float* const bias = epilogue.bias ? static_cast<const float*>(epilogue.bias) + first : nullptr;
  active_kernels().epilogue->of_float(c, rows, n, stride, bias, epilogue.activation == Activation::relu);
}

template <>
void finish(double* c, int64_t rows, int64_t n, int64_t stride, int64_t first, const Epilogue& epilogue) {
  const double* const bias = epilogue.bias ? static_cast<const double*>(epilogue.bias) + first : nullptr;
  active_kernels().epilogue->of_double(c, rows, n, stride, bias, epilogue.activation == Activation::relu);
}

}  // namespace cornu::kernels
