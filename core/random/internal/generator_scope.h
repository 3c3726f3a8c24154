#pragma once
#include <cstdint>
#include <optional>

#include <cornu/core/random/generator.h>

namespace cornu::random {

/// While it lives, the calling thread's global generator is one of its own, which begins with `seed` and `counter`: its
/// draws depend on these alone, and nobody else's on them. Costs nothing unless there is a draw.
class CORNU_API GeneratorScope {
 public:
  GeneratorScope(int64_t seed, int64_t counter);
  ~GeneratorScope();
  GeneratorScope(const GeneratorScope&) = delete;
  GeneratorScope& operator=(const GeneratorScope&) = delete;
  const Generator& generator();

 private:
  int64_t seed_, counter_;
  std::optional<Generator> generator_;
  GeneratorScope* outer_;
};

}  // namespace cornu::random
