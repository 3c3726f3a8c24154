#include <algorithm>
#include <string_view>

#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/summary/internal/costs.h>

namespace cornu::summary {

namespace {

int64_t size_of_specs(const std::vector<TensorSpec>& specs) {
  int64_t bytes = 0;
  for (const TensorSpec& spec : specs) bytes += spec.shape.size() * static_cast<int64_t>(size_of(spec.dtype));
  return bytes;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }
bool starts_with(std::string_view text, std::string_view part) { return text.substr(0, part.size()) == part; }

/// The length of the sums of a product [.., m, n]: of the left factor's last two extents the one that is not m.
int64_t matmul_flops(const ProfiledSlice& slice) {
  const Shape &left = slice.inputs[0].shape, &product = slice.outputs[0].shape;
  if (left.empty()) return 0;
  int64_t length = left.back();
  if (left.rank() >= 2 && product.rank() >= 2) {
    const int64_t rows = product[product.rank() - 2];
    if (left[left.rank() - 2] != rows && left.back() == rows) length = left[left.rank() - 2];
  }
  return 2 * product.size() * length;
}

/// Each element of the pictures that a filter [.., in, out] makes, or whose gradient is taken, is a sum over the window
/// and the channels.
int64_t convolution_flops(const ProfiledSlice& slice) {
  const bool is_filter_gradient = contains(slice.type, "BackpropFilter");
  const bool is_input_gradient = contains(slice.type, "BackpropInput");
  const TensorSpec* pictures = &slice.outputs[0];
  const TensorSpec* filter = is_filter_gradient ? &slice.outputs[0] : nullptr;
  for (const TensorSpec& input : slice.inputs) {
    if (!is_floating(input.dtype) || input.shape.rank() < 3) continue;
    if (is_filter_gradient || is_input_gradient) pictures = &input;  // the upstream gradient comes last
    if (!filter && &input != &slice.inputs[0]) filter = &input;
  }
  if (is_input_gradient && is_floating(slice.inputs[0].dtype) && slice.inputs[0].shape.rank() >= 3)
    filter = &slice.inputs[0];
  if (!filter || filter->shape.empty()) return 0;
  const bool is_depthwise = contains(slice.type, "Depthwise");
  const int64_t outputs =
      is_depthwise ? filter->shape.back() * filter->shape[filter->shape.rank() - 2] : filter->shape.back();
  return outputs == 0 ? 0 : 2 * pictures->shape.size() * (filter->shape.size() / outputs);
}

int64_t elementwise_flops(const ProfiledSlice& slice) {
  if (!is_floating(slice.outputs[0].dtype)) return 0;
  int64_t steps = 1;
  if (!slice.steps.empty()) steps = 1 + std::count(slice.steps.begin(), slice.steps.end(), ' ');
  int64_t largest = slice.outputs[0].shape.size();
  if (starts_with(slice.type, "_Fused"))
    for (const TensorSpec& input : slice.inputs) largest = std::max(largest, input.shape.size());
  return largest * steps;
}

bool is_reduction(std::string_view type) {
  return type == "Sum" || type == "Mean" || type == "Prod" || type == "Max" || type == "Min";
}

bool is_elementwise(const ProfiledSlice& slice) {
  return starts_with(slice.type, "_Fused") || kernels::find_unary(slice.type) || kernels::find_binary(slice.type);
}

}  // namespace

int64_t bytes_of(const ProfiledSlice& slice) { return size_of_specs(slice.inputs) + size_of_specs(slice.outputs); }

int64_t flops_of(const ProfiledSlice& slice) {
  if (!slice.is_operation() || slice.inputs.empty() || slice.outputs.empty()) return 0;
  if (contains(slice.type, "MatMul")) return matmul_flops(slice);
  if (contains(slice.type, "Conv")) return convolution_flops(slice);
  if (is_reduction(slice.type)) return slice.inputs[0].shape.size();
  return is_elementwise(slice) ? elementwise_flops(slice) : 0;
}

}  // namespace cornu::summary
