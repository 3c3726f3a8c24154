#include <cornu/core/graph/passes.h>

namespace cornu::passes {

Graph fold_constants(const Graph& graph) { return graph; }

}  // namespace cornu::passes
