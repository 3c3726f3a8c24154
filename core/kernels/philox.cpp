// Compiled with -ffp-contract=off: a fused multiply-add would make other numbers on some machines.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/philox.h>
#include <cornu/core/kernels/simd/kernel_set.h>

namespace cornu::kernels::philox {

namespace {

[[noreturn]] void throw_not_for(const char* what, DType dtype) {
  throw DTypeError(std::string("random ") + what + " numbers have no dtype " + std::string(name(dtype)));
}

// ---- the normal distribution ------------------------------------------------------------------------------------
// std::log differs in last bits from one library to another; here all is additions, multiplications, divisions and
// square roots, which IEEE 754 defines to the last bit.

/// log(x) for x > 0 and normal: log(m 2^e) = 2 artanh((m - 1) / (m + 1)) + e log 2, m in [sqrt(1/2), sqrt(2)).
double log_of(double x) {
  const auto bits = std::bit_cast<uint64_t>(x);
  int64_t exponent = static_cast<int64_t>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  const double s = (m - 1) / (m + 1), z = s * s;
  double series = 0;
  for (int power = 21; power >= 1; power -= 2) series = series * z + 1.0 / power;
  return 2 * s * series + static_cast<double>(exponent) * 0.6931471805599453;
}

template <size_t count>
double polynomial(const double (&coefficients)[count], double x) {
  double value = 0;
  for (size_t i = count; i-- > 0;) value = value * x + coefficients[i];
  return value;
}

// Coefficients of AS 241's PPND16, lowest power first: near the middle, in the tails, far out.
constexpr double middle_over[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                  1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                  3.3430575583588128105e4, 2.5090809287301226727e3};
constexpr double middle_under[] = {1.0,
                                   4.2313330701600911252e1,
                                   6.8718700749205790830e2,
                                   5.3941960214247511077e3,
                                   2.1213794301586595867e4,
                                   3.9307895800092710610e4,
                                   2.8729085735721942674e4,
                                   5.2264952788528545610e3};
constexpr double tail_over[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr double tail_under[] = {1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
constexpr double far_over[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                               2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                               2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr double far_under[] = {1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};

/// The z whose distribution function is 0.5 + q, |q| < 0.5.
double normal_quantile(double q) {
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * (polynomial(middle_over, r) / polynomial(middle_under, r));
  }
  const double r = std::sqrt(-log_of(0.5 - std::fabs(q)));
  const double z = r <= 5 ? polynomial(tail_over, r - 1.6) / polynomial(tail_under, r - 1.6)
                          : polynomial(far_over, r - 5) / polynomial(far_under, r - 5);
  return q < 0 ? -z : z;
}

// ---- words to numbers -------------------------------------------------------------------------------------------

/// Words as a number in [0, 1).
float unit(float, const uint32_t* words) { return static_cast<float>(static_cast<int32_t>(words[0] >> 8)) * 0x1p-24f; }
double unit(double, const uint32_t* words) {
  const uint64_t bits = (uint64_t{words[1]} << 32 | words[0]) >> 11;
  return static_cast<double>(static_cast<int64_t>(bits)) * 0x1p-53;
}

/// Words as a number in (-0.5, 0.5), without its borders and 0: halves are added to the last bit.
double centered(float, const uint32_t* words) {
  return (static_cast<double>(static_cast<int32_t>(words[0])) + 0.5) * 0x1p-32;
}
double centered(double, const uint32_t* words) {
  const auto bits = static_cast<int64_t>(uint64_t{words[1]} << 32 | words[0]) >> 12;
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

/// The high 64 bits of the product of 64-bit numbers.
uint64_t multiply_high(uint64_t a, uint64_t b) {
  const uint64_t a_low = a & 0xFFFFFFFF, a_high = a >> 32, b_low = b & 0xFFFFFFFF, b_high = b >> 32;
  const uint64_t middle = a_high * b_low + (a_low * b_low >> 32);
  const uint64_t other = a_low * b_high + (middle & 0xFFFFFFFF);
  return a_high * b_high + (middle >> 32) + (other >> 32);
}

/// floor(x * range / 2^64) of 64 random bits, and floor(x * range / 2^128) of 128.
uint64_t below(uint64_t range, const uint32_t* words, int64_t count) {
  const uint64_t low = uint64_t{words[1]} << 32 | words[0];
  if (count == 2) return multiply_high(low, range);
  const uint64_t high = uint64_t{words[3]} << 32 | words[2];
  const uint64_t carried = multiply_high(low, range), middle = high * range;
  return multiply_high(high, range) + (middle + carried < middle ? 1 : 0);
}

constexpr int64_t chunk_blocks = 64;

/// out[i] = convert(the words of element i), in chunks whose words stay in the L1 cache.
template <class T, int64_t words, class Convert>
void fill(const Stream& stream, int64_t n, T* out, Convert&& convert) {
  constexpr int64_t chunk = 4 * chunk_blocks / words;  // elements
  const PhiloxWords philox_words = active_kernels().philox_words;
  parallel_for((n + chunk - 1) / chunk, (1 << 14) / chunk, [&](int64_t begin, int64_t end) {
    uint32_t buffer[4 * chunk_blocks];
    for (int64_t i = begin; i < end; ++i) {
      const int64_t count = std::min(chunk, n - i * chunk);
      philox_words(stream.seed, stream.counter + static_cast<uint64_t>(i * chunk_blocks), (count * words + 3) / 4,
                   buffer);
      for (int64_t j = 0; j < count; ++j) out[i * chunk + j] = convert(buffer + j * words);
    }
  });
}

template <class T>
inline constexpr int64_t words_of = sizeof(T) == 8 ? 2 : 1;

template <class Visitor>
void visit_floating(const char* what, DType dtype, Visitor&& visitor) {
  if (dtype == float32) return visitor.template operator()<float>();
  if (dtype == float64) return visitor.template operator()<double>();
  throw_not_for(what, dtype);
}

}  // namespace

Block block(const Block& counter, uint32_t key0, uint32_t key1) {
  Block x = counter;
  for (int i = 0; i < philox_rounds; ++i) {
    const uint64_t product0 = uint64_t{philox_multipliers[0]} * x[0];
    const uint64_t product1 = uint64_t{philox_multipliers[1]} * x[2];
    x = {static_cast<uint32_t>(product1 >> 32) ^ x[1] ^ key0, static_cast<uint32_t>(product1),
         static_cast<uint32_t>(product0 >> 32) ^ x[3] ^ key1, static_cast<uint32_t>(product0)};
    key0 += philox_key_steps[0];
    key1 += philox_key_steps[1];
  }
  return x;
}

int64_t words_per_element(DType dtype) {
  switch (dtype) {
    case DType::boolean:
    case DType::float32:
      return 1;
    case DType::int64:
      return 4;
    default:
      return 2;
  }
}

uint64_t blocks(DType dtype, int64_t n) { return static_cast<uint64_t>((n * words_per_element(dtype) + 3) / 4); }

void fill_uniform(DType dtype, const Stream& stream, double minval, double maxval, int64_t n, void* out) {
  visit_floating("uniform", dtype, [&]<class T>() {
    const T low = static_cast<T>(minval), range = static_cast<T>(maxval) - low;
    // Rounding may reach maxval itself.
    const T highest = maxval > minval ? std::nextafter(static_cast<T>(maxval), low) : low;
    fill<T, words_of<T>>(stream, n, static_cast<T*>(out), [=](const uint32_t* words) {
      const T value = unit(T(), words) * range + low;
      return value < highest ? value : highest;
    });
  });
}

void fill_normal(DType dtype, const Stream& stream, double mean, double stddev, int64_t n, void* out) {
  visit_floating("normal", dtype, [&]<class T>() {
    fill<T, words_of<T>>(stream, n, static_cast<T*>(out), [=](const uint32_t* words) {
      return static_cast<T>(normal_quantile(centered(T(), words)) * stddev + mean);
    });
  });
}

void fill_truncated_normal(DType dtype, const Stream& stream, double mean, double stddev, int64_t n, void* out) {
  constexpr double within_two = 0.9544997361036416;  // the probability of |z| < 2
  visit_floating("normal", dtype, [&]<class T>() {
    fill<T, words_of<T>>(stream, n, static_cast<T*>(out), [=](const uint32_t* words) {
      return static_cast<T>(normal_quantile(centered(T(), words) * within_two) * stddev + mean);
    });
  });
}

void fill_integers(DType dtype, const Stream& stream, int64_t minval, int64_t maxval, int64_t n, void* out) {
  const uint64_t range = static_cast<uint64_t>(maxval) - static_cast<uint64_t>(minval);
  const auto fill_with = [&]<class T, int64_t words>() {
    fill<T, words>(stream, n, static_cast<T*>(out), [=](const uint32_t* random) {
      return static_cast<T>(static_cast<uint64_t>(minval) + below(range, random, words));
    });
  };
  switch (dtype) {
    case DType::uint8:
      return fill_with.template operator()<uint8_t, 2>();
    case DType::int32:
      return fill_with.template operator()<int32_t, 2>();
    case DType::int64:
      return fill_with.template operator()<int64_t, 4>();
    default:
      throw_not_for("integer", dtype);
  }
}

void fill_bernoulli(DType dtype, const Stream& stream, double probability, int64_t n, void* out) {
  const auto threshold = static_cast<uint64_t>(std::clamp(probability, 0.0, 1.0) * 0x1p32);
  visit_dtype(dtype, [&]<class T>() {
    fill<T, 1>(stream, n, static_cast<T*>(out),
               [=](const uint32_t* words) { return words[0] < threshold ? T(1) : T(0); });
  });
}

}  // namespace cornu::kernels::philox
