#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/pooled_array.h>
#include <cornu/core/kernels/reduce.h>
#include <cornu/core/kernels/simd/kernel_set.h>
#include <cornu/core/kernels/simd/reduce_blocks.h>
#include <cornu/core/tensor/storage.h>

namespace cornu::kernels {
namespace {

constexpr int64_t max_chunks = 256;
constexpr int64_t elements_at_once = 2048;  // computed rows that are reduced while they are in cache
constexpr int64_t aligned_elements = 64;    // chunks begin at cache lines: a vector that crosses two costs twice

// Axes with neighbours of the same kind merged; kept and reduced axes alternate.
struct Axes {
  int rank = 0;
  int64_t extent[Shape::max_rank] = {};
  bool last_is_reduced = false;

  Axes(const Shape& shape, uint32_t mask) {
    for (int axis = 0; axis < shape.rank(); ++axis) {
      if (shape[axis] != 1) push(shape[axis], mask >> axis & 1);
    }
  }
  void push(int64_t size, bool reduced) {
    if (rank > 0 && reduced == last_is_reduced) {
      extent[rank - 1] *= size;
    } else {
      extent[rank++] = size;
      last_is_reduced = reduced;
    }
  }
  bool is_reduced(int axis) const { return (rank - 1 - axis) % 2 == 0 ? last_is_reduced : !last_is_reduced; }
  // Product of the extents of axes [0, last).
  int64_t leading(int last) const {
    int64_t size = 1;
    for (int axis = 0; axis < last; ++axis) size *= extent[axis];
    return size;
  }
};

// Space for partial results: on the stack unless large.
class Scratch {
 public:
  explicit Scratch(int64_t bytes) {
    if (bytes > static_cast<int64_t>(sizeof(small_))) large_.emplace(bytes);
  }
  char* data() { return large_ ? large_->data() : small_; }

 private:
  alignas(64) char small_[4096];
  std::optional<PooledArray<char>> large_;
};

struct Reducer {
  ReduceBlocks::Rows rows;
  ReduceBlocks::Columns columns;
  int64_t size;  // bytes of an element

  Reducer(Reduction reduction, DType dtype) : size(static_cast<int64_t>(size_of(dtype))) {
    const ReduceBlocks& blocks = *active_kernels().reduce;
    rows = blocks.rows[static_cast<int>(reduction)][static_cast<int>(dtype)];
    columns = blocks.columns[static_cast<int>(reduction)][static_cast<int>(dtype)];
  }

  // One contiguous run; a long one in chunks, whose number depends on n alone.
  void reduce_run(const char* in, int64_t n, char* out) const {
    if (n < 2 * elements_per_thread) return rows(in, 1, n, out);
    reduce_chunks(n, out, [&](int64_t start, int64_t count, char* to) { rows(in + start * size, 1, count, to); });
  }

  // `reduce_chunk(start, count, to)` reduces a chunk.
  template <class ReduceChunk>
  void reduce_chunks(int64_t n, char* out, const ReduceChunk& reduce_chunk) const {
    const int64_t chunks = std::min(max_chunks, n / (elements_per_thread / 2));
    const int64_t length = (n / chunks / aligned_elements + 1) * aligned_elements;  // chunks * length >= n
    alignas(64) char partial[max_chunks * sizeof(double)];
    parallel_for(chunks, row_grain(elements_per_thread, length), [&](int64_t begin, int64_t end) {
      for (int64_t chunk = begin; chunk < end; ++chunk) {
        const int64_t start = std::min(chunk * length, n);
        reduce_chunk(start, std::min(length, n - start), partial + chunk * size);
      }
    });
    rows(partial, 1, chunks, out);
  }

  // The rows of [count, n], computed a chunk, or a few rows, at a time.
  void reduce_computed(int64_t count, int64_t n, function_ref<void(int64_t, int64_t, void*)> compute, char* out) const {
    if (count < 16 && n >= 2 * elements_per_thread) {
      for (int64_t row = 0; row < count; ++row)
        reduce_chunks(n, out + row * size, [&](int64_t start, int64_t length, char* to) {
          const PooledArray<char> buffer(length * size);
          compute(row * n + start, length, buffer.data());
          rows(buffer.data(), 1, length, to);
        });
      return;
    }
    const int64_t at_once = std::clamp<int64_t>(elements_at_once / n, 1, count);
    parallel_for(count, row_grain(elements_per_thread, n), [&](int64_t begin, int64_t end) {
      const PooledArray<char> buffer(at_once * n * size);
      for (int64_t row = begin; row < end; row += at_once) {
        const int64_t here = std::min(at_once, end - row);
        compute(row * n, here * n, buffer.data());
        rows(buffer.data(), here, n, out + row * size);
      }
    });
  }

  // [kept, reduced]
  void reduce_inner(const char* in, int64_t count, int64_t n, char* out) const {
    if (count < 16 && n >= 2 * elements_per_thread) {
      for (int64_t row = 0; row < count; ++row) reduce_run(in + row * n * size, n, out + row * size);
      return;
    }
    if (count * n < 2 * elements_per_thread) return rows(in, count, n, out);
    parallel_for(count, row_grain(elements_per_thread, n),
                 [&](int64_t begin, int64_t end) { rows(in + begin * n * size, end - begin, n, out + begin * size); });
  }

  // [reduced, kept]
  void reduce_outer(const char* in, int64_t extent, int64_t n, char* out) const {
    const int64_t total = extent * n;
    if (total < 2 * elements_per_thread) return columns(in, extent, n, n, out);
    if (n >= 16 * column_group) {
      const int64_t groups = (n + column_group - 1) / column_group;
      const int64_t grain = std::max<int64_t>(1, elements_per_thread / (extent * column_group));
      parallel_for(groups, grain, [&](int64_t begin, int64_t end) {
        const int64_t first = begin * column_group, last = std::min(end * column_group, n);
        columns(in + first * size, extent, n, last - first, out + first * size);
      });
      return;
    }
    const int64_t chunks = std::min({int64_t{64}, extent, total / (elements_per_thread / 2)});
    const int64_t length = (extent + chunks - 1) / chunks;
    Scratch partial(chunks * n * size);
    char* partials = partial.data();
    parallel_for(chunks, row_grain(elements_per_thread, length * n), [&](int64_t begin, int64_t end) {
      for (int64_t chunk = begin; chunk < end; ++chunk) {
        const int64_t start = std::min(chunk * length, extent);
        columns(in + start * n * size, std::min(length, extent - start), n, n, partials + chunk * n * size);
      }
    });
    columns(partials, chunks, n, n, out);
  }

  // [kept, reduced, kept]
  void reduce_middle(const char* in, int64_t outer, int64_t extent, int64_t n, char* out) const {
    if (outer == 1) return reduce_outer(in, extent, n, out);
    parallel_for(outer, row_grain(elements_per_thread, extent * n), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) columns(in + i * extent * n * size, extent, n, n, out + i * n * size);
    });
  }

  // The innermost reduced axis first, into scratch while others are left.
  void run(const char* in, const Axes& axes, char* out) const {
    const bool inner = axes.last_is_reduced;
    const int reduced = axes.rank - (inner ? 1 : 2);
    const int64_t outer = axes.leading(reduced), extent = axes.extent[reduced],
                  n = inner ? 1 : axes.extent[reduced + 1];
    if (reduced <= 1) {
      if (!inner) return reduce_middle(in, outer, extent, n, out);
      return outer == 1 ? reduce_run(in, extent, out) : reduce_inner(in, outer, extent, out);
    }
    Axes rest = axes;
    rest.rank = reduced;
    rest.last_is_reduced = false;  // the axis before a reduced one
    if (!inner) rest.push(n, false);
    Scratch scratch(outer * n * size);
    if (inner) {
      reduce_inner(in, outer, extent, scratch.data());
    } else {
      reduce_middle(in, outer, extent, n, scratch.data());
    }
    run(scratch.data(), rest, out);
  }
};

template <class T>
bool is_better(bool max, T value, T best) {
  if (best != best) return false;
  return value != value || (max ? value > best : value < best);
}

template <class T>
void arg_rows(bool max, const T* in, int64_t rows, int64_t extent, int64_t* out) {
  const ReduceBlocks::Rows extreme =
      active_kernels()
          .reduce->rows[static_cast<int>(max ? Reduction::max : Reduction::min)][static_cast<int>(dtype_of<T>)];
  for (int64_t row = 0; row < rows; ++row, in += extent) {
    T best;
    extreme(in, 1, extent, &best);
    out[row] = std::find_if(in, in + extent, [best](T v) { return v == best || (best != best && v != v); }) - in;
  }
}

template <class T>
void arg_columns(bool max, const T* in, int64_t outer, int64_t extent, int64_t inner, int64_t* out) {
  for (int64_t o = 0; o < outer; ++o, in += extent * inner, out += inner) {
    std::fill(out, out + inner, 0);
    for (int64_t i = 1; i < extent; ++i) {
      for (int64_t j = 0; j < inner; ++j) {
        if (is_better(max, in[i * inner + j], in[out[j] * inner + j])) out[j] = i;
      }
    }
  }
}

[[noreturn]] void throw_unsupported(DType dtype) {
  throw DTypeError("reduce: dtype " + std::string(name(dtype)) + " is not supported; cast it first");
}

}  // namespace

bool supports(Reduction reduction, DType dtype) { return Reducer(reduction, dtype).rows != nullptr; }

void reduce(Reduction reduction, DType dtype, const void* in, const Shape& shape, uint32_t axes_mask, void* out) {
  const Reducer reducer(reduction, dtype);
  if (!reducer.rows) throw_unsupported(dtype);
  const Axes axes(shape, axes_mask);
  const char* data = static_cast<const char*>(in);
  char* result = static_cast<char*>(out);
  int64_t kept = 1;
  for (int axis = 0; axis < axes.rank; ++axis) kept *= axes.is_reduced(axis) ? 1 : axes.extent[axis];
  if (kept == 0) return;
  if (shape.size() == 0) return reducer.rows(data, kept, 0, result);
  if (axes.rank == 0 || (axes.rank == 1 && !axes.last_is_reduced)) {
    std::memcpy(result, data, static_cast<size_t>(kept * reducer.size));
    return;
  }
  reducer.run(data, axes, result);
}

void reduce_computed(Reduction reduction, DType dtype, int64_t rows, int64_t n,
                     function_ref<void(int64_t, int64_t, void*)> compute, void* out) {
  const Reducer reducer(reduction, dtype);
  if (!reducer.rows) throw_unsupported(dtype);
  if (rows == 0) return;
  if (n == 0) return reducer.rows(nullptr, rows, 0, out);
  if (n == 1) return compute(0, rows, out);
  reducer.reduce_computed(rows, n, compute, static_cast<char*>(out));
}

void arg_reduce(bool max, DType dtype, const void* in, int64_t outer, int64_t extent, int64_t inner, int64_t* out) {
  const int64_t grain = std::max<int64_t>(1, elements_per_thread / std::max<int64_t>(1, extent * inner));
  visit_dtype(dtype, [&]<class T>() {
    const T* data = static_cast<const T*>(in);
    parallel_for(outer, grain, [&](int64_t begin, int64_t end) {
      const T* from = data + begin * extent * inner;
      if (inner == 1) {
        arg_rows(max, from, end - begin, extent, out + begin);
      } else {
        arg_columns(max, from, end - begin, extent, inner, out + begin * inner);
      }
    });
  });
}

}  // namespace cornu::kernels
