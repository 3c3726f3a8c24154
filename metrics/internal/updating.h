#pragma once
#include <cornu/core/ops/recorder.h>
#include <cornu/losses/internal/arguments.h>
#include <cornu/metrics/metric.h>

namespace cornu::metrics {

/// Runs an update of `metric`: no tape records it, and errors name the metric.
template <class Function>
void update(const Metric& metric, const Function& function) {
  try {
    const NoRecording unrecorded;
    function();
  } catch (Error& error) {
    error.add_location(metric.name());
    throw;
  }
}

}  // namespace cornu::metrics
