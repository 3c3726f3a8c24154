// What <cornu/cornu.h> costs the compiler, beside the headers of the standard library that its users have anyway.
#include <cstdlib>
#include <stdexcept>

#include "bench.h"

using namespace bench;

namespace {

/// Compiles a file that only includes these headers.
Contender including(const std::string& name, const std::string& headers) {
  const std::string command = "printf '#include <%s>\\n' " + headers +
                              " | " BENCH_COMPILER " -std=c++20 -O2 -I " BENCH_INCLUDE_DIR " -x c++ -c - -o /dev/null";
  return {.name = name, .run = [command] {
            if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
          }};
}

}  // namespace

int main() {
  Contender cornu = including("cornu.h", "cornu/cornu.h");
  cornu.goal_microseconds = 2e6;
  compare({.name = "a file that includes only", .rounds = 5},
          {including("standard headers", BENCH_COMMON_HEADERS), cornu});
}
