#pragma once
#include <cornu/core/summary/internal/profiler.h>

namespace cornu::summary {

/// Memory that an operation reads and writes: its inputs' and its outputs' elements, once each.
int64_t bytes_of(const ProfiledSlice& slice);
/// Its floating-point operations, a multiply-add as two: counted for products, convolutions and reductions, one an
/// element for elementwise operations; 0 for those that only move elements, and where it is not known.
CORNU_API int64_t flops_of(const ProfiledSlice& slice);

}  // namespace cornu::summary
