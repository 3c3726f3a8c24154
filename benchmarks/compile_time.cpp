// What <cornu/cornu.h> costs the compiler, beside the headers of the standard library that its users have anyway.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "bench.h"

using namespace bench;
namespace fs = std::filesystem;

namespace {

/// Compiles a file that includes these headers and does nothing.
Contender including(const std::string& name, const std::vector<std::string>& headers) {
  const std::string source =
      (fs::temp_directory_path() / ("cornu_only_" + std::to_string(headers.size()) + ".cpp")).string();
  std::ofstream file(source);
  for (const std::string& header : headers) file << "#include <" << header << ">\n";
  file << "int main() {}\n";
  const std::string command = BENCH_COMPILER " -std=c++20 -O2 -I " BENCH_INCLUDE_DIR " -c " + source + " -o /dev/null";
  return {.name = name, .run = [command] {
            if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
          }};
}

}  // namespace

int main() {
  Contender cornu = including("cornu.h", {"cornu/cornu.h"});
  cornu.goal_microseconds = 2e6;
  compare({.name = "a file that includes only", .rounds = 5},
          {including("standard headers",
                     {"algorithm", "functional", "map", "memory", "optional", "set", "string", "variant", "vector"}),
           cornu});
}
