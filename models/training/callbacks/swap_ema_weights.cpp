#include <cornu/core/error.h>
#include <cornu/core/train/trackable.h>
#include <cornu/models/model.h>
#include <cornu/models/training/callbacks/swap_ema_weights.h>

namespace cornu::callbacks {

void SwapEMAWeights::set_model(Model& model) {
  Callback::set_model(model);
  const Config config = model.optimizer().get_config();
  if (!config.contains("use_ema") || !config.at("use_ema").boolean())
    throw ValueError("SwapEMAWeights needs an optimizer that keeps averages: make it with .use_ema = true");
}

void SwapEMAWeights::swap_in() {
  if (!weights_.empty()) return;
  for (const TrackableContents::Slot& slot : model().optimizer().trackable()->contents().slots) {
    if (slot.name != "average") continue;
    weights_.emplace_back(slot.variable, slot.variable.peek());
    slot.variable.restore(slot.slot.peek());
  }
}

void SwapEMAWeights::swap_out() {
  for (const auto& [variable, weight] : weights_) variable.restore(weight);
  weights_.clear();
}

void SwapEMAWeights::on_epoch_begin(int64_t, Logs&) {
  if (options_.swap_on_epoch) swap_out();
}
void SwapEMAWeights::on_epoch_end(int64_t, Logs&) {
  if (options_.swap_on_epoch) swap_in();
}

}  // namespace cornu::callbacks
