// Every metric refuses batches that do not fit and keeps what it has gathered.
#include <map>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;

namespace {

// Before other tests add their own.
const std::vector<std::string> class_names = metrics::registry().class_names();

const std::map<std::string, std::string> needed = {
    {"IoU", R"({"num_classes": 2, "target_class_ids": [0]})"},
    {"MeanIoU", R"({"num_classes": 2})"},
    {"OneHotIoU", R"({"num_classes": 2, "target_class_ids": [0]})"},
    {"OneHotMeanIoU", R"({"num_classes": 2})"},
};

std::unique_ptr<Metric> make(const std::string& class_name) {
  const auto found = needed.find(class_name);
  return metrics::registry().make(class_name, found == needed.end() ? Config::object() : Config::parse(found->second));
}

/// Predictions for two samples, and what they should have been. Mean and Sum take values alone.
struct Batch {
  Tensor y_true, y_pred;
};
Batch batch_for(const std::string& class_name) {
  if (class_name == "Mean" || class_name == "Sum") return {{}, constant({1.f, 2.f})};
  if (class_name == "BinaryIoU" || class_name == "IoU" || class_name == "MeanIoU")
    return {constant({1.f, 0.f}), constant({0.f, 0.f})};
  const Tensor y_pred = constant({{0.25f, 0.75f}, {0.5f, 0.5f}});
  if (class_name.starts_with("Sparse")) return {constant({{1.f}, {0.f}}), y_pred};
  return {constant({{0.f, 1.f}, {1.f, 0.f}}), y_pred};
}

std::vector<std::vector<double>> state_of(const Metric& metric) {
  std::vector<std::vector<double>> state;
  for (const Variable& variable : metric.variables())
    state.push_back(cast(variable.value(), float64).to_vector<double>());
  return state;
}

void check_refused(Metric& metric, const std::string& what, const Tensor& y_true, const Tensor& y_pred,
                   const Tensor& sample_weight = {}) {
  INFO(what);
  const auto before = state_of(metric);
  CHECK_THROWS_AS(metric.update_state(y_true, y_pred, sample_weight), Error);
  CHECK(state_of(metric) == before);
}

}  // namespace

TEST_CASE("metrics refuse batches that do not fit and keep their state") {
  for (const std::string& class_name : class_names) {
    INFO(class_name);
    const std::unique_ptr<Metric> metric = make(class_name);
    const auto [y_true, y_pred] = batch_for(class_name);
    CHECK_NOTHROW(metric->update_state(y_true, y_pred, {}));
    check_refused(*metric, "weights of another batch", y_true, y_pred, ones({5}));
    check_refused(*metric, "no predictions", y_true, {});
    if (y_true.defined()) check_refused(*metric, "no truth", {}, y_pred);
    check_refused(*metric, "truth of another batch", ones({5, 7}), y_pred);
    if (y_true.defined()) check_refused(*metric, "predictions of another batch", y_true, zeros({3, 4}));
    CHECK_NOTHROW(metric->update_state(y_true, y_pred, ones({2})));
  }
}
