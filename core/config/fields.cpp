#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include <cornu/core/config/fields.h>
#include <cornu/core/config/names.h>
#include <cornu/core/config/numbers.h>

namespace cornu {

namespace {

thread_local bool ignores_unknown = false;

}  // namespace

IgnoreUnknownOptions::IgnoreUnknownOptions() : outer_(std::exchange(ignores_unknown, true)) {}
IgnoreUnknownOptions::~IgnoreUnknownOptions() { ignores_unknown = outer_; }

Fields::Fields(const std::string& class_name, const Config& source)
    : mode_(Mode::read), class_name_(class_name), source_(source) {
  if (!source.is_object()) throw ValueError(class_name + ": expected an object of options; received " + source.dump());
}

bool Fields::begin_reading(const char* name) {
  if (mode_ != Mode::read) return false;
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.push_back(name);
  return source_.contains(name);
}

Fields& Fields::absent(const char* name) {
  if (mode_ == Mode::write) target_.set(name, Config());
  if (begin_reading(name) && !source_.at(name).is_null() && !ignores_unknown)
    fail(name, "must be null, because Cornu has no such option; received " + source_.at(name).dump());
  return *this;
}

void Fields::fail(const char* name, const std::string& why) const {
  throw ValueError(class_name_ + ": " + name + ": " + why);
}

void Fields::finish() const {
  if (mode_ != Mode::read || ignores_unknown) return;
  for (const std::string& name : source_.names()) {
    // Keras writes options that it has added since as null: their absence means the same.
    if (std::find(known_.begin(), known_.end(), name) != known_.end() || source_.at(name).is_null()) continue;
    throw ValueError(class_name_ + ": there is no option '" + name + "'" + suggestion(name, known_));
  }
}

namespace {

std::string range_text(const Check& check) {
  std::ostringstream text;
  const bool bounded_below = std::isfinite(check.minimum), bounded_above = std::isfinite(check.maximum);
  if (bounded_below) text << (check.exclusive_minimum ? "above " : "at least ") << check.minimum;
  if (bounded_below && bounded_above) text << " and ";
  if (bounded_above) text << (check.exclusive_maximum ? "below " : "at most ") << check.maximum;
  if (!bounded_above && check.exclusive_maximum) text << (bounded_below ? " and finite" : "finite");
  return text.str();
}

}  // namespace

void Fields::check_number(const char* name, double value, const Check& check) const {
  const bool low = check.exclusive_minimum ? !(value > check.minimum) : !(value >= check.minimum);
  const bool high = check.exclusive_maximum ? !(value < check.maximum) : !(value <= check.maximum);
  if (!low && !high && !std::isnan(value)) return;
  std::ostringstream text;
  text << "must be " << (std::isnan(value) ? "a number" : range_text(check)) << "; received " << value;
  fail(name, text.str());
}

void Fields::check_value(const char* name, const Numbers& numbers, const Check& check) const {
  for (const double number : numbers.values) check_number(name, number, check);
}

void Fields::check_value(const char* name, DType dtype, const Check&) const {
  const int number = static_cast<int>(dtype);
  if (number >= dtype_count)
    throw DTypeError(class_name_ + ": " + name + ": there is no dtype of number " + std::to_string(number));
}

void Fields::check_choice(const char* name, const std::string& value, const Check& check) const {
  if (check.choices.empty() || std::find(check.choices.begin(), check.choices.end(), value) != check.choices.end())
    return;
  fail(name, "must be one of " + join(check.choices) + "; received '" + value + "'");
}

}  // namespace cornu
