#pragma once
#include <cornu/core/export.h>

namespace cornu {

/// While it lives, this thread makes weights without first values: whoever makes the layers gives them theirs next, or
/// throws the layers away.
class CORNU_API WeightsComeLater {
 public:
  WeightsComeLater();
  ~WeightsComeLater();
  WeightsComeLater(const WeightsComeLater&) = delete;
  WeightsComeLater& operator=(const WeightsComeLater&) = delete;

 private:
  bool outer_;
};

}  // namespace cornu
