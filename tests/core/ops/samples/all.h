#pragma once
// The samples of all families.
#include "core/ops/samples/control_flow.h"
#include "core/ops/samples/convolution.h"
#include "core/ops/samples/custom_gradient.h"
#include "core/ops/samples/fused.h"
#include "core/ops/samples/graphs.h"
#include "core/ops/samples/indexing.h"
#include "core/ops/samples/linalg.h"
#include "core/ops/samples/logic.h"
#include "core/ops/samples/math.h"
#include "core/ops/samples/matmul.h"
#include "core/ops/samples/nn.h"
#include "core/ops/samples/normalization.h"
#include "core/ops/samples/random.h"
#include "core/ops/samples/reduce.h"
#include "core/ops/samples/sample.h"
#include "core/ops/samples/schedules.h"
#include "core/ops/samples/shape_ops.h"
#include "core/ops/samples/sorting.h"

namespace cornu::samples {

inline const std::vector<Sample>& all_samples() {
  static const std::vector<Sample> all = [] {
    std::vector<Sample> list;
    for (const auto& family :
         {math(), logic(), reduce(), matmul_samples(), shape_ops(), indexing(), sorting(), linear_algebra(),
          random_numbers(), nn(), normalizations(), dropouts(), custom_gradients(), schedules(), control_flow(),
          fused_operations(), graphs(), convolutions()})
      append(list, family);
    return list;
  }();
  return all;
}

}  // namespace cornu::samples
