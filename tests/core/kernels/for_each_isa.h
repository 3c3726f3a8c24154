#pragma once
#include <catch2/catch.hpp>

#include <cornu/core/kernels/dispatch.h>

/// Runs `body` once for every instruction set that this machine has.
template <class F>
void for_each_isa(F body) {
  using cornu::kernels::Isa;
  for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
    if (isa > cornu::kernels::supported_isa()) continue;
    cornu::kernels::set_isa(isa);
    INFO("instruction set " << static_cast<int>(isa));
    body();
  }
  cornu::kernels::set_isa(cornu::kernels::supported_isa());
}
