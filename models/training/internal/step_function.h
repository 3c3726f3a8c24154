#pragma once
#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include <cornu/core/graph/function.h>
#include <cornu/models/training/batch.h>
#include <cornu/models/training/logs.h>

namespace cornu {

/// A step of a model, traced for each kind of batch, or run as it is. The first few kinds (whole batches, the last one
/// of an epoch) get traces for their very shapes; with more of them, the extents that differ are left open.
class StepFunction {
 public:
  using Step = std::function<Logs(const Batch&)>;
  StepFunction(const char* name, Step step, bool runs_eagerly);

  Logs operator()(const Batch& batch) const;
  /// Makes the trace for such a batch, which builds what is not built yet, without running it.
  void prepare(const Batch& batch) const { concrete(batch); }
  /// The same, and gives it; nothing for a step that runs as it is.
  std::optional<ConcreteFunction> concrete(const Batch& batch) const;

 private:
  static constexpr size_t most_exact = 4;
  using Kind = std::vector<TensorSpec>;
  const detail::FunctionCore& function_for(const Batch& batch) const;

  Step step_;
  std::optional<detail::FunctionCore> exact_, open_;  // none if it runs eagerly
  mutable std::mutex mutex_;
  mutable std::array<Kind, most_exact> kinds_;  // of which exact_ has traces
  mutable std::atomic<size_t> kind_count_ = 0;
};

}  // namespace cornu
