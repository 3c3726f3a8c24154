#pragma once
#include <optional>

#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

/// Sums, differences and products of extents, some of which are not known: 1 * n is n, 2 * n is unknown (-1). Nothing
/// for operations that are none of these.
std::optional<ImportValue> compute_extents(const ImportCall& call);

}  // namespace cornu::saved_model
