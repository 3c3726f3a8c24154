#include <algorithm>
#include <cstring>

#include <cornu/core/error.h>
#include <cornu/core/kernels/gemm.h>
#include <cornu/core/ops/internal/nn_gradients.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

using G = const Gradient&;

[[noreturn, gnu::cold, gnu::noinline]] void throw_product(const char* operation, const Tensor& a, const Tensor& b,
                                                          const std::string& why) {
  throw ShapeError(std::string(operation) + ": a of shape " + a.shape().to_string() + " and b of shape " +
                   b.shape().to_string() + " have no product: " + why);
}

/// The extents of op(a) [..., m, k] and op(b) [..., k, n].
struct Product {
  bool transpose_a, transpose_b;
  int64_t m, k, n;

  Product(const Shape& a, const Shape& b, const Attributes& attributes)
      : transpose_a(attributes.flag("transpose_a")), transpose_b(attributes.flag("transpose_b")) {
    m = a[a.rank() - (transpose_a ? 1 : 2)];
    k = a[a.rank() - (transpose_a ? 2 : 1)];
    n = b[b.rank() - (transpose_b ? 2 : 1)];
  }
};

Shape batch_of(const Shape& shape) { return shape.slice(0, shape.rank() - 2); }

TensorSpec infer_matmul(const Call& call) {
  infer::require_one_dtype(call);
  if (call.dtype() == boolean || call.dtype() == uint8)
    throw DTypeError("matmul does not take dtype " + std::string(name(call.dtype())) + "; cast both tensors first");
  const Shape &a = call.shape(0), &b = call.shape(1);
  if (a.rank() < 2 || b.rank() < 2) throw_product("matmul", call.input(0), call.input(1), "both need two axes or more");
  const Product product(a, b, call.attributes);
  const int64_t k = b[b.rank() - (product.transpose_b ? 1 : 2)];
  if (product.k != k && product.k >= 0 && k >= 0)
    throw_product("matmul", call.input(0), call.input(1),
                  std::to_string(product.k) + " columns do not fit " + std::to_string(k) + " rows");
  Shape shape = a.rank() == 2   ? batch_of(b)
                : b.rank() == 2 ? batch_of(a)
                                : broadcast_shapes(batch_of(a), batch_of(b), "matmul (the leading axes)");
  shape.push_back(product.m);
  shape.push_back(product.n);
  return {shape, call.dtype()};
}

/// The number of elements from one matrix of `operand` to the next along each axis of `batch`; 0 where it broadcasts.
void batch_strides(const Shape& operand, const Shape& batch, int64_t* strides) {
  int64_t step = operand[operand.rank() - 2] * operand[operand.rank() - 1];
  const int leading = batch.rank() - (operand.rank() - 2);
  for (int axis = batch.rank() - 1; axis >= 0; --axis) {
    const int64_t extent = axis >= leading ? operand[axis - leading] : 1;
    strides[axis] = extent == 1 ? 0 : step;
    step *= extent;
  }
}

void run_matmul(const Call& call, std::span<Tensor> outputs) {
  const Shape &a = call.shape(0), &b = call.shape(1);
  const Product product(a, b, call.attributes);
  void* out = outputs[0].mutable_data();
  const void *a_data = call.input(0).raw_data(), *b_data = call.input(1).raw_data();
  if (b.rank() == 2 && (a.rank() == 2 || !product.transpose_a)) {
    // One matrix on the right: the leading axes of `a` are further rows.
    const int64_t rows = product.transpose_a ? product.m : a.size_between(0, a.rank() - 1);
    kernels::gemm(call.dtype(), product.transpose_a, product.transpose_b, rows, product.n, product.k, a_data, b_data,
                  out);
    return;
  }
  const Shape batch = batch_of(outputs[0].shape());
  int64_t a_strides[Shape::max_rank] = {}, b_strides[Shape::max_rank] = {};
  batch_strides(a, batch, a_strides);
  batch_strides(b, batch, b_strides);
  kernels::gemm_batched(call.dtype(), product.transpose_a, product.transpose_b, product.m, product.n, product.k, batch,
                        a_data, a_strides, b_data, b_strides, out);
}

/// [..., m, n] as [rows, n].
Tensor as_rows(const Tensor& x) {
  const Shape& shape = x.shape();
  if (shape.rank() == 2) return x;
  return reshape(x, {shape.is_known() ? shape.size_between(0, shape.rank() - 1) : -1, shape.back()});
}

// With op(a) op(b) = c: d op(a) = dc op(b)^T and d op(b) = op(a)^T dc; where an operand is transposed, so is its
// gradient, which swaps the factors. The engine then sums over broadcast leading axes.
Tensor left_gradient(G g) {
  const bool transpose_a = g.attributes().flag("transpose_a"), transpose_b = g.attributes().flag("transpose_b");
  if (transpose_a) return matmul(g.input(1), g.upstream(), {.transpose_a = transpose_b, .transpose_b = true});
  return matmul(g.upstream(), g.input(1), {.transpose_b = !transpose_b});
}

Tensor right_gradient(G g) {
  const bool transpose_a = g.attributes().flag("transpose_a"), transpose_b = g.attributes().flag("transpose_b");
  const Tensor& a = g.input(0);
  if (g.input_shape(1).rank() == 2 && a.rank() > 2 && !transpose_a) {
    // The sum over the leading axes is part of the product.
    const Tensor rows = as_rows(a), upstream = as_rows(g.upstream());
    return transpose_b ? matmul(upstream, rows, {.transpose_a = true}) : matmul(rows, upstream, {.transpose_a = true});
  }
  if (transpose_b) return matmul(g.upstream(), a, {.transpose_a = true, .transpose_b = transpose_a});
  return matmul(a, g.upstream(), {.transpose_a = !transpose_a});
}

const Operation& matmul_op = define({
    .name = "MatMul",
    .onnx_name = "MatMul",
    .arity = 2,
    .infer = infer_matmul,
    .kernel = run_matmul,
    .gradients = {{input(1), left_gradient}, {input(0), right_gradient}},
    .broadcasts = true,
    .fusion = Fusion::product,
});

/// Inputs a, b and what is added to their product.
TensorSpec infer_matmul_add(const Call& call) {
  infer::require_floating(call);
  infer::require_one_dtype(call);
  const TensorSpec product = infer_matmul(call);
  if (call.shape(0).rank() != 2 || call.shape(1).rank() != 2 || !call.shape(2).is_compatible_with(product.shape))
    throw ShapeError(std::string(call.name()) + ": expected two matrices and an addend of their product's shape " +
                     product.shape.to_string() + "; received " + call.shape(0).to_string() + ", " +
                     call.shape(1).to_string() + " and " + call.shape(2).to_string());
  return product;
}

void run_matmul_add(const Call& call, std::span<Tensor> outputs) {
  const Product product(call.shape(0), call.shape(1), call.attributes);
  Tensor& out = outputs[0];
  if (out.raw_data() != call.input(2).raw_data())
    std::memcpy(out.mutable_data(), call.input(2).raw_data(), static_cast<size_t>(out.size()) * size_of(out.dtype()));
  kernels::gemm(call.dtype(), product.transpose_a, product.transpose_b, product.m, product.n, product.k,
                call.input(0).raw_data(), call.input(1).raw_data(), out.mutable_data(), nullptr, true);
}

const Operation& matmul_add_op = define({
    .name = "_FusedMatMulAdd",
    .arity = 3,
    .infer = infer_matmul_add,
    .kernel = run_matmul_add,
    .gradients = {{input(1), left_gradient}, {input(0), right_gradient}, {nothing, [](G g) { return g.upstream(); }}},
    .overwritten_input = 2,
    .fusion = Fusion::product,
});

TensorSpec infer_dense(const Call& call) {
  infer::require_floating(call);
  infer::require_one_dtype(call);
  const Shape &x = call.shape(0), &kernel = call.shape(1), &bias = call.shape(2);
  if (x.rank() < 2 || kernel.rank() != 2)
    throw_product("dense", call.input(0), call.input(1), "x needs two axes or more, the kernel exactly two");
  if (x.back() != kernel[0] && x.back() >= 0)
    throw_product("dense", call.input(0), call.input(1),
                  std::to_string(x.back()) + " columns do not fit " + std::to_string(kernel[0]) + " rows");
  if (bias.rank() != 1 || bias[0] != kernel[1])
    throw ShapeError("dense: expected a bias of shape (" + std::to_string(kernel[1]) + ",) beside a kernel of shape " +
                     kernel.to_string() + "; received " + bias.to_string());
  Shape shape = x;
  shape[shape.rank() - 1] = kernel[1];
  return {shape, call.dtype()};
}

template <kernels::Activation activation>
void run_dense(const Call& call, std::span<Tensor> outputs) {
  const Shape& x = call.shape(0);
  const kernels::Epilogue epilogue{call.input(2).raw_data(), activation};
  kernels::gemm(call.dtype(), false, false, x.size_between(0, x.rank() - 1), call.shape(1)[1], x.back(),
                call.input(0).raw_data(), call.input(1).raw_data(), outputs[0].mutable_data(), &epilogue);
}

/// The rules for x, kernel and bias, where `before` gives the gradient with respect to what the activation was given.
template <Tensor (*before)(G)>
std::vector<GradientRule> dense_gradients(Reads reads) {
  return {
      {input(1) | reads, [](G g) { return matmul(before(g), g.input(1), {.transpose_b = true}); }},
      {input(0) | reads, [](G g) { return matmul(as_rows(g.input(0)), as_rows(before(g)), {.transpose_a = true}); }},
      {reads, [](G g) { return sum_to_shape(before(g), g.input_shape(2)); }}};
}

Tensor unchanged(G g) { return g.upstream(); }
Tensor before_relu(G g) {
  return g.shared([](G gradient) { return relu_grad(gradient.upstream(), gradient.output()); });
}

const Operation& dense_op = define({
    .name = "_FusedMatMul",
    .arity = 3,
    .infer = infer_dense,
    .kernel = run_dense<kernels::Activation::none>,
    .gradients = dense_gradients<unchanged>(nothing),
    .fusion = Fusion::product,
});

const Operation& dense_relu_op = define({
    .name = "_FusedMatMulRelu",
    .arity = 3,
    .infer = infer_dense,
    .kernel = run_dense<kernels::Activation::relu>,
    .gradients = dense_gradients<before_relu>(output(0)),
    .fusion = Fusion::product,
});

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, const MatmulOptions& options) {
  if (rank_of(a, "matmul") == 0 || rank_of(b, "matmul") == 0)
    throw_product("matmul", a, b, "a scalar has none; use multiply");
  const OperandPair pair("matmul", a, b);
  if (a.rank() == 1 || b.rank() == 1) {
    // A vector is a row on the left and a column on the right; its axis is dropped again.
    const Tensor left = a.rank() == 1 ? expand_dims(pair.a(), 0) : pair.a();
    const Tensor right = b.rank() == 1 ? expand_dims(pair.b(), 1) : pair.b();
    if (left.shape().back() != right.shape()[right.rank() - 2] && !options.transpose_a && !options.transpose_b)
      throw_product("matmul", a, b, "the extents that are summed over differ");
    Tensor product = matmul(
        left, right,
        {.transpose_a = options.transpose_a && a.rank() > 1, .transpose_b = options.transpose_b && b.rank() > 1});
    if (b.rank() == 1) product = squeeze(product, -1);
    return a.rank() == 1 ? squeeze(product, b.rank() == 1 ? -1 : -2) : product;
  }
  // All four sets of attributes are there once.
  static const Attributes attributes[2][2] = {
      {{{"transpose_a", false}, {"transpose_b", false}}, {{"transpose_a", false}, {"transpose_b", true}}},
      {{{"transpose_a", true}, {"transpose_b", false}}, {{"transpose_a", true}, {"transpose_b", true}}}};
  return apply(matmul_op, {&pair.a(), &pair.b()}, attributes[options.transpose_a][options.transpose_b]);
}

Tensor dense(const Tensor& x, const Tensor& kernel, const Tensor& bias, ProductActivation activation) {
  const Operation& operation = activation == ProductActivation::relu ? dense_relu_op : dense_op;
  for (const Tensor* input : {&x, &kernel, &bias}) require_value(*input, "dense");
  const DType dtype = real_dtype(promote(promote(x.dtype(), kernel.dtype()), bias.dtype()));
  if (x.dtype() == dtype && kernel.dtype() == dtype && bias.dtype() == dtype)
    return apply(operation, {&x, &kernel, &bias});
  const Tensor real_x = cast(x, dtype), real_kernel = cast(kernel, dtype), real_bias = cast(bias, dtype);
  return apply(operation, {&real_x, &real_kernel, &real_bias});
}

}  // namespace cornu
