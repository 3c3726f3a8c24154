#pragma once
#include <cstdint>

#include <cornu/core/export.h>

namespace cornu {

/// While it lives, this thread makes weights without first values: whoever makes the layers gives them theirs next, or
/// throws the layers away. Weights of more than `most_elements` elements in all are a ValueError, before they take
/// memory.
class CORNU_API WeightsComeLater {
 public:
  explicit WeightsComeLater(int64_t most_elements);
  ~WeightsComeLater();
  WeightsComeLater(const WeightsComeLater&) = delete;
  WeightsComeLater& operator=(const WeightsComeLater&) = delete;

 private:
  int64_t outer_;
};

}  // namespace cornu
