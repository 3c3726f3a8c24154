#pragma once
#include <optional>

#include <cornu/core/ops/recorder.h>
#include <cornu/losses/internal/arguments.h>
#include <cornu/metrics/metric.h>

namespace cornu::metrics {

/// Runs an update of `metric`: no tape records it (only a graph does, on symbolic tensors), and errors name the metric.
template <class Function>
void update(const Metric& metric, const Tensor& values, const Function& function) {
  try {
    std::optional<NoRecording> unrecorded;
    if (!values.is_symbolic()) unrecorded.emplace();
    function();
  } catch (Error& error) {
    error.add_location(metric.name());
    throw;
  }
}

}  // namespace cornu::metrics
