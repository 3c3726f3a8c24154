// Tensors as NumPy prints arrays: the rules of its array2string (precision 8, lines of 75 characters, over 1000
// elements shortened to 3 at each border), within `Tensor(..., shape=(2, 2), dtype=float32)`.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <cornu/core/tensor/tensor.h>

namespace cornu {

namespace {

constexpr int precision = 8;
constexpr int64_t threshold = 1000;
constexpr int64_t edge = 3;
constexpr size_t line_width = 75;
const std::string prefix = "Tensor(";

bool is_shortened(const Tensor& tensor, int axis) {
  return tensor.size() > threshold && tensor.shape()[axis] > 2 * edge;
}

/// The numbers of the elements that are shown, in order.
void collect_shown(const Tensor& tensor, int axis, int64_t first, std::vector<int64_t>& shown) {
  const Shape& shape = tensor.shape();
  if (axis == shape.rank()) return shown.push_back(first);
  const int64_t extent = shape[axis], stride = shape.size_between(axis + 1, shape.rank());
  for (int64_t i = 0; i < extent; ++i) {
    if (is_shortened(tensor, axis) && i == edge) i = extent - edge;
    collect_shown(tensor, axis + 1, first + i * stride, shown);
  }
}

// ---- Words: the elements as text of one width -----------------------------------------------------------------------

std::string padded_left(const std::string& text, size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::vector<std::string> aligned_right(std::vector<std::string> words) {
  size_t width = 0;
  for (const std::string& word : words) width = std::max(width, word.size());
  for (std::string& word : words) word = padded_left(word, width);
  return words;
}

/// A number as text, in parts.
struct Decimal {
  std::string whole;     // with the sign
  std::string fraction;  // without trailing zeros
  std::string exponent;  // with its sign; empty in positional form
};

template <class T>
std::string to_text(T value, std::chars_format format, int digits = -1) {
  char text[64];
  const auto end = digits < 0 ? std::to_chars(text, text + sizeof(text), value, format)
                              : std::to_chars(text, text + sizeof(text), value, format, digits);
  return {text, end.ptr};
}

Decimal split(const std::string& text) {
  Decimal decimal;
  const size_t e = text.find('e');
  if (e != std::string::npos) decimal.exponent = text.substr(e + 1);
  const std::string mantissa = text.substr(0, e);
  const size_t point = mantissa.find('.');
  decimal.whole = mantissa.substr(0, point);
  if (point != std::string::npos) decimal.fraction = mantissa.substr(point + 1);
  while (!decimal.fraction.empty() && decimal.fraction.back() == '0') decimal.fraction.pop_back();
  return decimal;
}

/// The shortest digits that give the value back, but at most `digits` of them after the point.
template <class T>
Decimal scientific(T value, int digits = precision) {
  const Decimal shortest = split(to_text(value, std::chars_format::scientific));
  if (shortest.fraction.size() <= static_cast<size_t>(digits)) return shortest;
  return split(to_text(value, std::chars_format::scientific, digits));
}

/// The same without an exponent. Zeros follow the digits of a large number: 33333334 * 100 is 3333333400, not the
/// binary number's own 3333333504.
template <class T>
Decimal positional(T value, int digits = precision) {
  const Decimal shortest = split(to_text(value, std::chars_format::scientific));
  const bool negative = shortest.whole[0] == '-';
  const int exponent = std::stoi(shortest.exponent);
  std::string figures = shortest.whole.substr(negative) + shortest.fraction;
  if (exponent < 0) figures.insert(0, static_cast<size_t>(-exponent), '0');
  const size_t point = static_cast<size_t>(std::max(exponent, 0)) + 1;
  if (figures.size() < point) figures.append(point - figures.size(), '0');
  if (figures.size() - point > static_cast<size_t>(digits))
    return split(to_text(value, std::chars_format::fixed, digits));
  return split((negative ? "-" : "") + figures.substr(0, point) + '.' + figures.substr(point));
}

template <class T>
std::string non_finite(T value) {
  return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
}

/// Whether the finite values span a range that only exponents show well.
template <class T>
bool needs_exponents(const std::vector<T>& values) {
  T smallest = 0, largest = 0;
  for (T value : values) {
    const T magnitude = std::abs(value);
    if (!std::isfinite(value) || magnitude == 0) continue;
    smallest = smallest == 0 ? magnitude : std::min(smallest, magnitude);
    largest = std::max(largest, magnitude);
  }
  return largest >= T(1e8) || (largest > 0 && (smallest < T(1e-4) || largest / smallest > T(1000)));
}

/// "+5" of an exponent that is at least `digits` long: "+05".
std::string with_exponent_digits(const std::string& exponent, size_t digits) {
  return exponent[0] + std::string(digits - (exponent.size() - 1), '0') + exponent.substr(1);
}

template <class T>
std::vector<std::string> float_words(const std::vector<T>& values) {
  const bool with_exponents = needs_exponents(values);
  std::vector<Decimal> decimals;
  size_t whole = 0, fraction = 0, exponent_digits = 0;
  for (T value : values) {
    decimals.push_back(!std::isfinite(value) ? Decimal{} : with_exponents ? scientific(value) : positional(value));
    const Decimal& decimal = decimals.back();
    whole = std::max(whole, decimal.whole.size());
    fraction = std::max(fraction, decimal.fraction.size());
    if (!decimal.exponent.empty()) exponent_digits = std::max(exponent_digits, decimal.exponent.size() - 1);
  }
  std::vector<std::string> words;
  for (size_t i = 0; i < values.size(); ++i) {
    const Decimal& decimal = decimals[i];
    if (!std::isfinite(values[i])) {
      words.push_back(non_finite(values[i]));
    } else if (decimal.exponent.empty()) {
      words.push_back(decimal.whole + '.' + decimal.fraction + std::string(fraction - decimal.fraction.size(), ' '));
    } else {
      words.push_back(decimal.whole + '.' + decimal.fraction + std::string(fraction - decimal.fraction.size(), '0') +
                      'e' + with_exponent_digits(decimal.exponent, exponent_digits));
    }
  }
  return aligned_right(std::move(words));
}

/// A number alone, as Python prints it: all digits that the dtype needs, "1.0" for a whole one.
template <class T>
std::string float_word(T value) {
  if (!std::isfinite(value)) return non_finite(value);
  const double magnitude = std::abs(value);
  constexpr int all = std::numeric_limits<T>::max_digits10 + 4;
  if (magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16)) {
    const Decimal decimal = positional(value, all);
    return decimal.whole + '.' + (decimal.fraction.empty() ? "0" : decimal.fraction);
  }
  const Decimal decimal = scientific(value, all);
  return decimal.whole + (decimal.fraction.empty() ? "" : '.' + decimal.fraction) + 'e' + decimal.exponent;
}

template <class T>
std::vector<std::string> words_of(const std::vector<T>& values, bool alone) {
  if constexpr (std::is_floating_point_v<T>) {
    if (alone) return {float_word(values[0])};
    return float_words(values);
  } else {
    std::vector<std::string> words;
    for (T value : values) {
      if constexpr (std::is_same_v<T, bool>)
        words.push_back(alone ? (value ? "True" : "False") : (value ? " True" : "False"));
      else
        words.push_back(std::to_string(value));
    }
    return aligned_right(std::move(words));
  }
}

// ---- Layout: words in brackets, rows wrapped
// -------------------------------------------------------------------------

class Layout {
 public:
  Layout(const Tensor& tensor, std::vector<std::string> words) : tensor_(tensor), words_(std::move(words)) {}

  std::string text() {
    return tensor_.rank() == 0 ? words_[0] : part(0, std::string(prefix.size() + 1, ' '), line_width - 1);
  }

 private:
  /// The part of the tensor from `axis` on that begins with the next word. Its further lines begin with `indent`, and
  /// none is longer than `width`, which leaves room for the closing brackets.
  std::string part(int axis, const std::string& indent, size_t width) {
    return axis == tensor_.rank() - 1 ? row(indent, width) : rows(axis, indent, width);
  }

  std::string row(const std::string& indent, size_t width) {
    std::string text, line = indent;
    auto append = [&](const std::string& word) {
      const bool first = line.size() == indent.size();
      if (!first && line.size() + 1 + word.size() > width) {
        text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
        line = indent + word;
      } else {
        line += (first ? "" : " ") + word;
      }
    };
    for_each_part(
        tensor_.rank() - 1, [&] { append(words_[next_++]); }, [&] { append("..."); });
    text += line;
    return '[' + text.substr(indent.size()) + ']';
  }

  std::string rows(int axis, const std::string& indent, size_t width) {
    const std::string separator(static_cast<size_t>(tensor_.rank() - 1 - axis), '\n');
    std::string text;
    auto append = [&](const std::string& part) { text += (text.empty() ? "[" : separator + indent) + part; };
    for_each_part(
        axis, [&] { append(part(axis + 1, indent + ' ', width - 1)); }, [&] { append("..."); });
    return text + ']';
  }

  template <class Shown, class Left>
  void for_each_part(int axis, const Shown& shown, const Left& left_out) {
    const int64_t extent = tensor_.shape()[axis];
    for (int64_t i = 0; i < extent; ++i) {
      if (is_shortened(tensor_, axis) && i == edge) {
        left_out();
        i = extent - edge;
      }
      shown();
    }
  }

  const Tensor& tensor_;
  std::vector<std::string> words_;
  size_t next_ = 0;
};

std::string values_of(const Tensor& tensor) {
  if (tensor.is_symbolic()) return "symbolic";
  if (tensor.size() == 0) return "[]";
  std::vector<int64_t> shown;
  collect_shown(tensor, 0, 0, shown);
  return visit_dtype(tensor.dtype(), [&]<class T>() {
    const auto elements = tensor.data<T>();
    std::vector<T> values;
    values.reserve(shown.size());
    for (int64_t index : shown) values.push_back(elements[static_cast<size_t>(index)]);
    return Layout(tensor, words_of(values, tensor.rank() == 0)).text();
  });
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  if (!tensor.defined()) return out << prefix + "no value)";
  return out << prefix + values_of(tensor) + ", shape=" + tensor.shape().to_string() +
                    ", dtype=" + std::string(name(tensor.dtype())) + ')';
}

}  // namespace cornu
