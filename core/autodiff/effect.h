#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <cornu/core/autodiff/variable.h>

namespace cornu {

/// What a graph does besides computing values from values: an optimizer's step, printing.
struct Effect {
  std::string name;                      ///< of its node, as operations are named
  std::vector<TensorSpec> outputs = {};  ///< what it gives
  std::vector<Variable> reads = {};      ///< variables that it reads
  std::vector<Variable> changes = {};    ///< variables that it may change
  /// Runs it. The inputs live as long as the call: whoever keeps one has to copy it. The outputs are allocated.
  std::function<void(std::span<const Tensor* const> inputs, std::span<Tensor> outputs)> run;
};

}  // namespace cornu
