#pragma once
#include <cornu/core/graph/internal/subgraphs.h>

/// The table's entries for control flow. All hold their graphs as the attribute "graphs", which take the same inputs.
namespace cornu {

/// Runs one of the branches `graphs` on `captures`: that of the number `selector` (int32; the last one for a number out
/// of range), or for a boolean the first if it is true.
TensorList apply_branches(const Tensor& selector, Subgraphs graphs, const TensorList& captures);

/// While the first of `graphs`, of the states and the captures to a boolean, is true, and at most `maximum_iterations`
/// times (-1: no limit), makes new states with the second.
TensorList apply_while(Subgraphs graphs, const TensorList& states, const TensorList& captures,
                       int64_t maximum_iterations);

/// For each part of `elements` along their first axis, from the end if `reverse`: the graph of the carries, the parts
/// and the captures gives new carries and results. Gives back the last carries and the results, stacked.
TensorList apply_scan(Subgraphs graph, const TensorList& carries, const TensorList& elements,
                      const TensorList& captures, bool reverse);

/// The lists one behind the other.
TensorList joined(std::initializer_list<TensorList> lists);
/// Elements [first, last) of a list.
TensorList part(const TensorList& list, size_t first, size_t last);

}  // namespace cornu
