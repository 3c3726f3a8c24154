#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/tensor/dtype.h>
#include <cornu/core/tensor/shape.h>

namespace cornu {

/// The value of an attribute. A Shape also serves for axes and permutations; `object` is for what only this process
/// knows.
using AttributeValue =
    std::variant<bool, int64_t, double, DType, Shape, std::string, std::vector<int64_t>, std::shared_ptr<const void>>;

/// The attributes of an operation by name: an immutable value that is cheap to copy.
class CORNU_API Attributes {
 public:
  using Entry = std::pair<const char*, AttributeValue>;  // names are string literals

  Attributes() = default;
  Attributes(std::initializer_list<Entry> entries);
  explicit Attributes(std::vector<Entry> entries);

  /// The value of `name`, which the operation's own definition put there.
  template <class T>
  const T& get(const char* name) const {
    return std::get<T>(find(name));
  }
  int64_t integer(const char* name) const;
  bool flag(const char* name) const;
  const Shape& shape(const char* name) const;

  bool empty() const;
  const Entry* begin() const;
  const Entry* end() const;

 private:
  const AttributeValue& find(const char* name) const;
  std::shared_ptr<const std::vector<Entry>> entries_;
};

}  // namespace cornu
