#include <algorithm>
#include <cstring>
#include <string>

#include <cornu/core/data/internal/exact.h>
#include <cornu/core/data/internal/join.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>

namespace cornu::datasets {

namespace {

std::string element_name(const char* place, int64_t number) {
  return std::string(place) + ": element " + std::to_string(number);
}

void check_dtypes(const std::vector<TensorList>& elements, int64_t first, const char* place) {
  for (size_t i = 1; i < elements.size(); ++i) {
    if (elements[i].size() != elements[0].size())
      throw ValueError(element_name(place, first + static_cast<int64_t>(i)) + " has " +
                       std::to_string(elements[i].size()) + " tensors, those before it in the batch " +
                       std::to_string(elements[0].size()));
    for (size_t part = 0; part < elements[0].size(); ++part)
      if (elements[i][part].dtype() != elements[0][part].dtype())
        throw DTypeError(element_name(place, first + static_cast<int64_t>(i)) + ", tensor " + std::to_string(part) +
                         ": its dtype is " + std::string(name(elements[i][part].dtype())) +
                         ", of those before it in the batch " + std::string(name(elements[0][part].dtype())));
  }
}

Tensor join_part(const std::vector<TensorList>& elements, size_t part, int64_t first) {
  const Tensor& model = elements[0][part];
  Shape shape = model.shape();
  shape.insert(0, static_cast<int64_t>(elements.size()));
  Tensor result = Tensor::allocate(shape, model.dtype());
  const size_t size = static_cast<size_t>(model.size()) * size_of(model.dtype());
  auto* to = static_cast<std::byte*>(result.mutable_data());
  for (size_t i = 0; i < elements.size(); ++i, to += size) {
    const Tensor& tensor = elements[i][part];
    if (tensor.shape() != model.shape())
      throw ShapeError(element_name("batch", first + static_cast<int64_t>(i)) + ", tensor " + std::to_string(part) +
                       ": its shape is " + tensor.shape().to_string() + ", of those before it in the batch " +
                       model.shape().to_string() + "; use padded_batch, or bring them to one shape in a map");
    if (size > 0) std::memcpy(to, tensor.raw_data(), size);
  }
  return result;
}

// ---- padding ----------------------------------------------------------------------------------------------------

/// Copies `tensor` to the corner of a place of `shape`.
void copy_to_corner(const Tensor& tensor, const Shape& shape, std::byte* to) {
  if (tensor.size() == 0) return;
  const int rank = tensor.rank();
  const int64_t row = rank == 0 ? 1 : tensor.shape().back();
  const size_t row_size = static_cast<size_t>(row) * size_of(tensor.dtype());
  const auto* from = static_cast<const std::byte*>(tensor.raw_data());
  for (int64_t number = 0; number < tensor.size() / row; ++number, from += row_size) {
    int64_t rest = number, stride = rank == 0 ? 1 : shape.back(), offset = 0;
    for (int axis = rank - 2; axis >= 0; --axis) {
      offset += rest % tensor.shape()[axis] * stride;
      rest /= tensor.shape()[axis];
      stride *= shape[axis];
    }
    std::memcpy(to + static_cast<size_t>(offset) * size_of(tensor.dtype()), from, row_size);
  }
}

/// The shape that all tensors of this part are padded to.
Shape common_shape(const std::vector<TensorList>& elements, size_t part, int64_t first, const Shape* wanted) {
  const int rank = wanted ? wanted->rank() : elements[0][part].rank();
  Shape shape(std::vector<int64_t>(static_cast<size_t>(rank), 0));
  for (size_t i = 0; i < elements.size(); ++i) {
    const Shape& received = elements[i][part].shape();
    bool fits = received.rank() == rank;
    for (int axis = 0; axis < rank && fits; ++axis) {
      const bool is_given = wanted && (*wanted)[axis] >= 0;
      shape[axis] = is_given ? (*wanted)[axis] : std::max(shape[axis], received[axis]);
      fits = received[axis] <= shape[axis];
    }
    if (!fits)
      throw ShapeError(element_name("padded_batch", first + static_cast<int64_t>(i)) + ", tensor " +
                       std::to_string(part) + ": its shape is " + received.to_string() +
                       ", which cannot be padded to " +
                       (wanted ? wanted->to_string() : "rank " + std::to_string(rank) + " as those before it"));
  }
  return shape;
}

Tensor pad_part(const std::vector<TensorList>& elements, size_t part, const Shape& shape, double padding) {
  if (!can_hold(elements[0][part].dtype(), padding))
    throw ValueError("padded_batch: padding_values: tensor " + std::to_string(part) + " cannot be padded with " +
                     std::to_string(padding) + ", which its dtype " + std::string(name(elements[0][part].dtype())) +
                     " does not hold");
  Shape whole = shape;
  whole.insert(0, static_cast<int64_t>(elements.size()));
  Tensor result = full(whole, padding, elements[0][part].dtype());
  const size_t size = static_cast<size_t>(shape.size()) * size_of(result.dtype());
  auto* to = static_cast<std::byte*>(result.mutable_data());
  for (const TensorList& element : elements) {
    copy_to_corner(element[part], shape, to);
    to += size;
  }
  return result;
}

void check_count(const char* option, size_t count, size_t tensors) {
  if (count != 0 && count != tensors)
    throw ValueError("padded_batch: " + std::string(option) + " must be one for each tensor of the element, " +
                     std::to_string(tensors) + "; received " + std::to_string(count));
}

}  // namespace

TensorList join_equal(const std::vector<TensorList>& elements, int64_t first) {
  check_dtypes(elements, first, "batch");
  TensorList batch;
  for (size_t part = 0; part < elements[0].size(); ++part) batch.push_back(join_part(elements, part, first));
  return batch;
}

TensorList join_padded(const std::vector<TensorList>& elements, int64_t first, const PaddedBatchOptions& options) {
  check_dtypes(elements, first, "padded_batch");
  const size_t count = elements[0].size();
  check_count("padded_shapes", options.padded_shapes.size(), count);
  check_count("padding_values", options.padding_values.size(), count);
  TensorList batch;
  for (size_t part = 0; part < count; ++part) {
    const Shape* const wanted = options.padded_shapes.empty() ? nullptr : &options.padded_shapes[part];
    const Shape shape = common_shape(elements, part, first, wanted);
    batch.push_back(pad_part(elements, part, shape, options.padding_values.empty() ? 0 : options.padding_values[part]));
  }
  return batch;
}

}  // namespace cornu::datasets
