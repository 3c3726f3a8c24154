// Other shapes of the same elements, and the axes of extent 1.
#include <cornu/core/error.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

/// `shape` with its -1 worked out; it stays where an extent of x is unknown.
Shape complete(const Shape& x, Shape shape) {
  int unknown = -1;
  int64_t known = 1;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] >= 0) {
      known *= shape[axis];
    } else if (unknown >= 0) {
      throw ValueError("reshape: at most one extent may be -1; received " + Shape(shape).to_string());
    } else {
      unknown = axis;
    }
  }
  if (!x.is_known()) return shape;
  if (unknown >= 0 && known > 0 && x.size() % known == 0) shape[unknown] = x.size() / known;
  if (shape.size() != x.size() || !shape.is_known())
    throw ShapeError("reshape: a tensor of shape " + x.to_string() + " has " + std::to_string(x.size()) +
                     " elements, which do not fit shape " + shape.to_string());
  return shape;
}

const Operation& reshape_op = define({
    .name = "Reshape",
    .onnx_name = "Reshape",
    .infer = [](const Call& call) -> TensorSpec {
      return {complete(call.shape(), call.attributes.shape("shape")), call.dtype()};
    },
    .view_offset = [](const Call&) -> int64_t { return 0; },
    .gradients = {{nothing, [](const Gradient& g) { return reshape(g.upstream(), g.input_shape()); }}},
});

}  // namespace

Tensor reshape(const Tensor& x, const Shape& shape) { return apply(reshape_op, {&x}, {{"shape", shape}}); }

Tensor expand_dims(const Tensor& x, int64_t axis) {
  require_value(x, "expand_dims");
  Shape shape = x.shape();
  shape.insert(normalize_axis(axis, x.rank() + 1, "expand_dims"), 1);
  return reshape(x, shape);
}

Tensor squeeze(const Tensor& x, const Axes& axes) {
  const uint32_t mask = axes.mask(rank_of(x, "squeeze"), "squeeze");
  Shape shape;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const int64_t extent = x.shape()[axis];
    if (!(mask >> axis & 1) || (axes.all() && extent != 1)) {
      shape.push_back(extent);
    } else if (extent != 1) {
      throw ShapeError("squeeze: axis " + std::to_string(axis) + " of shape " + x.shape().to_string() +
                       " does not have extent 1");
    }
  }
  return reshape(x, shape);
}

}  // namespace cornu
