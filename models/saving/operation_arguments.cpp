// Operations of functional models that take arguments besides tensors: those of the constructors of Keras's classes.
#include <algorithm>
#include <iterator>

#include <cornu/core/error.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/nn.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/models/saving/internal/operations.h>

namespace cornu::saving {

namespace {

using Integers = std::vector<int64_t>;

// Reading.

/// A number or a list of numbers, empty where there is none. Keras may write a tuple as an object.
Integers integers_in(const Config& arguments, const char* name) {
  if (!arguments.contains(name)) return {};
  Config value = arguments.at(name);
  if (value.is_null()) return {};
  if (value.is_integer()) return {value.integer()};
  if (value.is_object() && value.contains("config")) value = value.at("config").at("value");
  Integers integers;
  for (const Config& element : value.elements()) integers.push_back(element.integer());
  return integers;
}

int64_t axis_in(const Config& arguments, int64_t usual) {
  const Integers axes = integers_in(arguments, "axis");
  if (axes.size() > 1) throw ValueError("expected one axis; received " + arguments.at("axis").dump());
  return axes.empty() ? usual : axes[0];
}

template <Tensor (*reduce)(const Tensor&, const Axes&, const ReduceOptions&)>
Tensor reduction(const TensorList& inputs, const Config& arguments) {
  const bool keepdims = arguments.contains("keepdims") && arguments.at("keepdims").boolean();
  const Integers axes = integers_in(arguments, "axis");
  return axes.empty() ? reduce(inputs[0], {}, {.keepdims = keepdims}) : reduce(inputs[0], axes, {.keepdims = keepdims});
}

template <Tensor (*function)(const Tensor&, int64_t)>
Tensor along_axis(const TensorList& inputs, const Config& arguments) {
  return function(inputs[0], axis_in(arguments, -1));
}

Tensor read_squeeze(const TensorList& inputs, const Config& arguments) {
  const Integers axes = integers_in(arguments, "axis");
  return axes.empty() ? squeeze(inputs[0]) : squeeze(inputs[0], axes);
}

Tensor read_reshape(const TensorList& inputs, const Config& arguments) {
  Shape shape;
  for (const int64_t extent : integers_in(arguments, "newshape")) shape.push_back(extent);
  return reshape(inputs[0], shape);
}

Tensor read_cast(const TensorList& inputs, const Config& arguments) {
  DType dtype = float32;
  from_config(arguments.at("dtype"), dtype);
  return cast(inputs[0], dtype);
}

Tensor read_one_hot(const TensorList& inputs, const Config& arguments) {
  DType dtype = float32;
  if (arguments.contains("dtype") && !arguments.at("dtype").is_null()) from_config(arguments.at("dtype"), dtype);
  return one_hot(inputs[0], arguments.at("num_classes").integer(), axis_in(arguments, -1), dtype);
}

// Writing.

Config list_of(const Shape& numbers) {
  std::vector<Config> list;
  for (const int64_t number : numbers) list.emplace_back(std::max<int64_t>(number, -1));
  return list;
}

void write_reduction(const FunctionalNode& node, Config& arguments) {
  arguments.set("axis", list_of(node.attributes().shape("axes")));
  arguments.set("keepdims", node.attributes().flag("keep_dims"));
}

void write_axis(const FunctionalNode& node, Config& arguments) {
  arguments.set("axis", node.attributes().integer("axis"));
}

void write_permutation(const FunctionalNode& node, Config& arguments) {
  arguments.set("axes", list_of(node.attributes().shape("perm")));
}

void write_dtype(const FunctionalNode& node, Config& arguments) {
  arguments.set("dtype", std::string(name(node.outputs[0].dtype)));
}

void write_one_hot(const FunctionalNode& node, Config& arguments) {
  arguments.set("num_classes", node.attributes().integer("depth"));
  write_axis(node, arguments);
  write_dtype(node, arguments);
}

bool has_plain_matrices(const FunctionalNode& node) {
  return !node.attributes().flag("transpose_a") && !node.attributes().flag("transpose_b");
}

// What reshapes: one operation here, several classes of Keras's.

/// The axis of extent 1 that `longer` has more than `shorter`, or -1.
int added_axis(const Shape& shorter, const Shape& longer) {
  if (longer.rank() != shorter.rank() + 1) return -1;
  for (int axis = 0; axis < longer.rank(); ++axis) {
    Shape rest = longer;
    rest.erase(axis);
    if (longer[axis] == 1 && std::equal(rest.begin(), rest.end(), shorter.begin())) return axis;
  }
  return -1;
}

int expanded_axis(const FunctionalNode& node) { return added_axis(node.inputs[0].shape(), node.outputs[0].shape); }
int squeezed_axis(const FunctionalNode& node) { return added_axis(node.outputs[0].shape, node.inputs[0].shape()); }

void write_expanded(const FunctionalNode& node, Config& arguments) {
  arguments.set("axis", int64_t{expanded_axis(node)});
}
void write_squeezed(const FunctionalNode& node, Config& arguments) {
  arguments.set("axis", int64_t{squeezed_axis(node)});
}
void write_shape(const FunctionalNode& node, Config& arguments) {
  arguments.set("newshape", list_of(node.attributes().shape("shape")));
}

/// A shape of Keras's says of one extent at most that it is to be worked out.
bool has_one_unknown_extent(const FunctionalNode& node) {
  const Shape& shape = node.attributes().shape("shape");
  return std::count_if(shape.begin(), shape.end(), [](int64_t extent) { return extent < 0; }) <= 1;
}

}  // namespace

const FunctionalOperation operations_with_arguments[] = {
    {"Sum", numpy, "Sum", 1, reduction<reduce_sum>, write_reduction},
    {"Mean", numpy, "Mean", 1, reduction<reduce_mean>, write_reduction},
    {"Max", numpy, "Max", 1, reduction<reduce_max>, write_reduction},
    {"Min", numpy, "Min", 1, reduction<reduce_min>, write_reduction},
    {"Prod", numpy, "Prod", 1, reduction<reduce_prod>, write_reduction},
    {"Softmax", nn, "Softmax", 1, along_axis<softmax>, write_axis},
    {"LogSoftmax", nn, "LogSoftmax", 1, along_axis<log_softmax>, write_axis},
    {"OneHot", nn, "OneHot", 1, read_one_hot, write_one_hot},
    {"Cast", core, "Cast", 1, read_cast, write_dtype},
    {"ExpandDims", numpy, "Reshape", 1, along_axis<expand_dims>, write_expanded,
     [](const FunctionalNode& node) { return expanded_axis(node) >= 0; }},
    {"Squeeze", numpy, "Reshape", 1, read_squeeze, write_squeezed,
     [](const FunctionalNode& node) { return squeezed_axis(node) >= 0; }},
    {"Reshape", numpy, "Reshape", 1, read_reshape, write_shape, has_one_unknown_extent},
    {"Transpose", numpy, "Transpose", 1,
     [](const TensorList& inputs, const Config& arguments) {
       return transpose(inputs[0], integers_in(arguments, "axes"));
     },
     write_permutation},
    {"Concatenate", numpy, "ConcatV2", 0,
     [](const TensorList& inputs, const Config& arguments) { return concat(inputs, axis_in(arguments, 0)); },
     write_axis},
    {"Stack", numpy, "Pack", 0,
     [](const TensorList& inputs, const Config& arguments) { return stack(inputs, axis_in(arguments, 0)); }},
    {"Matmul", numpy, "MatMul", 2, [](const TensorList& inputs, const Config&) { return matmul(inputs[0], inputs[1]); },
     nullptr, has_plain_matrices},
};
const size_t operations_with_arguments_count = std::size(operations_with_arguments);

}  // namespace cornu::saving
