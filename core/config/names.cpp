#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <numeric>
#include <utility>

#include <cxxabi.h>

#include <cornu/core/config/names.h>

namespace cornu {

std::string class_name_of(const std::type_info& type) {
  int status = 0;
  char* const demangled = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string name = status == 0 && demangled ? demangled : type.name();
  std::free(demangled);
  name = name.substr(0, name.find('<'));
  const size_t last = name.rfind("::");
  return last == std::string::npos ? name : name.substr(last + 2);
}

std::string to_snake_case(const std::string& class_name) {
  std::string snake;
  const auto upper = [&](size_t i) {
    return i < class_name.size() && std::isupper(static_cast<unsigned char>(class_name[i]));
  };
  const auto lower = [&](size_t i) {
    return i < class_name.size() && std::islower(static_cast<unsigned char>(class_name[i]));
  };
  for (size_t i = 0; i < class_name.size(); ++i) {
    const bool starts_word = upper(i) && (lower(i + 1) || (i > 0 && lower(i - 1)));
    if (i > 0 && starts_word && snake.back() != '_') snake += '_';
    snake += static_cast<char>(std::tolower(static_cast<unsigned char>(class_name[i])));
  }
  return snake;
}

namespace {

/// The number of single-character changes between `a` and `b` (Levenshtein); upper and lower case may count as the
/// same.
size_t distance(const std::string& a, const std::string& b, bool same_case) {
  const auto letter = [&](char c) {
    return same_case ? c : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  };
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (letter(a[i - 1]) != letter(b[j - 1]));
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

}  // namespace

std::string suggestion(const std::string& name, const std::vector<std::string>& known,
                       const std::vector<std::string>& listed) {
  const auto far = [&](const std::string& candidate) {
    return std::pair(distance(name, candidate, false), distance(name, candidate, true));
  };
  const auto nearest = std::min_element(known.begin(), known.end(),
                                        [&](const std::string& a, const std::string& b) { return far(a) < far(b); });
  if (nearest != known.end() && far(*nearest).first <= std::max<size_t>(2, name.size() / 3))
    return "; did you mean '" + *nearest + "'?";
  return listed.empty() ? "" : "; known are " + join(listed);
}

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
}

}  // namespace cornu
