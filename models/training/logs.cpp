#include <algorithm>
#include <numeric>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/models/training/logs.h>

namespace cornu {

namespace {

double number_of(const std::string& name, const Tensor& value) {
  if (value.is_symbolic())
    throw StateError("'" + name + "' is symbolic: within a traced step there are no numbers yet; use tensor('" + name +
                     "'), or compile with .run_eagerly = true");
  if (value.size() != 1)
    throw ValueError("'" + name + "' has the shape " + value.shape().to_string() + "; tensor('" + name +
                     "') gives all of it");
  if (value.dtype() == float32) return *static_cast<const float*>(value.raw_data());
  return cast(value, float64).item<double>();
}

}  // namespace

LogValue::LogValue(double number, std::nullptr_t) : tensor_(full({}, number, float64)) {}

Logs::Logs(std::initializer_list<std::pair<std::string, LogValue>> values) {
  for (const auto& [name, value] : values) set(name, value);
}

const std::vector<std::string>& Logs::names() const {
  static const std::vector<std::string> none;
  return names_ ? *names_ : none;
}

size_t Logs::find(const std::string& name) const {
  const auto found = std::find(names().begin(), names().end(), name);
  return static_cast<size_t>(found - names().begin());
}

size_t Logs::find_or_throw(const std::string& name) const {
  const size_t i = find(name);
  if (i == size()) throw ValueError("the logs have no '" + name + "'" + suggestion(name, names()));
  return i;
}

double Logs::operator[](const std::string& name) const { return number_of(name, values_[find_or_throw(name)]); }
const Tensor& Logs::tensor(const std::string& name) const { return values_[find_or_throw(name)]; }
bool Logs::contains(const std::string& name) const { return find(name) < size(); }

void Logs::set(const std::string& name, const LogValue& value) {
  const size_t i = find(name);
  if (i < size()) {
    values_[i] = value.tensor();
    return;
  }
  std::vector<std::string> longer = names();
  longer.push_back(name);
  names_ = std::make_shared<const std::vector<std::string>>(std::move(longer));
  values_.push_back(value.tensor());
}

void Logs::add(const Logs& other, const std::string& prefix) {
  for (size_t i = 0; i < other.size(); ++i) set(prefix + other.names()[i], other.values_[i]);
}

std::vector<std::pair<std::string, double>> Logs::items() const {
  std::vector<std::pair<std::string, double>> items;
  for (size_t i = 0; i < size(); ++i) items.emplace_back(names()[i], number_of(names()[i], values_[i]));
  return items;
}

Logs Logs::sorted() const {
  std::vector<size_t> order(size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [this](size_t a, size_t b) { return names()[a] < names()[b]; });
  Logs sorted;
  for (const size_t i : order) sorted.set(names()[i], values_[i]);
  return sorted;
}

}  // namespace cornu
