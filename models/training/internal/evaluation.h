#pragma once
#include <cornu/models/training/internal/callback_list.h>
#include <cornu/models/training/internal/training.h>

namespace cornu::detail {

/// One walk over the data: means of losses and metrics.
Logs evaluate(Training& training, EpochIterator& data, const CallbackList& callbacks);

}  // namespace cornu::detail
