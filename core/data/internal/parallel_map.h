#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include <cornu/core/data/internal/node.h>

namespace cornu::datasets {

/// What a map does with an element.
struct MapPlan {
  MapFunction function;
  std::shared_ptr<const RandomStream> stream;
};

/// function(element), with random numbers of the pass `key` and the element's number.
TensorList call_mapped(const MapFunction& function, const TensorList& element, uint64_t key, int64_t number);

/// How many threads `num_parallel_calls` means; 0: the consumer's. Throws ValueError for numbers below 1.
int64_t thread_count(std::optional<int64_t> num_parallel_calls, const char* place);

/// Maps the elements on `threads` threads, in order. Its states are those of a map without threads.
std::unique_ptr<Source> parallel_map(std::unique_ptr<Source> child, const MapPlan& plan, int64_t threads,
                                     const IterationContext& context);

}  // namespace cornu::datasets
