#pragma once
// Values that Keras 3.16 computed, in tests/data/keras: each case has a configuration, inputs and what came out.
#include <cmath>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "paths.h"
#include <cornu/core/ops/math.h>
#include <cornu/core/tensor/tensor.h>

namespace golden {

using Json = nlohmann::json;

/// tests/data/keras/`name`.json.
inline Json read(const std::string& name) {
  const std::string path = std::string(test_data_directory) + "/keras/" + name + ".json";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return Json::parse(file);
}

/// The cases of tests/data/keras/`family`.json.
inline Json cases(const std::string& family) { return read(family).at("cases"); }

/// An array {"shape", "dtype", "data"}; null is a tensor without a value.
inline cornu::Tensor tensor(const Json& array) {
  if (array.is_null()) return {};
  const cornu::Shape shape(array.at("shape").get<std::vector<int64_t>>());
  const std::string dtype = array.value("dtype", "float32");
  if (dtype == "float32") return cornu::Tensor::from_span<float>(array.at("data").get<std::vector<float>>(), shape);
  const cornu::Tensor integers = cornu::Tensor::from_span<int32_t>(array.at("data").get<std::vector<int32_t>>(), shape);
  return cornu::cast(integers, cornu::dtype_from_name(dtype));
}

/// Keras's form of an object's configuration, as text.
inline std::string config(const Json& golden_case, const Json& options) {
  return Json{{"class_name", golden_case.at("class")}, {"config", options}}.dump();
}

/// Checks shape and values; float32 leaves a relative 1e-4 and an absolute 2e-5.
inline void check_close(const cornu::Tensor& actual, const Json& expected, double relative = 1e-4,
                        double absolute = 2e-5) {
  REQUIRE(actual.shape() == cornu::Shape(expected.at("shape").get<std::vector<int64_t>>()));
  const std::vector<double> values = cornu::cast(actual, cornu::float64).to_vector<double>();
  const std::vector<double> wanted = expected.at("data").get<std::vector<double>>();
  for (size_t i = 0; i < wanted.size(); ++i) {
    INFO("element " << i << " is " << values[i] << ", Keras has " << wanted[i]);
    const bool both_nan = std::isnan(values[i]) && std::isnan(wanted[i]);
    CHECK((both_nan || std::fabs(values[i] - wanted[i]) <= absolute + relative * std::fabs(wanted[i])));
  }
}

}  // namespace golden
