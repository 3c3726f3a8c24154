#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

namespace {

using Write = const ExportCall&;
using Read = const ImportCall&;

OutputReference write_product(Write call, bool transpose_a, bool transpose_b) {
  if (call.spec(0).shape.rank() == 2 && call.spec(1).shape.rank() == 2)
    return call.write("MatMul", {call.input(0), call.input(1)},
                      {{"transpose_a", attribute(transpose_a)}, {"transpose_b", attribute(transpose_b)}});
  return call.write("BatchMatMulV2", {call.input(0), call.input(1)},
                    {{"adj_x", attribute(transpose_a)}, {"adj_y", attribute(transpose_b)}});
}

OutputReferences write_matmul(Write call) {
  return {write_product(call, call.attributes().flag("transpose_a"), call.attributes().flag("transpose_b"))};
}

OutputReferences write_dense(Write call) {
  return call.write_all("BiasAdd", {write_product(call, false, false), call.input(2)});
}

OutputReferences write_dense_relu(Write call) { return call.write_all("Relu", write_dense(call)); }

}  // namespace

Translations product_translations() {
  return {
      {
          .operations = {"MatMul"},
          .write = write_matmul,
          .tensorflow = {"MatMul"},
          .read =
              [](Read call) {
                return TensorList{
                    matmul(call.tensor(0), call.tensor(1),
                           {.transpose_a = call.flag("transpose_a"), .transpose_b = call.flag("transpose_b")})};
              },
      },
      {
          .tensorflow = {"BatchMatMul", "BatchMatMulV2"},
          .read =
              [](Read call) {
                return TensorList{matmul(call.tensor(0), call.tensor(1),
                                         {.transpose_a = call.flag("adj_x"), .transpose_b = call.flag("adj_y")})};
              },
      },
      {.operations = {"_FusedMatMul"}, .write = write_dense},
      {.operations = {"_FusedMatMulRelu"}, .write = write_dense_relu},
      {
          .tensorflow = {"Einsum"},
          .read =
              [](Read call) {
                return TensorList{einsum(call.attribute("equation", ""), call.tensors(0, call.input_count()))};
              },
      },
  };
}

}  // namespace cornu::saved_model
