#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/reduce_blocks.h>
#include <cornu/core/kernels/simd/reducers.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

// Blocks are summed in T, each lane of each chain in 32 additions; sums of blocks are added with more precision.
constexpr int chains = 4;
template <class T>
constexpr int64_t block_elements = 32 * chains* lanes<T>;
// Columns are summed over blocks of rows, and those over blocks of blocks: a running sum is rounded at each addition.
constexpr int64_t block_rows = 64;
constexpr int64_t tall_rows = 64 * block_rows;

// Sums of blocks: float in double, double with the rounding errors carried along (Neumaier's summation).
struct FloatTotal {
  double sum = 0;
  void add(float value) { sum += value; }
  float result() const { return static_cast<float>(sum); }
};
struct DoubleTotal {
  double sum = 0, error = 0;
  void add(double value) {
    const double next = sum + value;
    error += std::fabs(sum) >= std::fabs(value) ? (sum - next) + value : (value - next) + sum;
    sum = next;
  }
  double result() const { return std::isfinite(sum) ? sum + error : sum; }
};
template <class T>
using Total = std::conditional_t<std::is_same_v<T, float>, FloatTotal, DoubleTotal>;

// n contiguous elements, n > 0, in several independent chains.
template <class R, class T>
T fold_run(const T* p, int64_t n) {
  constexpr int64_t width = lanes<T>;
  const R op;
  if (n < width) return fold_lanes<R>(load_neutral<R>(p, n));
  int64_t i = width;
  Batch<T> total = load(p);
  if (n >= chains * width) {
    // Names instead of an array, which the compiler would keep in memory.
    Batch<T> a = total, b = load(p + width), c = load(p + 2 * width), d = load(p + 3 * width);
    for (i = chains * width; i + chains * width <= n; i += chains * width) {
      a = op(a, load(p + i));
      b = op(b, load(p + i + width));
      c = op(c, load(p + i + 2 * width));
      d = op(d, load(p + i + 3 * width));
    }
    total = op(op(a, c), op(b, d));
  }
  for (; i + width <= n; i += width) total = op(total, load(p + i));
  if (i < n) total = op(total, load_neutral<R>(p + i, n - i));
  return fold_lanes<R>(total);
}

template <class R, class T>
T fold_row(const T* p, int64_t n) {
  if constexpr (std::is_integral_v<T>) {
    T total = R::template neutral<T>;
    for (int64_t i = 0; i < n; ++i) total = fold<R>(total, p[i]);
    return total;
  } else {
    if (n == 0) return R::template neutral<T>;
    if (!is_sum<R> || n <= block_elements<T>) return fold_run<R>(p, n);
    Total<T> total;
    for (int64_t i = 0; i < n; i += block_elements<T>)
      total.add(fold_run<R>(p + i, n - i < block_elements<T> ? n - i : block_elements<T>));
    return total.result();
  }
}

template <class R, class T>
void reduce_rows(const void* in, int64_t rows, int64_t n, void* out) {
  const T* p = static_cast<const T*>(in);
  T* result = static_cast<T*>(out);
  for (int64_t row = 0; row < rows; ++row) result[row] = fold_row<R>(p + row * n, n);
}

// `width` batches of columns over a block of rows, folded into `out`.
template <class R, class T, int width>
void fold_column_group(const T* p, int64_t extent, int64_t stride, T* out) {
  Batch<T> total[width];
  for (int w = 0; w < width; ++w) total[w] = load(p + w * lanes<T>);
  for (int64_t i = 1; i < extent; ++i)
    for (int w = 0; w < width; ++w) total[w] = R()(total[w], load(p + i * stride + w * lanes<T>));
  for (int w = 0; w < width; ++w) store(out + w * lanes<T>, R()(load(out + w * lanes<T>), total[w]));
}

// Less than a batch of columns: rows go to four independent chains.
template <class R, class T>
void fold_narrow_columns(const T* p, int64_t extent, int64_t stride, int64_t n, T* out) {
  const Batch<T> neutral(R::template neutral<T>);
  Batch<T> chain[4] = {neutral, neutral, neutral, neutral};
  int64_t i = 0;
  for (; i + 4 <= extent; i += 4)
    for (int c = 0; c < 4; ++c) chain[c] = R()(chain[c], load_partial(p + (i + c) * stride, n));
  for (; i < extent; ++i) chain[0] = R()(chain[0], load_partial(p + i * stride, n));
  const Batch<T> total = R()(R()(chain[0], chain[1]), R()(chain[2], chain[3]));
  store_partial(out, R()(load_partial(out, n), total), n);
}

template <class R, class T>
void fold_columns(const T* p, int64_t extent, int64_t stride, int64_t n, T* out) {
  if constexpr (std::is_integral_v<T>) {
    for (int64_t i = 0; i < extent; ++i) {
      CORNU_INDEPENDENT
      for (int64_t j = 0; j < n; ++j) out[j] = fold<R>(out[j], p[i * stride + j]);
    }
  } else {
    constexpr int64_t width = lanes<T>;
    static_assert(column_group % (4 * width) == 0);
    int64_t j = 0;
    for (; j + 4 * width <= n; j += 4 * width) fold_column_group<R, T, 4>(p + j, extent, stride, out + j);
    for (; j + width <= n; j += width) fold_column_group<R, T, 1>(p + j, extent, stride, out + j);
    if (j < n) fold_narrow_columns<R>(p + j, extent, stride, n - j, out + j);
  }
}

// Up to tall_rows rows, folded into `out`.
template <class R, class T>
void fold_blocks(const T* p, int64_t extent, int64_t stride, int64_t n, T* out) {
  for (int64_t i = 0; i < extent; i += block_rows)
    fold_columns<R>(p + i * stride, extent - i < block_rows ? extent - i : block_rows, stride, n, out);
}

template <class R, class T>
void fill_neutral(T* out, int64_t n) {
  for (int64_t j = 0; j < n; ++j) out[j] = R::template neutral<T>;
}

template <class R, class T>
void reduce_columns(const void* in, int64_t extent, int64_t stride, int64_t n, void* out) {
  constexpr int64_t slab = 4 * column_group;
  const T* p = static_cast<const T*>(in);
  T* result = static_cast<T*>(out);
  fill_neutral<R>(result, n);
  if (extent <= tall_rows || !is_sum<R>) return fold_blocks<R>(p, extent, stride, n, result);
  T partial[slab];
  for (int64_t i = 0; i < extent; i += tall_rows) {
    for (int64_t j = 0; j < n; j += slab) {
      const int64_t columns = n - j < slab ? n - j : slab;
      fill_neutral<R>(partial, columns);
      fold_blocks<R>(p + i * stride + j, extent - i < tall_rows ? extent - i : tall_rows, stride, columns, partial);
      for (int64_t k = 0; k < columns; ++k) result[j + k] = fold<R>(result[j + k], partial[k]);
    }
  }
}

template <class R, class T>
constexpr void fill(ReduceBlocks& blocks, Reduction reduction) {
  blocks.rows[static_cast<int>(reduction)][static_cast<int>(dtype_of<T>)] = reduce_rows<R, Stored<T>>;
  blocks.columns[static_cast<int>(reduction)][static_cast<int>(dtype_of<T>)] = reduce_columns<R, Stored<T>>;
}
template <class R>
constexpr void fill_numeric(ReduceBlocks& blocks, Reduction reduction) {
  fill<R, uint8_t>(blocks, reduction);
  fill<R, int32_t>(blocks, reduction);
  fill<R, int64_t>(blocks, reduction);
  fill<R, float>(blocks, reduction);
  fill<R, double>(blocks, reduction);
}
constexpr ReduceBlocks make_blocks() {
  ReduceBlocks blocks{};
  fill_numeric<SumReducer>(blocks, Reduction::sum);
  fill_numeric<ProdReducer>(blocks, Reduction::prod);
  fill_numeric<MaxReducer>(blocks, Reduction::max);
  fill_numeric<MinReducer>(blocks, Reduction::min);
  fill<AnyReducer, bool>(blocks, Reduction::max);
  fill<AllReducer, bool>(blocks, Reduction::min);
  fill<AnyReducer, bool>(blocks, Reduction::any);
  fill<AllReducer, bool>(blocks, Reduction::all);
  return blocks;
}

}  // namespace

constexpr ReduceBlocks reduce_blocks = make_blocks();

}  // namespace cornu::kernels::CORNU_ISA
