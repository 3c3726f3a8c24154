// Other shapes of the same elements, and the axes of extent 1.
#include <algorithm>
#include <utility>

#include <cornu/core/error.h>
#include <cornu/core/ops/internal/merge_axes.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

namespace {

/// A number of elements: a number times unknown extents.
struct Product {
  int64_t known = 1;
  std::vector<int64_t> names;

  void multiply(int64_t extent) {
    if (extent >= 0)
      known *= extent;
    else
      names.push_back(extent);
  }
  /// Divides by the names that both have.
  static void cancel(Product& a, Product& b) {
    std::erase_if(a.names, [&](int64_t name) {
      const auto found = std::find(b.names.begin(), b.names.end(), name);
      if (found == b.names.end()) return false;
      b.names.erase(found);
      return true;
    });
  }
};

/// `shape` with its -1 worked out; it stays where that depends on unknown extents.
Shape complete(const Shape& x, Shape shape) {
  int unknown = -1;
  Product wanted, given;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] != -1) {
      wanted.multiply(shape[axis]);
    } else if (unknown >= 0) {
      throw ValueError("reshape: at most one extent may be -1; received " + Shape(shape).to_string());
    } else {
      unknown = axis;
    }
  }
  for (int64_t extent : x) given.multiply(extent);
  Product::cancel(given, wanted);
  if (unknown >= 0 && wanted.names.empty() && given.names.size() == 1 && given.known == wanted.known) {
    shape[unknown] = given.names[0];
    return shape;
  }
  if (!wanted.names.empty() || !given.names.empty()) return shape;
  if (unknown >= 0 && wanted.known > 0 && given.known % wanted.known == 0) {
    shape[unknown] = given.known / wanted.known;
    wanted.known = given.known;
  }
  if (given.known != wanted.known || (unknown >= 0 && shape[unknown] < 0))
    throw ShapeError("reshape: a tensor of shape " + x.to_string() +
                     (x.is_known() ? " has " + std::to_string(x.size()) + " elements, which do not fit shape "
                                   : " does not fit shape ") +
                     shape.to_string());
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

Tensor merge_axes(const Tensor& x, const std::vector<int>& counts) {
  Shape shape;
  std::vector<int> left;  // for the next reshape, as one works out one extent
  bool infers = false;
  int axis = 0;
  for (const int count : counts) {
    const Shape run = x.shape().slice(axis, axis + count);
    const bool waits = count > 1 && !run.is_known() && std::exchange(infers, true);
    left.push_back(waits ? count : 1);
    if (waits)
      for (const int64_t extent : run) shape.push_back(extent);
    else
      shape.push_back(count == 1 ? run[0] : run.size());
    axis += count;
  }
  const Tensor merged = reshape(x, shape);
  return shape.rank() == static_cast<int>(counts.size()) ? merged : merge_axes(merged, left);
}

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
