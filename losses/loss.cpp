#include <array>

#include <cornu/core/ops/logic.h>
#include <cornu/losses/internal/weighting.h>

namespace cornu {

namespace {

constexpr std::array reduction_names = {"sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"};

Tensor masks_together(const Tensor& a, const Tensor& b) {
  if (!a.defined()) return b;
  return b.defined() ? logical_and(a, b) : a;
}

}  // namespace

Reduction::Reduction(const char* name) : kind_(none) {
  const std::string wanted = name ? name : "none";
  for (size_t i = 0; i < reduction_names.size(); ++i) {
    if (wanted != reduction_names[i]) continue;
    kind_ = static_cast<Kind>(i);
    return;
  }
  throw ValueError("reduction: must be one of " + join({reduction_names.begin(), reduction_names.end()}) +
                   "; received '" + wanted + "'");
}

std::string Reduction::name() const { return reduction_names[kind_]; }

void to_config(Config& out, const Reduction& value) { out = Config(value.name()); }
void from_config(const Config& in, Reduction& value) {
  value = in.is_null() ? Reduction(Reduction::none) : Reduction(in.text());
}

Loss::Loss(const LossOptions& options)
    : reduction_(options.reduction), name_(options.name), dtype_(options.dtype.value_or(float32)) {
  if (!is_floating(dtype_))
    throw ValueError((name_.empty() ? "loss" : name_) + ": dtype: must be floating; received " +
                     std::string(cornu::name(dtype_)));
}

Loss::~Loss() = default;

void LossOptions::describe(Fields& fields) { describe_loss(fields, *this); }
Tensor Loss::operator()(const Tensor& y_true, const Tensor& y_pred, const Tensor& sample_weight) {
  try {
    const bool keeps_labels = takes_class_numbers() && !is_floating(y_true.dtype());
    const Tensor values =
        call(keeps_labels ? y_true : losses::to_dtype(y_true, dtype_), losses::to_dtype(y_pred, dtype_));
    const Tensor mask = masks_together(y_pred.mask(), values.mask());
    return losses::reduce_weighted(losses::to_dtype(values, dtype_), sample_weight, mask, reduction_);
  } catch (Error& error) {
    error.add_location(name());
    throw;
  }
}

std::string Loss::name() const { return name_.empty() ? to_snake_case(class_name_of(typeid(*this))) : name_; }

Config Loss::get_config() const {
  return write_options(LossOptions{
      .reduction = reduction_, .name = name(), .dtype = dtype_ == float32 ? std::nullopt : std::optional(dtype_)});
}

std::string Loss::to_json() const { return losses::registry().wrap(class_name_of(typeid(*this)), get_config()).dump(); }

namespace losses {

std::unique_ptr<Loss> get(const std::string& name) { return registry().make(Config(name)); }
std::unique_ptr<Loss> deserialize(const std::string& json_text) { return registry().make(Config::parse(json_text)); }

LossFunctionWrapper::LossFunctionWrapper(Function function, const LossOptions& options)
    : Loss(options), function_(std::move(function)) {
  if (!function_) throw ValueError(name() + ": the function is empty; give one of (y_true, y_pred)");
}

Tensor LossFunctionWrapper::call(const Tensor& y_true, const Tensor& y_pred) {
  const auto [a, b] = squeeze_or_expand_to_same_rank(y_true, y_pred);
  return function_(a, b);
}

}  // namespace losses
}  // namespace cornu
