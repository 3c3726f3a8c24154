#include <algorithm>
#include <map>
#include <mutex>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/nn.h>
#include <cornu/layers/activation.h>
#include <cornu/layers/layer.h>

namespace cornu {

namespace {

struct Entry {
  const char* name;
  Activation::Function function;
};

/// Keras's activations. Of two names of one function, the first is the one that it is written by.
const Entry entries[] = {
    {"linear", linear},
    {"relu", relu},
    {"relu6", relu6},
    {"leaky_relu", leaky_relu},
    {"elu", elu},
    {"selu", selu},
    {"celu", celu},
    {"gelu", gelu},
    {"silu", silu},
    {"swish", silu},
    {"sigmoid", sigmoid},
    {"log_sigmoid", log_sigmoid},
    {"hard_sigmoid", hard_sigmoid},
    {"hard_silu", hard_silu},
    {"hard_swish", hard_silu},
    {"tanh", tanh},
    {"hard_tanh", hard_tanh},
    {"hard_shrink", hard_shrink},
    {"soft_shrink", soft_shrink},
    {"tanh_shrink", tanh_shrink},
    {"softplus", softplus},
    {"softsign", softsign},
    {"sparse_plus", sparse_plus},
    {"sparse_sigmoid", sparse_sigmoid},
    {"squareplus", squareplus},
    {"mish", mish},
    {"exponential", exponential},
    {"softmax", softmax},
    {"log_softmax", log_softmax},
    {"sparsemax", sparsemax},
    {"glu", glu},
};

const Entry* find(const std::string& name) {
  const auto found =
      std::find_if(std::begin(entries), std::end(entries), [&](const Entry& e) { return e.name == name; });
  return found == std::end(entries) ? nullptr : found;
}
const Entry* find(Activation::Function function) {
  const auto found =
      std::find_if(std::begin(entries), std::end(entries), [&](const Entry& e) { return e.function == function; });
  return found == std::end(entries) ? nullptr : found;
}

/// The user's own.
struct Added {
  std::mutex mutex;
  std::map<std::string, std::function<Tensor(const Tensor&)>> functions;
};
Added& added() {
  static Added* const instance = new Added;  // outlives static layers
  return *instance;
}

}  // namespace

Activation::Activation(const std::string& name) {
  if (const Entry* entry = find(name)) {
    *this = Activation(entry->function);
    return;
  }
  {
    const std::lock_guard lock(added().mutex);
    const auto found = added().functions.find(name);
    if (found != added().functions.end()) {
      name_ = name;
      function_ = found->second;
      return;
    }
  }
  throw ValueError("there is no activation '" + name + "'" + suggestion(name, activations::names()));
}

Activation::Activation(const char* name) {
  if (!name) throw ValueError("activation: the name is a null pointer; give nullptr itself for none");
  *this = Activation(std::string(name));
}

std::function<Tensor(const Tensor&)> Activation::not_empty(std::function<Tensor(const Tensor&)> function) {
  if (!function) throw ValueError("activation: the function is empty; give one of a tensor, or nullptr for none");
  return function;
}

Activation::Activation(Function function) {
  const Entry* entry = find(function);
  name_ = entry ? entry->name : "";
  not_empty(function);
  if (function != entries[0].function) function_ = function;
}

void to_config(Config& out, const Activation& activation) {
  if (activation.layer_)
    out = *activation.layer_;
  else if (activation.name().empty())
    throw ValueError(
        "an activation that is a function without a name cannot be written; give it one with activations::add(NAME, "
        "FUNCTION) and use the name");
  else
    out = Config(activation.name());
}

void from_config(const Config& in, Activation& activation) {
  if (in.is_null()) {
    activation = Activation();
  } else if (in.is_text()) {
    activation = Activation(in.text());
  } else if (in.at("class_name").text() == "function") {
    activation = Activation(in.at("config").text());
  } else {
    const std::shared_ptr<Layer> layer = layers::registry().make(in);
    activation = Activation([layer](const Tensor& x) { return (*layer)(x); });
    activation.layer_ = std::make_shared<const Config>(in);
  }
}

void activations::add(const std::string& name, std::function<Tensor(const Tensor&)> function) {
  if (find(name))
    throw ValueError("activations::add: '" + name + "' is one of Keras's activations; choose another name");
  if (name.empty() || !function) throw ValueError("activations::add: expected a name and a function");
  const std::lock_guard lock(added().mutex);
  added().functions[name] = std::move(function);
}

std::vector<std::string> activations::names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  const std::lock_guard lock(added().mutex);
  for (const auto& [name, function] : added().functions) names.push_back(name);
  return names;
}

}  // namespace cornu
