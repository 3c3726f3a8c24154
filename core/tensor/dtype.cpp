#include <string>

#include <cornu/core/error.h>
#include <cornu/core/tensor/dtype.h>

namespace cornu {

DType dtype_from_name(std::string_view wanted) {
  std::string known;
  for (int i = 0; i < dtype_count; ++i) {
    if (dtype_info[i].name == wanted) return static_cast<DType>(i);
    known += (i ? ", " : "") + std::string(dtype_info[i].name);
  }
  throw ValueError("unknown dtype '" + std::string(wanted) + "'; known are " + known);
}

std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name(dtype); }

}  // namespace cornu
