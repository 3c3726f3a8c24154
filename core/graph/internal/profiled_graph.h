#pragma once
#include <memory>

#include <cornu/core/graph/graph.h>
#include <cornu/core/ops/internal/profiling.h>

namespace cornu {

/// The nodes of a graph as profiles show them.
std::shared_ptr<const ProfiledGraph> profiled_graph(const Graph& graph);

}  // namespace cornu
