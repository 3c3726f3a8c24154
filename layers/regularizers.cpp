#include <limits>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/matmul.h>
#include <cornu/core/ops/normalization.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/layers/regularizers.h>

namespace cornu::regularizers {

std::string RegularizerBase::class_name() const { return class_name_of(typeid(*this)); }

std::shared_ptr<const RegularizerBase> RegularizerBase::by_name(const std::string& name) {
  return registry().make(name, Config::object());
}

Registry<RegularizerBase>& RegularizerBase::registry() {
  static Registry<RegularizerBase> instance = [] {
    Registry<RegularizerBase> all("regularizer", "keras.regularizers");
    all.add<L1>("L1");
    all.add<L2>("L2");
    all.add<L1L2>("L1L2", {"l1_l2"});
    all.add<OrthogonalRegularizer>("OrthogonalRegularizer");
    return all;
  }();
  return instance;
}

namespace {

const Check factor_check = between(0, std::numeric_limits<double>::max());

Tensor l1_penalty(double factor, const Tensor& x) { return factor * reduce_sum(abs(x)); }
Tensor l2_penalty(double factor, const Tensor& x) { return factor * reduce_sum(square(x)); }

}  // namespace

void L1Options::describe(Fields& fields) { fields("l1", l1, factor_check); }
L1::L1(const Options& options) : Configured("L1", options) {}
void L2Options::describe(Fields& fields) { fields("l2", l2, factor_check); }
L2::L2(const Options& options) : Configured("L2", options) {}
void L1L2Options::describe(Fields& fields) {
  fields("l1", l1, factor_check);
  fields("l2", l2, factor_check);
}
L1L2::L1L2(const Options& options) : Configured("L1L2", options) {}
void OrthogonalRegularizerOptions::describe(Fields& fields) {
  fields("factor", factor, factor_check);
  fields("mode", mode, one_of({"rows", "columns"}));
}
OrthogonalRegularizer::OrthogonalRegularizer(const Options& options) : Configured("OrthogonalRegularizer", options) {}

Tensor L1::operator()(const Tensor& x) const { return l1_penalty(options_.l1, x); }
Tensor L2::operator()(const Tensor& x) const { return l2_penalty(options_.l2, x); }

Tensor L1L2::operator()(const Tensor& x) const {
  if (options_.l1 == 0 && options_.l2 == 0) return zeros({}, x.dtype());
  if (options_.l1 == 0) return l2_penalty(options_.l2, x);
  if (options_.l2 == 0) return l1_penalty(options_.l1, x);
  return l1_penalty(options_.l1, x) + l2_penalty(options_.l2, x);
}

Tensor OrthogonalRegularizer::operator()(const Tensor& x) const {
  if (x.rank() != 2)
    throw ShapeError("OrthogonalRegularizer: expected a matrix; received shape " + x.shape().to_string());
  const bool rows = options_.mode == "rows";
  const Tensor unit = normalize(x, rows ? 1 : 0);
  const Tensor products = rows ? matmul(unit, unit, {.transpose_b = true}) : matmul(unit, unit, {.transpose_a = true});
  const int64_t size = products.shape()[0];
  const double pairs = static_cast<double>(size * (size - 1)) / 2;
  const Tensor others = products * (1 - eye(size, {}, x.dtype()));
  return options_.factor * 0.5 / pairs * reduce_sum(abs(others));
}

}  // namespace cornu::regularizers
