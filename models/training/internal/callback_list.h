#pragma once
#include <memory>
#include <vector>

#include <cornu/models/training/callback.h>

namespace cornu {

/// All callbacks of a run, told one after another.
class CallbackList {
 public:
  /// Those of the user, and what is there without asking: the progress bar and the history.
  CallbackList(const std::vector<CallbackHandle>& callbacks, Model& model, const callbacks::Params& params,
               bool has_history);

  template <class... Arguments, class... Given>
  void tell(void (callbacks::Callback::*hook)(Arguments...), Given&&... given) const {
    for (const auto& callback : callbacks_) (callback.get()->*hook)(given...);
  }
  /// Null unless asked for.
  const History* history() const;

 private:
  std::vector<std::shared_ptr<callbacks::Callback>> callbacks_;
  std::shared_ptr<callbacks::Callback> history_;
};

}  // namespace cornu
