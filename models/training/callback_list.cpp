#include <cornu/core/error.h>
#include <cornu/models/training/callbacks/progbar_logger.h>
#include <cornu/models/training/internal/callback_list.h>

namespace cornu {

CallbackList::CallbackList(const std::vector<CallbackHandle>& callbacks, Model& model,
                           const callbacks::Params& params) {
  bool has_bar = params.verbose == 0;
  for (const CallbackHandle& handle : callbacks) {
    if (!handle.get()) throw ValueError("callbacks: one of them is a null pointer");
    callbacks_.push_back(handle.get());
    has_bar = has_bar || dynamic_cast<callbacks::ProgbarLogger*>(handle.get().get());
  }
  if (!has_bar) callbacks_.push_back(std::make_shared<callbacks::ProgbarLogger>());
  for (const auto& callback : callbacks_) {
    callback->set_params(params);
    callback->set_model(model);
  }
}

}  // namespace cornu
