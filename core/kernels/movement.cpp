#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <cornu/core/kernels/element_size.h>
#include <cornu/core/kernels/movement.h>
#include <cornu/core/kernels/parallel.h>

namespace cornu::kernels {

namespace {

constexpr int64_t bytes_per_thread = 1 << 17;  // less is not worth a second thread

/// A copy between two strided arrays, brought to as few axes as possible.
struct Walk {
  int rank = 0;
  int64_t extents[max_copy_rank], in[max_copy_rank], out[max_copy_rank];

  /// Appends an axis inside of the others, merged with the last one where both sides run on.
  void push(int64_t extent, int64_t in_stride, int64_t out_stride) {
    if (extent == 1) return;
    if (rank > 0) {
      const int last = rank - 1;
      if (in[last] == in_stride * extent && out[last] == out_stride * extent) {
        extents[last] *= extent;
        in[last] = in_stride;
        out[last] = out_stride;
        return;
      }
    }
    extents[rank] = extent;
    in[rank] = in_stride;
    out[rank] = out_stride;
    ++rank;
  }

  void swap(int a, int b) {
    std::swap(extents[a], extents[b]);
    std::swap(in[a], in[b]);
    std::swap(out[a], out[b]);
  }
};

/// The offsets of the index number `number` over the first `rank` axes of a walk; next() goes on by one.
class Odometer {
 public:
  Odometer(const Walk& walk, int rank, int64_t number) : walk_(walk), rank_(rank) {
    for (int axis = rank - 1; axis >= 0; --axis) {
      index_[axis] = number % walk.extents[axis];
      number /= walk.extents[axis];
      in += index_[axis] * walk.in[axis];
      out += index_[axis] * walk.out[axis];
    }
  }
  void next() {
    for (int axis = rank_ - 1; axis >= 0; --axis) {
      in += walk_.in[axis];
      out += walk_.out[axis];
      if (++index_[axis] < walk_.extents[axis]) return;
      in -= walk_.in[axis] * walk_.extents[axis];
      out -= walk_.out[axis] * walk_.extents[axis];
      index_[axis] = 0;
    }
  }

  int64_t in = 0, out = 0;

 private:
  const Walk& walk_;
  int rank_;
  int64_t index_[max_copy_rank] = {};
};

template <class Word>
void copy_line(const Word* in, int64_t in_stride, Word* out, int64_t out_stride, int64_t count) {
  if (in_stride == 1 && out_stride == 1) {
    std::memcpy(out, in, sizeof(Word) * static_cast<size_t>(count));
  } else if (in_stride == 0 && out_stride == 1) {
    std::fill_n(out, count, *in);
  } else if (out_stride == 1) {
    for (int64_t i = 0; i < count; ++i) out[i] = in[i * in_stride];
  } else {
    for (int64_t i = 0; i < count; ++i) out[i * out_stride] = in[i * in_stride];
  }
}

constexpr int64_t block = 16;

/// out[r * out_stride + c] = in[r + c * in_stride] for r, c < block.
template <class Word>
void transpose_block(const Word* in, int64_t in_stride, Word* out, int64_t out_stride) {
  Word square[block][block];
  for (int64_t c = 0; c < block; ++c)
    for (int64_t r = 0; r < block; ++r) square[r][c] = in[r + c * in_stride];
  for (int64_t r = 0; r < block; ++r) std::memcpy(out + r * out_stride, square[r], sizeof(square[r]));
}

/// Words of four bytes, the most frequent, in registers of four.
void transpose_block(const uint32_t* in, int64_t in_stride, uint32_t* out, int64_t out_stride) {
  typedef uint32_t Four __attribute__((vector_size(16)));
  for (int64_t r = 0; r < block; r += 4) {
    for (int64_t c = 0; c < block; c += 4) {
      Four a[4];
      for (int i = 0; i < 4; ++i) std::memcpy(&a[i], in + r + (c + i) * in_stride, sizeof(Four));
      const Four low01 = __builtin_shufflevector(a[0], a[1], 0, 4, 1, 5);
      const Four low23 = __builtin_shufflevector(a[2], a[3], 0, 4, 1, 5);
      const Four high01 = __builtin_shufflevector(a[0], a[1], 2, 6, 3, 7);
      const Four high23 = __builtin_shufflevector(a[2], a[3], 2, 6, 3, 7);
      const Four rows[4] = {
          __builtin_shufflevector(low01, low23, 0, 1, 4, 5), __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
          __builtin_shufflevector(high01, high23, 0, 1, 4, 5), __builtin_shufflevector(high01, high23, 2, 3, 6, 7)};
      for (int i = 0; i < 4; ++i) std::memcpy(out + (r + i) * out_stride + c, &rows[i], sizeof(Four));
    }
  }
}

/// out[i * out_stride + j] = in[i + j * in_stride] for i < rows, j < columns, in squares that stay in the L1 cache:
/// both sides then use whole cache lines.
template <class Word>
void copy_transposed(const Word* in, int64_t in_stride, Word* out, int64_t out_stride, int64_t rows, int64_t columns) {
  for (int64_t i = 0; i < rows; i += block) {
    const int64_t i_end = std::min(rows, i + block);
    for (int64_t j = 0; j < columns; j += block) {
      if (i + block <= rows && j + block <= columns) {
        transpose_block(in + i + j * in_stride, in_stride, out + i * out_stride + j, out_stride);
        continue;
      }
      const int64_t j_end = std::min(columns, j + block);
      for (int64_t r = i; r < i_end; ++r)
        for (int64_t c = j; c < j_end; ++c) out[r * out_stride + c] = in[r + c * in_stride];
    }
  }
}

int64_t product(const Walk& walk, int rank) {
  int64_t size = 1;
  for (int axis = 0; axis < rank; ++axis) size *= walk.extents[axis];
  return size;
}

/// Runs along the last axis, line by line.
template <class Word>
void copy_lines(const Walk& walk, const Word* in, Word* out) {
  const int last = walk.rank - 1;
  const int64_t length = walk.extents[last], in_stride = walk.in[last], out_stride = walk.out[last];
  const int64_t grain = bytes_per_thread / static_cast<int64_t>(sizeof(Word));
  if (last == 0)
    return parallel_for(length, grain, [&](int64_t begin, int64_t end) {
      copy_line(in + begin * in_stride, in_stride, out + begin * out_stride, out_stride, end - begin);
    });
  const int rows_axis = last - 1;
  const int64_t rows = walk.extents[rows_axis];
  parallel_for(product(walk, last), row_grain(grain, length), [&](int64_t begin, int64_t end) {
    Odometer at(walk, rows_axis, begin / rows);
    for (int64_t line = begin, row = begin % rows; line < end; row = 0, at.next()) {
      const int64_t row_end = std::min(rows, row + end - line);
      line += row_end - row;
      for (; row < row_end; ++row)
        copy_line(in + at.in + row * walk.in[rows_axis], in_stride, out + at.out + row * walk.out[rows_axis],
                  out_stride, length);
    }
  });
}

/// The last axis runs on in `out`, the one before it in `in`.
template <class Word>
void copy_squares(const Walk& walk, const Word* in, Word* out) {
  const int row_axis = walk.rank - 2, column_axis = walk.rank - 1;
  const int64_t rows = walk.extents[row_axis], columns = walk.extents[column_axis];
  constexpr int64_t band = 64;  // rows of one task
  const int64_t bands = (rows + band - 1) / band;
  const int64_t grain = bytes_per_thread / static_cast<int64_t>(sizeof(Word)) / (std::min(band, rows) * columns) + 1;
  parallel_for(product(walk, row_axis) * bands, grain, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      const Odometer at(walk, row_axis, task / bands);
      const int64_t row = task % bands * band;
      copy_transposed(in + at.in + row, walk.in[column_axis], out + at.out + row * walk.out[row_axis],
                      walk.out[row_axis], std::min(band, rows - row), columns);
    }
  });
}

/// Makes the axis along which `out` runs on the last one.
void turn_to_output(Walk& walk) {
  const int last = walk.rank - 1;
  for (int axis = 0; axis < last && walk.out[last] != 1; ++axis)
    if (walk.out[axis] == 1) walk.swap(axis, last);
}

template <class Word>
void copy(Walk& walk, const Word* in, Word* out) {
  if (walk.rank == 0) {
    *out = *in;
    return;
  }
  turn_to_output(walk);
  const int last = walk.rank - 1;
  if (walk.out[last] == 1 && walk.in[last] != 1 && walk.in[last] != 0 && walk.extents[last] >= 4) {
    for (int axis = 0; axis < last; ++axis) {
      if (walk.in[axis] != 1 || walk.extents[axis] < 4) continue;
      for (int i = axis; i + 1 < last; ++i) walk.swap(i, i + 1);
      return copy_squares(walk, in, out);
    }
  }
  copy_lines(walk, in, out);
}

bool is_empty(std::span<const int64_t> extents) {
  return std::find(extents.begin(), extents.end(), 0) != extents.end();
}

void run(size_t element_size, Walk& walk, const void* in, void* out) {
  visit_element_size(element_size,
                     [&]<class Word>() { copy(walk, static_cast<const Word*>(in), static_cast<Word*>(out)); });
}

}  // namespace

void contiguous_strides(std::span<const int64_t> extents, int64_t* strides) {
  int64_t stride = 1;
  for (size_t axis = extents.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= extents[axis];
  }
}

void copy_strided(size_t element_size, const void* in, const int64_t* in_strides, std::span<const int64_t> extents,
                  void* out) {
  if (is_empty(extents)) return;
  int64_t out_strides[max_copy_rank];
  contiguous_strides(extents, out_strides);
  Walk walk;
  for (size_t axis = 0; axis < extents.size(); ++axis) walk.push(extents[axis], in_strides[axis], out_strides[axis]);
  run(element_size, walk, in, out);
}

void write_strided(size_t element_size, const void* in, std::span<const int64_t> extents, void* out,
                   const int64_t* out_strides) {
  if (is_empty(extents)) return;
  int64_t in_strides[max_copy_rank];
  contiguous_strides(extents, in_strides);
  Walk walk;
  for (size_t axis = 0; axis < extents.size(); ++axis) walk.push(extents[axis], in_strides[axis], out_strides[axis]);
  run(element_size, walk, in, out);
}

void fill(size_t element_size, const void* value, void* out, int64_t count) {
  const int64_t extents[] = {count}, strides[] = {0};
  copy_strided(element_size, value, strides, extents, out);
}

void tile(size_t element_size, const void* in, std::span<const int64_t> extents, const int64_t* multiples, void* out) {
  int64_t in_strides[max_copy_rank];
  contiguous_strides(extents, in_strides);
  int64_t tiled[max_copy_rank], strides[max_copy_rank];
  for (size_t axis = 0; axis < extents.size(); ++axis) {
    tiled[2 * axis] = multiples[axis];
    tiled[2 * axis + 1] = extents[axis];
    strides[2 * axis] = 0;
    strides[2 * axis + 1] = in_strides[axis];
  }
  copy_strided(element_size, in, strides, {tiled, 2 * extents.size()}, out);
}

void roll(size_t element_size, const void* in, const Along& along, int64_t shift, void* out) {
  if (along.size() == 0) return;
  shift = (shift % along.extent + along.extent) % along.extent;
  const int64_t strides[] = {along.extent * along.inner, 1};
  const auto move_parts = [&](int64_t from, int64_t to, int64_t count) {
    const auto at = [&](int64_t part) { return static_cast<int64_t>(element_size) * part * along.inner; };
    const int64_t extents[] = {along.outer, count * along.inner};
    if (is_empty(extents)) return;
    Walk walk;
    for (int axis = 0; axis < 2; ++axis) walk.push(extents[axis], strides[axis], strides[axis]);
    run(element_size, walk, static_cast<const char*>(in) + at(from), static_cast<char*>(out) + at(to));
  };
  move_parts(0, shift, along.extent - shift);
  move_parts(along.extent - shift, 0, shift);
}

}  // namespace cornu::kernels
