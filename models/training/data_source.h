#pragma once
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <cornu/models/training/tensors.h>

namespace cornu {

/// A generator function: gives a batch at each call, and nothing at the end of a pass; the call after that begins the
/// next pass, if there is one.
using BatchFunction = std::function<std::optional<TensorList>()>;

class BatchSource;

/// Batches for training, evaluation or prediction: a generator function. A batch is a list of tensors: first the
/// model's inputs, then the targets, then the sample weights (none, one, or one for each target).
class CORNU_API DataSource {
 public:
  template <class F>
  requires std::is_invocable_r_v<std::optional<TensorList>, F&> DataSource(F function)
      : function_(std::move(function)) {}

  const BatchFunction& function() const { return function_; }

 private:
  BatchFunction function_;
};

}  // namespace cornu
