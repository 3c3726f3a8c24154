#include <cmath>
#include <iostream>

#include <cornu/core/ops/internal/name_scope.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/operation.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/models/training/callbacks/terminate_on_nan.h>
#include <cornu/models/training/internal/training.h>

namespace cornu::callbacks {

namespace {

bool has_only_finite(const Tensor& tensor) {
  if (!is_floating(tensor.dtype()) || tensor.is_symbolic()) return true;
  const std::vector<double> values = cast(tensor, float64).to_vector<double>();
  for (const double value : values)
    if (!std::isfinite(value)) return false;
  return true;
}

/// Notes the first operation with a result that is not finite.
class FiniteRecorder : public Recorder {
 public:
  FiniteRecorder() { push_recorder(this); }
  ~FiniteRecorder() override { remove_recorder(this); }

  void record(const Call& call, std::span<const Tensor> outputs) override {
    if (!found_.empty() || is_checking_) return;
    is_checking_ = true;
    for (const Tensor& output : outputs)
      if (!has_only_finite(output))
        found_ = "the operation " + std::string(call.name()) + (name_scope().empty() ? "" : " in " + name_scope());
    is_checking_ = false;
  }
  void read(const Variable&, const Tensor&) override {}

  const std::string& found() const { return found_; }

 private:
  std::string found_;
  bool is_checking_ = false;
};

/// The variables with other values for a while.
class Exchange {
 public:
  Exchange(std::vector<Variable> variables, const std::vector<Tensor>& values) : variables_(std::move(variables)) {
    for (size_t i = 0; i < variables_.size(); ++i) {
      now_.push_back(variables_[i].peek());
      if (i < values.size()) variables_[i].restore(values[i]);
    }
  }
  ~Exchange() {
    for (size_t i = 0; i < variables_.size(); ++i) variables_[i].restore(now_[i]);
  }

 private:
  std::vector<Variable> variables_;
  std::vector<Tensor> now_;
};

std::string in_batch(const Batch& batch) {
  const auto check = [](const Tensors& tensors, const std::string& name) {
    for (size_t i = 0; i < tensors.size(); ++i)
      if (!has_only_finite(tensors[i])) return "the batch's " + name + "[" + std::to_string(i) + "]";
    return std::string();
  };
  for (const auto& [tensors, name] :
       {std::pair(&batch.x, "x"), std::pair(&batch.y, "y"), std::pair(&batch.sample_weight, "sample_weight")}) {
    std::string found = check(*tensors, name);
    if (!found.empty()) return found;
  }
  return "";
}

}  // namespace

void TerminateOnNaN::on_batch_begin(int64_t, Logs&) {
  before_.clear();
  for (const Variable& variable : model().variables()) before_.push_back(variable.peek());
}

void TerminateOnNaN::on_batch_end(int64_t batch, Logs& logs) {
  if (!logs.contains("loss") || std::isfinite(logs["loss"])) return;
  culprit_ = find_culprit();
  std::cout << "Batch " << batch << ": Invalid loss, terminating training"
            << (culprit_.empty() ? "" : "; the first that is not finite is " + culprit_) << std::endl;
  model().stop_training = true;
}

std::string TerminateOnNaN::find_culprit() const {
  const detail::FitState* fit = model().training_state().fit;
  if (!fit || !fit->batch) return "";
  const std::string of_batch = in_batch(*fit->batch);
  if (!of_batch.empty()) return of_batch;
  const std::vector<Variable> variables = model().variables();
  const Exchange exchange(variables, before_);
  for (const Variable& variable : variables)
    if (!has_only_finite(variable.peek())) return "the variable " + variable.path();
  const FiniteRecorder recorder;
  const Tensors y_pred = model()(fit->batch->x, {.training = true});
  model().compute_loss(fit->batch->x, fit->batch->y, y_pred, fit->batch->sample_weight, true);
  return recorder.found();
}

}  // namespace cornu::callbacks
