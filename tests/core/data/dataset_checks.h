#pragma once
#include <vector>

#include <cornu/core/data/dataset.h>

using Int64s = std::vector<int64_t>;

inline std::vector<cornu::TensorList> all_of(const cornu::Dataset& dataset) {
  std::vector<cornu::TensorList> elements;
  for (const cornu::TensorList& element : dataset) elements.push_back(element);
  return elements;
}

/// The int64 elements of the first tensor of each element, one after another.
inline Int64s numbers_in(const cornu::TensorList& element) { return element[0].to_vector<int64_t>(); }

inline Int64s numbers_of(const cornu::Dataset& dataset) {
  Int64s numbers;
  for (const cornu::TensorList& element : dataset)
    for (const int64_t number : numbers_in(element)) numbers.push_back(number);
  return numbers;
}
