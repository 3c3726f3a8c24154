#pragma once
#include <cornu/models/training/internal/callback_list.h>
#include <cornu/models/training/internal/training.h>

namespace cornu::detail {

/// One walk over the data: means of losses and metrics; nothing if there was no batch. Batches of which nothing is
/// known are checked.
Logs evaluate(Training& training, EpochIterator& data, const CallbackList& callbacks, bool checks_batches);

}  // namespace cornu::detail
