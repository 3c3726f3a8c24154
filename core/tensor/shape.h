#pragma once
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include <cornu/core/export.h>

namespace cornu {

/// The extents of a tensor, outermost first, at most `max_rank` of them. An extent of -1 is unknown (printed None).
///
/// Within a symbolic tensor each unknown extent has a name of its own, a number from `first_name` down, so that it is
/// known to be the same in all shapes that it reaches. All negative extents are unknown and print as None.
class CORNU_API Shape {
 public:
  static constexpr int max_rank = 8;
  static constexpr int64_t max_size = int64_t{1} << 59;
  static constexpr int64_t first_name = -(int64_t{1} << 40);
  /// Whether it is the name of an unknown extent, which with_names() has given.
  static bool is_name(int64_t extent);

  Shape() = default;
  Shape(std::initializer_list<int64_t> extents) : Shape(std::span<const int64_t>(extents.begin(), extents.size())) {}
  explicit Shape(const std::vector<int64_t>& extents)
      : Shape(std::span<const int64_t>(extents.data(), extents.size())) {}
  explicit Shape(std::span<const int64_t> extents);  // throws ShapeError over max_rank or below -1, names left out

  int rank() const { return rank_; }
  /// Number of elements; the product of the extents, 1 for a scalar. -1 if an extent is unknown. Throws ShapeError for
  /// a product, zeros left out, over `max_size`, so that neither bytes nor strides can overflow.
  int64_t size() const;
  bool is_known() const;
  bool contains(int64_t extent) const;
  /// Whether both may be shapes of one tensor: the rank and the extents that both know agree.
  bool is_compatible_with(const Shape& other) const;
  /// With a new name for each -1.
  Shape with_names() const;
  /// With -1 for each name.
  Shape without_names() const;

  int64_t operator[](int axis) const { return extents_[axis]; }
  int64_t& operator[](int axis) { return extents_[axis]; }
  int64_t front() const { return extents_[0]; }
  int64_t back() const { return extents_[rank_ - 1]; }
  bool empty() const { return rank_ == 0; }
  const int64_t* begin() const { return extents_; }
  const int64_t* end() const { return extents_ + rank_; }
  int64_t* begin() { return extents_; }
  int64_t* end() { return extents_ + rank_; }
  std::span<const int64_t> extents() const { return {extents_, static_cast<size_t>(rank_)}; }
  std::vector<int64_t> to_vector() const { return {begin(), end()}; }

  void push_back(int64_t extent);  // throws ShapeError at max_rank
  void insert(int axis, int64_t extent);
  void erase(int axis);
  /// The extents of axes [first, last).
  Shape slice(int first, int last) const;
  /// Product of the extents of axes [first, last).
  int64_t size_between(int first, int last) const;

  /// An unknown extent without a name equals every unknown one.
  bool operator==(const Shape& other) const;

  /// "(2, 3)", "(2,)", "()", "(None, 3)", as Python prints a tuple.
  std::string to_string() const;

 private:
  int64_t extents_[max_rank] = {};
  int rank_ = 0;
};

CORNU_API std::ostream& operator<<(std::ostream& out, const Shape& shape);

/// The shape of an elementwise operation on `a` and `b` by NumPy's rules; throws ShapeError naming `operation` and both
/// shapes.
CORNU_API Shape broadcast_shapes(const Shape& a, const Shape& b, const char* operation);

/// `axis` counted from the front: negative axes count from the end. Throws ValueError unless -rank <= axis < rank.
CORNU_API int normalize_axis(int64_t axis, int rank, const char* operation);

}  // namespace cornu
