#pragma once
#include <string>

#include <cornu/core/summary/internal/profiler.h>

namespace cornu::summary {

/// The profile as JSON in Chrome's trace event format: a complete event ("X") for each slice, one track a thread.
CORNU_API std::string chrome_trace(const Profiler& profiler);

}  // namespace cornu::summary
