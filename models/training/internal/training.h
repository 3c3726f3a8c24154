#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <cornu/models/model.h>
#include <cornu/models/training/internal/compiled_loss.h>
#include <cornu/models/training/internal/compiled_metrics.h>
#include <cornu/models/training/internal/epoch_iterator.h>
#include <cornu/models/training/internal/step_function.h>

namespace cornu::detail {

/// Where a fit() that is under way stands.
struct FitState {
  EpochIterator* data = nullptr;
  int64_t epoch = 0;
  int64_t initial_epoch = 0;
  bool validates = false;
  bool goes_on = false;          // a callback has restored the middle of an epoch, whose metrics go on
  const Batch* batch = nullptr;  // of the last step
};

/// What a model keeps for compile(), fit(), evaluate() and predict(). It stays where it is while the model moves.
struct Training {
  explicit Training(Model& model) : model(&model) {}

  Model* model;
  bool is_compiled = false;
  CompileOptions options;
  std::shared_ptr<Optimizer> optimizer;
  std::unique_ptr<CompiledLoss> loss;
  std::unique_ptr<CompiledMetrics> metrics;
  std::unique_ptr<metrics::Mean> loss_tracker;
  std::optional<std::vector<Variable>> trained;  // as they were when the step was made

  std::mutex mutex;  // of the functions
  std::unique_ptr<const StepFunction> train, test, predict;
  History history;
  FitState* fit = nullptr;

  /// Throws StateError, naming `where`, before compile().
  void require_compiled(const char* where) const;
  const StepFunction& train_function();
  const StepFunction& test_function();
  const StepFunction& predict_function();

  /// Empty for a model whose outputs were not given names.
  OutputNames output_names() const;
  BatchLayout layout() const;
  /// Samples by position. Throws for names that the model has not.
  Batch in_order(const Tensors& x, const Tensors& y, const Tensors& sample_weight) const;
  /// Throws ValueError, before anything is trained, for class numbers that the model has no output for.
  void check_labels(const Batch& samples) const;

  /// The metrics' results if a step logs just these, else what the last step has logged.
  Logs epoch_logs(const Logs& last);
};

}  // namespace cornu::detail
