#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include <cornu/core/data/internal/exact.h>
#include <cornu/core/data/utils.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/random/random.h>

namespace cornu::utils {

Tensor to_categorical(const Tensor& labels, std::optional<int64_t> num_classes) {
  if (!is_integer(labels.dtype()))
    throw DTypeError("to_categorical: labels must be integers; received " + std::string(name(labels.dtype())));
  const Tensor indices = cast(labels, int64);
  const auto values = indices.data<int64_t>();
  if (values.empty() && !num_classes) throw ValueError("to_categorical: without labels, num_classes must be given");
  const int64_t largest = values.empty() ? -1 : *std::max_element(values.begin(), values.end());
  const int64_t least = values.empty() ? 0 : *std::min_element(values.begin(), values.end());
  const int64_t classes = num_classes.value_or(largest + 1);
  if (least < 0) throw ValueError("to_categorical: labels must not be negative; received " + std::to_string(least));
  if (classes < 1)
    throw ValueError("to_categorical: num_classes must be at least 1; received " + std::to_string(classes));
  if (largest >= classes)
    throw ValueError("to_categorical: labels must be in [0, " + std::to_string(classes) + "); received " +
                     std::to_string(largest));
  const Shape& shape = labels.shape();
  const bool is_column = shape.rank() > 1 && shape.back() == 1;
  return one_hot(is_column ? reshape(indices, shape.slice(0, shape.rank() - 1)) : indices, classes);
}

Tensor normalize(const Tensor& x, int64_t axis, double order) {
  if (!is_floating(x.dtype()))
    throw DTypeError("normalize: x must be floating; received " + std::string(name(x.dtype())));
  if (!(order > 0)) throw ValueError("normalize: order must be positive; received " + std::to_string(order));
  const Tensor size = abs(x);
  Tensor norm;
  if (std::isinf(order))
    norm = reduce_max(size, axis, {.keepdims = true});
  else
    norm = order == 2 ? sqrt(reduce_sum(x * x, axis, {.keepdims = true}))
                      : pow(reduce_sum(pow(size, order), axis, {.keepdims = true}), 1 / order);
  return x / where(equal(norm, 0), ones_like(norm), norm);
}

// ---- pad_sequences ----------------------------------------------------------------------------------------------

namespace {

bool is_post(const std::string& word, const char* option) {
  if (word != "pre" && word != "post")
    throw ValueError("pad_sequences: " + std::string(option) + " must be 'pre' or 'post'; received '" + word + "'");
  return word == "post";
}

void check_sequences(const TensorList& sequences) {
  for (const Tensor& sequence : sequences) {
    if (sequence.rank() == 0) throw ShapeError("pad_sequences: a scalar is no sequence");
    const int rank = sequence.rank();
    if (rank != sequences[0].rank() || sequence.shape().slice(1, rank) != sequences[0].shape().slice(1, rank))
      throw ShapeError("pad_sequences: sequences may differ in their length alone; received shapes " +
                       sequences[0].shape().to_string() + " and " + sequence.shape().to_string());
  }
}

/// visit_dtype(dtype, FindOutside{data, size, target}): where the first element is that `target` does not reach.
struct FindOutside {
  const void* data;
  int64_t size;
  DType target;
  template <class T>
  int64_t operator()() const {
    const auto* const elements = static_cast<const T*>(data);
    const auto is_outside = [this](T element) {
      return !visit_dtype(target, datasets::IsInRange{static_cast<double>(element)});
    };
    return std::find_if(elements, elements + size, is_outside) - elements;
  }
};

void check_range(const Tensor& sequence, size_t number, DType target) {
  const DType dtype = sequence.dtype();
  if (dtype == target || is_floating(target)) return;
  const int64_t place = visit_dtype(dtype, FindOutside{sequence.raw_data(), sequence.size(), target});
  if (place == sequence.size()) return;
  const double value = cast(reshape(sequence, {-1})[place], float64).item<double>();
  throw ValueError("pad_sequences: sequence " + std::to_string(number) + " has " + std::to_string(value) +
                   " at position " + std::to_string(place) + ", which the dtype " + std::string(name(target)) +
                   " does not hold; give another dtype");
}

}  // namespace

Tensor pad_sequences(const TensorList& sequences, const PadSequencesOptions& options) {
  const bool pads_behind = is_post(options.padding, "padding"), cuts_behind = is_post(options.truncating, "truncating");
  check_sequences(sequences);
  if (!datasets::can_hold(options.dtype, options.value))
    throw ValueError("pad_sequences: value is " + std::to_string(options.value) + ", which the dtype " +
                     std::string(name(options.dtype)) + " does not hold; give another dtype");
  for (size_t i = 0; i < sequences.size(); ++i) check_range(sequences[i], i, options.dtype);
  int64_t length = 0;
  for (const Tensor& sequence : sequences) length = std::max(length, sequence.shape()[0]);
  if (options.maxlen && *options.maxlen < 0)
    throw ValueError("pad_sequences: maxlen must be at least 0; received " + std::to_string(*options.maxlen));
  length = options.maxlen.value_or(length);
  Shape shape = sequences.empty() ? Shape({0}) : sequences[0].shape();
  shape[0] = length;
  shape.insert(0, static_cast<int64_t>(sequences.size()));
  Tensor result = full(shape, options.value, options.dtype);
  const size_t step = static_cast<size_t>(shape.size_between(2, shape.rank())) * size_of(options.dtype);
  auto* row = static_cast<std::byte*>(result.mutable_data());
  for (const Tensor& sequence : sequences) {
    const int64_t count = sequence.shape()[0], kept = std::min(count, length);
    const Tensor values = cast(sequence, options.dtype);
    const auto* from = static_cast<const std::byte*>(values.raw_data());
    if (!cuts_behind) from += static_cast<size_t>(count - kept) * step;
    if (kept > 0)
      std::memcpy(row + (pads_behind ? 0 : static_cast<size_t>(length - kept) * step), from,
                  static_cast<size_t>(kept) * step);
    row += static_cast<size_t>(length) * step;
  }
  return result;
}

Tensor pad_sequences(const std::vector<std::vector<int64_t>>& sequences, const PadSequencesOptions& options) {
  TensorList tensors;
  for (const auto& sequence : sequences)
    tensors.push_back(Tensor::from_span<int64_t>(sequence, {static_cast<int64_t>(sequence.size())}));
  return pad_sequences(tensors, options);
}

// ---- train_test_split -------------------------------------------------------------------------------------------

namespace {

/// How many rows a size means; part sizes are rounded in the given way.
int64_t row_count(double size, int64_t rows, const char* option, double (*rounded)(double)) {
  const bool is_number = size >= 1 && size == std::floor(size) && size <= static_cast<double>(rows);
  if (!(size > 0 && size < 1) && !is_number)
    throw ValueError("train_test_split: " + std::string(option) + " must be a part between 0 and 1 or a number up to " +
                     std::to_string(rows) + "; received " + std::to_string(size));
  return is_number ? static_cast<int64_t>(size) : static_cast<int64_t>(rounded(size * static_cast<double>(rows)));
}

struct SplitSizes {
  int64_t train = 0, test = 0;
};

SplitSizes split_sizes(int64_t rows, const TrainTestSplitOptions& options) {
  constexpr double usual = 0.25;
  SplitSizes sizes;
  const auto up = [](double number) { return std::ceil(number); };
  const auto down = [](double number) { return std::floor(number); };
  const std::optional<double> test = options.test_size || options.train_size ? options.test_size : usual;
  if (test) sizes.test = row_count(*test, rows, "test_size", up);
  if (options.train_size) sizes.train = row_count(*options.train_size, rows, "train_size", down);
  if (!test) sizes.test = rows - sizes.train;
  if (!options.train_size) sizes.train = rows - sizes.test;
  if (sizes.train + sizes.test > rows || sizes.train < 1 || sizes.test < 1)
    throw ValueError("train_test_split: of " + std::to_string(rows) + " rows, " + std::to_string(sizes.train) +
                     " would be train rows and " + std::to_string(sizes.test) +
                     " test rows; both need one at least, and together there are no more");
  return sizes;
}

}  // namespace

TensorList train_test_split(const TensorList& tensors, const TrainTestSplitOptions& options) {
  if (tensors.empty()) throw ValueError("train_test_split: there is no tensor");
  for (const Tensor& tensor : tensors)
    if (tensor.rank() == 0 || tensor.shape()[0] != tensors[0].shape()[0])
      throw ShapeError("train_test_split: all tensors need the same number of rows; received shapes " +
                       tensors[0].shape().to_string() + " and " + tensor.shape().to_string());
  const int64_t rows = tensors[0].shape()[0];
  const SplitSizes sizes = split_sizes(rows, options);
  if (!options.shuffle) {
    TensorList parts;
    for (const Tensor& tensor : tensors) {
      parts.push_back(tensor.slice({{0, sizes.train}}));
      parts.push_back(tensor.slice({{sizes.train, sizes.train + sizes.test}}));
    }
    return parts;
  }
  const Tensor order = random::permutation(rows, {.dtype = int64, .seed = options.seed});
  const Tensor test = order.slice({{0, sizes.test}}), train = order.slice({{sizes.test, sizes.test + sizes.train}});
  TensorList parts;
  for (const Tensor& tensor : tensors) {
    parts.push_back(gather(tensor, train));
    parts.push_back(gather(tensor, test));
  }
  return parts;
}

}  // namespace cornu::utils
