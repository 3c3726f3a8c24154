#pragma once
#include <array>
#include <cstdint>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>

/// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
///
/// A seed (the key) and a counter give a block of four 32-bit words; there is no state. A function below fills `n`
/// elements from the blocks counter, counter + 1, ...: element i depends on seed, counter and i alone, so that threads
/// may share the work and every machine gets the same numbers. `blocks()` tells how many blocks a fill uses: the next
/// fill starts behind them.
namespace cornu::kernels::philox {

using Block = std::array<uint32_t, 4>;

/// The generator itself.
CORNU_API Block block(const Block& counter, uint32_t key0, uint32_t key1);

/// Where a fill takes its words.
struct Stream {
  uint64_t seed = 0;
  uint64_t counter = 0;
};

/// 32-bit words for an element of `dtype`: 1 for float32 and bool, 2 for float64 and int32, 4 for int64. uint8 takes 2.
CORNU_API int64_t words_per_element(DType dtype);
/// Blocks that a fill of `n` elements of `dtype` uses.
CORNU_API uint64_t blocks(DType dtype, int64_t n);

/// Uniform in [minval, maxval): float32 with 24 random bits, float64 with 53.
CORNU_API void fill_uniform(DType dtype, const Stream& stream, double minval, double maxval, int64_t n, void* out);

/// Normal, by the inverse of the distribution function (Wichura, algorithm AS 241, 1988).
CORNU_API void fill_normal(DType dtype, const Stream& stream, double mean, double stddev, int64_t n, void* out);

/// Normal, of which only values within two standard deviations are taken (as TensorFlow's and Keras's).
CORNU_API void fill_truncated_normal(DType dtype, const Stream& stream, double mean, double stddev, int64_t n,
                                     void* out);

/// Integers, uniform in [minval, maxval), minval < maxval, of dtype uint8, int32 or int64. The probabilities of two
/// values differ by less than 2^-31 (uint8, int32) or 2^-63 (int64) of themselves.
CORNU_API void fill_integers(DType dtype, const Stream& stream, int64_t minval, int64_t maxval, int64_t n, void* out);

/// 1 with `probability`, else 0, of any dtype; a word an element.
CORNU_API void fill_bernoulli(DType dtype, const Stream& stream, double probability, int64_t n, void* out);

}  // namespace cornu::kernels::philox
