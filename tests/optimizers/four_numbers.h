#pragma once
#include <string>
#include <vector>

#include <cornu/core/autodiff/variable.h>
#include <cornu/core/ops/creation.h>

/// The variable that tests of optimizers change.
inline cornu::Variable one_to_four(const std::string& name = "w") {
  return cornu::Variable(cornu::constant({1.f, 2.f, 3.f, 4.f}), {.name = name});
}

inline std::vector<float> values(const cornu::Variable& variable) { return variable.value().to_vector<float>(); }
