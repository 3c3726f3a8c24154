// A step inside a traced function: an effect of the graph that runs the very step that eager code runs.
#include <algorithm>

#include <cornu/core/autodiff/effect.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/optimizers/internal/state.h>

namespace cornu {

void Optimizer::trace_step(const GradientsAndVariables& pairs) {
  auto effect = std::make_shared<Effect>();
  effect->name = "_ApplyGradients";
  effect->changes = state_->trained;
  effect->changes.insert(effect->changes.end(), state_->variables.begin(), state_->variables.end());

  std::vector<const Tensor*> gradients;
  std::vector<Variable> variables;
  std::vector<size_t> numbers;  // of the gradients among the pairs
  for (size_t i = 0; i < pairs.size(); ++i) {
    variables.push_back(pairs[i].second);
    if (!pairs[i].first.defined()) continue;
    gradients.push_back(&pairs[i].first);
    numbers.push_back(i);
  }
  auto step = std::make_shared<GradientsAndVariables>(zip(TensorList(pairs.size()), variables));
  const std::weak_ptr<State> weak = state_;
  effect->run = [weak, step, numbers, name = this->name()](std::span<const Tensor* const> inputs, std::span<Tensor>) {
    const std::shared_ptr<State> state = weak.lock();
    if (!state || !state->optimizer)
      throw StateError("the optimizer '" + name +
                       "' that this traced function uses is gone; let it live as long as the function");
    for (size_t i = 0; i < numbers.size(); ++i) (*step)[numbers[i]].first = *inputs[i];
    try {
      state->optimizer->run_step(*step);
    } catch (...) {
      for (auto& [gradient, variable] : *step) gradient = {};
      throw;
    }
    for (auto& [gradient, variable] : *step) gradient = {};
  };
  tracing()->add_effect(effect, gradients);
}

}  // namespace cornu
