#pragma once
#include <string>
#include <vector>

#include <cornu/core/graph/graph.h>

/// What is done to a graph before it runs. Each pass is a function from a graph to one that gives the same results.
namespace cornu::passes {

struct Pass {
  const char* name;
  Graph (*run)(const Graph& graph);
};

/// All passes, in the order in which optimize() runs them.
CORNU_API const std::vector<Pass>& all();
/// Runs the enabled passes.
CORNU_API Graph optimize(Graph graph);

/// Switches a pass off or on for graphs that are made from now on, in the whole program: where a traced function gives
/// a wrong result, this finds the pass that is to blame. Throws ValueError for an unknown name.
CORNU_API void set_enabled(const std::string& name, bool enabled);
CORNU_API bool is_enabled(const std::string& name);
/// Whether each graph is verified after each pass; the environment variable CORNU_VERIFY_GRAPHS=1 sets it at the start.
CORNU_API void set_verification(bool enabled);

/// Computes at once what depends on constants alone.
CORNU_API Graph fold_constants(const Graph& graph);
/// Drops what changes nothing: x + 0, x * 1, -(-x), reshapes to the same shape, casts to the same dtype, identities.
CORNU_API Graph simplify_algebra(const Graph& graph);
/// Computes equal things once.
CORNU_API Graph share_common_subexpressions(const Graph& graph);
/// Drops what feeds neither a result nor an effect, and assignments that are overwritten unseen.
CORNU_API Graph remove_dead_code(const Graph& graph);
/// Softmax and cross-entropy, and their gradients, as one operation each.
CORNU_API Graph fuse_losses(const Graph& graph);
/// Bias, activation and residual addition as epilogues of products.
CORNU_API Graph fuse_products(const Graph& graph);
/// Chains of elementwise operations, with broadcasts and a trailing reduction, as one pass over memory.
CORNU_API Graph fuse_elementwise(const Graph& graph);
/// Moves effects behind everything that does not depend on them, so that what can fail has happened before.
CORNU_API Graph effects_last(const Graph& graph);

}  // namespace cornu::passes
