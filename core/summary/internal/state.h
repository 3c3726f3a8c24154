#pragma once
#include <cornu/core/summary/step.h>

namespace cornu::summary {

class EventWriter;

/// The calling thread's default writer, or null.
EventWriter* default_writer();
/// The calling thread's default step.
Step& default_step();

}  // namespace cornu::summary
