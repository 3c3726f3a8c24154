#pragma once
#include <cstdint>

namespace cornu::kernels {

/// What a product does to its rows while they are in cache, of one instruction set: x = activation(x + bias) for each
/// row of x [rows, n], whose rows lie `stride` elements apart. `bias` is [n], or null.
template <class T>
using FinishRows = void (*)(T* x, int64_t rows, int64_t n, int64_t stride, const T* bias, bool relu);

struct EpilogueBlocks {
  FinishRows<float> of_float;
  FinishRows<double> of_double;
};

}  // namespace cornu::kernels
