#include <algorithm>
#include <map>
#include <utility>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/saved_model/internal/translation.h>

namespace cornu::saved_model {

// ---- writing ----------------------------------------------------------------------------------------------------

DType index_dtype(std::span<const int64_t> numbers) {
  return std::ranges::all_of(numbers, [](int64_t number) { return std::in_range<int32_t>(number); }) ? int32 : int64;
}

Tensor index_tensor(const std::vector<int64_t>& numbers, const Shape& shape, DType dtype) {
  if (dtype == int64) return Tensor::from_span<int64_t>(numbers, shape);
  return Tensor::from_span<int32_t>(std::vector<int32_t>(numbers.begin(), numbers.end()), shape);
}

OutputReference ExportCall::integers(const std::vector<int64_t>& numbers) const {
  return constant(index_tensor(numbers, {static_cast<int64_t>(numbers.size())}, index_dtype(numbers)));
}

OutputReference ExportCall::integer(int64_t number) const {
  return constant(index_tensor({number}, {}, index_dtype({&number, 1})));
}

OutputReference ExportCall::number(double value, DType dtype) const { return constant(full({}, value, dtype)); }

void ExportCall::fail(const std::string& why) const {
  throw ValueError(graph_.name_of(index_) + " (" + node().type() + ") cannot be written for TensorFlow: " + why);
}

// ---- reading ----------------------------------------------------------------------------------------------------

void ImportCall::fail(const std::string& why) const {
  throw ValueError("node '" + node_.name() + "' (" + node_.op() + "): " + why);
}

const ImportValue& ImportCall::value(size_t i) const {
  if (i >= inputs_.size())
    fail("has " + std::to_string(inputs_.size()) + " inputs; input " + std::to_string(i) + " is missing");
  return inputs_[i];
}

namespace {

/// The extents as a tensor, each of them counted while the graph runs.
Tensor count_extents(const ImportValue& value) {
  TensorList counts;
  for (const int64_t extent : value.tensor.data<int64_t>()) counts.push_back(element_count({extent}, value.dtype));
  return counts.empty() ? zeros(value.tensor.shape(), value.dtype) : reshape(stack(counts), value.tensor.shape());
}

}  // namespace

Tensor ImportCall::tensor(size_t i) const {
  const ImportValue& given = value(i);
  if (!given.tensor.defined()) fail("input " + std::to_string(i) + " is no tensor");
  if (keeps_extents_) return is_integer(given.tensor.dtype()) ? cast(given.tensor, int64) : given.tensor;
  if (!given.is_extents) return given.tensor;
  for (const int64_t extent : given.tensor.data<int64_t>())
    if (extent == -1) fail("computes with an extent that is not known");
  return count_extents(given);
}

TensorList ImportCall::tensors(size_t first, size_t count) const {
  TensorList list;
  for (size_t i = first; i < first + count; ++i) list.push_back(tensor(i));
  return list;
}

std::vector<int64_t> ImportCall::integers(size_t i) const {
  const Tensor& given = value(i).tensor;
  if (!given.defined() || !is_integer(given.dtype())) fail("input " + std::to_string(i) + " must be integers");
  if (given.is_symbolic())
    fail("input " + std::to_string(i) + " depends on values that are not known before the graph runs");
  return cast(given, int64).to_vector<int64_t>();
}

int64_t ImportCall::integer(size_t i) const {
  const std::vector<int64_t> numbers = integers(i);
  if (numbers.size() != 1) fail("input " + std::to_string(i) + " must be one number");
  return numbers[0];
}

double ImportCall::number(size_t i) const {
  const Tensor& given = value(i).tensor;
  if (!given.defined() || given.is_symbolic() || given.size() != 1)
    fail("input " + std::to_string(i) + " must be one number that is known before the graph runs");
  return cast(given, float64).item<double>();
}

const Variable& ImportCall::variable(size_t i) const {
  if (!value(i).variable.defined()) fail("input " + std::to_string(i) + " must be the handle of a variable");
  return value(i).variable;
}

const proto::AttrValue* ImportCall::find(const char* name) const {
  const auto found = node_.attr().find(name);
  return found == node_.attr().end() ? nullptr : &found->second;
}

bool ImportCall::flag(const char* name, bool otherwise) const {
  const auto* found = find(name);
  return found ? found->b() : otherwise;
}
int64_t ImportCall::attribute(const char* name, int64_t otherwise) const {
  const auto* found = find(name);
  return found ? found->i() : otherwise;
}
double ImportCall::attribute(const char* name, double otherwise) const {
  const auto* found = find(name);
  return found ? static_cast<double>(found->f()) : otherwise;
}
std::string ImportCall::attribute(const char* name, const char* otherwise) const {
  const auto* found = find(name);
  return found ? found->s() : otherwise;
}
std::vector<int64_t> ImportCall::list(const char* name) const {
  const auto* found = find(name);
  if (!found) return {};
  return {found->list().i().begin(), found->list().i().end()};
}
DType ImportCall::dtype(const char* name, DType otherwise) const {
  const auto* found = find(name);
  if (!found) return otherwise;
  const auto dtype = from_proto(found->type());
  if (!dtype) fail("has " + to_string(found->type()) + ", which tensors here cannot hold");
  return *dtype;
}

// ---- the table --------------------------------------------------------------------------------------------------

namespace {

struct Index {
  Translations entries;
  std::map<std::string, const Translation*, std::less<>> writers, readers;

  Index() {
    for (const auto family :
         {elementwise_translations, product_translations, linear_algebra_translations, arranging_translations,
          joining_translations, indexing_translations, reduction_translations, normalization_translations,
          creation_translations, convolution_translations})
      for (Translation& entry : family()) entries.push_back(std::move(entry));
    for (const Translation& entry : entries) {
      for (const char* operation : entry.operations) insert(writers, operation, entry);
      for (const char* operation : entry.tensorflow) insert(readers, operation, entry);
    }
  }

 private:
  static void insert(std::map<std::string, const Translation*, std::less<>>& map, const char* name,
                     const Translation& entry) {
    if (!map.emplace(name, &entry).second) throw StateError(std::string(name) + " is translated twice");
  }
};

const Index& table() {
  static const Index index;
  return index;
}

const Translation* find(const std::map<std::string, const Translation*, std::less<>>& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

const Translation* find_writer(std::string_view operation) { return find(table().writers, operation); }
const Translation* find_reader(std::string_view tensorflow) { return find(table().readers, tensorflow); }

}  // namespace cornu::saved_model
