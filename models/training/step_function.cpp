#include <array>

#include <cornu/models/training/internal/step_function.h>

namespace cornu {

namespace {

std::array<Argument, 3> arguments_of(const Batch& batch) {
  return {static_cast<const TensorList*>(&batch.x), static_cast<const TensorList*>(&batch.y),
          static_cast<const TensorList*>(&batch.sample_weight)};
}

Batch batch_of(std::span<const Argument> arguments) {
  const auto list = [&](size_t i) { return Tensors(*std::get<const TensorList*>(arguments[i])); };
  return {list(0), list(1), list(2)};
}

}  // namespace

StepFunction::StepFunction(const char* name, Step step, bool runs_eagerly) : step_(std::move(step)) {
  if (runs_eagerly) return;
  auto body = [step = step_](std::span<const Argument> arguments) -> detail::TracedResult {
    const Logs logs = step(batch_of(arguments));
    return {logs.tensors(), std::make_shared<const std::vector<std::string>>(logs.names())};
  };
  traced_.emplace(std::move(body), 3, FunctionOptions{.name = name, .reduce_retracing = true},
                  SourceLocation::current());
}

std::optional<ConcreteFunction> StepFunction::concrete(const Batch& batch) const {
  if (!traced_ || config::functions_run_eagerly()) return std::nullopt;
  return traced_->concrete_function(arguments_of(batch));
}

Logs StepFunction::operator()(const Batch& batch) const {
  if (!traced_) return step_(batch);
  detail::FunctionCore::Result result = traced_->call(arguments_of(batch));
  return Logs(std::static_pointer_cast<const std::vector<std::string>>(result.structure), std::move(result.tensors));
}

}  // namespace cornu
