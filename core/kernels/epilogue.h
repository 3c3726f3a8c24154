#pragma once
#include <cstdint>

namespace cornu::kernels {

enum class Activation : uint8_t { none, relu };

/// What is done to a product while it is in cache: activation(product + bias).
struct Epilogue {
  const void* bias = nullptr;  // [n], of the product's dtype; none if null
  Activation activation = Activation::none;
};

/// Does it to the rows of c, which lie `stride` elements apart and whose n columns begin at the product's column
/// `first`. float and double.
template <class T>
void finish(T* c, int64_t rows, int64_t n, int64_t stride, int64_t first, const Epilogue& epilogue);

}  // namespace cornu::kernels
