#include <string>

#include <cornu/core/error.h>
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

bool is_of_kind(const Batch& batch, const std::vector<TensorSpec>& kind) {
  if (batch.x.size() + batch.y.size() + batch.sample_weight.size() != kind.size()) return false;
  size_t next = 0;
  for (const TensorList* list : {&batch.x, &batch.y, &batch.sample_weight})
    for (const Tensor& tensor : *list) {
      const TensorSpec& spec = kind[next++];
      if (tensor.dtype() != spec.dtype || !(tensor.shape() == spec.shape)) return false;
    }
  return true;
}

std::vector<TensorSpec> kind_of(const Batch& batch) {
  std::vector<TensorSpec> kind;
  for (const TensorList* list : {&batch.x, &batch.y, &batch.sample_weight})
    for (const Tensor& tensor : *list) kind.push_back(tensor.spec());
  return kind;
}

constexpr SourceLocation place = SourceLocation::current();

/// Messages name the place of the function's making, which here is not in the user's source.
template <class F>
auto without_place(const F& run) {
  try {
    return run();
  } catch (Error& error) {
    static const std::string shown = " (step_function.cpp:" + std::to_string(place.line()) + ")";
    std::string message = error.what();
    for (size_t at = message.find(shown); at != std::string::npos; at = message.find(shown))
      message.erase(at, shown.size());
    error = Error(message);  // it stays what it is
    throw;
  }
}

}  // namespace

StepFunction::StepFunction(const char* name, Step step, bool runs_eagerly) : step_(std::move(step)) {
  if (runs_eagerly) return;
  const auto body = [step = step_](std::span<const Argument> arguments) -> detail::TracedResult {
    const Logs logs = step(batch_of(arguments));
    return {logs.tensors(), std::make_shared<const std::vector<std::string>>(logs.names())};
  };
  exact_.emplace(body, 3, FunctionOptions{.name = name}, place);
  open_.emplace(body, 3, FunctionOptions{.name = name, .reduce_retracing = true}, place);
}

const detail::FunctionCore& StepFunction::function_for(const Batch& batch) const {
  const auto is_known = [&] {
    const size_t count = kind_count_.load(std::memory_order_acquire);
    for (size_t i = 0; i < count; ++i)
      if (is_of_kind(batch, kinds_[i])) return true;
    return false;
  };
  if (is_known()) return *exact_;
  const std::lock_guard lock(mutex_);
  const size_t count = kind_count_;
  if (is_known()) return *exact_;
  if (count == most_exact) return *open_;
  kinds_[count] = kind_of(batch);
  kind_count_.store(count + 1, std::memory_order_release);
  return *exact_;
}

std::optional<ConcreteFunction> StepFunction::concrete(const Batch& batch) const {
  if (!exact_ || functions_run_eagerly()) return std::nullopt;
  return without_place([&] { return std::optional(function_for(batch).concrete_function(arguments_of(batch))); });
}

Logs StepFunction::operator()(const Batch& batch) const {
  if (!exact_) return step_(batch);
  detail::FunctionCore::Result result = without_place([&] { return function_for(batch).call(arguments_of(batch)); });
  return Logs(std::static_pointer_cast<const std::vector<std::string>>(result.structure), std::move(result.tensors));
}

}  // namespace cornu
