#include <map>

#include <cornu/core/saved_model/internal/structures.h>
#include <cornu/core/saved_model/internal/tensor_proto.h>

namespace cornu::saved_model {

namespace {

using proto::StructuredValue;

constexpr int deepest_structure = 32;

void collect(const StructuredValue& value, const std::string& name, std::vector<NamedSpec>& specs, int depth) {
  if (depth > deepest_structure) return;
  const auto numbered = [&](int i) { return name.empty() ? std::string() : name + "_" + std::to_string(i); };
  if (value.has_tensor_spec_value()) {
    const proto::TensorSpecProto& spec = value.tensor_spec_value();
    specs.push_back({name.empty() ? spec.name() : name, spec});
  }
  for (int i = 0; i < value.list_value().values_size(); ++i)
    collect(value.list_value().values(i), numbered(i), specs, depth + 1);
  for (int i = 0; i < value.tuple_value().values_size(); ++i)
    collect(value.tuple_value().values(i), numbered(i), specs, depth + 1);
  for (const auto& pair : value.named_tuple_value().values()) collect(pair.value(), pair.key(), specs, depth + 1);
  const auto& fields = value.dict_value().fields();
  for (const auto& [key, field] : std::map<std::string, StructuredValue>(fields.begin(), fields.end()))
    collect(field, key, specs, depth + 1);
}

StructuredValue spec_value(const TensorSpec& spec, const std::string& name) {
  StructuredValue value;
  auto& message = *value.mutable_tensor_spec_value();
  message.set_name(name);
  message.set_dtype(to_proto(spec.dtype));
  *message.mutable_shape() = to_proto(spec.shape);
  return value;
}

StructuredValue none() {
  StructuredValue value;
  value.mutable_none_value();
  return value;
}

StructuredValue list_of(const std::vector<std::string>& texts) {
  StructuredValue value;
  value.mutable_list_value();
  for (const std::string& text : texts) value.mutable_list_value()->add_values()->set_string_value(text);
  return value;
}

StructuredValue list_of(const std::vector<TensorSpec>& specs, const std::string* names) {
  StructuredValue value;
  value.mutable_list_value();
  for (size_t i = 0; i < specs.size(); ++i) *value.mutable_list_value()->add_values() = spec_value(specs[i], names[i]);
  return value;
}

/// ((arguments), {keywords}).
StructuredValue call_structure(StructuredValue arguments, StructuredValue keywords) {
  StructuredValue value;
  *value.mutable_tuple_value()->add_values() = std::move(arguments);
  *value.mutable_tuple_value()->add_values() = std::move(keywords);
  return value;
}

}  // namespace

std::vector<NamedSpec> flatten(const StructuredValue& structure) {
  std::vector<NamedSpec> specs;
  collect(structure, "", specs, 0);
  return specs;
}

bool has_true(const StructuredValue& value) {
  if (value.bool_value()) return true;
  for (const StructuredValue& part : value.tuple_value().values())
    if (has_true(part)) return true;
  for (const auto& [key, part] : value.dict_value().fields())
    if (has_true(part)) return true;
  return false;
}

StructuredValue positional_signature(const std::vector<ArgumentSpec>& arguments,
                                     const std::vector<std::string>& names) {
  StructuredValue positional, keywords;
  positional.mutable_tuple_value();
  keywords.mutable_dict_value();
  size_t next = 0;
  for (const ArgumentSpec& argument : arguments) {
    if (const auto* spec = std::get_if<TensorSpec>(&argument)) {
      *positional.mutable_tuple_value()->add_values() = spec_value(*spec, names[next++]);
    } else if (const auto* list = std::get_if<std::vector<TensorSpec>>(&argument)) {
      *positional.mutable_tuple_value()->add_values() = list_of(*list, names.data() + next);
      next += list->size();
    }
  }
  return call_structure(std::move(positional), std::move(keywords));
}

StructuredValue keyword_signature(const std::vector<TensorSpec>& specs, const std::vector<std::string>& names) {
  StructuredValue positional;
  positional.mutable_tuple_value();
  return call_structure(std::move(positional), dictionary(specs, names));
}

StructuredValue dictionary(const std::vector<TensorSpec>& specs, const std::vector<std::string>& names) {
  StructuredValue value;
  auto& fields = *value.mutable_dict_value()->mutable_fields();
  for (size_t i = 0; i < specs.size(); ++i) fields[names[i]] = spec_value(specs[i], names[i]);
  return value;
}

StructuredValue result_structure(const std::vector<TensorSpec>& specs, const std::vector<std::string>& names) {
  return specs.size() == 1 ? spec_value(specs[0], names[0]) : list_of(specs, names.data());
}

proto::FunctionSpec function_spec(const std::vector<std::string>& arguments, const std::vector<std::string>& keywords) {
  StructuredValue annotations;
  annotations.mutable_dict_value();
  const std::pair<const char*, StructuredValue> fields[] = {
      {"args", list_of(arguments)},      {"varargs", none()},        {"varkw", none()},           {"defaults", none()},
      {"kwonlyargs", list_of(keywords)}, {"kwonlydefaults", none()}, {"annotations", annotations}};
  proto::FunctionSpec spec;
  auto& tuple = *spec.mutable_fullargspec()->mutable_named_tuple_value();
  tuple.set_name("FullArgSpec");
  for (const auto& [key, value] : fields) {
    auto& pair = *tuple.add_values();
    pair.set_key(key);
    *pair.mutable_value() = value;
  }
  return spec;
}

}  // namespace cornu::saved_model
