// What a checkpoint has of an optimizer, named as TensorFlow's optimizers with slots name it.
#include <map>
#include <set>
#include <string>
#include <utility>

#include <cornu/optimizers/internal/state.h>

namespace cornu {

namespace {

/// TensorFlow's name of a slot. The classes and names that are not listed have the same there.
std::string slot_name(const std::string& class_name, const std::string& name) {
  static const std::map<std::string, std::map<std::string, std::string>> names = {
      {"Adam", {{"momentum", "m"}, {"velocity", "v"}, {"velocity_hat", "vhat"}}},
      {"AdamW", {{"momentum", "m"}, {"velocity", "v"}, {"velocity_hat", "vhat"}}},
      {"Nadam", {{"momentum", "m"}, {"velocity", "v"}}},
      {"Lamb", {{"momentum", "m"}, {"velocity", "v"}}},
      {"Adamax", {{"momentum", "m"}, {"norm", "v"}}},
      {"Adadelta", {{"accumulated_grad", "accum_grad"}, {"accumulated_delta_var", "accum_var"}}},
      {"RMSprop", {{"velocity", "rms"}, {"average_gradient", "mg"}}},
  };
  const auto of_class = names.find(class_name);
  if (of_class == names.end()) return name;
  const auto found = of_class->second.find(name);
  return found == of_class->second.end() ? name : found->second;
}

}  // namespace

TrackableContents Optimizer::State::contents() {
  TrackableContents contents;
  std::set<uint64_t> in_slots;
  for (const auto& [variable, name, slot] : slots) {
    contents.slots.push_back({variable, slot_name(class_name, name), slot});
    in_slots.insert(slot.id());
  }
  std::set<std::string> names;
  const auto is_taken = [&](const std::string& name) { return names.contains(name); };
  for (const Variable& variable : variables) {
    if (in_slots.contains(variable.id())) continue;
    const std::string name = variable.is_same(iterations) ? "iter" : variable.name();
    contents.variables.push_back({*names.insert(distinct_name(name, is_taken)).first, variable});
  }
  return contents;
}

std::shared_ptr<Trackable> Optimizer::trackable() const { return state_; }

}  // namespace cornu
