#pragma once
#include <initializer_list>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <cornu/core/config/config.h>
#include <cornu/core/error.h>

namespace cornu {

struct Numbers;

/// What an option may be.
struct Check {
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool exclusive_minimum = false;
  bool exclusive_maximum = false;
  std::vector<std::string> choices = {};
};
inline Check at_least(double minimum) { return {.minimum = minimum}; }
inline Check above(double minimum) { return {.minimum = minimum, .exclusive_minimum = true}; }
inline Check between(double minimum, double maximum) { return {.minimum = minimum, .maximum = maximum}; }
/// minimum <= value < maximum
inline Check half_open(double minimum, double maximum) {
  return {.minimum = minimum, .maximum = maximum, .exclusive_maximum = true};
}
/// Neither infinite nor NaN.
inline Check finite() { return {.exclusive_minimum = true, .exclusive_maximum = true}; }
/// minimum <= value, and not infinite.
inline Check finite_at_least(double minimum) { return {.minimum = minimum, .exclusive_maximum = true}; }
inline Check one_of(std::vector<std::string> choices) { return {.choices = std::move(choices)}; }

/// Walks over the options of a class, which names them once in its `describe`:
///
///     struct DropoutOptions {
///       double rate = 0;
///       std::optional<int64_t> seed = {};
///       std::string name = {};
///       void describe(Fields& fields) {
///         fields("rate", rate, between(0, 1));
///         fields("seed", seed);
///         fields("name", name);
///       }
///     };
///
/// From this one description options are read from a configuration, written to one, and checked.
class CORNU_API Fields {
 public:
  /// Only checks.
  explicit Fields(const std::string& class_name) : class_name_(class_name) {}
  /// Reads the options that `source` has, and checks all.
  Fields(const std::string& class_name, const Config& source);
  /// Writes all options.
  static Fields writer() { return Fields(); }

  template <class T>
  Fields& operator()(const char* name, T& value, const Check& check = {}) {
    if (mode_ == Mode::write) {
      Config written;
      to_config(written, value);
      target_.set(name, written);
      return *this;
    }
    if (begin_reading(name)) {
      try {
        from_config(source_.at(name), value);
      } catch (const ValueError& error) {
        fail(name, error.what());
      }
    }
    check_value(name, value, check);
    return *this;
  }

  /// An option that Keras leaves out of the configuration where it is null.
  template <class T>
  Fields& if_set(const char* name, T& value) {
    if (mode_ != Mode::write) return (*this)(name, value);
    Config written;
    to_config(written, value);
    if (!written.is_null()) target_.set(name, written);
    return *this;
  }
  /// An option of Keras's that Cornu has not: it is null.
  Fields& absent(const char* name);

  /// Throws ValueError if the configuration has an option that was not described, unless IgnoreUnknownOptions says
  /// otherwise.
  void finish() const;
  const Config& written() const { return target_; }

 private:
  enum class Mode { check, read, write };
  Fields() : mode_(Mode::write), target_(Config::object()) {}
  bool begin_reading(const char* name);
  [[noreturn]] void fail(const char* name, const std::string& why) const;
  void check_number(const char* name, double value, const Check& check) const;
  void check_choice(const char* name, const std::string& value, const Check& check) const;

  template <class T>
  void check_value(const char* name, const T& value, const Check& check) const {
    if constexpr (std::is_same_v<T, std::string>)
      check_choice(name, value, check);
    else if constexpr (std::is_convertible_v<const T&, double> && !std::is_same_v<T, bool>)
      check_number(name, static_cast<double>(value), check);
  }
  template <class T>
  void check_value(const char* name, const std::optional<T>& value, const Check& check) const {
    if (value) check_value(name, *value, check);
  }
  template <class T>
  void check_value(const char* name, const std::vector<T>& values, const Check& check) const {
    for (const T& value : values) check_value(name, value, check);
  }
  void check_value(const char* name, const IntegerPair& values, const Check& check) const {
    for (const int64_t value : values) check_value(name, value, check);
  }
  void check_value(const char* name, const Numbers& numbers, const Check& check) const;
  void check_value(const char* name, DType dtype, const Check&) const;

  Mode mode_ = Mode::check;
  std::string class_name_;
  Config source_, target_;
  std::vector<std::string> known_;
};

/// While it lives, this thread reads configurations that have more options than are known: files of newer versions.
class CORNU_API IgnoreUnknownOptions {
 public:
  IgnoreUnknownOptions();
  ~IgnoreUnknownOptions();
  IgnoreUnknownOptions(const IgnoreUnknownOptions&) = delete;
  IgnoreUnknownOptions& operator=(const IgnoreUnknownOptions&) = delete;

 private:
  bool outer_;
};

/// `options` as a configuration.
template <class Options>
Config write_options(Options options) {
  Fields fields = Fields::writer();
  options.describe(fields);
  return fields.written();
}

/// The options of a configuration; those left out keep their defaults. Throws ValueError naming the class and the
/// option.
template <class Options>
Options read_options(const std::string& class_name, const Config& config) {
  Options options{};
  Fields fields(class_name, config);
  options.describe(fields);
  fields.finish();
  return options;
}

/// `options`, if they hold; throws ValueError naming the class and the option otherwise.
template <class Options>
Options checked_options(const std::string& class_name, Options options) {
  Fields fields(class_name);
  options.describe(fields);
  return options;
}

}  // namespace cornu
