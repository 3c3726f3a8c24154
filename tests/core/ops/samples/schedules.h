#pragma once
#include "core/ops/samples/sample.h"

namespace cornu::samples {

inline std::vector<Sample> schedules() {
  return {{"LearningRateSchedule",
           {Tensor::from_span<int64_t>(std::vector<int64_t>{3}, {})},
           [](const TensorList& t) {
             static const auto schedule = std::make_shared<optimizers::schedules::ExponentialDecay>(
                 optimizers::schedules::ExponentialDecayOptions{
                     .initial_learning_rate = 0.1, .decay_steps = 10, .decay_rate = 0.5});
             return TensorList{(*schedule)(t[0])};
           },
           {{integers({1, 2}, {2})}}}};
}

}  // namespace cornu::samples
