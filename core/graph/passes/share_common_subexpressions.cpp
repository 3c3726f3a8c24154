#include <cornu/core/graph/passes.h>

namespace cornu::passes {

Graph share_common_subexpressions(const Graph& graph) { return graph; }

}  // namespace cornu::passes
