#include <algorithm>

#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/pooled_array.h>
#include <cornu/core/kernels/sort.h>

namespace cornu::kernels {

namespace {

template <class T>
struct Item {
  T value;
  int32_t index;
};

/// Whether `a` goes before `b`; NaN (the values that differ from themselves) goes last, equal values by their index.
template <class T, bool descending>
bool before(const Item<T>& a, const Item<T>& b) {
  if (descending ? a.value > b.value : a.value < b.value) return true;
  if (a.value == b.value) return a.index < b.index;
  const bool a_is_nan = a.value != a.value, b_is_nan = b.value != b.value;
  if (a_is_nan || b_is_nan) return a_is_nan == b_is_nan ? a.index < b.index : b_is_nan;
  return false;
}

template <class T>
using Before = bool (*)(const Item<T>&, const Item<T>&);

/// Sorts the first `wanted` places of the line of `in` that starts at `first`, into `items`.
template <class T, Before<T> less>
void sort_line(const T* first, int64_t stride, int64_t wanted, PooledArray<Item<T>>& items) {
  for (int64_t i = 0; i < items.size(); ++i) items[i] = {first[i * stride], static_cast<int32_t>(i)};
  const auto goes_before = [](const Item<T>& a, const Item<T>& b) { return less(a, b); };
  if (wanted < items.size())
    std::partial_sort(items.begin(), items.begin() + wanted, items.end(), goes_before);
  else
    std::sort(items.begin(), items.end(), goes_before);
}

/// Sorts every line; `put(o, i, j, item)` takes what comes to place i of line (o, j).
template <class T, Before<T> less, class Put>
void sort_lines(const T* in, const Along& along, int64_t wanted, Put&& put) {
  parallel_for(along.outer * along.inner, row_grain(1 << 11, along.extent), [&](int64_t begin, int64_t end) {
    PooledArray<Item<T>> items(along.extent);
    for (int64_t line = begin; line < end; ++line) {
      const int64_t o = line / along.inner, j = line % along.inner;
      sort_line<T, less>(in + o * along.extent * along.inner + j, along.inner, wanted, items);
      for (int64_t i = 0; i < wanted; ++i) put((o * wanted + i) * along.inner + j, items[i]);
    }
  });
}

template <class T, class Put>
void sort_lines(const void* in, const Along& along, bool descending, int64_t wanted, Put&& put) {
  if (descending)
    sort_lines<T, before<T, true>>(static_cast<const T*>(in), along, wanted, put);
  else
    sort_lines<T, before<T, false>>(static_cast<const T*>(in), along, wanted, put);
}

}  // namespace

void argsort(DType dtype, const void* in, const Along& along, bool descending, int32_t* out) {
  visit_dtype(dtype, [&]<class T>() {
    sort_lines<T>(in, along, descending, along.extent,
                  [&](int64_t place, const Item<T>& item) { out[place] = item.index; });
  });
}

void top_k(DType dtype, const void* in, int64_t rows, int64_t extent, int64_t k, void* values, int32_t* indices) {
  visit_dtype(dtype, [&]<class T>() {
    sort_lines<T>(in, Along(rows, extent, 1), true, k, [&](int64_t place, const Item<T>& item) {
      static_cast<T*>(values)[place] = item.value;
      indices[place] = item.index;
    });
  });
}

}  // namespace cornu::kernels
