#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <cornu/core/config/registry.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu {

/// How the values of a batch become one number; made from Keras's name of it: `{.reduction = "sum"}`.
///
/// - `"sum_over_batch_size"` and `"mean"`: the sum of the (weighted) values divided by their number;
/// - `"sum"`: the sum of the (weighted) values;
/// - `"mean_with_sample_weight"`: the sum of the weighted values divided by the sum of the weights;
/// - `"none"` (null in a configuration): the values themselves.
class CORNU_API Reduction {
 public:
  enum Kind : uint8_t { sum_over_batch_size, sum, mean, mean_with_sample_weight, none };

  Reduction(Kind kind = sum_over_batch_size) : kind_(kind) {}
  /// Throws ValueError for an unknown name.
  Reduction(const char* name);
  Reduction(const std::string& name) : Reduction(name.c_str()) {}

  Kind kind() const { return kind_; }
  std::string name() const;
  bool operator==(const Reduction&) const = default;

 private:
  Kind kind_;
};
CORNU_API void to_config(Config& out, const Reduction& value);
CORNU_API void from_config(const Config& in, Reduction& value);

/// Describes the options that every loss has.
template <class Options>
void describe_loss(Fields& fields, Options& options) {
  fields("reduction", options.reduction);
  fields("name", options.name);
  fields.if_set("dtype", options.dtype);
}

struct LossOptions {
  Reduction reduction = {};
  std::string name = {};            ///< the class's name in snake case by default
  std::optional<DType> dtype = {};  ///< of the computation; float32 by default
  CORNU_API void describe(Fields& fields);
};

/// Base of all losses: how far predictions are from the truth. A loss of one's own says how in call():
///
///     class MeanPinballLoss : public Loss {
///      public:
///       Tensor call(const Tensor& y_true, const Tensor& y_pred) override {
///         Tensor error = y_true - y_pred;
///         return reduce_mean(maximum(0.9f * error, -0.1f * error), -1);
///       }
///     };
///     Tensor loss = MeanPinballLoss()(y_true, y_pred);
///
/// Keras's keras.Loss.
class CORNU_API Loss {
 public:
  /// Throws ValueError for a dtype that is not floating.
  explicit Loss(const LossOptions& options = {});
  virtual ~Loss();

  /// The losses of a batch, one a sample ([batch, d0, .. dN] -> [batch, d0, .. dN-1]), or a single number. Both
  /// arguments have the loss's dtype.
  virtual Tensor call(const Tensor& y_true, const Tensor& y_pred) = 0;

  /// call(), weighted and reduced. Both arguments are converted to the loss's dtype.
  ///
  /// `sample_weight` has a weight for each value: the shape of the values, or one that broadcasts to it. Where y_pred
  /// has a Keras mask, masked values do not count. Errors name the loss; ShapeError for weights that do not fit.
  Tensor operator()(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight = {});

  std::string name() const;
  Reduction reduction() const { return reduction_; }
  DType dtype() const { return dtype_; }

  /// The options as a configuration, without the class's name.
  virtual Config get_config() const;
  /// Keras's configuration of this loss, from which losses::deserialize makes it again.
  std::string to_json() const;

 protected:
  Loss(const Loss&) = default;
  Loss& operator=(const Loss&) = default;
  /// True if y_true holds class numbers, which are handed to call() as they are.
  virtual bool takes_class_numbers() const { return false; }

 private:
  Reduction reduction_;
  std::string name_;
  DType dtype_;
};

namespace losses {

/// All losses that can be made by name. One's own are added to it:
///
///     losses::registry().add<MeanPinballLoss>("MeanPinballLoss");                            // has Options
///     losses::registry().add("MeanPinballLoss", [](const Config&) { return std::make_unique<MeanPinballLoss>(); });
CORNU_API Registry<Loss>& registry();
/// The loss called `name`: a class ("MeanSquaredError"), a function ("mean_squared_error") or one of Keras's
/// abbreviations ("mse"), with default options. Throws ValueError for an unknown one, suggesting a near one.
CORNU_API std::unique_ptr<Loss> get(const std::string& name);
/// The loss of a Keras configuration {"class_name": ..., "config": {...}}. Throws ValueError for text that is not JSON,
/// an unknown class or option, or a value out of range.
CORNU_API std::unique_ptr<Loss> deserialize(const std::string& json_text);

/// A loss from a function of (y_true, y_pred). Keras's LossFunctionWrapper.
///
///     losses::LossFunctionWrapper loss(losses::mean_squared_error, {.reduction = "sum"});
class CORNU_API LossFunctionWrapper : public Loss {
 public:
  using Function = std::function<Tensor(const Tensor& y_true, const Tensor& y_pred)>;
  /// Throws ValueError for an empty function.
  explicit LossFunctionWrapper(Function function, const LossOptions& options = {});
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override;

 private:
  Function function_;
};

/// A loss that keeps its options, base of Cornu's own.
template <class OptionsType>
class ConfiguredLoss : public Configured<Loss, OptionsType> {
 protected:
  ConfiguredLoss(const char* class_name, const OptionsType& options)
      : ConfiguredLoss(class_name, options, options.name.empty() ? to_snake_case(class_name) : options.name) {}

 private:
  ConfiguredLoss(const char* class_name, const OptionsType& options, const std::string& name)
      : Configured<Loss, OptionsType>(
            class_name, options, LossOptions{.reduction = options.reduction, .name = name, .dtype = options.dtype}) {
    this->options_.name = name;
  }
};

}  // namespace losses
}  // namespace cornu
