#include <algorithm>
#include <atomic>

#include <cornu/core/error.h>
#include <cornu/core/tensor/shape.h>

namespace cornu {

namespace {

std::atomic<int64_t> next_name{Shape::first_name};

void check_rank(size_t rank) {
  if (rank > Shape::max_rank)
    throw ShapeError("a shape has at most " + std::to_string(Shape::max_rank) + " axes; received " +
                     std::to_string(rank));
}

}  // namespace

Shape::Shape(std::span<const int64_t> extents) {
  check_rank(extents.size());
  for (int64_t extent : extents) {
    if (extent < -1 && !is_name(extent))
      throw ShapeError("an extent is at least 0 (or -1 for unknown); received " + std::to_string(extent));
    extents_[rank_++] = extent;
  }
}

int64_t Shape::size() const {
  int64_t size = 1, nonzero_size = 1;
  for (int64_t extent : *this) {
    if (extent < 0) return -1;
    size *= extent != 0;
    if (__builtin_mul_overflow(nonzero_size, extent != 0 ? extent : 1, &nonzero_size) || nonzero_size > max_size)
      throw ShapeError("shape " + to_string() + " has more elements than any memory holds");
  }
  return size * nonzero_size;
}

bool Shape::is_known() const {
  return std::none_of(begin(), end(), [](int64_t extent) { return extent < 0; });
}

bool Shape::contains(int64_t extent) const { return std::find(begin(), end(), extent) != end(); }

bool Shape::is_compatible_with(const Shape& other) const {
  const auto agree = [](int64_t a, int64_t b) { return a == b || a < 0 || b < 0; };
  return rank_ == other.rank_ && std::equal(begin(), end(), other.begin(), agree);
}

bool Shape::is_name(int64_t extent) {
  return extent <= first_name && extent > next_name.load(std::memory_order_relaxed);
}

Shape Shape::with_names() const {
  Shape named = *this;
  for (int64_t& extent : named)
    if (extent == -1) extent = next_name.fetch_sub(1, std::memory_order_relaxed);
  return named;
}

Shape Shape::without_names() const {
  Shape nameless = *this;
  for (int64_t& extent : nameless) extent = std::max<int64_t>(extent, -1);
  return nameless;
}

void Shape::push_back(int64_t extent) { insert(rank_, extent); }

void Shape::insert(int axis, int64_t extent) {
  check_rank(rank_ + 1);
  std::copy_backward(begin() + axis, end(), end() + 1);
  extents_[axis] = extent;
  ++rank_;
}

void Shape::erase(int axis) {
  std::copy(begin() + axis + 1, end(), begin() + axis);
  extents_[--rank_] = 0;
}

Shape Shape::slice(int first, int last) const {
  Shape part;
  for (int axis = first; axis < last; ++axis) part.push_back(extents_[axis]);
  return part;
}

int64_t Shape::size_between(int first, int last) const {
  int64_t size = 1;
  for (int axis = first; axis < last; ++axis) size *= extents_[axis];
  return size;
}

bool Shape::operator==(const Shape& other) const {
  const auto same = [](int64_t a, int64_t b) { return a == b || (std::max(a, b) == -1 && std::min(a, b) < 0); };
  return std::equal(begin(), end(), other.begin(), other.end(), same);
}

std::string Shape::to_string() const {
  std::string text = "(";
  for (int axis = 0; axis < rank_; ++axis) {
    if (axis > 0) text += ", ";
    text += extents_[axis] < 0 ? "None" : std::to_string(extents_[axis]);
  }
  return text + (rank_ == 1 ? ",)" : ")");
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.to_string(); }

Shape broadcast_shapes(const Shape& a, const Shape& b, const char* operation) {
  const Shape& longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  Shape result = longer;
  const int offset = longer.rank() - shorter.rank();
  for (int axis = 0; axis < shorter.rank(); ++axis) {
    int64_t& extent = result[offset + axis];
    if (extent == shorter[axis] || shorter[axis] == 1) continue;
    if (extent == 1 || (extent < 0 && shorter[axis] >= 0)) {
      extent = shorter[axis];
    } else if (extent < 0) {
      extent = -1;  // two unknown extents: either may be 1
    } else if (shorter[axis] >= 0) {
      throw ShapeError(std::string(operation) + ": shapes " + a.to_string() + " and " + b.to_string() +
                       " do not broadcast: from the last axis on, extents must be equal or 1");
    }
  }
  return result;
}

int normalize_axis(int64_t axis, int rank, const char* operation) {
  if (axis >= -rank && axis < rank) return static_cast<int>(axis < 0 ? axis + rank : axis);
  throw ValueError(std::string(operation) + ": axis " + std::to_string(axis) + " is out of range for rank " +
                   std::to_string(rank));
}

}  // namespace cornu
