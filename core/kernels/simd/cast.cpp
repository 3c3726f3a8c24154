#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

// Truncates; saturates out of range; NaN gives 0.
template <class To, class From>
inline To to_integer(From x) {
  // 2^bits is a number of type From, max() need not be.
  constexpr From above = static_cast<From>(uint64_t{1} << (std::numeric_limits<To>::digits - 1)) * From(2);
  constexpr From below = static_cast<From>(std::numeric_limits<To>::lowest());
  const bool in_range = (x > below) & (x < above);
  const To inside = static_cast<To>(in_range ? x : From(0));
  const To beyond = x >= above ? std::numeric_limits<To>::max() : std::numeric_limits<To>::lowest();
  return (in_range | (x != x)) ? inside : beyond;
}

template <class From, class To>
void cast_elements(const void* x, void* out, int64_t n) {
  const Stored<From>* in = static_cast<const Stored<From>*>(x);
  Stored<To>* result = static_cast<Stored<To>*>(out);
  CORNU_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) {
    if constexpr (std::is_same_v<To, bool>) {
      result[i] = in[i] != 0;
    } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
      result[i] = to_integer<To>(in[i]);
    } else {
      result[i] = static_cast<To>(in[i]);
    }
  }
}

#define CORNU_CASTS_FROM(From)                                                                \
  {                                                                                           \
    cast_elements<From, bool>, cast_elements<From, uint8_t>, cast_elements<From, int32_t>,    \
        cast_elements<From, int64_t>, cast_elements<From, float>, cast_elements<From, double> \
  }

}  // namespace

constexpr CastBlock cast_blocks[dtype_count][dtype_count] = {CORNU_CASTS_FROM(bool),    CORNU_CASTS_FROM(uint8_t),
                                                             CORNU_CASTS_FROM(int32_t), CORNU_CASTS_FROM(int64_t),
                                                             CORNU_CASTS_FROM(float),   CORNU_CASTS_FROM(double)};
#undef CORNU_CASTS_FROM

}  // namespace cornu::kernels::CORNU_ISA
