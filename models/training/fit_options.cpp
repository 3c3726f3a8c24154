#include <string>

#include <cornu/core/error.h>
#include <cornu/models/training/fit_options.h>

namespace cornu {

ValidationData::ValidationData(const Tensors& x, const Tensors& y, const Tensors& sample_weight)
    : batch_{x, y, sample_weight}, is_given_(true) {}

Verbosity::Verbosity(int level) : level_(level) {
  if (level < 0 || level > 2)
    throw ValueError("verbose must be 0 (silent), 1 (a progress bar), 2 (a line an epoch) or \"auto\"; received " +
                     std::to_string(level));
}

Verbosity::Verbosity(const char* level) : level_(1) {
  if (!level || std::string(level) != "auto")
    throw ValueError("verbose must be 0, 1, 2 or \"auto\"; received '" + std::string(level ? level : "") + "'");
}

}  // namespace cornu
