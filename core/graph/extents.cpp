#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/extents.h>

namespace cornu {

void Extents::bind(const Shape& named, const Shape& actual, const char* what) {
  if (!resolve(named).is_compatible_with(actual))
    throw ShapeError(std::string(what) + ": expected shape " + named.to_string() + "; received " + actual.to_string());
  for (int axis = 0; axis < named.rank(); ++axis)
    if (Shape::is_name(named[axis])) meaning_[named[axis]] = actual[axis];
}

int64_t Extents::resolve(int64_t extent) const {
  if (!Shape::is_name(extent)) return extent;
  const auto found = meaning_.find(extent);
  return found == meaning_.end() ? extent : found->second;
}

Shape Extents::resolve(Shape shape) const {
  for (int64_t& extent : shape) extent = resolve(extent);
  return shape;
}

bool Extents::has_names(const AttributeValue& value) const {
  if (const auto* number = std::get_if<int64_t>(&value)) return Shape::is_name(*number);
  if (const auto* shape = std::get_if<Shape>(&value)) return std::any_of(shape->begin(), shape->end(), Shape::is_name);
  if (const auto* list = std::get_if<std::vector<int64_t>>(&value))
    return std::any_of(list->begin(), list->end(), Shape::is_name);
  return false;
}

Attributes Extents::resolve(const Attributes& attributes) const {
  if (meaning_.empty() ||
      std::none_of(attributes.begin(), attributes.end(), [&](const auto& entry) { return has_names(entry.second); }))
    return attributes;
  std::vector<Attributes::Entry> entries(attributes.begin(), attributes.end());
  for (auto& [name, value] : entries) {
    if (auto* number = std::get_if<int64_t>(&value)) *number = resolve(*number);
    if (auto* shape = std::get_if<Shape>(&value)) *shape = resolve(*shape);
    if (auto* list = std::get_if<std::vector<int64_t>>(&value))
      for (int64_t& extent : *list) extent = resolve(extent);
  }
  return Attributes(std::move(entries));
}

}  // namespace cornu
