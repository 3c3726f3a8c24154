#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <cornu/core/summary/internal/histogram.h>

namespace cornu::summary {

namespace {

struct Range {
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  int64_t count = 0;  // of finite elements
};

template <class T>
Range range_of(const T* elements, int64_t size) {
  Range range;
  for (int64_t i = 0; i < size; ++i) {
    const auto element = static_cast<double>(elements[i]);
    if (!std::isfinite(element)) continue;
    range.lowest = std::min(range.lowest, element);
    range.highest = std::max(range.highest, element);
    ++range.count;
  }
  return range;
}

/// Rows of left edge, right edge, count.
class Buckets {
 public:
  Buckets(double* rows, int64_t count) : rows_(rows), count_(count) {}

  void set(int64_t bucket, double left, double right, double number) {
    rows_[3 * bucket] = left;
    rows_[3 * bucket + 1] = right;
    rows_[3 * bucket + 2] = number;
  }

  /// All elements are one number: the last bucket has them.
  void fill_single(double value, int64_t number) {
    for (int64_t i = 0; i < count_; ++i) set(i, value, value, i + 1 == count_ ? static_cast<double>(number) : 0);
  }

  template <class T>
  void fill(const T* elements, int64_t size, const Range& range) {
    // Halves, because the range of float64 numbers may be more than float64 holds.
    const double width = (range.highest / 2 - range.lowest / 2) / static_cast<double>(count_);
    const auto edge = [&](int64_t i) {
      return i == count_ ? range.highest : range.lowest + 2 * (width * static_cast<double>(i));
    };
    for (int64_t i = 0; i < count_; ++i) set(i, edge(i), edge(i + 1), 0);
    for (int64_t i = 0; i < size; ++i) {
      const auto element = static_cast<double>(elements[i]);
      if (!std::isfinite(element)) continue;
      const double place = std::floor((element / 2 - range.lowest / 2) / width);
      rows_[3 * std::min(static_cast<int64_t>(place), count_ - 1) + 2] += 1;
    }
  }

 private:
  double* rows_;
  int64_t count_;
};

}  // namespace

Tensor histogram_buckets(const Tensor& data, int64_t buckets) {
  Tensor result = Tensor::allocate({buckets, 3}, float64);
  auto* rows = static_cast<double*>(result.mutable_data());
  std::fill(rows, rows + 3 * buckets, 0.);
  if (buckets == 0) return result;
  visit_dtype(data.dtype(), [&]<class T>() {
    const T* elements = static_cast<const T*>(data.raw_data());
    const Range range = range_of(elements, data.size());
    Buckets counted(rows, buckets);
    if (range.count == 0) return;
    // Numbers so near to each other that no width is left between them count as one.
    if ((range.highest / 2 - range.lowest / 2) / static_cast<double>(buckets) > 0)
      counted.fill(elements, data.size(), range);
    else
      counted.fill_single(range.highest, range.count);
  });
  return result;
}

}  // namespace cornu::summary
