#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>

#include <cblas.h>
#ifdef CORNU_HAS_ONEDNN
#include <oneapi/dnnl/dnnl.h>
#endif

#include <cornu/core/error.h>
#include <cornu/core/kernels/gemm.h>
#include <cornu/core/kernels/movement.h>
#include <cornu/core/kernels/one_thread.h>
#include <cornu/core/kernels/openblas.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/pooled_array.h>

namespace cornu::kernels {

void keep_openblas_single_threaded() {
  static const bool done = (openblas_set_num_threads(1), true);
  static_cast<void>(done);
}

namespace {

/// One product on one thread; leading dimensions are the distances of rows in memory.
struct Product {
  bool transpose_a, transpose_b;
  int64_t m, n, k;
  int64_t lda, ldb, ldc;
  bool accumulate;
};

// ---- the libraries ----------------------------------------------------------------------------------------------

template <class T>
void multiply_cblas(const Product& p, const T* a, const T* b, T* c) {
  keep_openblas_single_threaded();
  const CBLAS_TRANSPOSE op_a = p.transpose_a ? CblasTrans : CblasNoTrans;
  const CBLAS_TRANSPOSE op_b = p.transpose_b ? CblasTrans : CblasNoTrans;
  const auto size = [](int64_t extent) { return static_cast<blasint>(extent); };
  const T beta = p.accumulate ? T(1) : T(0);
  const auto call = [&](auto function) {
    function(CblasRowMajor, op_a, op_b, size(p.m), size(p.n), size(p.k), T(1), a, size(p.lda), b, size(p.ldb), beta, c,
             size(p.ldc));
  };
  if constexpr (std::is_same_v<T, float>)
    call(cblas_sgemm);
  else
    call(cblas_dgemm);
}

#ifdef CORNU_HAS_ONEDNN
/// With two transposed operands and sums of this length oneDNN takes 1.3 to 1.5 times as long as without: c^T = b a
/// then.
constexpr int64_t long_sum = 512;

/// Whether oneDNN has done it.
bool multiply_onednn(const Product& p, const float* a, const float* b, float* c) {
  if (p.transpose_a && p.transpose_b && p.k >= long_sum && !p.accumulate) {
    const PooledArray<float> transposed(p.m * p.n);
    const Product swapped{.transpose_a = false,
                          .transpose_b = false,
                          .m = p.n,
                          .n = p.m,
                          .k = p.k,
                          .lda = p.ldb,
                          .ldb = p.lda,
                          .ldc = p.m,
                          .accumulate = false};
    if (!multiply_onednn(swapped, b, a, transposed.data())) return false;
    const int64_t extents[] = {p.n, p.m}, strides[] = {1, p.ldc};
    write_strided(sizeof(float), transposed.data(), extents, c, strides);
    return true;
  }
  const OneThread one_thread;
  return dnnl_sgemm(p.transpose_a ? 'T' : 'N', p.transpose_b ? 'T' : 'N', p.m, p.n, p.k, 1.f, a, p.lda, b, p.ldb,
                    p.accumulate ? 1.f : 0.f, c, p.ldc) == dnnl_success;
}
#endif

void multiply(const Product& p, const float* a, const float* b, float* c) {
#ifdef CORNU_HAS_ONEDNN
  if (multiply_onednn(p, a, b, c)) return;
#endif
  multiply_cblas(p, a, b, c);
}

void multiply(const Product& p, const double* a, const double* b, double* c) { multiply_cblas(p, a, b, c); }

/// Integers, which no library multiplies. Unsigned arithmetic wraps around without undefined behaviour.
template <class T>
requires std::is_integral_v<T>
void multiply(const Product& p, const T* a, const T* b, T* c) {
  using U = std::make_unsigned_t<T>;
  const int64_t a_row = p.transpose_a ? 1 : p.lda, a_column = p.transpose_a ? p.lda : 1;
  for (int64_t i = 0; i < p.m; ++i) {
    T* const row = c + i * p.ldc;
    if (!p.accumulate) std::fill_n(row, p.n, T(0));
    if (p.transpose_b) {
      for (int64_t j = 0; j < p.n; ++j) {
        U sum = 0;
        for (int64_t s = 0; s < p.k; ++s) sum += U(a[i * a_row + s * a_column]) * U(b[j * p.ldb + s]);
        row[j] = static_cast<T>(U(row[j]) + sum);
      }
      continue;
    }
    for (int64_t s = 0; s < p.k; ++s) {
      const U factor = static_cast<U>(a[i * a_row + s * a_column]);
      const T* const b_row = b + s * p.ldb;
      for (int64_t j = 0; j < p.n; ++j) row[j] = static_cast<T>(U(row[j]) + factor * U(b_row[j]));
    }
  }
}

/// Integers take no epilogue.
template <class T>
void finish_any(T* c, int64_t rows, int64_t n, int64_t stride, int64_t first, const Epilogue& epilogue) {
  if constexpr (std::is_floating_point_v<T>) finish(c, rows, n, stride, first, epilogue);
}

// ---- cutting large products -------------------------------------------------------------------------------------

struct Grid {
  int64_t rows = 1, columns = 1;  // numbers of pieces
};

constexpr double split_flops = 8e6;  // below, two threads gain nothing (about 40 us on one)
constexpr double piece_flops = 4e6;

/// As many pieces as keep each one worth a thread's while, up to 16, whatever the number of threads: bits depend on the
/// pieces. Each one packs its parts of a and b anew, which costs about 10 (rows - 1) / m + 35 (columns - 1) / n of the
/// product's time (measured at 1024^3).
Grid choose_grid(int64_t m, int64_t n, int64_t k) {
  const double flops = 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  if (flops < split_flops) return {};
  for (int64_t pieces = 16; pieces > 1; pieces /= 2) {
    if (flops < static_cast<double>(pieces) * piece_flops) continue;
    Grid best;
    double best_cost = pieces == 2 ? 35 : 0.07;
    for (int64_t rows = 1; rows <= pieces; rows *= 2) {
      const Grid grid{rows, pieces / rows};
      if (grid.rows > 1 && m / grid.rows < 32) continue;
      if (grid.columns > 1 && n / grid.columns < 48) continue;
      const double cost = 10 * static_cast<double>(grid.rows - 1) / static_cast<double>(m) +
                          35 * static_cast<double>(grid.columns - 1) / static_cast<double>(n);
      if (cost < best_cost) {
        best_cost = cost;
        best = grid;
      }
    }
    if (best.rows * best.columns == pieces) return best;
  }
  return {};
}

/// Where piece `index` of `pieces` begins; a multiple of the micro-kernels' 16 columns and 48 rows is not needed for
/// right results, only for full registers.
int64_t piece_begin(int64_t index, int64_t pieces, int64_t extent) {
  if (index >= pieces) return extent;
  return std::min(extent, (extent * index / pieces + 15) / 16 * 16);
}

template <class T>
void multiply_piece(const Product& whole, const Grid& grid, int64_t piece, const T* a, const T* b, T* c,
                    const Epilogue* epilogue) {
  const int64_t row = piece / grid.columns, column = piece % grid.columns;
  const int64_t i = piece_begin(row, grid.rows, whole.m), j = piece_begin(column, grid.columns, whole.n);
  Product part = whole;
  part.m = piece_begin(row + 1, grid.rows, whole.m) - i;
  part.n = piece_begin(column + 1, grid.columns, whole.n) - j;
  T* const c_part = c + i * whole.ldc + j;
  multiply(part, a + (whole.transpose_a ? i : i * whole.lda), b + (whole.transpose_b ? j * whole.ldb : j), c_part);
  if (epilogue) finish_any(c_part, part.m, part.n, whole.ldc, j, *epilogue);
}

template <class T>
void run(const Product& product, const T* a, const T* b, T* c, const Epilogue* epilogue) {
  const Grid grid = choose_grid(product.m, product.n, product.k);
  const int64_t pieces = grid.rows * grid.columns;
  if (pieces == 1) return multiply_piece(product, grid, 0, a, b, c, epilogue);
  parallel_for(pieces, 1, [&](int64_t begin, int64_t end) {
    for (int64_t piece = begin; piece < end; ++piece) multiply_piece(product, grid, piece, a, b, c, epilogue);
  });
}

template <class T>
void run_any(const Product& product, const T* a, const T* b, T* c, const Epilogue* epilogue) {
  if (product.m == 0 || product.n == 0) return;
  if (product.k > 0) return run(product, a, b, c, epilogue);
  if (!product.accumulate) std::memset(c, 0, sizeof(T) * static_cast<size_t>(product.m * product.n));
  if (epilogue) finish_any(c, product.m, product.n, product.n, 0, *epilogue);
}

template <class Visitor>
void visit_product_dtype(DType dtype, Visitor&& visitor) {
  switch (dtype) {
    case DType::float32:
      return visitor.template operator()<float>();
    case DType::float64:
      return visitor.template operator()<double>();
    case DType::int32:
      return visitor.template operator()<int32_t>();
    case DType::int64:
      return visitor.template operator()<int64_t>();
    default:
      throw DTypeError("gemm: expected float32, float64, int32 or int64; received " + std::string(name(dtype)));
  }
}

Product contiguous(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, bool accumulate) {
  return {transpose_a, transpose_b, m, n, k, transpose_a ? m : k, transpose_b ? k : n, n, accumulate};
}

// ---- batches ----------------------------------------------------------------------------------------------------

/// Whether all matrices of the batch lie one behind the other (or there is one only).
bool is_contiguous(const Shape& batch, const int64_t* strides, int64_t matrix) {
  for (int axis = batch.rank() - 1; axis >= 0; --axis) {
    if (batch[axis] != 1 && strides[axis] != matrix) return false;
    matrix *= batch[axis];
  }
  return true;
}

bool is_shared(const Shape& batch, const int64_t* strides) {
  for (int axis = 0; axis < batch.rank(); ++axis)
    if (batch[axis] != 1 && strides[axis] != 0) return false;
  return true;
}

int64_t offset_of(int64_t index, const Shape& batch, const int64_t* strides) {
  int64_t offset = 0;
  for (int axis = batch.rank() - 1; axis >= 0; --axis) {
    offset += index % batch[axis] * strides[axis];
    index /= batch[axis];
  }
  return offset;
}

template <class T>
void run_batch(const Product& product, const Shape& batch, const T* a, const int64_t* a_strides, const T* b,
               const int64_t* b_strides, T* c, const Epilogue* epilogue) {
  const auto one = [&](int64_t index) {
    run_any(product, a + offset_of(index, batch, a_strides), b + offset_of(index, batch, b_strides),
            c + index * product.m * product.n, epilogue);
  };
  const double flops =
      2.0 * static_cast<double>(product.m) * static_cast<double>(product.n) * static_cast<double>(product.k);
  const int64_t count = batch.size();
  if (flops >= split_flops) {
    for (int64_t index = 0; index < count; ++index) one(index);
    return;
  }
  const auto grain = static_cast<int64_t>(piece_flops / std::max(flops, 1e3)) + 1;
  parallel_for(count, grain, [&](int64_t begin, int64_t end) {
    for (int64_t index = begin; index < end; ++index) one(index);
  });
}

}  // namespace

void gemm(DType dtype, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const void* a,
          const void* b, void* c, const Epilogue* epilogue, bool accumulate) {
  const Product product = contiguous(transpose_a, transpose_b, m, n, k, accumulate);
  visit_product_dtype(dtype, [&]<class T>() {
    run_any(product, static_cast<const T*>(a), static_cast<const T*>(b), static_cast<T*>(c), epilogue);
  });
}

void gemm_batched(DType dtype, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, const Shape& batch,
                  const void* a, const int64_t* a_strides, const void* b, const int64_t* b_strides, void* c,
                  const Epilogue* epilogue, bool accumulate) {
  if (batch.size() == 0) return;
  // One right operand for all rows: one product of all rows.
  if (!transpose_a && is_shared(batch, b_strides) && is_contiguous(batch, a_strides, m * k))
    return gemm(dtype, false, transpose_b, batch.size() * m, n, k, a, b, c, epilogue, accumulate);
  const Product product = contiguous(transpose_a, transpose_b, m, n, k, accumulate);
  visit_product_dtype(dtype, [&]<class T>() {
    run_batch(product, batch, static_cast<const T*>(a), a_strides, static_cast<const T*>(b), b_strides,
              static_cast<T*>(c), epilogue);
  });
}

}  // namespace cornu::kernels
