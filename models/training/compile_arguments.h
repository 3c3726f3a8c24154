#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <cornu/losses/loss.h>
#include <cornu/metrics/metric.h>
#include <cornu/optimizers/optimizer.h>

/// What compile() takes where Keras takes names, objects, functions, lists and dictionaries of them.
namespace cornu {

/// A function of (y_true, y_pred) that gives a value for each sample.
using LossFunction = std::function<Tensor(const Tensor& y_true, const Tensor& y_pred)>;

template <class F, class Base>
concept CompileFunction =
    std::is_invocable_r_v<Tensor, const F&, const Tensor&, const Tensor&> && !std::derived_from<F, Base>;

/// An optimizer by name, with Keras's defaults, or itself.
class CORNU_API OptimizerHandle {
 public:
  OptimizerHandle(const char* name) : name_(name ? name : "") {}
  OptimizerHandle(const std::string& name) : name_(name) {}
  template <std::derived_from<Optimizer> T>
  OptimizerHandle(T optimizer) : object_(std::make_shared<T>(std::move(optimizer))) {}
  template <std::derived_from<Optimizer> T>
  OptimizerHandle(std::unique_ptr<T> optimizer) : object_(std::move(optimizer)) {}
  template <std::derived_from<Optimizer> T>
  OptimizerHandle(std::shared_ptr<T> optimizer) : object_(std::move(optimizer)) {}

  /// Throws ValueError for an unknown name, or no optimizer.
  std::shared_ptr<Optimizer> get() const;

 private:
  std::string name_;
  std::shared_ptr<Optimizer> object_;
};

/// A loss by name, itself, or as a function of (y_true, y_pred); none for a null pointer.
class CORNU_API LossHandle {
 public:
  LossHandle(std::nullptr_t = nullptr) {}
  LossHandle(const char* name) : name_(name ? name : "") {}
  LossHandle(const std::string& name) : name_(name) {}
  template <std::derived_from<Loss> T>
  LossHandle(T loss) : object_(std::make_shared<T>(std::move(loss))) {}
  template <std::derived_from<Loss> T>
  LossHandle(std::unique_ptr<T> loss) : object_(std::move(loss)) {}
  template <std::derived_from<Loss> T>
  LossHandle(std::shared_ptr<T> loss) : object_(std::move(loss)) {}
  template <CompileFunction<Loss> F>
  LossHandle(F function) : object_(of_function(std::move(function))) {}

  explicit operator bool() const { return object_ || !name_.empty(); }
  const std::string& name() const { return name_; }
  /// Null where a name was given.
  const std::shared_ptr<Loss>& object() const { return object_; }

 private:
  static std::shared_ptr<Loss> of_function(LossFunction function);
  std::string name_;
  std::shared_ptr<Loss> object_;
};

/// A metric by name, itself, or as a function of (y_true, y_pred), of which the mean is taken.
class CORNU_API MetricHandle {
 public:
  /// Throws ValueError for a null pointer.
  MetricHandle(const char* name);
  MetricHandle(const std::string& name) : name_(name) {}
  template <std::derived_from<Metric> T>
  MetricHandle(T metric) : object_(std::make_shared<T>(std::move(metric))) {}
  template <std::derived_from<Metric> T>
  MetricHandle(std::unique_ptr<T> metric) : object_(not_null(std::move(metric))) {}
  template <std::derived_from<Metric> T>
  MetricHandle(std::shared_ptr<T> metric) : object_(not_null(std::move(metric))) {}
  template <CompileFunction<Metric> F>
  MetricHandle(F function) : object_(of_function(std::move(function))) {}

  const std::string& name() const { return name_; }
  /// Null where a name was given.
  const std::shared_ptr<Metric>& object() const { return object_; }

 private:
  static std::shared_ptr<Metric> of_function(LossFunction function);
  static std::shared_ptr<Metric> not_null(std::shared_ptr<Metric> metric);
  std::string name_;
  std::shared_ptr<Metric> object_;
};

/// Something for each output: one for all, a list in the order of the outputs, or by the outputs' names.
template <class T>
struct ByOutput {
  enum class Kind : uint8_t { none, single, list, map };
  Kind kind = Kind::none;
  std::vector<T> values = {};
  std::vector<std::string> names = {};  ///< of a map

  bool empty() const { return kind == Kind::none; }
};

/// The loss of a model: one, or one for each output, in order or by the outputs' names.
///
///     model.compile({.loss = "mse"});
///     model.compile({.loss = {"sparse_categorical_crossentropy", losses::Huber()}});
///     model.compile({.loss = {{"kind", "sparse_categorical_crossentropy"}, {"size", "mse"}}});
class CORNU_API LossArgument : public ByOutput<LossHandle> {
 public:
  LossArgument() = default;
  template <std::convertible_to<LossHandle> T>
  LossArgument(T loss) {
    values.push_back(LossHandle(std::move(loss)));
    kind = values[0] ? Kind::single : Kind::none;
  }
  LossArgument(std::initializer_list<LossHandle> losses);
  LossArgument(const std::vector<LossHandle>& losses);
  LossArgument(std::initializer_list<std::pair<std::string, LossHandle>> losses);
};

/// What the loss of each output counts in the model's.
class CORNU_API LossWeights : public ByOutput<double> {
 public:
  LossWeights() = default;
  LossWeights(double weight);
  LossWeights(std::initializer_list<double> weights);
  LossWeights(const std::vector<double>& weights);
  LossWeights(std::initializer_list<std::pair<std::string, double>> weights);
};

/// The metrics of one output.
class CORNU_API MetricList : public std::vector<MetricHandle> {
 public:
  MetricList() = default;
  template <std::convertible_to<MetricHandle> T>
  MetricList(T metric) : std::vector<MetricHandle>{MetricHandle(std::move(metric))} {}
  MetricList(std::initializer_list<MetricHandle> metrics);
  /// Whether it was given as a list, not as one metric.
  bool is_list() const { return is_list_; }

 private:
  bool is_list_ = false;
};

using MetricsByName = std::map<std::string, MetricList>;

/// The metrics of a model: a list of them; for several outputs a list of lists, or by the outputs' names.
///
///     model.compile({.metrics = {"accuracy", metrics::AUC()}});
///     model.compile({.metrics = {{"accuracy", "crossentropy"}, {"mae"}}});
///     model.compile({.metrics = {{"kind", {"accuracy"}}, {"size", {"mae"}}}});
///     model.compile({.metrics = MetricsByName{{"kind", {"accuracy"}}, {"size", {"mae"}}}});
class CORNU_API MetricArgument : public ByOutput<MetricList> {
 public:
  MetricArgument() = default;
  template <std::convertible_to<MetricHandle> T>
  MetricArgument(T metric) : MetricArgument(std::vector<MetricList>{MetricList(std::move(metric))}) {}
  MetricArgument(std::initializer_list<MetricList> metrics);
  MetricArgument(const std::vector<MetricList>& metrics);
  MetricArgument(const std::vector<std::string>& names);
  MetricArgument(const MetricsByName& metrics);
};

// As in Keras's compile_config.
CORNU_API void to_config(Config& out, const LossHandle& value);
CORNU_API void from_config(const Config& in, LossHandle& value);
CORNU_API void to_config(Config& out, const LossArgument& value);
CORNU_API void from_config(const Config& in, LossArgument& value);
CORNU_API void to_config(Config& out, const LossWeights& value);
CORNU_API void from_config(const Config& in, LossWeights& value);
CORNU_API void to_config(Config& out, const MetricHandle& value);
CORNU_API void from_config(const Config& in, MetricHandle& value);
CORNU_API void to_config(Config& out, const MetricList& value);
CORNU_API void from_config(const Config& in, MetricList& value);
CORNU_API void to_config(Config& out, const MetricArgument& value);
CORNU_API void from_config(const Config& in, MetricArgument& value);

}  // namespace cornu
