#include <cornu/core/error.h>
#include <cornu/layers/internal/layer_reference.h>
#include <cornu/layers/layer_function.h>

namespace cornu {

Function function(Layer& layer, FunctionOptions options, const SourceLocation& location) {
  if (options.name.empty()) options.name = layer.name();
  auto body = [reference = LayerReference(layer),
               name = layer.name()](std::span<const Argument> arguments) -> detail::TracedResult {
    Layer* const found = reference.find();
    if (!found)
      throw StateError("the layer '" + name + "' of this traced function is gone; let it live as long as the function");
    Layer& called = *found;
    const auto* list = std::get_if<const TensorList*>(&arguments[0]);
    const Tensor output = list ? Tensor(called(**list, {.training = false}))
                               : called(detail::convert<Tensor>(arguments[0], 0), {.training = false});
    return {{output}, std::make_shared<const Tensor>(output)};
  };
  return Function(detail::FunctionCore(std::move(body), 1, std::move(options), location));
}

}  // namespace cornu
