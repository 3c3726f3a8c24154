#include <cmath>
#include <cstdio>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/models/training/internal/file_pattern.h>
#include <cornu/models/training/internal/number_text.h>

namespace cornu {

namespace {

/// Whether it is [0][width][.precision] and one of d, f, e, g.
bool is_format(const std::string& text) {
  const size_t type = text.find_last_of("dfeg");
  if (text.empty() || type + 1 != text.size() || text.size() > 10) return false;
  return text.find_first_not_of("0123456789.") == type && text.find('.') == text.rfind('.');
}

std::string formatted(double value, const std::string& format) {
  if (format.empty() || std::isnan(value)) return number_text(value);
  char text[512];
  if (format.back() == 'd') {
    const std::string directive = "%" + format.substr(0, format.size() - 1) + "lld";
    std::snprintf(text, sizeof text, directive.c_str(), std::llround(value));
  } else {
    std::snprintf(text, sizeof text, ("%" + format).c_str(), value);
  }
  return text;
}

}  // namespace

namespace {

struct Field {
  std::string name, format;
};

/// The pattern with each field as `text` gives it.
template <class Text>
std::string with_fields(const std::string& pattern, const char* where, const Text& text) {
  const auto fail = [&](const std::string& why) {
    throw ValueError(std::string(where) + ": the file name '" + pattern + "': " + why);
  };
  std::string result;
  for (size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '{') {
      result += pattern[at++];
      continue;
    }
    const size_t end = pattern.find('}', at);
    if (end == std::string::npos) fail("a { has no }");
    const std::string field = pattern.substr(at + 1, end - at - 1);
    const size_t colon = field.find(':');
    const std::string format = colon == std::string::npos ? "" : field.substr(colon + 1);
    if (!format.empty() && !is_format(format)) fail("'" + format + "' is not a format such as 02d or .2f");
    result += text(Field{field.substr(0, colon), format}, fail);
    at = end + 1;
  }
  return result;
}

}  // namespace

void check_pattern(const std::string& pattern, const char* where) {
  with_fields(pattern, where, [](const Field&, const auto&) { return std::string(); });
}

std::string format_pattern(const std::string& pattern, const Logs& logs, const char* where) {
  return with_fields(pattern, where, [&](const Field& field, const auto& fail) {
    if (!logs.contains(field.name)) fail("there is no '" + field.name + "'" + suggestion(field.name, logs.names()));
    return formatted(logs[field.name], field.format);
  });
}

}  // namespace cornu
