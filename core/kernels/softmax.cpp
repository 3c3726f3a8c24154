#include <algorithm>

#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/simd/kernel_set.h>
#include <cornu/core/kernels/simd/softmax_blocks.h>
#include <cornu/core/kernels/softmax.h>

namespace cornu::kernels {
namespace {

constexpr int64_t exponentials_per_thread = 1 << 14;

const SoftmaxLoops& loops(DType dtype) {
  const SoftmaxBlocks& blocks = *active_kernels().softmax;
  return dtype == DType::float32 ? blocks.float32 : blocks.float64;
}

const char* advance(const void* p, int64_t bytes) { return static_cast<const char*>(p) + bytes; }
char* advance(void* p, int64_t bytes) { return p ? static_cast<char*>(p) + bytes : nullptr; }

void run_map(SoftmaxLoops::Map loop, DType dtype, const void* x, int64_t outer, int64_t extent, int64_t inner,
             void* out) {
  const int64_t row = extent * inner, bytes = row * static_cast<int64_t>(size_of(dtype));
  if (row == 0) return;
  parallel_for(outer, row_grain(exponentials_per_thread, row), [&](int64_t begin, int64_t end) {
    loop(advance(x, begin * bytes), end - begin, extent, inner, advance(out, begin * bytes));
  });
}

void run_gradient(SoftmaxLoops::Gradient loop, DType dtype, const void* y, const void* dy, int64_t outer,
                  int64_t extent, int64_t inner, void* dx) {
  const int64_t row = extent * inner, bytes = row * static_cast<int64_t>(size_of(dtype));
  if (row == 0) return;
  parallel_for(outer, row_grain(exponentials_per_thread, row), [&](int64_t begin, int64_t end) {
    loop(advance(y, begin * bytes), advance(dy, begin * bytes), end - begin, extent, inner, advance(dx, begin * bytes));
  });
}

template <class Label>
int64_t first_bad_label(const Label* labels, int64_t rows, int64_t classes) {
  for (int64_t row = 0; row < rows; ++row) {
    if (static_cast<int64_t>(labels[row]) < 0 || static_cast<int64_t>(labels[row]) >= classes) return row;
  }
  return -1;
}

// Rows [begin, end), their labels widened a block at a time.
template <class Label>
void sparse_rows(DType dtype, const void* logits, const Label* labels, int64_t begin, int64_t end, int64_t classes,
                 void* loss, void* gradient) {
  const int64_t size = static_cast<int64_t>(size_of(dtype));
  constexpr int64_t block = 256;
  int64_t wide[block];
  for (int64_t row = begin; row < end; row += block) {
    const int64_t count = std::min(block, end - row), at = row * classes * size;
    std::copy_n(labels + row, count, wide);
    loops(dtype).sparse_cross_entropy(advance(logits, at), wide, count, classes, advance(loss, row * size),
                                      advance(gradient, at));
  }
}

template <class Label>
int64_t run_sparse(DType dtype, const void* logits, const Label* labels, int64_t rows, int64_t classes, void* loss,
                   void* gradient) {
  const int64_t bad = first_bad_label(labels, rows, classes);
  if (bad >= 0) return bad;
  parallel_for(rows, row_grain(exponentials_per_thread, classes), [&](int64_t begin, int64_t end) {
    sparse_rows(dtype, logits, labels, begin, end, classes, loss, gradient);
  });
  return -1;
}

}  // namespace

void softmax(DType dtype, const void* x, int64_t outer, int64_t extent, int64_t inner, void* out) {
  run_map(loops(dtype).softmax, dtype, x, outer, extent, inner, out);
}

void log_softmax(DType dtype, const void* x, int64_t outer, int64_t extent, int64_t inner, void* out) {
  run_map(loops(dtype).log_softmax, dtype, x, outer, extent, inner, out);
}

void softmax_gradient(DType dtype, const void* y, const void* dy, int64_t outer, int64_t extent, int64_t inner,
                      void* dx) {
  run_gradient(loops(dtype).softmax_gradient, dtype, y, dy, outer, extent, inner, dx);
}

void log_softmax_gradient(DType dtype, const void* y, const void* dy, int64_t outer, int64_t extent, int64_t inner,
                          void* dx) {
  run_gradient(loops(dtype).log_softmax_gradient, dtype, y, dy, outer, extent, inner, dx);
}

int64_t sparse_softmax_cross_entropy(DType dtype, const void* logits, DType label_dtype, const void* labels,
                                     int64_t rows, int64_t classes, void* loss, void* gradient) {
  if (label_dtype == DType::int64)
    return run_sparse(dtype, logits, static_cast<const int64_t*>(labels), rows, classes, loss, gradient);
  if (label_dtype == DType::int32)
    return run_sparse(dtype, logits, static_cast<const int32_t*>(labels), rows, classes, loss, gradient);
  return run_sparse(dtype, logits, static_cast<const uint8_t*>(labels), rows, classes, loss, gradient);
}

void softmax_cross_entropy(DType dtype, const void* logits, const void* labels, int64_t rows, int64_t classes,
                           void* loss, void* gradient) {
  const int64_t size = static_cast<int64_t>(size_of(dtype));
  parallel_for(rows, row_grain(exponentials_per_thread, classes), [&](int64_t begin, int64_t end) {
    const int64_t at = begin * classes * size;
    loops(dtype).cross_entropy(advance(logits, at), advance(labels, at), end - begin, classes,
                               advance(loss, begin * size), advance(gradient, at));
  });
}

}  // namespace cornu::kernels
