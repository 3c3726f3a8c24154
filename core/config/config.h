#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>
#include <cornu/core/tensor/integer_pair.h>
#include <cornu/core/tensor/shape.h>

namespace cornu {

/// A value of a configuration: null, a boolean, a number, a text, a list, or an object of named values (JSON, as Keras
/// writes it).
class CORNU_API Config {
 public:
  Config();  ///< null
  Config(bool value);
  Config(int64_t value);
  Config(double value);
  Config(const std::string& value);
  Config(const char* value) : Config(std::string(value)) {}
  Config(const std::vector<Config>& elements);
  static Config object();
  ~Config();
  Config(const Config&);
  Config(Config&&) noexcept;
  Config& operator=(const Config&);
  Config& operator=(Config&&) noexcept;

  /// Throws ValueError where `json_text` is not JSON, or is nested over 500 deep.
  static Config parse(const std::string& json_text);
  /// JSON in one line, or indented by `indent` spaces.
  std::string dump(int indent = -1) const;

  bool is_null() const;
  bool is_boolean() const;
  bool is_integer() const;
  bool is_number() const;
  bool is_text() const;
  bool is_list() const;
  bool is_object() const;

  // The value as a C++ type. Throws ValueError where it is another kind.
  bool boolean() const;
  int64_t integer() const;
  double number() const;
  std::string text() const;
  std::vector<Config> elements() const;

  // Members of an object.
  bool contains(const std::string& name) const;
  /// Throws ValueError where there is no such member.
  Config at(const std::string& name) const;
  std::vector<std::string> names() const;
  void set(const std::string& name, const Config& value);

 private:
  struct Value;
  explicit Config(std::unique_ptr<Value> value);
  std::unique_ptr<Value> value_;
};

// How the types of options are written to and read from a configuration. Further types add their own pair of functions.
CORNU_API void to_config(Config& out, bool value);
CORNU_API void to_config(Config& out, int64_t value);
CORNU_API void to_config(Config& out, double value);
CORNU_API void to_config(Config& out, const std::string& value);
CORNU_API void to_config(Config& out, DType value);  // a name
CORNU_API void to_config(Config& out, const Shape& value);
CORNU_API void to_config(Config& out, const IntegerPair& value);  // a list of two, null for none
CORNU_API void from_config(const Config& in, bool& value);
CORNU_API void from_config(const Config& in, int64_t& value);
CORNU_API void from_config(const Config& in, double& value);
CORNU_API void from_config(const Config& in, std::string& value);
CORNU_API void from_config(const Config& in, DType& value);  // a name or a DTypePolicy
CORNU_API void from_config(const Config& in, Shape& value);
CORNU_API void from_config(const Config& in, IntegerPair& value);  // an integer for both, or a list of two

template <class T>
void to_config(Config& out, const std::optional<T>& value) {
  if (value)
    to_config(out, *value);
  else
    out = Config();
}
template <class T>
void from_config(const Config& in, std::optional<T>& value) {
  value.reset();
  if (!in.is_null()) from_config(in, value.emplace());
}
template <class T>
void to_config(Config& out, const std::vector<T>& value) {
  std::vector<Config> elements(value.size());
  for (size_t i = 0; i < value.size(); ++i) to_config(elements[i], value[i]);
  out = Config(elements);
}
/// A single value is read as a list of one.
template <class T>
void from_config(const Config& in, std::vector<T>& value) {
  value.clear();
  if (!in.is_list()) return from_config(in, value.emplace_back());
  for (const Config& element : in.elements()) {
    T read{};
    from_config(element, read);
    value.push_back(std::move(read));
  }
}

}  // namespace cornu
