// Matrix products of float32 beside the libraries they come from, called directly.
#include <random>
#include <string>
#include <vector>

#include <cblas.h>
#ifdef CORNU_HAS_ONEDNN
#include <oneapi/dnnl/dnnl.h>
#endif

#include "bench.h"
#include <cornu/core/kernels/gemm.h>
#include <cornu/core/kernels/pooled_array.h>

namespace {

struct Shape {
  const char* use;
  int64_t m, k, n;
  bool transpose_a = false, transpose_b = false;
};

/// Random numbers in a buffer that lies as those of tensors do.
struct Buffer : cornu::kernels::PooledArray<float> {
  explicit Buffer(int64_t count) : PooledArray(count) {
    std::mt19937 generator(1);
    std::uniform_real_distribution<float> uniform(-1, 1);
    for (float& value : *this) value = uniform(generator);
  }
};

/// A product of one shape and what it is compared with.
class Product {
 public:
  explicit Product(const Shape& shape)
      : shape_(shape),
        lda_(shape.transpose_a ? shape.m : shape.k),
        ldb_(shape.transpose_b ? shape.k : shape.n),
        a_(shape.m * shape.k),
        b_(shape.k * shape.n),
        bias_(shape.n),
        c_(shape.m * shape.n) {}

  void cornu(bool with_epilogue) {
    const cornu::kernels::Epilogue epilogue{bias_.data(), cornu::kernels::Activation::relu};
    cornu::kernels::gemm(cornu::float32, shape_.transpose_a, shape_.transpose_b, shape_.m, shape_.n, shape_.k,
                         a_.data(), b_.data(), c_.data(), with_epilogue ? &epilogue : nullptr);
  }
#ifdef CORNU_HAS_ONEDNN
  void onednn() {
    dnnl_sgemm(shape_.transpose_a ? 'T' : 'N', shape_.transpose_b ? 'T' : 'N', shape_.m, shape_.n, shape_.k, 1,
               a_.data(), lda_, b_.data(), ldb_, 0, c_.data(), shape_.n);
  }
#endif
  void openblas() {
    cblas_sgemm(CblasRowMajor, shape_.transpose_a ? CblasTrans : CblasNoTrans,
                shape_.transpose_b ? CblasTrans : CblasNoTrans, static_cast<blasint>(shape_.m),
                static_cast<blasint>(shape_.n), static_cast<blasint>(shape_.k), 1, a_.data(),
                static_cast<blasint>(lda_), b_.data(), static_cast<blasint>(ldb_), 0, c_.data(),
                static_cast<blasint>(shape_.n));
  }

 private:
  Shape shape_;
  int64_t lda_, ldb_;
  Buffer a_, b_, bias_, c_;
};

void measure(const Shape& shape, int threads) {
  Product product(shape);
  bench::Task task;
  task.name = std::to_string(shape.m) + "x" + std::to_string(shape.k) + "x" + std::to_string(shape.n) + " " + shape.use;
  task.threads = threads;
  task.flops = 2.0 * static_cast<double>(shape.m * shape.k * shape.n);
  std::vector<bench::Contender> contenders;
#ifdef CORNU_HAS_ONEDNN
  contenders.push_back({"oneDNN's sgemm", [&] { product.onednn(); }});
#endif
  contenders.push_back({"OpenBLAS's sgemm, one thread", [&] { product.openblas(); }});
  contenders.push_back({"Cornu", [&] { product.cornu(false); }, shape.m == 1024 ? 1.1 : 0.0});
  contenders.push_back({"Cornu, with bias and relu", [&] { product.cornu(true); }});
  bench::compare(task, contenders);
}

}  // namespace

int main() {
  const Shape shapes[] = {{"forward", 50, 784, 100},
                          {"weight gradient", 784, 50, 100, true},
                          {"input gradient", 50, 100, 784, false, true},
                          {"small", 50, 100, 10},
                          {"one sample", 1, 784, 100},
                          {"wide layer", 128, 784, 512},
                          {"3x3 convolution as a product", 43264, 9, 32},
                          {"3x3 convolution of 32 channels", 7744, 288, 64},
                          {"large", 1024, 1024, 1024}};
  openblas_set_num_threads(1);
  for (int threads = 1; threads <= bench::available_threads(); threads *= 2)
    for (const Shape& shape : shapes) measure(shape, threads);
}
