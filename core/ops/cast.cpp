// What leaves the numbers as they are: conversion, identity, and the end of a gradient.
#include <cornu/core/kernels/cast.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/math.h>

namespace cornu {

namespace {

using G = const Gradient&;

int64_t from_the_start(const Call&) { return 0; }

const Operation& cast_op = define({
    .name = "Cast",
    .onnx_name = "Cast",
    .infer = [](const Call& call) -> TensorSpec {
      return {call.shape(), call.attributes.get<DType>("DstT")};
    },
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          kernels::cast(call.dtype(), call.input().raw_data(), outputs[0].dtype(), outputs[0].mutable_data(),
                        outputs[0].size());
        },
    .gradients = {{nothing, [](G g) { return cast(g.upstream(), g.input_dtype()); }}},
    .fusion = Fusion::elementwise,
});

const Operation& identity_op = define({
    .name = "Identity",
    .onnx_name = "Identity",
    .infer = infer::same,
    .view_offset = from_the_start,
    .gradients = {{nothing, [](G g) { return g.upstream(); }}},
});

const Operation& stop_gradient_op = define({
    .name = "StopGradient",
    .onnx_name = "Identity",
    .infer = infer::same,
    .view_offset = from_the_start,
    .no_gradient = "it is there to stop it",
});

}  // namespace

Tensor cast(const Tensor& x, DType dtype) {
  require_value(x, "cast");
  return x.dtype() == dtype ? x : apply(cast_op, {&x}, {{"DstT", dtype}});
}
Tensor identity(const Tensor& x) { return apply(identity_op, {&x}); }
Tensor stop_gradient(const Tensor& x) { return apply(stop_gradient_op, {&x}); }

}  // namespace cornu
