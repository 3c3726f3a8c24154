#include <cornu/core/error.h>
#include <cornu/layers/internal/layer_state.h>
#include <cornu/layers/layer_function.h>

namespace cornu {

/// A layer wherever it has moved to.
class LayerReference {
 public:
  explicit LayerReference(const Layer& layer) : state_(layer.state_), name_(layer.name()) {}

  Layer& get() const {
    const std::shared_ptr<Layer::State> state = state_.lock();
    if (!state || !state->layer)
      throw StateError("the layer '" + name_ +
                       "' of this traced function is gone; let it live as long as the function");
    return *state->layer;
  }

 private:
  std::weak_ptr<Layer::State> state_;
  std::string name_;
};

Function function(Layer& layer, FunctionOptions options, const SourceLocation& location) {
  if (options.name.empty()) options.name = layer.name();
  auto body = [reference = LayerReference(layer)](std::span<const Argument> arguments) -> detail::TracedResult {
    Layer& called = reference.get();
    const auto* list = std::get_if<const TensorList*>(&arguments[0]);
    const Tensor output = list ? Tensor(called(**list, {.training = false}))
                               : called(detail::convert<Tensor>(arguments[0]), {.training = false});
    return {{output}, std::make_shared<const Tensor>(output)};
  };
  return Function(detail::FunctionCore(std::move(body), 1, std::move(options), location));
}

}  // namespace cornu
