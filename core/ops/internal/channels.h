#pragma once
#include <cornu/core/kernels/along.h>
#include <cornu/core/ops/internal/rules.h>

/// What operations along a channel axis share.
namespace cornu {

inline kernels::Along along_of(const Call& call) { return {call.shape(), axis_of(call.attributes)}; }

/// Throws unless the first `arrays` inputs have one shape and all others are [channels].
void check_channels(const Call& call, size_t arrays);

}  // namespace cornu
