#pragma once
#include <unordered_map>

#include <cornu/core/ops/operation.h>

namespace cornu {

/// What the names of unknown extents stand for: numbers, or names of another trace.
class Extents {
 public:
  /// Learns the names of `named` from the `actual` shape. Throws ShapeError naming `what` if both do not fit.
  void bind(const Shape& named, const Shape& actual, const char* what);
  Shape resolve(Shape shape) const;
  /// The attributes with all known names replaced.
  Attributes resolve(const Attributes& attributes) const;

 private:
  int64_t resolve(int64_t extent) const;
  bool has_names(const AttributeValue& value) const;
  std::unordered_map<int64_t, int64_t> meaning_;
};

}  // namespace cornu
