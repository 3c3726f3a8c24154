#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include <cornu/core/config/config.h>
#include <cornu/core/config/numbers.h>
#include <cornu/core/error.h>

namespace cornu {

using Json = nlohmann::ordered_json;

/// A part of a JSON document that several configurations may share; who changes it takes a copy first.
struct Config::Value {
  std::shared_ptr<Json> document;

  explicit Value(Json json) : document(std::make_shared<Json>(std::move(json))) {}
  explicit Value(std::shared_ptr<Json> part) : document(std::move(part)) {}
  const Json& json() const { return *document; }
  Json& own() {
    if (document.use_count() > 1) document = std::make_shared<Json>(*document);
    return *document;
  }
  /// A part of this one.
  std::unique_ptr<Value> part(const Json& json) const {
    return std::make_unique<Value>(std::shared_ptr<Json>(document, const_cast<Json*>(&json)));
  }
};

Config::Config() : value_(new Value(Json())) {}
Config::Config(bool value) : value_(new Value(Json(value))) {}
Config::Config(int64_t value) : value_(new Value(Json(value))) {}
Config::Config(double value) : value_(new Value(Json(value))) {}
Config::Config(const std::string& value) : value_(new Value(Json(value))) {}
Config::Config(const std::vector<Config>& elements) : value_(new Value(Json::array())) {
  for (const Config& element : elements) value_->document->push_back(element.value_->json());
}
Config Config::object() { return Config(std::make_unique<Value>(Json::object())); }
Config::Config(std::unique_ptr<Value> value) : value_(std::move(value)) {}
Config::~Config() = default;
Config::Config(const Config& other) : value_(new Value(*other.value_)) {}
Config::Config(Config&& other) noexcept = default;
Config& Config::operator=(const Config& other) {
  *value_ = *other.value_;
  return *this;
}
Config& Config::operator=(Config&& other) noexcept = default;

namespace {

/// What is nested deeper would need a deep stack to be copied and written.
void check_depth(const std::string& json_text) {
  constexpr int deepest = 500;
  int depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < json_text.size(); ++i) {
    const char c = json_text[i];
    if (in_text && c == '\\')
      ++i;
    else if (c == '"')
      in_text = !in_text;
    else if (!in_text && (c == '[' || c == '{') && ++depth > deepest)
      throw ValueError("a configuration is nested over " + std::to_string(deepest) + " deep");
    else if (!in_text && (c == ']' || c == '}'))
      --depth;
  }
}

}  // namespace

Config Config::parse(const std::string& json_text) {
  check_depth(json_text);
  try {
    return Config(std::make_unique<Value>(Json::parse(json_text)));
  } catch (const Json::exception& error) {
    throw ValueError("a configuration is not valid JSON: " + std::string(error.what()));
  }
}

std::string Config::dump(int indent) const { return value_->json().dump(indent); }

bool Config::is_null() const { return value_->json().is_null(); }
bool Config::is_boolean() const { return value_->json().is_boolean(); }
bool Config::is_integer() const { return value_->json().is_number_integer(); }
bool Config::is_number() const { return value_->json().is_number(); }
bool Config::is_text() const { return value_->json().is_string(); }
bool Config::is_list() const { return value_->json().is_array(); }
bool Config::is_object() const { return value_->json().is_object(); }

namespace {

void expect(bool condition, const char* what, const Json& json) {
  constexpr size_t longest = 500;
  if (condition) return;
  const std::string text = json.dump();
  throw ValueError("expected " + std::string(what) + "; received " +
                   (text.size() > longest ? text.substr(0, longest) + "..." : text));
}

}  // namespace

bool Config::boolean() const {
  expect(is_boolean(), "true or false", value_->json());
  return value_->json().get<bool>();
}
int64_t Config::integer() const {
  expect(is_integer(), "an integer", value_->json());
  const bool fits = !value_->json().is_number_unsigned() || value_->json().get<uint64_t>() <= INT64_MAX;
  expect(fits, "an integer below 2^63", value_->json());
  return value_->json().get<int64_t>();
}
double Config::number() const {
  expect(is_number(), "a number", value_->json());
  return value_->json().get<double>();
}
std::string Config::text() const {
  expect(is_text(), "a text", value_->json());
  return value_->json().get<std::string>();
}
std::vector<Config> Config::elements() const {
  expect(is_list(), "a list", value_->json());
  std::vector<Config> elements;
  for (const Json& element : value_->json()) elements.push_back(Config(value_->part(element)));
  return elements;
}

bool Config::contains(const std::string& name) const { return is_object() && value_->json().contains(name); }
Config Config::at(const std::string& name) const {
  expect(contains(name), ("an object with '" + name + "'").c_str(), value_->json());
  return Config(value_->part(value_->json().at(name)));
}
std::vector<std::string> Config::names() const {
  expect(is_object(), "an object", value_->json());
  std::vector<std::string> names;
  for (const auto& item : value_->json().items()) names.push_back(item.key());
  return names;
}
void Config::set(const std::string& name, const Config& value) {
  expect(is_object(), "an object", value_->json());
  value_->own()[name] = value.value_->json();
}

void to_config(Config& out, bool value) { out = Config(value); }
void to_config(Config& out, int64_t value) { out = Config(value); }
void to_config(Config& out, double value) { out = Config(value); }
void to_config(Config& out, const std::string& value) { out = Config(value); }
void to_config(Config& out, DType value) { out = Config(std::string(name(value))); }
void to_config(Config& out, const Shape& value) {
  std::vector<Config> extents;
  for (int64_t extent : value) extents.push_back(extent == -1 ? Config() : Config(extent));
  out = Config(extents);
}

void from_config(const Config& in, bool& value) { value = in.boolean(); }
void from_config(const Config& in, int64_t& value) { value = in.integer(); }
void from_config(const Config& in, double& value) { value = in.number(); }
void from_config(const Config& in, std::string& value) { value = in.text(); }
void from_config(const Config& in, DType& value) {
  value = dtype_from_name(in.is_object() ? in.at("config").at("name").text() : in.text());
}
void from_config(const Config& in, Shape& value) {
  std::vector<int64_t> extents;
  for (const Config& extent : in.elements()) extents.push_back(extent.is_null() ? -1 : extent.integer());
  value = Shape(extents);
}

void to_config(Config& out, const IntegerPair& value) {
  out = value.defined() ? Config({Config(value.rows()), Config(value.columns())}) : Config();
}
void from_config(const Config& in, IntegerPair& value) {
  value = IntegerPair();
  if (in.is_null()) return;
  if (!in.is_list()) {
    value = IntegerPair(in.integer());
    return;
  }
  const std::vector<Config> elements = in.elements();
  if (elements.size() != 2) throw ValueError("expected an integer or a list of two; received " + in.dump());
  value = IntegerPair(elements[0].integer(), elements[1].integer());
}

void to_config(Config& out, const Numbers& value) {
  if (value.empty())
    out = Config();
  else if (value.size() == 1)
    out = Config(value.values[0]);
  else
    to_config(out, value.values);
}
void from_config(const Config& in, Numbers& value) {
  value.values.clear();
  if (!in.is_null()) from_config(in, value.values);
}

}  // namespace cornu
