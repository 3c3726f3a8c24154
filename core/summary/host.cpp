#include <algorithm>
#include <cctype>

#include <unistd.h>

#include <cornu/core/summary/internal/host.h>

namespace cornu::summary {

std::string host_name() {
  char text[256] = {};
  if (::gethostname(text, sizeof text - 1) != 0 || text[0] == '\0') return "localhost";
  std::string name = text;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c) && c != '-' && c != '_' && c != '.'; },
      '_');
  return name;
}

}  // namespace cornu::summary
