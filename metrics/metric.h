#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/autodiff/variable.h>
#include <cornu/core/initializers/initializer.h>

namespace cornu {

class Trackable;

struct MetricOptions {
  std::string name = {};            ///< the class's name in snake case by default
  std::optional<DType> dtype = {};  ///< of the state and the result; float32 by default
  CORNU_API void describe(Fields& fields);
};

/// A variable of a metric's state, as add_weight() makes it.
struct MetricWeightOptions {
  std::string name = {};  ///< "variable" by default
  Shape shape = {};
  std::optional<DType> dtype = {};  ///< the metric's by default
  Initializer initializer = {};     ///< zeros by default
};

/// Base of all metrics: a number that is gathered over batches. A metric of one's own keeps its state in variables:
///
///     class Positives : public Metric {
///      public:
///       void update_state(const Tensor& y_true, const Tensor&, const Tensor&) override {
///         count_.assign_add(reduce_sum(cast(greater(y_true, 0), float32)));
///       }
///       Tensor result() override { return count_; }
///
///      private:
///       Variable count_ = add_weight({.name = "count"});
///     };
///
/// Metrics move but do not copy: a copy would share the state. Keras's keras.Metric.
class CORNU_API Metric {
 public:
  explicit Metric(const MetricOptions& options = {});
  virtual ~Metric();
  Metric(Metric&&) noexcept = default;
  Metric& operator=(Metric&&) noexcept = default;
  Metric(const Metric&) = delete;
  Metric& operator=(const Metric&) = delete;

  /// Takes a batch into account, each sample as often as its weight says (once without a value).
  virtual void update_state(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) = 0;
  /// The value over all batches since the last reset_state().
  virtual Tensor result() = 0;
  /// Forgets all batches: every variable becomes zero.
  virtual void reset_state();
  /// Takes what other metrics of this class have gathered into account: adds their variables to this one's. Throws
  /// ValueError or ShapeError for a metric of another class or with other variables, and changes nothing then.
  virtual void merge_state(const std::vector<const Metric*>& metrics);
  /// update_state() and result().
  Tensor operator()(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {});

  /// The state, in the order in which it was made.
  const std::vector<Variable>& variables() const;
  std::string name() const;
  DType dtype() const { return dtype_; }

  /// The options as a configuration, without the class's name.
  virtual Config get_config() const;
  /// Keras's configuration of this metric, from which metrics::deserialize makes it again.
  std::string to_json() const;
  /// What a Checkpoint saves and restores: the state, by the variables' names.
  std::shared_ptr<Trackable> trackable() const;

 protected:
  /// Makes a variable of the state, with the path "name/variable". In the constructor, or where a member begins.
  Variable add_weight(const MetricWeightOptions& options);

 private:
  std::string name_;
  DType dtype_;
  struct State;
  std::shared_ptr<State> state_;
};

namespace metrics {

/// All metrics that can be made by name. One's own are added to it:
///
///     metrics::registry().add("Positives", [](const Config&) { return std::make_unique<Positives>(); });
CORNU_API Registry<Metric>& registry();
/// The metric called `name`: a class ("MeanSquaredError"), the same in snake case, or one of Keras's abbreviations
/// ("mse"), with default options. Throws ValueError for an unknown one, suggesting a near one.
CORNU_API std::unique_ptr<Metric> get(const std::string& name);
/// The metric of a Keras configuration {"class_name": ..., "config": {...}}. Throws ValueError for text that is not
/// JSON, an unknown class or option, or a value out of range.
CORNU_API std::unique_ptr<Metric> deserialize(const std::string& json_text);

/// A metric that keeps its options, base of Cornu's own. `arguments` are those of Base's constructor before the
/// MetricOptions.
template <class Base, class OptionsType>
class ConfiguredMetric : public Configured<Base, OptionsType> {
 protected:
  template <class... Arguments>
  ConfiguredMetric(const char* class_name, const OptionsType& options, Arguments&&... arguments)
      : Configured<Base, OptionsType>(class_name, options, std::forward<Arguments>(arguments)...,
                                      MetricOptions{.name = resolve(class_name, options), .dtype = options.dtype}) {
    this->options_.name = resolve(class_name, options);
  }

 private:
  static std::string resolve(const char* class_name, const OptionsType& options) {
    return options.name.empty() ? to_snake_case(class_name) : options.name;
  }
};

}  // namespace metrics
}  // namespace cornu
