#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string_view>

#include <cornu/core/kernels/dispatch.h>
#include <cornu/core/kernels/simd/kernel_set.h>

namespace cornu::kernels {
namespace {

Isa find_supported() {
#if defined(CORNU_HAS_AVX2_KERNELS)
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#if defined(CORNU_HAS_AVX512_KERNELS)
  if (has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
    return Isa::avx512;
#endif
  if (has_avx2) return Isa::avx2;
#endif
  return Isa::baseline;
}

Isa initial() {
  const char* setting = std::getenv("CORNU_ISA");
  const std::string_view name = setting ? setting : "";
  if (name == "baseline") return Isa::baseline;
  if (name == "avx2") return std::min(Isa::avx2, supported_isa());
  return supported_isa();
}

const KernelSet* set_of(Isa isa) {
#if defined(CORNU_HAS_AVX512_KERNELS)
  if (isa == Isa::avx512) return &avx512::kernel_set();
#endif
#if defined(CORNU_HAS_AVX2_KERNELS)
  if (isa == Isa::avx2) return &avx2::kernel_set();
#endif
  static_cast<void>(isa);
  return &baseline::kernel_set();
}

struct Active {
  std::atomic<Isa> isa{initial()};
  std::atomic<const KernelSet*> set{set_of(isa)};
};

Active& active() {
  static Active state;
  return state;
}

}  // namespace

Isa supported_isa() {
  static const Isa isa = find_supported();
  return isa;
}

Isa active_isa() { return active().isa; }

void set_isa(Isa isa) {
  isa = std::min(isa, supported_isa());
  active().isa = isa;
  active().set = set_of(isa);
}

const KernelSet& active_kernels() { return *active().set.load(std::memory_order_relaxed); }

}  // namespace cornu::kernels
