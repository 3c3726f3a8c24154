#include <algorithm>
#include <cstring>

#include <cornu/core/kernels/element_size.h>
#include <cornu/core/kernels/indexing.h>
#include <cornu/core/kernels/parallel.h>

namespace cornu::kernels {

namespace {

constexpr int64_t copies_per_thread = 1 << 15;  // less is not worth a second thread

template <class Visitor>
decltype(auto) visit_indices(const Indices& indices, Visitor&& visitor) {
  if (indices.dtype == int32) return visitor(static_cast<const int32_t*>(indices.data));
  return visitor(static_cast<const int64_t*>(indices.data));
}

/// Rows of one element are assigned, longer ones copied.
template <class Word>
void copy_row(const Word* in, Word* out, int64_t count) {
  if (count == 1)
    *out = *in;
  else
    std::memcpy(out, in, sizeof(Word) * static_cast<size_t>(count));
}

/// Integers wrap around, without undefined behaviour.
template <class T>
void add_to(T& sum, T value) {
  if constexpr (std::is_same_v<T, bool>)
    sum = sum || value;
  else if constexpr (std::is_integral_v<T>)
    sum = static_cast<T>(static_cast<std::make_unsigned_t<T>>(sum) + static_cast<std::make_unsigned_t<T>>(value));
  else
    sum += value;
}

template <class T>
void add_row(const T* in, T* sums, int64_t count) {
  for (int64_t j = 0; j < count; ++j) add_to(sums[j], in[j]);
}

/// The number of the row that index row `i` points to.
template <class Index>
int64_t row_number(const Index* indices, std::span<const int64_t> extents, int64_t i) {
  int64_t number = 0;
  for (size_t axis = 0; axis < extents.size(); ++axis)
    number = number * extents[axis] + indices[i * static_cast<int64_t>(extents.size()) + static_cast<int64_t>(axis)];
  return number;
}

/// Adds row `i` of `updates` to row `target(i)` of `out`, in the order of i for each target. Threads own ranges of
/// targets and look through all of i, or, of few targets, ranges of columns.
template <class T, class Target>
void add_rows(int64_t count, int64_t inner, int64_t targets, const T* updates, T* out, Target&& target) {
  const bool by_columns = inner >= 256;
  const int64_t owned = by_columns ? inner : targets;
  const int64_t work = count * inner;
  const int64_t grain = work < 2 * copies_per_thread ? owned : std::max<int64_t>(by_columns ? 64 : 16, owned / 16);
  parallel_for(owned, std::max<int64_t>(grain, 1), [&](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = target(i);
      if (by_columns)
        add_row(updates + i * inner + begin, out + row * inner + begin, end - begin);
      else if (row >= begin && row < end)
        add_row(updates + i * inner, out + row * inner, inner);
    }
  });
}

}  // namespace

int64_t find_out_of_range(const Indices& indices, int64_t count, int64_t extent) {
  return visit_indices(indices, [&](const auto* values) {
    // Negative numbers are large as unsigned ones: one comparison, which vectorises; the search comes only after a hit.
    bool outside = false;
    for (int64_t i = 0; i < count; ++i)
      outside |= static_cast<uint64_t>(static_cast<int64_t>(values[i])) >= static_cast<uint64_t>(extent);
    if (!outside) return all_in_range;
    int64_t i = 0;
    while (values[i] >= 0 && values[i] < extent) ++i;
    return i;
  });
}

int64_t gather(size_t element_size, const void* in, const Along& along, const Indices& indices, int64_t count,
               void* out) {
  const int64_t offending = find_out_of_range(indices, count, along.extent);
  if (offending != all_in_range || count == 0) return offending;
  visit_element_size(element_size, [&]<class Word>() {
    visit_indices(indices, [&](const auto* values) {
      const auto* const source = static_cast<const Word*>(in);
      auto* const target = static_cast<Word*>(out);
      parallel_for(along.outer * count, row_grain(copies_per_thread, along.inner), [&](int64_t begin, int64_t end) {
        int64_t part = begin / count * along.extent, i = begin % count;
        for (int64_t row = begin; row < end; ++row) {
          copy_row(source + (part + values[i]) * along.inner, target + row * along.inner, along.inner);
          if (++i < count) continue;
          i = 0;
          part += along.extent;
        }
      });
    });
  });
  return all_in_range;
}

int64_t scatter_add(DType dtype, const Indices& indices, int64_t count, const void* updates, const Along& along,
                    void* out) {
  const int64_t offending = find_out_of_range(indices, count, along.extent);
  if (offending != all_in_range) return offending;
  visit_dtype(dtype, [&]<class T>() {
    visit_indices(indices, [&](const auto* values) {
      for (int64_t o = 0; o < along.outer; ++o)
        add_rows(count, along.inner, along.extent, static_cast<const T*>(updates) + o * count * along.inner,
                 static_cast<T*>(out) + o * along.extent * along.inner, [&](int64_t i) { return values[i]; });
    });
  });
  return all_in_range;
}

int64_t find_out_of_range(const IndexRows& rows) {
  const auto depth = static_cast<int64_t>(rows.extents.size());
  for (int64_t position = 0; position < rows.count * depth; ++position) {
    const int64_t index = rows.indices[position];
    if (index < 0 || index >= rows.extents[static_cast<size_t>(position % depth)]) return position;
  }
  return all_in_range;
}

int64_t gather_nd(size_t element_size, const void* in, const IndexRows& rows, void* out) {
  const int64_t offending = find_out_of_range(rows);
  if (offending != all_in_range) return offending;
  visit_element_size(element_size, [&]<class Word>() {
    visit_indices(rows.indices, [&](const auto* values) {
      parallel_for(rows.count, row_grain(copies_per_thread, rows.inner), [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i)
          copy_row(static_cast<const Word*>(in) + row_number(values, rows.extents, i) * rows.inner,
                   static_cast<Word*>(out) + i * rows.inner, rows.inner);
      });
    });
  });
  return all_in_range;
}

int64_t scatter_nd_update(size_t element_size, const IndexRows& rows, const void* updates, void* out) {
  const int64_t offending = find_out_of_range(rows);
  if (offending != all_in_range) return offending;
  visit_element_size(element_size, [&]<class Word>() {
    visit_indices(rows.indices, [&](const auto* values) {
      for (int64_t i = 0; i < rows.count; ++i)
        copy_row(static_cast<const Word*>(updates) + i * rows.inner,
                 static_cast<Word*>(out) + row_number(values, rows.extents, i) * rows.inner, rows.inner);
    });
  });
  return all_in_range;
}

int64_t scatter_nd_add(DType dtype, const IndexRows& rows, const void* updates, void* out) {
  const int64_t offending = find_out_of_range(rows);
  if (offending != all_in_range) return offending;
  int64_t targets = 1;
  for (int64_t extent : rows.extents) targets *= extent;
  visit_dtype(dtype, [&]<class T>() {
    visit_indices(rows.indices, [&](const auto* values) {
      add_rows(rows.count, rows.inner, targets, static_cast<const T*>(updates), static_cast<T*>(out),
               [&](int64_t i) { return row_number(values, rows.extents, i); });
    });
  });
  return all_in_range;
}

int64_t gather_along(size_t element_size, const void* in, const Along& along, const Indices& indices, int64_t count,
                     void* out) {
  const int64_t offending = find_out_of_range(indices, along.outer * count * along.inner, along.extent);
  if (offending != all_in_range) return offending;
  visit_element_size(element_size, [&]<class Word>() {
    visit_indices(indices, [&](const auto* values) {
      const auto* const source = static_cast<const Word*>(in);
      auto* const target = static_cast<Word*>(out);
      parallel_for(along.outer, row_grain(copies_per_thread, count * along.inner), [&](int64_t begin, int64_t end) {
        for (int64_t o = begin; o < end; ++o) {
          const Word* const part = source + o * along.extent * along.inner;
          for (int64_t i = 0, at = o * count * along.inner; i < count; ++i)
            for (int64_t j = 0; j < along.inner; ++j, ++at) target[at] = part[values[at] * along.inner + j];
        }
      });
    });
  });
  return all_in_range;
}

int64_t scatter_add_along(DType dtype, const Indices& indices, int64_t count, const void* updates, const Along& along,
                          void* out) {
  const int64_t offending = find_out_of_range(indices, along.outer * count * along.inner, along.extent);
  if (offending != all_in_range) return offending;
  visit_dtype(dtype, [&]<class T>() {
    visit_indices(indices, [&](const auto* values) {
      const auto* const source = static_cast<const T*>(updates);
      auto* const target = static_cast<T*>(out);
      parallel_for(along.outer, row_grain(copies_per_thread, count * along.inner), [&](int64_t begin, int64_t end) {
        for (int64_t o = begin; o < end; ++o) {
          T* const part = target + o * along.extent * along.inner;
          for (int64_t i = 0, at = o * count * along.inner; i < count; ++i)
            for (int64_t j = 0; j < along.inner; ++j, ++at) add_to(part[values[at] * along.inner + j], source[at]);
        }
      });
    });
  });
  return all_in_range;
}

void one_hot(DType dtype, const Indices& indices, const Along& along, void* out) {
  visit_dtype(dtype, [&]<class T>() {
    visit_indices(indices, [&](const auto* values) {
      auto* const target = static_cast<T*>(out);
      parallel_for(along.outer, row_grain(copies_per_thread, along.extent * along.inner),
                   [&](int64_t begin, int64_t end) {
                     const int64_t part = along.extent * along.inner;
                     std::fill(target + begin * part, target + end * part, T(0));
                     for (int64_t o = begin; o < end; ++o)
                       for (int64_t j = 0; j < along.inner; ++j) {
                         const int64_t index = values[o * along.inner + j];
                         if (index >= 0 && index < along.extent) target[o * part + index * along.inner + j] = T(1);
                       }
                   });
    });
  });
}

}  // namespace cornu::kernels
