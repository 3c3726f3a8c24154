#include <algorithm>
#include <cctype>

#include <cornu/optimizers/adadelta.h>
#include <cornu/optimizers/adafactor.h>
#include <cornu/optimizers/adagrad.h>
#include <cornu/optimizers/adam.h>
#include <cornu/optimizers/adamax.h>
#include <cornu/optimizers/ftrl.h>
#include <cornu/optimizers/lamb.h>
#include <cornu/optimizers/lion.h>
#include <cornu/optimizers/nadam.h>
#include <cornu/optimizers/rmsprop.h>
#include <cornu/optimizers/sgd.h>

namespace cornu {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// Keras knows its optimizers in any case: "RMSprop" and "rmsprop".
template <class Class>
void add(Registry<Optimizer>& optimizers, const std::string& class_name) {
  optimizers.add<Class>(class_name, {lower(class_name)});
}

}  // namespace

Registry<Optimizer>& Optimizer::registry() {
  static Registry<Optimizer> known = [] {
    Registry<Optimizer> optimizers("optimizer", "keras.optimizers");
    add<optimizers::SGD>(optimizers, "SGD");
    add<optimizers::Adam>(optimizers, "Adam");
    add<optimizers::AdamW>(optimizers, "AdamW");
    add<optimizers::RMSprop>(optimizers, "RMSprop");
    add<optimizers::Adagrad>(optimizers, "Adagrad");
    add<optimizers::Adadelta>(optimizers, "Adadelta");
    add<optimizers::Adafactor>(optimizers, "Adafactor");
    add<optimizers::Adamax>(optimizers, "Adamax");
    add<optimizers::Ftrl>(optimizers, "Ftrl");
    add<optimizers::Lamb>(optimizers, "Lamb");
    add<optimizers::Lion>(optimizers, "Lion");
    add<optimizers::Nadam>(optimizers, "Nadam");
    return optimizers;
  }();
  return known;
}

namespace optimizers {

std::unique_ptr<Optimizer> deserialize(const std::string& json_text) {
  return Optimizer::registry().make(Config::parse(json_text));
}

std::unique_ptr<Optimizer> get(const std::string& name) {
  if (name.find('{') != std::string::npos) return deserialize(name);
  const std::vector<std::string> names = Optimizer::registry().names();
  const bool is_known = std::find(names.begin(), names.end(), name) != names.end();
  return Optimizer::registry().make(is_known ? name : lower(name), Config::object());
}

}  // namespace optimizers

}  // namespace cornu
