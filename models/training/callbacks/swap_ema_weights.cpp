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

void SwapEMAWeights::set_swapped(bool swapped) {
  if (is_swapped_ == swapped) return;
  is_swapped_ = swapped;
  for (const TrackableContents::Slot& slot : model().optimizer().trackable()->contents().slots) {
    if (slot.name != "average") continue;
    const Tensor weight = slot.variable.peek();
    slot.variable.restore(slot.slot.peek());
    slot.slot.restore(weight);
  }
}

void SwapEMAWeights::on_epoch_begin(int64_t, Logs&) {
  if (options_.swap_on_epoch) set_swapped(false);
}
void SwapEMAWeights::on_epoch_end(int64_t, Logs&) {
  if (options_.swap_on_epoch) set_swapped(true);
}

}  // namespace cornu::callbacks
