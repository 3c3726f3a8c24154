#include "core/graph/passes/pass_checks.h"

using namespace cornu;
using namespace cornu::pass_checks;

namespace {

/// Small integers, so that sums are exact in any order.
Tensor whole(const Shape& shape, int64_t seed) {
  std::vector<float> values;
  for (int64_t i = 0; i < shape.size(); ++i) values.push_back(static_cast<float>((i * 7 + seed * 5) % 11 - 5));
  return Tensor::from_span<float>(values, shape);
}

const Tensor x = whole({4, 3}, 1), kernel = whole({3, 5}, 2), bias = whole({5}, 3);

Graph fuse(const std::function<Tensor(const TensorList&)>& code, const TensorList& inputs = {x, kernel, bias}) {
  return check(
      passes::fuse_products, [&](const TensorList& t) { return TensorList{code(t)}; }, inputs);
}

}  // namespace

TEST_CASE("a bias becomes part of the product") {
  for (const bool bias_first : {false, true}) {
    const Graph graph = fuse([&](const TensorList& t) {
      const Tensor product = matmul(t[0], t[1]);
      return bias_first ? t[2] + product : product + t[2];
    });
    CHECK(count(graph, "_FusedMatMul") == 1);
    CHECK(count(graph, "Add") + count(graph, "MatMul") == 0);
  }
}

TEST_CASE("a rectifier becomes part of the product, after a bias of either kind") {
  const Graph graph = fuse([](const TensorList& t) { return relu(matmul(t[0], t[1]) + t[2]); });
  CHECK(count(graph, "_FusedMatMulRelu") == 1);
  CHECK(count(graph, "Relu") + count(graph, "_FusedMatMul") == 0);
  const Graph dense_first = fuse([](const TensorList& t) { return relu(dense(t[0], t[1], t[2])); });
  CHECK(count(dense_first, "_FusedMatMulRelu") == 1);
  CHECK(count(dense_first, "Relu") == 0);
}

TEST_CASE("leading axes are further rows") {
  const Graph graph =
      fuse([](const TensorList& t) { return matmul(t[0], t[1]) + t[2]; }, {whole({2, 4, 3}, 1), kernel, bias});
  CHECK(count(graph, "_FusedMatMul") == 1);
}

TEST_CASE("products that others use, that are transposed, or without a row as bias stay") {
  CHECK(count(fuse([](const TensorList& t) {
                const Tensor product = matmul(t[0], t[1]);
                return (product + t[2]) * product;
              }),
              "_FusedMatMul") == 0);
  CHECK(count(fuse([](const TensorList& t) { return matmul(t[0], t[1], {.transpose_b = true}) + t[2]; },
                   {x, whole({5, 3}, 2), bias}),
              "_FusedMatMul") == 0);
  CHECK(count(fuse([](const TensorList& t) { return matmul(t[0], t[1]) + t[2]; }, {x, kernel, whole({1}, 3)}),
              "_FusedMatMul") == 0);
  CHECK(count(fuse([](const TensorList& t) { return matmul(t[0], t[1]) + t[2]; }, {x, kernel, whole({4, 1}, 3)}),
              "_FusedMatMul") == 0);
  const Tensor integer = cast(x, int32);
  CHECK(count(fuse([](const TensorList& t) { return matmul(t[0], t[1]) + t[2]; },
                   {integer, cast(kernel, int32), cast(bias, int32)}),
              "_FusedMatMul") == 0);
  CHECK(count(fuse([](const TensorList& t) {
                const Tensor y = dense(t[0], t[1], t[2]);
                return relu(y) + y;
              }),
              "_FusedMatMulRelu") == 0);
}

TEST_CASE("a bias that is computed after the product is there in time") {
  const Graph graph = fuse([](const TensorList& t) {
    const Tensor product = matmul(t[0], t[1]);
    return relu(product + t[2] * 2);
  });
  CHECK(count(graph, "_FusedMatMulRelu") == 1);
}

TEST_CASE("rows whose number is not known are fused") {
  const Code code = [](const TensorList& t) { return TensorList{relu(matmul(t[0], t[1]) + t[2])}; };
  const Graph graph =
      check(passes::fuse_products, code, {x, kernel, bias}, {{{-1, 3}, float32}, {{3, 5}, float32}, {{5}, float32}});
  CHECK(count(graph, "_FusedMatMulRelu") == 1);
}

TEST_CASE("a matrix that is added becomes what the product is accumulated on") {
  const Tensor residual = whole({4, 5}, 4);
  for (const bool residual_first : {false, true}) {
    const Graph graph = fuse(
        [&](const TensorList& t) {
          const Tensor product = matmul(t[0], t[1]), other = tanh(t[2]) * 0.f + t[2];
          return residual_first ? other + product : product + other;
        },
        {x, kernel, residual});
    CHECK(count(graph, "_FusedMatMulAdd") == 1);
    CHECK(count(graph, "MatMul") == 0);
  }
  const Graph transposed =
      fuse([](const TensorList& t) { return matmul(t[0], t[1], {.transpose_a = true, .transpose_b = true}) + t[2]; },
           {whole({3, 4}, 1), whole({5, 3}, 2), residual});
  CHECK(count(transposed, "_FusedMatMulAdd") == 1);
  const Graph own = fuse([](const TensorList& t) { return matmul(t[0], t[0]) + t[0]; }, {whole({4, 4}, 1)});
  CHECK(count(own, "_FusedMatMulAdd") == 1);
}

TEST_CASE("a bias and a rectifier become part of a convolution") {
  const Tensor images = whole({2, 5, 4, 3}, 1), filter = whole({2, 3, 3, 4}, 2), offsets = whole({4}, 3);
  const ConvolutionOptions options = {.strides = {2, 1}, .padding = "same"};
  const auto convolve = [&](const TensorList& t) { return conv2d(t[0], t[1], options); };
  const Graph with_bias = fuse([&](const TensorList& t) { return t[2] + convolve(t); }, {images, filter, offsets});
  CHECK(count(with_bias, "_FusedConv2D") == 1);
  CHECK(count(with_bias, "Conv2D") == 0);
  const Graph with_relu =
      fuse([&](const TensorList& t) { return relu(convolve(t) + t[2]); }, {images, filter, offsets});
  CHECK(count(with_relu, "_FusedConv2DRelu") == 1);
  CHECK(count(with_relu, "Relu") + count(with_relu, "_FusedConv2D") == 0);
  const Graph biased_first =
      fuse([&](const TensorList& t) { return relu(conv2d(t[0], t[1], t[2], options)); }, {images, filter, offsets});
  CHECK(count(biased_first, "_FusedConv2DRelu") == 1);
  const Graph alone = fuse([&](const TensorList& t) { return relu(convolve(t)); }, {images, filter});
  CHECK(count(alone, "Conv2D") == 1);
  CHECK(count(fuse([&](const TensorList& t) { return convolve(t) + t[2]; }, {images, filter, whole({1}, 3)}),
              "_FusedConv2D") == 0);
}
