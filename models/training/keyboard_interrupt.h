#pragma once
#include <cornu/core/error.h>

namespace cornu {

/// What fit(), evaluate() and predict() throw after Ctrl-C, once the step under way has ended and callbacks have run,
/// so that all their files are complete. Python's KeyboardInterrupt.
///
///     try {
///       model.fit(x, y, {.epochs = 1000});
///     } catch (const KeyboardInterrupt&) {
///       model.save_weights("stopped.safetensors");
///     }
class CORNU_API KeyboardInterrupt : public Error {
 public:
  using Error::Error;
};

}  // namespace cornu
