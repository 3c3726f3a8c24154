#pragma once
#include <cornu/core/graph/internal/subgraphs.h>

namespace cornu {

/// Code that was traced within the trace of other code, whose tensors it may use.
struct TracedCode {
  std::string name;  // in messages
  Graph graph;       // inputs: its arguments, then the captures
  size_t arguments = 0;
  TensorList captures;
};
TracedCode trace_code(const std::string& name, const TensorListFunction& code,
                      const std::vector<TensorSpec>& arguments);

/// Codes that one operation will run, with variables handed in and out as tensors. Those that effects use stay: these
/// act on the variables themselves.
struct LoweredCodes {
  std::vector<Graph> graphs = {};       // inputs: the arguments, the assigned variables of a loop, then all captures
  TensorList captures = {};             // tensors of the trace around
  std::vector<Variable> assigned = {};  // their new values are further results
  TensorList initial = {};              // of the assigned variables of a loop: their values before
};
/// Branches get the values of assigned variables as captures, and each gives new ones.
LoweredCodes lower_branches(const std::vector<TracedCode>& codes);
/// Of a loop's codes the last one, the body, gives new values of assigned variables.
LoweredCodes lower_loop(const std::vector<TracedCode>& codes);

}  // namespace cornu
