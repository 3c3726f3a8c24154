#pragma once
#include <memory>
#include <vector>

#include <cornu/models/training/callback.h>

namespace cornu {

/// All callbacks of a run, told one after another.
class CallbackList {
 public:
  /// Those of the user, and the progress bar, which is there without asking.
  CallbackList(const std::vector<CallbackHandle>& callbacks, Model& model, const callbacks::Params& params);

  template <class... Arguments, class... Given>
  void tell(void (callbacks::Callback::*hook)(Arguments...), Given&&... given) const {
    for (const auto& callback : callbacks_) (callback.get()->*hook)(given...);
  }
  template <class T>
  bool has() const {
    for (const auto& callback : callbacks_)
      if (dynamic_cast<const T*>(callback.get())) return true;
    return false;
  }

 private:
  std::vector<std::shared_ptr<callbacks::Callback>> callbacks_;
};

}  // namespace cornu
