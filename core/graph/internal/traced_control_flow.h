#pragma once
#include <functional>
#include <string>

#include <cornu/core/graph/internal/subgraphs.h>

/// Control flow on symbolic tensors: a node of the calling thread's trace, or outside of one only the specs of what it
/// would give.
namespace cornu {

TensorList trace_branches(const Tensor& selector, const std::vector<std::function<TensorList()>>& branches,
                          const std::vector<std::string>& names);
TensorList trace_while(const std::function<Tensor(const TensorList&)>& condition, const TensorListFunction& body,
                       const TensorList& loop_vars, int64_t maximum_iterations);
TensorList trace_scan(const std::function<TensorList(const TensorList&, const TensorList&)>& step,
                      const TensorList& initializer, const TensorList& elems, bool reverse);
TensorList trace_map(const TensorListFunction& fn, const TensorList& elems);

}  // namespace cornu
