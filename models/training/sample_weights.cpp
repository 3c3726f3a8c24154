#include <cmath>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/models/training/internal/batch_source.h>
#include <cornu/models/training/internal/number_text.h>

namespace cornu {

int64_t sample_count(const Batch& samples, const char* where) {
  const std::string place = std::string(where) + ": ";
  if (samples.x.empty()) throw ValueError(place + "expected at least one input tensor (x)");
  int64_t count = -1;
  std::string first;
  const auto check = [&](const Tensors& tensors, const std::string& name) {
    for (size_t i = 0; i < tensors.size(); ++i) {
      const std::string what = tensors.size() > 1 ? name + "[" + std::to_string(i) + "]" : name;
      if (!tensors[i].defined()) throw StateError(place + what + " has no value");
      if (tensors[i].rank() == 0)
        throw ShapeError(place + "the first axis counts the samples; " + what + " is a scalar");
      const int64_t samples_here = tensors[i].shape()[0];
      if (count < 0) {
        count = samples_here;
        first = what;
      }
      if (samples_here != count)
        throw ShapeError(place + "all tensors need the same number of samples; " + first + " has " +
                         std::to_string(count) + ", " + what + " " + std::to_string(samples_here));
    }
  };
  check(samples.x, "x");
  check(samples.y, "y");
  check(samples.sample_weight, "sample_weight");
  return count;
}

void check_class_weights(const ClassWeights& class_weight, const char* where) {
  for (const auto& [number, weight] : class_weight)
    if (!(weight >= 0 && std::isfinite(weight)))
      throw ValueError(std::string(where) + ": class_weight: the weight of class " + std::to_string(number) +
                       " must be finite and at least 0; received " + number_text(weight));
}

Tensor weights_of_classes(const Tensors& y, const ClassWeights& class_weight, const char* where) {
  if (y.size() != 1)
    throw ValueError(std::string(where) + ": class_weight needs a model with one target; there are " +
                     std::to_string(y.size()) + ": give sample_weight");
  Tensor classes = y[0];
  if (classes.rank() > 1) classes = classes.shape().back() == 1 ? squeeze(classes, -1) : argmax(classes, -1, int32);
  const std::vector<double> numbers = cast(classes, float64).to_vector<double>();
  std::vector<float> weights;
  weights.reserve(numbers.size());
  for (const double number : numbers) {
    const auto found = class_weight.find(std::llround(number));
    weights.push_back(found == class_weight.end() ? 1.f : static_cast<float>(found->second));
  }
  return Tensor::from_span<float>(weights, classes.shape());
}

void apply_class_weights(Batch& batch, const ClassWeights& class_weight, const char* where) {
  if (class_weight.empty()) return;
  if (!batch.sample_weight.empty())
    throw ValueError(std::string(where) + ": give class_weight or sample_weight, not both");
  batch.sample_weight = Tensors(weights_of_classes(batch.y, class_weight, where));
}

}  // namespace cornu
