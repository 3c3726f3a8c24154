#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

struct Call;
class Variable;  // passed on without being known here

/// Whoever wants to know what is computed: gradient tapes. The gate tells every recorder of the
/// calling thread's stack about every operation.
class CORNU_API Recorder {
 public:
  virtual ~Recorder() = default;
  /// `call` has made `outputs`.
  virtual void record(const Call& call, std::span<const Tensor> outputs) = 0;
  /// `variable` was read as `value`.
  virtual void read(const Variable& variable, const Tensor& value) = 0;
  /// Whether record() would write down an operation on `value`.
  virtual bool tracks(const Tensor&) const { return true; }
};

/// The calling thread's recorders, outermost first.
CORNU_API std::span<Recorder* const> recorders();
CORNU_API void push_recorder(Recorder* recorder);
CORNU_API void remove_recorder(Recorder* recorder);

class RecorderThread;
/// The calling thread, for recorders that may be removed by another one; null at the thread's very end.
CORNU_API std::shared_ptr<RecorderThread> recorder_thread();
/// Removes `recorder` from the stack of `thread`. If that is not the calling one, it is kept until that thread looks at
/// its stack again, or ends.
CORNU_API void remove_recorder(const std::shared_ptr<RecorderThread>& thread, std::shared_ptr<Recorder> recorder);

/// While it lives, the calling thread's operations are not recorded by anyone.
class CORNU_API NoRecording {
 public:
  NoRecording();
  ~NoRecording();
  NoRecording(const NoRecording&) = delete;
  NoRecording& operator=(const NoRecording&) = delete;

 private:
  size_t hidden_;
};

}  // namespace cornu
