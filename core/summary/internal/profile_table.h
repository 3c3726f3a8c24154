#pragma once
#include <string>

#include <cornu/core/summary/internal/profiler.h>

namespace cornu::summary {

CORNU_API std::string profile_table(const Profiler& profiler, int64_t rows);

}  // namespace cornu::summary
