#pragma once
// Samples of the table's entries: one test (table_test.cpp) walks the table and tries each entry with its samples. A
// family's samples are in a header of its own beside this one, which table_test.cpp lists.
#include <sstream>
#include <string>
#include <vector>

#include <cornu/cornu.h>

namespace cornu::samples {

struct Sample {
  std::string operation;                              ///< the entry's name, which `call` must go through
  TensorList inputs;                                  ///< float64 where the dtype is free, away from kinks
  std::function<TensorList(const TensorList&)> call;  ///< a smooth function of the floating inputs
  std::vector<TensorList> wrong_shapes = {};          ///< inputs that give a ShapeError
  bool second_order = true;                           ///< false where the second derivative does not exist
};

/// "MatMul of (2, 3) (3, 4)".
inline std::string describe(const Sample& sample) {
  std::ostringstream text;
  text << sample.operation << " of";
  for (const Tensor& input : sample.inputs) text << ' ' << input.shape();
  return text.str();
}

/// Numbers without a pattern between `low` and `high`, the same each time.
inline Tensor numbers(const Shape& shape, double low = -2, double high = 2, uint64_t seed = 1) {
  std::vector<double> values;
  uint64_t state = seed * 0x9e3779b97f4a7c15u;
  for (int64_t i = 0; i < shape.size(); ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    values.push_back(low + (high - low) * static_cast<double>(state >> 11) / 9007199254740992.0);
  }
  return Tensor::from_span<double>(values, shape);
}

inline Tensor integers(const std::vector<int32_t>& values, const Shape& shape) {
  return Tensor::from_span<int32_t>(values, shape);
}

/// A sample of a function of one tensor.
inline Sample unary(const std::string& operation, Tensor (*function)(const Tensor&), double low = -2, double high = 2) {
  return {operation, {numbers({2, 3}, low, high)}, [=](const TensorList& x) { return TensorList{function(x[0])}; }};
}

/// Samples of a two-sided function: equal shapes, both sides broadcast, a scalar.
inline std::vector<Sample> binary(const std::string& operation, Tensor (*function)(const Operand&, const Operand&),
                                  double low = -2, double high = 2) {
  const auto call = [=](const TensorList& x) { return TensorList{function(x[0], x[1])}; };
  const auto side = [&](const Shape& shape, uint64_t seed) { return numbers(shape, low, high, seed); };
  const std::vector<TensorList> wrong = {{side({2, 3}, 1), side({4}, 2)}, {side({2, 3}, 1), side({3, 3}, 2)}};
  return {{operation, {side({2, 3}, 1), side({2, 3}, 2)}, call, wrong},
          {operation, {side({2, 1}, 3), side({1, 3}, 4)}, call, wrong},
          {operation, {side({3}, 5), side({2, 2, 3}, 6)}, call, wrong},
          {operation, {side({2, 2}, 7), side({}, 8)}, call, wrong}};
}

inline void append(std::vector<Sample>& all, const std::vector<Sample>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace cornu::samples
