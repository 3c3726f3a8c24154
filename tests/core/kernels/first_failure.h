#pragma once
#include <cstddef>

/// The first of the indices 0 ... n - 1 at which `holds` does not, n if there is none: Catch is asked once an array,
/// since asking it for each of 300,000 elements takes a hundred times as long as the comparison.
template <class F>
size_t first_failure(size_t n, F holds) {
  size_t i = 0;
  while (i < n && holds(i)) ++i;
  return i;
}
