#pragma once
#include <utility>
#include <vector>

#include <cornu/core/autodiff/variable.h>
#include <cornu/models/training/callback.h>

namespace cornu::callbacks {

struct SwapEMAWeightsOptions {
  bool swap_on_epoch = false;  ///< also at the end of each epoch, so that callbacks behind this one save the averages
};

/// Evaluates and predicts with the averages of the weights that an optimizer with `use_ema` keeps: swaps them in before
/// and out afterwards. Keras's keras.callbacks.SwapEMAWeights.
class CORNU_API SwapEMAWeights : public Callback {
 public:
  using Options = SwapEMAWeightsOptions;
  explicit SwapEMAWeights(const Options& options = {}) : options_(options) {}

  /// Throws ValueError unless the model's optimizer has `use_ema`.
  void set_model(Model& model) override;
  void on_epoch_begin(int64_t, Logs&) override;
  void on_epoch_end(int64_t, Logs&) override;
  void on_train_begin(Logs&) override { weights_.clear(); }
  /// The model keeps the averages.
  void on_train_end(Logs&) override { weights_.clear(); }
  void on_test_begin(Logs&) override { swap_in(); }
  void on_test_end(Logs&) override { swap_out(); }
  void on_predict_begin(Logs&) override { swap_in(); }
  void on_predict_end(Logs&) override { swap_out(); }

 private:
  void swap_in();
  void swap_out();
  Options options_;
  std::vector<std::pair<Variable, Tensor>> weights_;  // while the variables have their averages
};

}  // namespace cornu::callbacks
