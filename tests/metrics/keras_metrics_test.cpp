// Every metric that Keras's values are there for.
#include <golden.h>

#include <cornu/metrics/reduction_metrics.h>

using namespace cornu;

namespace {

void update(Metric& metric, const golden::Json& step) {
  const Tensor y_pred = golden::tensor(step["y_pred"]), sample_weight = golden::tensor(step["sample_weight"]);
  auto* of_values = dynamic_cast<metrics::ValueMetric*>(&metric);
  if (of_values && step["y_true"].is_null())
    of_values->update_state(y_pred, sample_weight);
  else
    metric.update_state(golden::tensor(step["y_true"]), y_pred, sample_weight);
}

}  // namespace

TEST_CASE("metrics agree with Keras") {
  for (const golden::Json& c : golden::cases("metrics")) {
    INFO(c["class"] << " " << c["options"]);
    const auto metric = metrics::deserialize(golden::config(c, c["options"]));
    const auto again = metrics::deserialize(metric->to_json());
    CHECK(again->to_json() == metric->to_json());
    for (const golden::Json& step : c["steps"]) {
      update(*metric, step);
      golden::check_close(metric->result(), step["result"], 1e-5, 1e-6);
    }

    // After a reset the first step is like the first.
    metric->reset_state();
    update(*metric, c["steps"][0]);
    golden::check_close(metric->result(), c["steps"][0]["result"], 1e-5, 1e-6);
  }
}

TEST_CASE("metrics that were updated apart and merged are as one that saw all") {
  for (const golden::Json& c : golden::cases("metrics")) {
    INFO(c["class"] << " " << c["options"]);
    const auto first = metrics::deserialize(golden::config(c, c["options"]));
    const auto second = metrics::deserialize(golden::config(c, c["options"]));
    update(*first, c["steps"][0]);
    update(*second, c["steps"][1]);
    first->merge_state({second.get()});
    golden::check_close(first->result(), c["steps"][1]["result"], 1e-5, 1e-6);
  }
}
