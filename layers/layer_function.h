#pragma once
#include <cornu/core/graph/function.h>
#include <cornu/layers/layer.h>

namespace cornu {

/// The call of a layer or model as a traced function of one argument, a Tensor or a TensorList: without training, as
/// predict() calls it. A layer that was never called is built while it is traced, without computing. The function
/// follows the layer where it moves.
///
/// Throws StateError when the layer is gone, ValueError for several outputs, and what the layer's call throws. Keras
/// traces a model's call in the same way within predict().
///
///     Function f = function(model, {.input_signature = {TensorSpec({-1, 784})}});
///     Tensor scores = f(x);
CORNU_API Function function(Layer& layer, FunctionOptions options = {},
                            const SourceLocation& location = SourceLocation::current());

}  // namespace cornu
