#include <algorithm>
#include <utility>

#include <sys/sysinfo.h>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/layers/internal/layer_state.h>
#include <cornu/layers/internal/weights_come_later.h>

namespace cornu {

namespace {

std::string numbered(const std::string& base, const std::vector<Variable>& a, const std::vector<Variable>& b) {
  const auto taken = [&](const std::string& name) {
    const auto same = [&](const Variable& variable) { return variable.name() == name; };
    return std::any_of(a.begin(), a.end(), same) || std::any_of(b.begin(), b.end(), same);
  };
  std::string name = base;
  for (int number = 1; taken(name); ++number) name = base + "_" + std::to_string(number);
  return name;
}

constexpr int64_t values_come_now = -1;
thread_local int64_t elements_to_come = values_come_now;  // that may still be made without values

Tensor value_to_come(const Shape& shape, DType dtype) {
  if (shape.size() > elements_to_come)
    throw ValueError("the weights of the model would have more elements than the file has bytes for them");
  elements_to_come -= shape.size();
  return Tensor::allocate(shape, dtype);
}

/// Memory that the system promises and does not have would end the process when it is filled.
void require_memory(const Shape& shape, DType dtype) {
  struct sysinfo system {};
  if (sysinfo(&system) != 0) return;
  const double bytes = static_cast<double>(shape.size()) * static_cast<double>(size_of(dtype));
  const double there = static_cast<double>(system.totalram + system.totalswap) * system.mem_unit;
  if (bytes > there) throw MemoryError("there is less memory than the weight needs");
}

Tensor first_value(const initializers::InitializerBase& initializer, const Shape& shape, DType dtype, bool is_waiting) {
  if (elements_to_come != values_come_now) return value_to_come(shape, dtype);
  require_memory(shape, dtype);
  return is_waiting ? zeros(shape, dtype) : initializer(shape, dtype);
}

template <class MakeValue>
Tensor with_memory(const std::string& name, const Shape& shape, const MakeValue& make_value) {
  try {
    return make_value();
  } catch (const MemoryError&) {
    throw ValueError("the weight '" + name + "' of shape " + shape.to_string() + " needs more memory than there is");
  }
}

}  // namespace

WeightsComeLater::WeightsComeLater(int64_t most_elements) : outer_(std::exchange(elements_to_come, most_elements)) {}
WeightsComeLater::~WeightsComeLater() { elements_to_come = outer_; }

Variable Layer::add_weight(const WeightOptions& options) {
  State& state = this->state();
  const DType weight_dtype = options.dtype.value_or(state.dtype);
  std::vector<Variable>& unclaimed = state.unclaimed;
  if (!unclaimed.empty()) {
    // build() was called directly before: its weights stay.
    const Variable found = unclaimed.front();
    if (found.shape() == options.shape && found.dtype() == weight_dtype) {
      unclaimed.erase(unclaimed.begin());
      return found;
    }
    throw ShapeError("the weight '" + found.path() + "' was built with shape " + found.shape().to_string() +
                     "; the inputs of this call need shape " + options.shape.to_string());
  }
  const CallFrame* const frame = CallFrame::top();
  const bool is_building = frame && frame->building && &frame->state() == &state;
  const auto has_name = [&](const Variable& weight) { return !options.name.empty() && weight.name() == options.name; };
  const auto has_weight = [&](const std::vector<Variable>& list) {
    return std::any_of(list.begin(), list.end(), has_name);
  };
  if (!is_building && (state.built || has_weight(state.trainable_weights) || has_weight(state.non_trainable_weights)))
    throw StateError("the layer '" + path() + "' takes no further weight '" + options.name +
                     "': it is built already, and a layer is built once");
  if (!options.shape.is_known())
    throw ShapeError("the weight '" + options.name + "' cannot have the unknown shape " + options.shape.to_string() +
                     "; give the layer inputs of known extents");
  const Initializer initializer =
      options.initializer ? options.initializer : Initializer(is_floating(weight_dtype) ? "glorot_uniform" : "zeros");
  const std::string base = options.name.empty() ? "weight" : options.name;
  const std::string name = numbered(base, state.trainable_weights, state.non_trainable_weights);
  const TracingScope computed(nullptr);  // a weight has a value at once, also while its first call is traced
  const Tensor initial = with_memory(name, options.shape, [&] {
    return first_value(*initializer, options.shape, weight_dtype, state.has_waiting_value(name));
  });
  if (initial.shape() != options.shape || initial.dtype() != weight_dtype)
    throw ShapeError("the initializer of the weight '" + name + "' gave shape " + initial.shape().to_string() +
                     " and dtype " + std::string(cornu::name(initial.dtype())) + "; expected " +
                     options.shape.to_string() + " and " + std::string(cornu::name(weight_dtype)));
  Variable weight(initial, {.name = name, .trainable = options.trainable && state.trainable});
  if (options.regularizer)
    weight.set_regularizer([regularizer = options.regularizer](const Tensor& value) { return (*regularizer)(value); });
  if (options.constraint)
    weight.set_constraint([constraint = options.constraint](const Tensor& value) { return (*constraint)(value); });
  weight.set_path(state.path.empty() ? name : state.path + "/" + name);
  (options.trainable ? state.trainable_weights : state.non_trainable_weights).push_back(weight);
  state.parts_changed();
  return weight;
}

void Layer::add_state(const Variable& variable) {
  State& state = this->state();
  state.states.push_back(variable);
  variable.set_path(state.path.empty() ? variable.name() : state.path + "/" + variable.name());
  state.parts_changed();
}

bool Layer::built() const { return state().built; }
const std::vector<TensorSpec>& Layer::input_specs() const { return state().input_specs; }
const std::vector<TensorSpec>& Layer::output_specs() const { return state().output_specs; }

std::vector<Variable> Layer::variables() const {
  const std::lock_guard lock(structure_mutex());
  std::vector<Variable> variables;
  for (const State* part : state().family())
    for (const std::vector<Variable>* list : {&part->trainable_weights, &part->non_trainable_weights, &part->states})
      variables.insert(variables.end(), list->begin(), list->end());
  return variables;
}

std::vector<Variable> Layer::weights() const {
  const std::lock_guard lock(structure_mutex());
  std::vector<Variable> weights;
  for (const State* part : state().family())
    for (const std::vector<Variable>* list : {&part->trainable_weights, &part->non_trainable_weights})
      weights.insert(weights.end(), list->begin(), list->end());
  return weights;
}

namespace {

std::vector<Variable> with_trainable(std::vector<Variable> variables, bool trainable) {
  variables.erase(std::remove_if(variables.begin(), variables.end(),
                                 [&](const Variable& variable) { return variable.trainable() != trainable; }),
                  variables.end());
  return variables;
}

}  // namespace

std::vector<Variable> Layer::trainable_variables() const {
  return trainable() ? with_trainable(weights(), true) : std::vector<Variable>();
}
std::vector<Variable> Layer::non_trainable_variables() const {
  return trainable() ? with_trainable(variables(), false) : variables();
}
std::vector<Variable> Layer::non_trainable_weights() const {
  return trainable() ? with_trainable(weights(), false) : weights();
}

std::vector<Tensor> Layer::get_weights() const {
  std::vector<Tensor> values;
  for (const Variable& weight : weights()) values.push_back(weight.peek());
  return values;
}

void Layer::set_weights(const std::vector<Tensor>& values) {
  const std::vector<Variable> targets = weights();
  if (values.size() != targets.size())
    throw ValueError(path() + ": set_weights: the layer has " + std::to_string(targets.size()) + " weights; received " +
                     std::to_string(values.size()) +
                     (built() ? "" : " (the layer is not built yet: call it or build it first)"));
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].shape() != targets[i].shape())
      throw ShapeError("set_weights: '" + targets[i].path() + "' has shape " + targets[i].shape().to_string() +
                       "; received " + values[i].shape().to_string());
    if (values[i].dtype() != targets[i].dtype())
      throw DTypeError("set_weights: '" + targets[i].path() + "' is " + std::string(cornu::name(targets[i].dtype())) +
                       "; received " + std::string(cornu::name(values[i].dtype())) + "; cast it first");
  }
  for (size_t i = 0; i < values.size(); ++i) targets[i].assign(values[i]);
}

int64_t Layer::count_params() const {
  if (!built() && weights().empty())
    throw StateError(
        path() + ": count_params: the layer is not built, so its weights do not exist yet; call it or build it first");
  int64_t count = 0;
  for (const Variable& weight : weights()) count += weight.size();
  return count;
}

bool Layer::trainable() const { return state().trainable; }

void Layer::set_trainable(bool trainable) {
  const std::lock_guard lock(structure_mutex());
  for (State* part : state().family()) {
    part->trainable = trainable;
    for (const Variable& weight : part->trainable_weights) weight.set_trainable(trainable);
  }
}

// Configurations.

std::string Layer::to_json() const { return layers::registry().wrap(class_name(), get_config()).dump(); }

std::unique_ptr<Layer> Layer::clone() const {
  std::unique_ptr<Layer> copy = layers::deserialize(to_json());
  if (!built()) return copy;
  if (!copy->built()) {
    TensorList inputs;
    for (const TensorSpec& spec : input_specs()) inputs.push_back(Tensor::symbolic(spec));
    const TracingScope inferred(nullptr);
    (*copy)(inputs);
  }
  copy->set_weights(get_weights());
  return copy;
}

}  // namespace cornu
