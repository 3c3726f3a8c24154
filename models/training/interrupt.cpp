#include <mutex>

#include <cornu/models/training/internal/interrupt.h>

namespace cornu {

namespace {

struct sigaction previous;
volatile std::sig_atomic_t interrupted = 0;
std::mutex mutex;
int guards = 0;
bool installed = false;

void note(int) {
  interrupted = 1;
  sigaction(SIGINT, &previous, nullptr);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  const std::lock_guard lock(mutex);
  if (guards++ > 0) return;
  interrupted = 0;
  struct sigaction action = {};
  action.sa_handler = note;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  installed = sigaction(SIGINT, nullptr, &previous) == 0 && previous.sa_handler != SIG_IGN &&
              sigaction(SIGINT, &action, nullptr) == 0;
}

InterruptGuard::~InterruptGuard() {
  const std::lock_guard lock(mutex);
  if (--guards > 0 || !installed) return;
  if (!interrupted) sigaction(SIGINT, &previous, nullptr);
  installed = false;
}

bool InterruptGuard::is_interrupted() { return interrupted != 0; }

}  // namespace cornu
