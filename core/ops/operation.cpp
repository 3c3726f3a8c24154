#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include <cornu/core/error.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/operation.h>

namespace cornu {

namespace {

struct Table {
  std::deque<Operation> entries;  // entries never move
  std::map<std::string_view, const Operation*> by_name;
};
Table& table() {
  static Table instance;
  return instance;
}

void check_whole(const Operation& operation) {
  const std::string name = operation.name ? operation.name : "(without a name)";
  const auto require = [&](bool condition, const char* what) {
    if (!condition) throw StateError("the operation table: " + name + " " + what);
  };
  require(operation.name, "has no name");
  require(!table().by_name.contains(name), "is there already");
  require(!operation.infer != !operation.infer_outputs, "needs either infer or infer_outputs");
  require(operation.kernel || operation.view_offset, "has no kernel");
  require(operation.gradients.empty() == (operation.no_gradient != nullptr), "has a gradient or says why it has none");
}

}  // namespace

const Operation& define(Operation operation) {
  check_whole(operation);
  operation.unary = kernels::find_unary(operation.name);
  operation.binary = kernels::find_binary(operation.name);
  const Operation& entry = table().entries.emplace_back(std::move(operation));
  table().by_name.emplace(entry.name, &entry);
  return entry;
}

std::vector<const Operation*> operations() {
  std::vector<const Operation*> all;
  for (const auto& [name, entry] : table().by_name) all.push_back(entry);
  return all;
}

const Operation& find_operation(const char* name) {
  const auto found = table().by_name.find(name);
  if (found == table().by_name.end()) throw ValueError("there is no operation called '" + std::string(name) + "'");
  return *found->second;
}

Attributes::Attributes(std::initializer_list<Entry> entries)
    : entries_(std::make_shared<const std::vector<Entry>>(entries)) {}
Attributes::Attributes(std::vector<Entry> entries)
    : entries_(std::make_shared<const std::vector<Entry>>(std::move(entries))) {}

int64_t Attributes::integer(const char* name) const { return get<int64_t>(name); }
bool Attributes::flag(const char* name) const { return get<bool>(name); }
const Shape& Attributes::shape(const char* name) const { return get<Shape>(name); }

bool Attributes::empty() const { return !entries_; }
const Attributes::Entry* Attributes::begin() const { return entries_ ? entries_->data() : nullptr; }
const Attributes::Entry* Attributes::end() const { return entries_ ? entries_->data() + entries_->size() : nullptr; }

const AttributeValue& Attributes::find(const char* name) const {
  for (const Entry& entry : *this)
    if (entry.first == name || std::strcmp(entry.first, name) == 0) return entry.second;
  throw StateError("the operation has no attribute '" + std::string(name) + "'");
}

const Tensor& Gradient::upstream(int output) const {
  Tensor& upstream = outputs_[output].upstream;
  if (!upstream.defined()) upstream = zeros(outputs_[output].spec.shape, outputs_[output].spec.dtype);
  return upstream;
}

namespace {

const Tensor& kept(const Tensor& value, const Operation& operation, const char* what, int index) {
  if (!value.defined())
    throw StateError(std::string("the gradient of ") + operation.name + " reads " + what + " " + std::to_string(index) +
                     ", which its rule does not name");
  return value;
}

}  // namespace

const Tensor& Gradient::input(int index) const { return kept(inputs_[index].value, operation_, "input", index); }
const Tensor& Gradient::output(int index) const { return kept(outputs_[index].value, operation_, "output", index); }

}  // namespace cornu
