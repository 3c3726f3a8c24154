#pragma once
#include <cornu/core/export.h>

namespace cornu::kernels {

/// The instruction sets that the vectorised kernels are compiled for, lowest first. `baseline` is what the build's own
/// flags allow (SSE2 on x86-64, NEON on arm64).
enum class Isa { baseline, avx2, avx512 };

/// The highest instruction set that this build holds and this processor runs.
CORNU_API Isa supported_isa();

/// The instruction set in use: supported_isa(), or lower if the environment variable CORNU_ISA says `baseline`, `avx2`
/// or `avx512`.
CORNU_API Isa active_isa();

/// Lowers (or raises back) the instruction set in use, never above supported_isa(). Kernels that were looked up before
/// keep theirs. Not to be called while kernels run: this is for tests.
CORNU_API void set_isa(Isa isa);

}  // namespace cornu::kernels
