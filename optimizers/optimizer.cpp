#include <algorithm>
#include <cmath>
#include <regex>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/optimizers/internal/state.h>

namespace cornu {

using optimizers::LearningRate;

namespace {

void check_rate(const std::string& class_name, const LearningRate& rate) {
  if (!rate.is_number()) return;
  if (!(rate.number() >= 0) || std::isinf(rate.number()))
    throw ValueError(class_name + ": learning_rate: must be finite and at least 0; received " +
                     std::to_string(rate.number()));
}

void check_clipping(const std::string& class_name, const OptimizerOptions& options) {
  const int given = options.clipnorm.has_value() + options.clipvalue.has_value() + options.global_clipnorm.has_value();
  if (given > 1)
    throw ValueError(class_name + ": only one of clipnorm, clipvalue and global_clipnorm may be given; received " +
                     std::to_string(given));
}

std::string with_underscores(std::string path) {
  for (char& c : path)
    if (c == '/' || c == ':') c = '_';
  return path;
}

}  // namespace

// ---- construction and configuration -----------------------------------------------------------------------------

Optimizer::Optimizer(const char* class_name, const OptimizerOptions& options) : state_(std::make_shared<State>()) {
  check_rate(class_name, options.learning_rate);
  check_clipping(class_name, options);
  State& state = this->state();
  state.optimizer = this;
  state.class_name = class_name;
  state.options = options;
  if (state.options.name.empty()) state.options.name = to_snake_case(class_name);
  state.iterations = add_variable({}, int64, "iteration");
  if (options.learning_rate.is_number())
    state.options.learning_rate =
        LearningRate(add_variable({}, float32, "learning_rate", options.learning_rate.number()));
  else if (options.learning_rate.is_variable())
    state.variables.push_back(options.learning_rate.variable());
}
Optimizer::~Optimizer() {
  if (state_) state_->optimizer = nullptr;
}
Optimizer::Optimizer(Optimizer&& other) noexcept : state_(std::move(other.state_)) {
  if (state_) state_->optimizer = this;
}
Optimizer& Optimizer::operator=(Optimizer&& other) noexcept {
  if (state_) state_->optimizer = nullptr;
  state_ = std::move(other.state_);
  if (state_) state_->optimizer = this;
  return *this;
}

Optimizer::State& Optimizer::state() const {
  if (!state_) throw StateError("this optimizer was moved from; use the one that it was moved to");
  return *state_;
}

const std::string& Optimizer::name() const { return state().options.name; }
const std::string& Optimizer::class_name() const { return state().class_name; }
const OptimizerOptions& Optimizer::common_options() const { return state().options; }
const Variable& Optimizer::iterations() const { return state().iterations; }
std::vector<Variable> Optimizer::variables() const { return state().variables; }
bool Optimizer::built() const { return state().built; }

Config Optimizer::get_config() const {
  OptimizerOptions options = state().options;
  Fields fields = Fields::writer();
  optimizers::describe_common(options, fields);
  return fields.written();
}

std::string Optimizer::to_json() const { return registry().wrap(class_name(), get_config()).dump(); }

Tensor Optimizer::learning_rate() const {
  const LearningRate& rate = state().options.learning_rate;
  return rate.is_variable() ? rate.variable().value() : rate.at(state().iterations.value());
}

void Optimizer::set_learning_rate(const LearningRate& learning_rate) {
  check_rate(class_name(), learning_rate);
  LearningRate& current = state().options.learning_rate;
  if (learning_rate.is_schedule()) {
    if (current.is_variable())
      std::erase_if(state().variables,
                    [id = current.variable().id()](const Variable& variable) { return variable.id() == id; });
    current = learning_rate;
  } else if (current.is_schedule()) {
    throw StateError(class_name() +
                     ": its learning rate is a schedule, which sets it by itself; make the optimizer "
                     "with a number to set it");
  } else {
    current.variable().assign(learning_rate.at(0));
  }
}

// ---- the optimizer's variables ----------------------------------------------------------------------------------

Variable Optimizer::add_variable(const Shape& shape, DType dtype, const std::string& name, double initial_value) {
  const Variable variable(full(shape, initial_value, dtype), {.name = name, .trainable = false});
  variable.set_path(this->name() + "/" + name);
  return state().variables.emplace_back(variable);
}

Variable Optimizer::add_variable_from_reference(const Variable& reference, const std::string& name,
                                                double initial_value) {
  const Variable slot = add_variable(reference.shape(), reference.dtype(),
                                     with_underscores(reference.path()) + "_" + name, initial_value);
  state().slots.push_back({reference, name, slot});
  return slot;
}

/// Tries the constraint, which is asked only when a step has changed the variable.
void Optimizer::check_constraint(const Variable& variable) const {
  const TracingScope computed(nullptr);
  const Tensor kept = variable.constraint()(variable.peek());
  if (!kept.defined() || kept.shape() != variable.shape() || kept.dtype() != variable.dtype())
    throw ValueError(
        class_name() + ": the constraint of variable '" + variable.path() + "' must give shape " +
        variable.shape().to_string() + " and dtype " + std::string(cornu::name(variable.dtype())) + "; it gives " +
        (kept.defined() ? "shape " + kept.shape().to_string() + " and dtype " + std::string(cornu::name(kept.dtype()))
                        : "no value"));
}

void Optimizer::check_variables(const std::vector<Variable>& variables) const {
  for (const Variable& variable : variables) {
    if (!is_floating(variable.dtype()))
      throw DTypeError(class_name() + ": variable '" + variable.path() + "' is " +
                       std::string(cornu::name(variable.dtype())) + "; only floating variables can be optimized");
    if (variable.constraint() && variable.peek().defined()) check_constraint(variable);
  }
}

void Optimizer::build(const std::vector<Variable>& variables) {
  State& state = this->state();
  if (state.built) return;
  check_variables(variables);
  if (tracing())
    tracing()->on_failure([state = state_, count = state.variables.size()] { state->take_back_build(count); });
  const TracingScope computed(nullptr);
  std::vector<std::regex> excluded_names;
  for (const std::string& name : state.excluded_names) excluded_names.emplace_back(name);
  const auto decays = [&](const Variable& variable) {
    const auto is_found = [&](const std::regex& name) { return std::regex_search(variable.name(), name); };
    return !state.excluded.contains(variable.id()) &&
           std::none_of(excluded_names.begin(), excluded_names.end(), is_found);
  };
  for (const Variable& variable : variables) {
    state.index_of.emplace(variable.id(), state.trained.size());
    state.trained.push_back(variable);
    state.decays.push_back(decays(variable));
    if (state.options.use_ema) state.averages.push_back(add_variable_from_reference(variable, "average"));
    if (state.options.gradient_accumulation_steps)
      state.accumulators.push_back(add_variable_from_reference(variable, "gradient_accumulator"));
  }
  create_slots(state.trained);
  state.built = true;
  state.parts_changed();
}

void Optimizer::State::take_back_build(size_t variable_count) {
  variables.resize(variable_count);
  abandoned_slots += trained.size();
  trained.clear();
  index_of.clear();
  decays.clear();
  averages.clear();
  accumulators.clear();
  slots.clear();
  built = false;
}

void Optimizer::create_slots(const std::vector<Variable>&) {}

size_t Optimizer::index_of(const Variable& variable) const {
  const size_t index = state().find(variable, 0);
  if (index == State::unknown)
    throw ValueError(class_name() + ": variable '" + variable.path() +
                     "' is unknown: an optimizer serves the variables that it was built with; make another one for a "
                     "new set of variables");
  return state().abandoned_slots + index;
}

void Optimizer::exclude_from_weight_decay(const std::vector<Variable>& var_list,
                                          const std::vector<std::string>& var_names) {
  if (built())
    throw StateError(class_name() + ": exclude_from_weight_decay() must be called before the first step (or build())");
  for (const std::string& name : var_names) {
    try {
      const std::regex valid(name);
    } catch (const std::regex_error&) {
      throw ValueError(class_name() + ": exclude_from_weight_decay: '" + name + "' is not a regular expression");
    }
  }
  std::unordered_set<uint64_t> excluded;
  for (const Variable& variable : var_list) excluded.insert(variable.id());
  state().excluded = std::move(excluded);
  state().excluded_names = var_names;
}

// ---- losses -----------------------------------------------------------------------------------------------------

Tensor Optimizer::scale_loss(const Tensor& loss) const {
  const auto factor = state().options.loss_scale_factor;
  return factor ? loss * *factor : loss;
}

void Optimizer::minimize(const std::function<Tensor()>& loss, const std::vector<Variable>& variables) {
  if (!loss) throw ValueError(class_name() + ": minimize: the function is empty; give one that computes the loss");
  GradientTape tape;
  const Tensor scaled = scale_loss(loss());
  apply_gradients(zip(tape.gradient(scaled, variables), variables));
}

void Optimizer::minimize(const Tensor& loss, const std::vector<Variable>& variables, GradientTape& tape) {
  GradientOptions options;
  if (const auto factor = state().options.loss_scale_factor) options.output_gradients = full_like(loss, *factor);
  apply_gradients(zip(tape.gradient(loss, variables, options), variables));
}

}  // namespace cornu
