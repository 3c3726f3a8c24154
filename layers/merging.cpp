#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/normalization.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/layers/internal/families.h>
#include <cornu/layers/merging.h>

namespace cornu::layers {

void add_merging_layers(Registry<Layer>& registry) {
  registry.add<Add>("Add");
  registry.add<Subtract>("Subtract");
  registry.add<Multiply>("Multiply");
  registry.add<Average>("Average");
  registry.add<Maximum>("Maximum");
  registry.add<Minimum>("Minimum");
  registry.add<Concatenate>("Concatenate");
  registry.add<Dot>("Dot");
}

namespace {

bool all_defined(const TensorList& masks) {
  return !masks.empty() && std::all_of(masks.begin(), masks.end(), [](const Tensor& mask) { return mask.defined(); });
}

std::string list_of(const std::vector<Shape>& shapes) {
  std::string text;
  for (const Shape& shape : shapes) text += (text.empty() ? "" : ", ") + shape.to_string();
  return text;
}

}  // namespace

void fail_without_list(const std::string& class_name) {
  throw ValueError(class_name + ": a merge layer should be called on a list of inputs; received one tensor");
}

// Elementwise merges.

void MergeOptions::describe(Fields& fields) { describe_layer(fields, *this); }

void Merge::build_list(const std::vector<Shape>& input_shapes) {
  if (input_shapes.empty()) throw ValueError(class_name() + ": expected at least one input; received none");
}

/// Inputs of one rank: axes of extent 1 behind the batch axis of those with fewer.
static TensorList with_one_rank(const std::string& layer, const TensorList& inputs) {
  std::vector<Shape> shapes;
  int rank = 0;
  int64_t batch = -1;
  bool fits = true;
  for (const Tensor& input : inputs) {
    const Shape& shape = input.shape();
    shapes.push_back(shape);
    rank = std::max(rank, shape.rank());
    if (shape.rank() == 0 || shape[0] < 0) continue;
    fits = fits && (batch < 0 || shape[0] == batch);
    batch = shape[0];
  }
  if (!fits)
    throw ShapeError(layer + ": expected inputs with the same batch extent; received shapes " + list_of(shapes));
  TensorList result = inputs;
  for (Tensor& input : result)
    while (input.rank() < rank) input = expand_dims(input, std::min(input.rank(), 1));
  return result;
}

TensorList Merge::call_list(const TensorList& inputs) { return {merge(with_one_rank(class_name(), inputs))}; }

Tensor Merge::compute_mask(const TensorList&, const TensorList& masks) {
  if (!all_defined(masks)) return {};
  Tensor mask = masks[0];
  for (size_t i = 1; i < masks.size(); ++i) mask = logical_or(mask, masks[i]);
  return mask;
}

namespace {

/// `mask` [batch, ...] of `x`, spread over x's last axis.
Tensor spread(const Tensor& mask, const Tensor& x) { return broadcast_to(expand_dims(mask, -1), x.shape()); }

/// operation(a, b), where an element that one side masks is the other side's.
Tensor merge_unmasked(const TensorList& inputs, const TensorList& masks,
                      Tensor (*operation)(const Operand&, const Operand&)) {
  Tensor output = inputs[0];
  Tensor output_mask = !masks.empty() && masks[0].defined() ? spread(masks[0], output) : Tensor();
  for (size_t i = 1; i < inputs.size(); ++i) {
    Tensor x = inputs[i];
    const Tensor mask = i < masks.size() && masks[i].defined() ? spread(masks[i], x) : Tensor();
    if (mask.defined()) x = where(mask, x, output);
    if (output_mask.defined()) output = where(output_mask, output, x);
    output_mask = mask.defined() && output_mask.defined() ? logical_or(output_mask, mask) : Tensor();
    output = operation(output, x);
  }
  return output;
}

Tensor sum_of(const TensorList& inputs) {
  Tensor sum = inputs[0];
  for (size_t i = 1; i < inputs.size(); ++i) sum = sum + inputs[i];
  return sum;
}

}  // namespace

Add::Add(const Options& options) : Merge("Add", options) {}
Tensor Add::merge(const TensorList& inputs) const { return sum_of(inputs); }

Subtract::Subtract(const Options& options) : Merge("Subtract", options) {}
void Subtract::build_list(const std::vector<Shape>& input_shapes) {
  if (input_shapes.size() != 2)
    throw ValueError("Subtract: expected two inputs; received " + std::to_string(input_shapes.size()));
}
Tensor Subtract::merge(const TensorList& inputs) const {
  if (inputs.size() != 2) throw ValueError("Subtract: expected two inputs; received " + std::to_string(inputs.size()));
  return inputs[0] - inputs[1];
}

Multiply::Multiply(const Options& options) : Merge("Multiply", options) {}
Tensor Multiply::merge(const TensorList& inputs) const {
  const TensorList masks = this->masks();
  Tensor product, counts;
  for (size_t i = 0; i < inputs.size(); ++i) {
    Tensor x = inputs[i];
    if (i < masks.size() && masks[i].defined()) {
      const Tensor mask = spread(masks[i], x);
      x = where(mask, x, 1);
      counts = counts.defined() ? logical_or(counts, mask) : mask;
    }
    product = product.defined() ? product * x : x;
  }
  return all_defined(masks) ? where(counts, product, 0) : product;
}

Average::Average(const Options& options) : Merge("Average", options) {}
Tensor Average::merge(const TensorList& inputs) const { return sum_of(inputs) / static_cast<double>(inputs.size()); }

Maximum::Maximum(const Options& options) : Merge("Maximum", options) {}
Tensor Maximum::merge(const TensorList& inputs) const { return merge_unmasked(inputs, masks(), cornu::maximum); }
Minimum::Minimum(const Options& options) : Merge("Minimum", options) {}
Tensor Minimum::merge(const TensorList& inputs) const { return merge_unmasked(inputs, masks(), cornu::minimum); }

// Concatenate.

void ConcatenateOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("axis", axis);
}
Concatenate::Concatenate(const Options& options) : ListLayer("Concatenate", options) {}

TensorList Concatenate::call_list(const TensorList& inputs) {
  if (inputs.empty()) throw ValueError("Concatenate: expected at least one input; received none");
  return {concat(inputs, options_.axis)};
}

/// Where any element of the concatenated masks counts; an input without a mask counts everywhere.
Tensor Concatenate::compute_mask(const TensorList& inputs, const TensorList& masks) {
  if (std::none_of(masks.begin(), masks.end(), [](const Tensor& mask) { return mask.defined(); })) return {};
  TensorList whole;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool has_mask = i < masks.size() && masks[i].defined();
    if (!has_mask)
      whole.push_back(cast(ones_like(inputs[i]), boolean));
    else
      whole.push_back(masks[i].rank() < inputs[i].rank() ? spread(masks[i], inputs[i]) : masks[i]);
  }
  return reduce_any(concat(whole, options_.axis), -1);
}

// Dot.

void DotOptions::describe(Fields& fields) {
  describe_layer(fields, *this);
  fields("axes", axes);
  fields("normalize", normalize);
}

Dot::Dot(const Options& options) : ConfiguredLayer("Dot", options) {
  if (!options.axes.defined() || (!options.axes.is_single() && options.axes.size() != 2))
    throw ValueError("Dot: axes: expected one axis or two, one for each input; received " +
                     std::to_string(options.axes.size()));
}

namespace {

int summed_axis(const Tensor& input, int64_t axis) {
  const int normalized = normalize_axis(axis, input.rank(), "Dot: axes");
  if (normalized == 0)
    throw ValueError("Dot: axes: the batch axis 0 is not summed over; give another axis of shape " +
                     input.shape().to_string());
  return normalized;
}

/// The subscripts of an operand of einsum(): 'a' is the batch and 'b' what is summed over.
std::string subscripts(int rank, int axis, char first, std::string& output) {
  std::string letters = "a";
  for (int i = 1; i < rank; ++i) {
    letters += i == axis ? 'b' : first;
    if (i != axis) output += first++;
  }
  return letters;
}

}  // namespace

TensorList Dot::call_list(const TensorList& inputs) {
  if (inputs.size() != 2) throw ValueError("Dot: expected two inputs; received " + std::to_string(inputs.size()));
  Tensor a = inputs[0], b = inputs[1];
  if (a.rank() < 2 || b.rank() < 2)
    throw ShapeError("Dot: expected inputs of rank 2 or more; received shapes " + list_of({a.shape(), b.shape()}));
  const int axis_a = summed_axis(a, options_.axes[0]), axis_b = summed_axis(b, options_.axes.values().back());
  const int64_t extent_a = a.shape()[axis_a], extent_b = b.shape()[axis_b];
  if ((extent_a != extent_b && extent_a >= 0 && extent_b >= 0) || a.shape()[0] != b.shape()[0])
    throw ShapeError("Dot: expected the same batch extent, and the same extent along axis " + std::to_string(axis_a) +
                     " of the first and axis " + std::to_string(axis_b) + " of the second input; received shapes " +
                     list_of({a.shape(), b.shape()}));
  if (options_.normalize) {
    a = normalize(a, axis_a);
    b = normalize(b, axis_b);
  }
  std::string output = "a";
  const std::string of_a = subscripts(a.rank(), axis_a, 'c', output), of_b = subscripts(b.rank(), axis_b, 'n', output);
  const Tensor product = einsum(of_a + "," + of_b + "->" + output, {a, b});
  return {product.rank() == 1 ? expand_dims(product, 1) : product};
}

// Functions.

Tensor add(const TensorList& inputs) { return Add()(inputs); }
Tensor subtract(const TensorList& inputs) { return Subtract()(inputs); }
Tensor multiply(const TensorList& inputs) { return Multiply()(inputs); }
Tensor average(const TensorList& inputs) { return Average()(inputs); }
Tensor maximum(const TensorList& inputs) { return Maximum()(inputs); }
Tensor minimum(const TensorList& inputs) { return Minimum()(inputs); }
Tensor concatenate(const TensorList& inputs, int64_t axis) { return Concatenate({.axis = axis})(inputs); }
Tensor dot(const TensorList& inputs, const Integers& axes, bool normalize) {
  return Dot({.axes = axes, .normalize = normalize})(inputs);
}

}  // namespace cornu::layers
