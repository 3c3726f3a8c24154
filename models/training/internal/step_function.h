#pragma once
#include <functional>
#include <memory>
#include <optional>

#include <cornu/core/graph/function.h>
#include <cornu/models/training/batch.h>
#include <cornu/models/training/logs.h>

namespace cornu {

/// A step of a model, traced for each kind of batch, or run as it is.
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
  Step step_;
  std::optional<detail::FunctionCore> traced_;  // none if it runs eagerly
};

}  // namespace cornu
