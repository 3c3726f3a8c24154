#pragma once
#include <string>
#include <vector>

#include <cornu/core/graph/graph.h>

namespace cornu::summary {

struct NamedGraph {
  std::string name;  // of the function
  const Graph* graph;
};

/// The graphs as one serialized GraphDef, as TensorBoard draws it: nodes by the paths of their layers, TensorFlow's
/// operations for variables and constants, shapes at the edges. Several graphs are kept apart by the functions' names.
CORNU_API std::string graph_def(const std::vector<NamedGraph>& graphs);

}  // namespace cornu::summary
