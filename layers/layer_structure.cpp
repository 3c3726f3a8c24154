#include <algorithm>
#include <set>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/layers/configured_layer.h>
#include <cornu/layers/internal/layer_state.h>

namespace cornu {

std::recursive_mutex& structure_mutex() {
  static std::recursive_mutex* const mutex = new std::recursive_mutex;  // outlives static layers
  return *mutex;
}

Layer::Layer(const LayerOptions& options) : state_(std::make_shared<State>()) {
  if (options.name.find('/') != std::string::npos)
    throw ValueError("a layer's name may not contain '/'; received '" + options.name + "'");
  state_->layer = this;
  state_->name = state_->path = options.name;
  state_->named = !options.name.empty();
  state_->trainable = options.trainable;
  state_->dtype = options.dtype;
}

void layers::require_floating(const char* class_name, DType dtype) {
  if (!is_floating(dtype))
    throw DTypeError(std::string(class_name) + ": dtype: the weights must be float32 or float64; received " +
                     std::string(cornu::name(dtype)));
}

Layer::Layer(Layer&& other) noexcept : state_(std::move(other.state_)) {
  if (state_) state_->layer = this;
}

void Layer::State::take_back_build() {
  built = false;
  trainable_weights.clear();
  non_trainable_weights.clear();
  input_specs.clear();
  output_specs.clear();
}

namespace {

template <class T>
void erase(std::vector<T>& list, const typename std::vector<T>::value_type& value) {
  list.erase(std::remove(list.begin(), list.end(), value), list.end());
}

}  // namespace

Layer::~Layer() {
  if (!state_) return;
  const std::lock_guard lock(structure_mutex());
  State& state = *state_;
  state.layer = nullptr;
  const bool had_variables = state.has_variables() || state.lost_variables;
  for (State* parent : state.parents) {
    if (had_variables) {
      parent->lost_variables = true;
      for (CallFrame* frame = CallFrame::top(); frame; frame = frame->outer())
        if (&frame->state() == parent) frame->lost = state.name;
    }
    const auto child = std::find(parent->children.begin(), parent->children.end(), state_);
    if (child != parent->children.end()) parent->children.erase(child);
  }
  for (const std::shared_ptr<State>& child : state.children) {
    erase(child->parents, &state);
    child->update_paths();
  }
}

Layer& Layer::operator=(Layer&& other) noexcept {
  if (this == &other) return *this;
  Layer(std::move(*this));  // what this layer was goes
  state_ = std::move(other.state_);
  if (state_) state_->layer = this;
  return *this;
}

Layer::State& Layer::state() const {
  if (!state_) throw StateError("this layer was moved from; use the one that it was moved to");
  return *state_;
}

void Layer::adopt(Layer& layer) {
  State& parent = state();
  State& child = layer.state();
  if (std::find(child.parents.begin(), child.parents.end(), &parent) != child.parents.end()) return;
  take_in(layer);
  parent.parts_changed();
}

void Layer::take_in(Layer& layer) {
  State& parent = state();
  State& child = layer.state();
  const std::lock_guard lock(structure_mutex());
  const std::vector<State*> below = child.family();
  if (std::find(below.begin(), below.end(), &parent) != below.end())
    throw StateError("the layer '" + child.resolved_name() + "' cannot belong to '" + parent.resolved_name() +
                     "', which it contains");
  parent.resolved_name();
  if (child.parents.empty() && !child.named) {
    std::set<std::string> taken;
    for (const auto& sibling : parent.children) taken.insert(sibling->name);
    const std::string base = to_snake_case(layer.class_name());
    std::string name = base;
    for (int number = 1; taken.contains(name); ++number) name = base + "_" + std::to_string(number);
    child.name = name;
  }
  child.parents.push_back(&parent);
  parent.children.push_back(layer.state_);
  if (child.parents.size() == 1) child.update_paths();
}

void Layer::release(Layer& layer) {
  const std::lock_guard lock(structure_mutex());
  State& parent = state();
  State& child = layer.state();
  erase(parent.children, layer.state_);
  erase(child.parents, &parent);
  if (!child.named && child.parents.empty()) child.name.clear();
  child.resolved_name();
  child.update_paths();
}

const std::string& Layer::State::resolved_name() {
  if (name.empty() && layer) {
    name = to_snake_case(layer->class_name());
    update_paths();
  }
  return name;
}

void Layer::State::update_paths() {
  path = parents.empty() ? name : parents[0]->path + "/" + name;
  for (const std::vector<Variable>* list : {&trainable_weights, &non_trainable_weights, &states})
    for (const Variable& variable : *list) variable.set_path(path + "/" + variable.name());
  for (const std::shared_ptr<State>& child : children)
    if (!child->parents.empty() && child->parents[0] == this) child->update_paths();
}

bool Layer::State::has_variables() const {
  return !trainable_weights.empty() || !non_trainable_weights.empty() ||
         std::any_of(children.begin(), children.end(), [](const auto& child) { return child->has_variables(); });
}

void Layer::State::collect(std::vector<State*>& family) {
  if (std::find(family.begin(), family.end(), this) != family.end()) return;
  family.push_back(this);
  for (const std::shared_ptr<State>& child : children) child->collect(family);
}

std::vector<Layer::State*> Layer::State::family() {
  std::vector<State*> family;
  collect(family);
  return family;
}

TrackableContents Layer::State::contents() {
  const std::lock_guard lock(structure_mutex());
  TrackableContents contents;
  std::set<std::string> names;
  const auto is_taken = [&](const std::string& name) { return names.contains(name); };
  const auto distinct = [&](const std::string& name) { return *names.insert(distinct_name(name, is_taken)).first; };
  for (const std::vector<Variable>* list : {&trainable_weights, &non_trainable_weights, &states})
    for (const Variable& variable : *list) contents.variables.push_back({distinct(variable.name()), variable});
  for (const std::shared_ptr<State>& child : children) contents.children.push_back({distinct(child->name), child});
  return contents;
}

std::shared_ptr<Trackable> Layer::trackable() const {
  state().resolved_name();
  return state_;
}

std::string Layer::class_name() const { return class_name_of(typeid(*this)); }

const std::string& Layer::name() const { return state().resolved_name(); }

void Layer::set_name(const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos)
    throw ValueError("a layer's name may not be empty or contain '/'; received '" + name + "'");
  const std::lock_guard lock(structure_mutex());
  state().name = name;
  state().named = true;
  state().update_paths();
}

const std::string& Layer::path() const {
  state().resolved_name();
  return state().path;
}

DType Layer::dtype() const { return state().dtype; }

std::vector<Layer*> Layer::layers() const {
  const std::lock_guard lock(structure_mutex());
  std::vector<Layer*> layers;
  for (const std::shared_ptr<State>& child : state().children) layers.push_back(child->layer);
  return layers;
}

}  // namespace cornu
