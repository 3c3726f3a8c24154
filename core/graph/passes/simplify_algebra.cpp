#include <cornu/core/graph/passes.h>

namespace cornu::passes {

Graph simplify_algebra(const Graph& graph) { return graph; }

}  // namespace cornu::passes
