#pragma once
#include <cornu/core/graph/function.h>

/// TensorFlow's tf.config. It stands in a header of its own, since `config` is what many programs call something else.
namespace cornu::config {

using cornu::functions_run_eagerly;
using cornu::run_functions_eagerly;

}  // namespace cornu::config
