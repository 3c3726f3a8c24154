#pragma once
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <cornu/core/ops/operand.h>

namespace cornu {

/// A value in Logs: a tensor of one element, what converts to one, or a number.
class CORNU_API LogValue {
 public:
  template <Number N>
  LogValue(N number) : LogValue(static_cast<double>(number), nullptr) {}
  LogValue(const Tensor& tensor) : tensor_(tensor) {}
  template <class T>
  requires(!Number<T> && !std::same_as<T, Tensor> && std::convertible_to<const T&, Tensor>) LogValue(const T& value)
      : tensor_(value) {}

  const Tensor& tensor() const { return tensor_; }

 private:
  LogValue(double number, std::nullptr_t);
  Tensor tensor_;
};

/// Values of losses and metrics by name, as steps of training give them and callbacks get them. They are tensors inside
/// (symbolic ones within a trace) and become numbers when they are read.
///
///     Logs logs{{"loss", loss}, {"learning_rate", 0.1}};
///     double value = logs["loss"];
class CORNU_API Logs {
 public:
  Logs() = default;
  Logs(std::initializer_list<std::pair<std::string, LogValue>> values);
  /// As many tensors as names.
  Logs(std::shared_ptr<const std::vector<std::string>> names, TensorList values)
      : names_(std::move(names)), values_(std::move(values)) {}

  /// The number. Throws ValueError for an unknown name, suggesting a near one, or a tensor of several elements.
  double operator[](const std::string& name) const;
  double at(const std::string& name) const { return (*this)[name]; }
  /// The value as it is.
  const Tensor& tensor(const std::string& name) const;
  bool contains(const std::string& name) const;
  /// Adds a value, or replaces it.
  void set(const std::string& name, const LogValue& value);
  /// Adds all values of `other`, `prefix` before their names.
  void add(const Logs& other, const std::string& prefix = {});

  size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }
  /// In the order in which they were added.
  const std::vector<std::string>& names() const;
  const TensorList& tensors() const { return values_; }
  /// All names with their numbers.
  std::vector<std::pair<std::string, double>> items() const;
  /// The same in the order of names.
  Logs sorted() const;

 private:
  size_t find(const std::string& name) const;
  size_t find_or_throw(const std::string& name) const;

  std::shared_ptr<const std::vector<std::string>> names_;
  TensorList values_;
};

}  // namespace cornu
