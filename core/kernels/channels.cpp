#include <algorithm>
#include <cmath>

#include <cornu/core/kernels/channels.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/pooled_array.h>
#include <cornu/core/kernels/simd/channel_blocks.h>
#include <cornu/core/kernels/simd/kernel_set.h>

namespace cornu::kernels {

namespace {

constexpr int64_t piece_elements = 16384;  // one piece of a sum: stays in cache between two passes over it

const ChannelBlocks& blocks(DType dtype) { return active_kernels().channels[dtype == DType::float32 ? 0 : 1]; }

/// Calls function.template operator()<T>() for float or double.
template <class F>
void with_floating(DType dtype, F function) {
  if (dtype == DType::float32)
    function.template operator()<float>();
  else
    function.template operator()<double>();
}

// ---- Sums
// ------------------------------------------------------------------------------------------------------------

/// What is known of a channel so far, in float64.
struct Moments {
  double count = 0, mean = 0, squares = 0;  // squares: sum((x - mean)^2)

  /// Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979).
  void add(const Moments& other) {
    if (other.count == 0) return;
    const double total = count + other.count, difference = other.mean - mean;
    mean += difference * other.count / total;
    squares += other.squares + difference * difference * count * other.count / total;
    count = total;
  }
};

template <class T>
struct MomentsOf {
  using Total = Moments;
  const ChannelBlocks& blocks;
  const T* x;

  void run(int64_t offset, int64_t n, int64_t, Total& total) const {
    Moments piece{.count = static_cast<double>(n)};
    blocks.run_moments(x + offset, n, &piece.mean, &piece.squares);
    total.add(piece);
  }
  void rows(int64_t offset, int64_t rows, int64_t channels, T* scratch, Total* totals) const {
    blocks.rows_moments(x + offset, rows, channels, scratch);
    for (int64_t c = 0; c < channels; ++c)
      totals[c].add({static_cast<double>(rows), scratch[c], scratch[channels + c]});
  }
};

struct Sums {
  double sum = 0, dot = 0;
  void add(const Sums& other) {
    sum += other.sum;
    dot += other.dot;
  }
};

template <class T>
struct SumsOf {
  using Total = Sums;
  const ChannelBlocks& blocks;
  const T* a;
  const T* b;
  const T* center;

  void run(int64_t offset, int64_t n, int64_t c, Total& total) const {
    Sums piece;
    blocks.run_sums(a + offset, b + offset, center + c, n, &piece.sum, &piece.dot);
    total.add(piece);
  }
  void rows(int64_t offset, int64_t rows, int64_t channels, T* scratch, Total* totals) const {
    blocks.rows_sums(a + offset, b + offset, center, rows, channels, scratch);
    for (int64_t c = 0; c < channels; ++c) totals[c].add({scratch[c], scratch[channels + c]});
  }
};

/// The sums of rows that have a mean and a factor each.
template <class T>
struct NormalizedSumsOf {
  using Total = Sums;
  const ChannelBlocks& blocks;
  const T* dy;
  const T* x;
  const T* center;
  const T* inverse;

  void rows(int64_t offset, int64_t rows, int64_t columns, T* scratch, Total* totals) const {
    const int64_t row = offset / columns;
    blocks.rows_normalized_sums(dy + offset, x + offset, center + row, inverse + row, rows, columns, scratch);
    for (int64_t c = 0; c < columns; ++c) totals[c].add({scratch[c], scratch[columns + c]});
  }
};

/// Channels one behind the other: rows are cut in pieces, whose totals are added in order.
template <class T, class Summing, class Finish>
void sum_interleaved(const Summing& summing, const Along& along, Finish finish) {
  using Total = typename Summing::Total;
  const int64_t channels = along.extent;
  const int64_t rows_per_piece = row_grain(piece_elements, channels);
  const int64_t pieces = (along.outer + rows_per_piece - 1) / rows_per_piece;
  constexpr int64_t group_size = 8;  // pieces that share their totals
  const int64_t groups = std::max<int64_t>(1, (pieces + group_size - 1) / group_size);
  PooledArray<Total> totals(groups * channels);
  parallel_for(groups, 1, [&](int64_t first, int64_t last) {
    PooledArray<T> scratch(2 * channels);
    for (int64_t group = first; group < last; ++group)
      for (int64_t piece = group * group_size; piece < std::min(pieces, (group + 1) * group_size); ++piece) {
        const int64_t row = piece * rows_per_piece;
        summing.rows(row * channels, std::min(rows_per_piece, along.outer - row), channels, scratch.data(),
                     totals.data() + group * channels);
      }
  });
  for (int64_t group = 1; group < groups; ++group)
    for (int64_t c = 0; c < channels; ++c) totals[c].add(totals[group * channels + c]);
  for (int64_t c = 0; c < channels; ++c) finish(c, totals[c]);
}

/// Each channel in runs of along.inner.
template <class Summing, class Finish>
void sum_runs(const Summing& summing, const Along& along, Finish finish) {
  const int64_t grain = row_grain(2 * piece_elements, along.outer * along.inner);
  parallel_for(along.extent, grain, [&](int64_t first, int64_t last) {
    for (int64_t c = first; c < last; ++c) {
      typename Summing::Total total;
      for (int64_t o = 0; o < along.outer; ++o)
        for (int64_t i = 0; i < along.inner; i += piece_elements)
          summing.run((o * along.extent + c) * along.inner + i, std::min(piece_elements, along.inner - i), c, total);
      finish(c, total);
    }
  });
}

template <class T, class Summing, class Finish>
void sum_channels(const Summing& summing, const Along& along, Finish finish) {
  if (along.inner == 1 && along.extent > 1)
    sum_interleaved<T>(summing, along, finish);
  else if (along.inner == 1)
    sum_runs(summing, Along(1, along.extent, along.outer), finish);
  else
    sum_runs(summing, along, finish);
}

// ---- Elementwise
// -----------------------------------------------------------------------------------------------------

/// Calls rows(offset, count) for pieces of rows where channels lie one behind the other, else run(offset, c) for runs
/// of along.inner elements.
template <class Rows, class Run>
void for_each_piece(const Along& along, Rows rows, Run run) {
  if (along.inner == 1) {
    parallel_for(along.outer, row_grain(piece_elements, along.extent),
                 [&](int64_t first, int64_t last) { rows(first * along.extent, last - first); });
  } else {
    parallel_for(along.outer * along.extent, row_grain(piece_elements, along.inner), [&](int64_t first, int64_t last) {
      for (int64_t i = first; i < last; ++i) run(i * along.inner, i % along.extent);
    });
  }
}

template <class T>
void normalize_row(const ChannelBlocks& blocks, const T* x, int64_t columns, const T* gamma, const T* beta,
                   double epsilon, T* out, T* mean, T* variance) {
  Moments moments;
  for (int64_t i = 0; i < columns; i += piece_elements)
    MomentsOf<T>{blocks, x}.run(i, std::min(piece_elements, columns - i), 0, moments);
  *mean = static_cast<T>(moments.mean);
  *variance = static_cast<T>(moments.squares / moments.count);
  blocks.run_normalize(x, moments.mean, 1 / std::sqrt(moments.squares / moments.count + epsilon), gamma, beta, columns,
                       out);
}

template <class T>
T inverse_deviation(T variance, double epsilon) {
  return static_cast<T>(1 / std::sqrt(static_cast<double>(variance) + epsilon));
}

}  // namespace

void channel_moments(DType dtype, const void* x, const Along& along, void* mean, void* variance) {
  with_floating(dtype, [&]<class T>() {
    sum_channels<T>(MomentsOf<T>{blocks(dtype), as<T>(x)}, along, [&](int64_t c, const Moments& total) {
      as<T>(mean)[c] = static_cast<T>(total.mean);
      as<T>(variance)[c] = static_cast<T>(total.squares / total.count);
    });
  });
}

void channel_sums(DType dtype, const void* a, const void* b, const void* center, const Along& along, void* sum,
                  void* dot) {
  with_floating(dtype, [&]<class T>() {
    const SumsOf<T> summing{blocks(dtype), as<T>(a), as<T>(b), as<T>(center)};
    sum_channels<T>(summing, along, [&](int64_t c, const Sums& total) {
      as<T>(sum)[c] = static_cast<T>(total.sum);
      as<T>(dot)[c] = static_cast<T>(total.dot);
    });
  });
}

void channel_affine(DType dtype, const void* x, const void* center, const void* scale, const void* shift,
                    const Along& along, void* out) {
  const ChannelBlocks& block = blocks(dtype);
  with_floating(dtype, [&]<class T>() {
    for_each_piece(
        along,
        [&](int64_t offset, int64_t rows) {
          block.rows_affine(as<T>(x) + offset, center, scale, shift, rows, along.extent, as<T>(out) + offset);
        },
        [&](int64_t offset, int64_t c) {
          block.run_affine(as<T>(x) + offset, as<T>(center) + c, as<T>(scale) + c, as<T>(shift) + c, along.inner,
                           as<T>(out) + offset);
        });
  });
}

void channel_combine(DType dtype, const void* u, const void* v, const void* center, const void* a, const void* b,
                     const void* shift, const Along& along, void* out) {
  const ChannelBlocks& block = blocks(dtype);
  with_floating(dtype, [&]<class T>() {
    for_each_piece(
        along,
        [&](int64_t offset, int64_t rows) {
          block.rows_combine(as<T>(u) + offset, as<T>(v) + offset, center, a, b, shift, rows, along.extent,
                             as<T>(out) + offset);
        },
        [&](int64_t offset, int64_t c) {
          block.run_combine(as<T>(u) + offset, as<T>(v) + offset, as<T>(center) + c, as<T>(a) + c, as<T>(b) + c,
                            as<T>(shift) + c, along.inner, as<T>(out) + offset);
        });
  });
}

void normalize_rows(DType dtype, const void* x, int64_t rows, int64_t columns, const void* gamma, const void* beta,
                    double epsilon, void* out, void* mean, void* variance) {
  with_floating(dtype, [&]<class T>() {
    parallel_for(rows, row_grain(piece_elements, columns), [&](int64_t first, int64_t last) {
      for (int64_t row = first; row < last; ++row)
        normalize_row(blocks(dtype), as<T>(x) + row * columns, columns, as<T>(gamma), as<T>(beta), epsilon,
                      as<T>(out) + row * columns, as<T>(mean) + row, as<T>(variance) + row);
    });
  });
}

void normalize_rows_gradient(DType dtype, const void* dy, const void* x, int64_t rows, int64_t columns,
                             const void* gamma, const void* mean, const void* variance, double epsilon, void* out) {
  with_floating(dtype, [&]<class T>() {
    parallel_for(rows, row_grain(piece_elements, columns), [&](int64_t first, int64_t last) {
      for (int64_t row = first; row < last; ++row)
        blocks(dtype).run_normalize_gradient(as<T>(dy) + row * columns, as<T>(x) + row * columns, gamma,
                                             as<T>(mean)[row], inverse_deviation(as<T>(variance)[row], epsilon),
                                             columns, as<T>(out) + row * columns);
    });
  });
}

void normalize_rows_sums(DType dtype, const void* dy, const void* x, int64_t rows, int64_t columns, const void* mean,
                         const void* variance, double epsilon, void* sum, void* dot) {
  with_floating(dtype, [&]<class T>() {
    PooledArray<T> inverse(rows);
    for (int64_t row = 0; row < rows; ++row) inverse[row] = inverse_deviation(as<T>(variance)[row], epsilon);
    const NormalizedSumsOf<T> summing{blocks(dtype), as<T>(dy), as<T>(x), as<T>(mean), inverse.data()};
    sum_interleaved<T>(summing, Along(rows, columns, 1), [&](int64_t c, const Sums& total) {
      as<T>(sum)[c] = static_cast<T>(total.sum);
      as<T>(dot)[c] = static_cast<T>(total.dot);
    });
  });
}

}  // namespace cornu::kernels
