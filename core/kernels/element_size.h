#pragma once
#include <cstddef>
#include <cstdint>

namespace cornu::kernels {

/// Calls `visitor.template operator()<Word>()` with an unsigned integer as wide as an element: moving elements does not
/// care what they mean.
template <class Visitor>
decltype(auto) visit_element_size(size_t element_size, Visitor&& visitor) {
  switch (element_size) {
    case 1:
      return visitor.template operator()<uint8_t>();
    case 2:
      return visitor.template operator()<uint16_t>();
    case 4:
      return visitor.template operator()<uint32_t>();
    default:
      return visitor.template operator()<uint64_t>();
  }
}

}  // namespace cornu::kernels
