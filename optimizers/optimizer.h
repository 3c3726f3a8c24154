#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/autodiff/variable.h>
#include <cornu/core/config/registry.h>
#include <cornu/optimizers/learning_rate.h>

/// The options that every optimizer has behind its own, in the order of Keras's arguments (weight_decay stands before
/// them, by itself, because AdamW has it in another place):
/// - clipnorm: scales each gradient down so that its L2 norm is at most this;
/// - clipvalue: clips each element of the gradients to [-clipvalue, clipvalue];
/// - global_clipnorm: scales all gradients down so that their common L2 norm is at most this. One of the three at most;
/// - use_ema: keeps averages of the variables, average = ema_momentum * average + (1 - ema_momentum) * variable, with
///   which they are overwritten every ema_overwrite_frequency steps, if it is given, and by finalize_variable_values();
/// - loss_scale_factor: the loss is multiplied by this (see scale_loss), and gradients are divided by it;
/// - gradient_accumulation_steps: variables change at every so many-th step only, by the mean of the gradients since;
/// - name: the class's in snake case if it is empty.
#define CORNU_COMMON_OPTIMIZER_OPTIONS                     \
  std::optional<double> clipnorm = {};                     \
  std::optional<double> clipvalue = {};                    \
  std::optional<double> global_clipnorm = {};              \
  bool use_ema = false;                                    \
  double ema_momentum = 0.99;                              \
  std::optional<int64_t> ema_overwrite_frequency = {};     \
  std::optional<double> loss_scale_factor = {};            \
  std::optional<int64_t> gradient_accumulation_steps = {}; \
  std::string name = {};

namespace cornu {

class Trackable;

/// What all optimizers share.
struct OptimizerOptions {
  optimizers::LearningRate learning_rate = 0.001;
  std::optional<double> weight_decay = {};  ///< variable -= variable * weight_decay * learning_rate before each update
  CORNU_COMMON_OPTIMIZER_OPTIONS
};

/// Base of all optimizers: changes variables against their gradients. Keras's Optimizer.
///
///     optimizers::Adam optimizer({.learning_rate = 1e-3});
///     GradientTape tape;
///     Tensor loss = loss_function(y, model(x));
///     optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables()), model.trainable_variables()));
///
/// An optimizer of your own makes its variables in create_slots() and changes a variable in update_step():
///
///     class SignDescent : public Optimizer {
///      public:
///       explicit SignDescent(double learning_rate) : Optimizer("SignDescent", {.learning_rate = learning_rate}) {}
///       void update_step(const Tensor& gradient, const Variable& variable, double learning_rate) override {
///         variable.assign_sub(learning_rate * sign(gradient));
///       }
///     };
class CORNU_API Optimizer {
 public:
  virtual ~Optimizer();
  Optimizer(Optimizer&& other) noexcept;
  Optimizer& operator=(Optimizer&& other) noexcept;

  /// One step: changes each variable by its gradient. The first call makes the optimizer's own variables for those that
  /// it gets. Variables without a gradient (a Tensor without a value) stay as they are, with a warning on the standard
  /// error stream.
  ///
  /// All is checked before anything changes. Throws ValueError if no variable has a gradient, or for a variable that
  /// the optimizer was not built with; ShapeError and DTypeError, naming the variable, for gradients of another shape
  /// or of integers. A learning rate that a function, a schedule or a variable gives is checked when an update is due:
  /// ValueError unless it is finite and at least 0.
  void apply_gradients(const GradientsAndVariables& gradients_and_variables);
  /// The same for the variables that the optimizer was built with, in their order. Throws StateError before that.
  void apply(const TensorList& gradients);
  /// Computes `loss()` on a tape and applies its gradients.
  void minimize(const std::function<Tensor()>& loss, const std::vector<Variable>& variables);
  /// The same for a loss that `tape` has recorded.
  void minimize(const Tensor& loss, const std::vector<Variable>& variables, GradientTape& tape);

  /// Makes the optimizer's variables for `variables`, as the first step would. Nothing if that has been done. Throws
  /// DTypeError for variables that are not floating.
  void build(const std::vector<Variable>& variables);
  bool built() const;
  /// iterations, the learning rate (unless it is a schedule) and then what the class keeps for each variable: their
  /// paths are the optimizer's name and the variable's path, as `adam/mlp_dense_kernel_momentum`.
  std::vector<Variable> variables() const;

  /// The number of steps done: int64, of shape (). Steps that only accumulate gradients count as well.
  const Variable& iterations() const;
  /// The learning rate of the next step, a floating tensor of shape ().
  Tensor learning_rate() const;
  /// Changes the learning rate; a Variable gives its present value. Throws StateError for a number where there is a
  /// schedule, which decides by itself, and ValueError for a negative one.
  void set_learning_rate(const optimizers::LearningRate& learning_rate);

  /// Leaves variables out of weight decay: those of the list, and those in whose name one of the regular expressions is
  /// found ("bias"). Throws StateError when the optimizer has been built.
  void exclude_from_weight_decay(const std::vector<Variable>& var_list, const std::vector<std::string>& var_names = {});
  /// With use_ema, gives the variables their averages: what is done at the end of training. Throws ValueError unless
  /// they are those that the optimizer was built with.
  void finalize_variable_values(const std::vector<Variable>& variables) const;
  /// loss * loss_scale_factor, of which the gradients are to be taken; the loss itself without that option.
  Tensor scale_loss(const Tensor& loss) const;

  const std::string& name() const;
  const std::string& class_name() const;
  /// The options, as Keras writes them.
  virtual Config get_config() const;
  /// {"class_name": ..., "config": {...}}, as Keras writes it.
  std::string to_json() const;
  /// What a Checkpoint saves and restores: the optimizer's own variables, those that it keeps for each variable as
  /// TensorFlow's slots (`dense/kernel/.OPTIMIZER_SLOT/optimizer/m`).
  std::shared_ptr<Trackable> trackable() const;

  /// All optimizers that can be made from a configuration; add your own.
  static Registry<Optimizer>& registry();

 protected:
  /// Throws ValueError for options that do not hold.
  Optimizer(const char* class_name, const OptimizerOptions& options);

  /// Makes what the optimizer keeps for each variable; called once.
  virtual void create_slots(const std::vector<Variable>& variables);
  /// Changes `variable` by its gradient, which has been unscaled and clipped; weight decay has been done. Throws
  /// StateError unless it is overridden.
  virtual void update_step(const Tensor& gradient, const Variable& variable, double learning_rate);

  /// A variable of the optimizer's, filled with `initial_value`. `name` is completed to a path.
  Variable add_variable(const Shape& shape, DType dtype, const std::string& name, double initial_value = 0);
  /// The same with the shape and dtype of `reference`, named after it.
  Variable add_variable_from_reference(const Variable& reference, const std::string& name, double initial_value = 0);
  /// The place of `variable` in the list that create_slots() was given. Throws ValueError for another variable.
  size_t index_of(const Variable& variable) const;
  /// Called once before the updates of a step: for what all variables share.
  virtual void begin_updates();
  /// How many times the variables have changed before this step.
  int64_t updates_done() const;

  /// A step of one variable, for classes that do all of it in one pass over memory: gradient * gradient_scale, clipped
  /// to [-clip_value, clip_value], is the gradient, and variable -= variable * decay comes first.
  struct Update {
    const Tensor& gradient;
    const Variable& variable;
    size_t index;  // of the variable's slots
    double learning_rate;
    double gradient_scale;
    double clip_value;  // infinity: none
    double decay;
  };
  /// Calls update_step() with the gradient made ready, unless it is overridden.
  virtual void update(const Update& update);

  const OptimizerOptions& common_options() const;

 private:
  struct State;
  /// Throws StateError where the optimizer was moved from.
  State& state() const;
  size_t check(const GradientsAndVariables& pairs) const;
  void check_variables(const std::vector<Variable>& variables) const;
  void check_constraint(const Variable& variable) const;
  void warn_of_missing(const GradientsAndVariables& pairs) const;
  void run_step(const GradientsAndVariables& pairs);
  void trace_step(const GradientsAndVariables& pairs);
  void run_updates(const GradientsAndVariables& pairs, double learning_rate, double scale, bool accumulated);
  void accumulate(const GradientsAndVariables& pairs);
  void move_averages();
  void overwrite_by_averages(const std::vector<Variable>& variables) const;

  std::shared_ptr<State> state_;  // traced steps know of it
};

namespace optimizers {

/// Names the shared options in the order of Keras's configurations.
template <class Options>
void describe_common(Options& options, Fields& fields) {
  fields("name", options.name);
  fields("learning_rate", options.learning_rate);
  fields("weight_decay", options.weight_decay, at_least(0));
  fields("clipnorm", options.clipnorm, at_least(0));
  fields("global_clipnorm", options.global_clipnorm, at_least(0));
  fields("clipvalue", options.clipvalue, at_least(0));
  fields("use_ema", options.use_ema);
  fields("ema_momentum", options.ema_momentum, between(0, 1));
  fields("ema_overwrite_frequency", options.ema_overwrite_frequency, at_least(1));
  fields("loss_scale_factor", options.loss_scale_factor, above(0));
  fields("gradient_accumulation_steps", options.gradient_accumulation_steps, at_least(2));
}

template <class Options>
OptimizerOptions common_options_of(const Options& options) {
  return {.learning_rate = options.learning_rate,
          .weight_decay = options.weight_decay,
          .clipnorm = options.clipnorm,
          .clipvalue = options.clipvalue,
          .global_clipnorm = options.global_clipnorm,
          .use_ema = options.use_ema,
          .ema_momentum = options.ema_momentum,
          .ema_overwrite_frequency = options.ema_overwrite_frequency,
          .loss_scale_factor = options.loss_scale_factor,
          .gradient_accumulation_steps = options.gradient_accumulation_steps,
          .name = options.name};
}

/// An optimizer that is made from its options (an aggregate with describe()), and writes them with its present learning
/// rate.
template <class OptionsType>
class ConfiguredOptimizer : public Optimizer {
 public:
  using Options = OptionsType;
  const Options& options() const { return options_; }
  Config get_config() const override {
    Options options = options_;
    options.name = name();
    options.learning_rate = common_options().learning_rate;
    return write_options(options);
  }

 protected:
  ConfiguredOptimizer(const char* class_name, const Options& options)
      : Optimizer(class_name, common_options_of(checked_options(class_name, options))), options_(options) {}
  Options options_;
};

/// The optimizer of Keras's {"class_name": ..., "config": {...}}. Throws ValueError naming what is wrong.
CORNU_API std::unique_ptr<Optimizer> deserialize(const std::string& json_text);
/// By its name ("adam", in any case) with Keras's defaults, or by its configuration as JSON. Throws ValueError for an
/// unknown one.
CORNU_API std::unique_ptr<Optimizer> get(const std::string& name);

}  // namespace optimizers

}  // namespace cornu
