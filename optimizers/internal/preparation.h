#pragma once
#include <cornu/core/kernels/optimizer_update.h>

namespace cornu::optimizers {

/// What an Optimizer::Update (a class's own type, hence the template) asks for before the update, as kernels take it.
template <class Update>
kernels::Preparation preparation_of(const Update& update) {
  return {.decay = update.decay, .gradient_scale = update.gradient_scale, .clip_value = update.clip_value};
}

}  // namespace cornu::optimizers
