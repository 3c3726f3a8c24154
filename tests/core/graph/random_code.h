#pragma once
// Code made at random from the operations: the same for the same seed, on values and on symbols.
#include <functional>
#include <optional>
#include <random>

#include "core/ops/samples/sample.h"
#include <cornu/core/ops/internal/random_ops.h>
#include <cornu/cornu.h>

namespace cornu::random_graphs {

using Code = std::function<TensorList(const TensorList& inputs)>;

class RandomCode {
 public:
  /// With `open`, code that does not ask for the number of rows, so that this may be unknown.
  RandomCode(uint32_t seed, bool open) : random_(seed), open_(open) {
    const int64_t rows = 2 + below(3), columns = 2 + below(3);
    inputs_ = {samples::numbers({rows, columns}, -2, 2, seed), samples::numbers({columns}, -2, 2, seed + 1),
               samples::numbers({rows, 1}, -2, 2, seed + 2), samples::numbers({}, -2, 2, seed + 3),
               constant({int64_t{7}, static_cast<int64_t>(seed)})};
    values_.assign(inputs_.begin(), inputs_.begin() + float_inputs);
    for (const int64_t steps = 5 + below(14); static_cast<int64_t>(steps_.size()) < steps;) try_step();
  }

  static constexpr int64_t float_inputs = 4;
  const TensorList& inputs() const { return inputs_; }
  std::vector<TensorSpec> specs() const {
    std::vector<TensorSpec> specs;
    for (const Tensor& input : inputs_) specs.push_back(input.spec());
    if (open_) specs[0].shape[0] = specs[2].shape[0] = -1;
    return specs;
  }

  /// The last values, and the sum that they add up to.
  TensorList values(const TensorList& inputs) const {
    TensorList pool(inputs.begin(), inputs.begin() + float_inputs);
    for (const Step& step : steps_) pool.push_back(step(pool, inputs));
    TensorList results(pool.end() - std::min<std::ptrdiff_t>(4, static_cast<std::ptrdiff_t>(steps_.size())),
                       pool.end());
    Tensor total;
    for (const Tensor& result : results) {
      const Tensor part = reduce_mean(result * 0.7);
      total = total.defined() ? total + part : part;
    }
    results.push_back(total);
    return results;
  }

  /// The values and the gradients of the sum.
  TensorList values_and_gradients(const TensorList& inputs) const {
    GradientTape tape;
    const TensorList sources(inputs.begin(), inputs.begin() + float_inputs);
    for (const Tensor& source : sources) tape.watch(source);
    TensorList results = values(inputs);
    for (const Tensor& gradient : tape.gradient(results.back(), sources))
      if (gradient.defined()) results.push_back(gradient);
    return results;
  }

 private:
  using Step = std::function<Tensor(const TensorList& pool, const TensorList& inputs)>;
  using Maker = std::optional<Step> (RandomCode::*)();

  int64_t below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }
  double number() { return static_cast<double>(below(2001)) / 1000 - 1; }
  /// One of the values, mostly a late one.
  size_t pick() {
    const size_t size = values_.size();
    return below(4) == 0 ? static_cast<size_t>(below(static_cast<int64_t>(size)))
                         : size - 1 - static_cast<size_t>(below(std::min<int64_t>(3, static_cast<int64_t>(size))));
  }
  const Shape& shape(size_t i) const { return values_[i].shape(); }

  void try_step() {
    static constexpr Maker any[] = {
        &RandomCode::unary,       &RandomCode::unary,       &RandomCode::binary,    &RandomCode::binary,
        &RandomCode::with_number, &RandomCode::with_number, &RandomCode::neutral,   &RandomCode::choice,
        &RandomCode::reduction,   &RandomCode::product,     &RandomCode::softmaxes, &RandomCode::join,
        &RandomCode::repeat,      &RandomCode::noise,       &RandomCode::likes,     &RandomCode::turn,
        &RandomCode::reshaping,   &RandomCode::part,        &RandomCode::gathering, &RandomCode::loss};
    constexpr int64_t count = std::size(any), closed_only = 4;  // the last ones ask for extents
    const std::optional<Step> step = (this->*any[below(open_ ? count - closed_only : count)])();
    if (!step) return;
    const Tensor value = (*step)(values_, inputs_);
    if (value.size() > 200 || value.size() == 0) return;
    for (const double x : value.to_vector<double>())
      if (!(x > -50 && x < 50)) return;
    values_.push_back(value);
    steps_.push_back(*step);
  }

  std::optional<Step> unary() {
    static constexpr Tensor (*functions[])(const Tensor&) = {tanh,     sigmoid,  sin,  cos,   exp,  relu,
                                                             softplus, softsign, atan, erf,   abs,  square,
                                                             relu6,    silu,     gelu, expm1, asinh};
    return [i = pick(), f = functions[below(std::size(functions))]](const TensorList& pool, const TensorList&) {
      return f(pool[i]);
    };
  }

  static bool fit(const Shape& a, const Shape& b) {
    for (int back = 1; back <= std::min(a.rank(), b.rank()); ++back) {
      const int64_t x = a[a.rank() - back], y = b[b.rank() - back];
      if (x != y && x != 1 && y != 1) return false;
    }
    return true;
  }

  std::optional<Step> binary() {
    const size_t i = pick(), k = pick();
    if (!fit(shape(i), shape(k))) return {};
    return [i, k, kind = below(8)](const TensorList& pool, const TensorList&) {
      const Tensor &a = pool[i], &b = pool[k];
      switch (kind) {
        case 0:
          return a - b;
        case 1:
          return a * b;
        case 2:
          return maximum(a, b);
        case 3:
          return minimum(a, b);
        case 4:
          return squared_difference(a, b);
        case 5:
          return a / (square(b) + 1.5);
        case 6:
          return pow(abs(a) + 0.5, b);
        default:
          return a + b;
      }
    };
  }

  std::optional<Step> with_number() {
    return [i = pick(), kind = below(6), c = number()](const TensorList& pool, const TensorList&) {
      const Tensor& x = pool[i];
      switch (kind) {
        case 0:
          return x + c;
        case 1:
          return c - x;
        case 2:
          return x / (c + 2);
        case 3:
          return clip_by_value(x, -1 + c / 2, 1 + c / 2);
        case 4:
          return floor(x * 3.3 + c) * 0.25;
        default:
          return x * c;
      }
    };
  }

  /// What simplification drops.
  std::optional<Step> neutral() {
    return [i = pick(), kind = below(9)](const TensorList& pool, const TensorList&) {
      const Tensor& x = pool[i];
      switch (kind) {
        case 0:
          return x + 0;
        case 1:
          return 1 * x;
        case 2:
          return -(-x);
        case 3:
          return identity(x);
        case 4:
          return stop_gradient(x) + x;
        case 5:
          return pow(x, 1);
        case 6:
          return x - zeros_like(x);
        case 7:
          return ones_like(x) * x / 1;
        default:
          return reshape(expand_dims(x, 0), x.shape());
      }
    };
  }

  std::optional<Step> choice() {
    const size_t i = pick(), k = pick();
    if (!fit(shape(i), shape(k))) return {};
    return [i, k, c = number(), kind = below(3)](const TensorList& pool, const TensorList&) {
      const Tensor above = greater(pool[i], c);
      if (kind == 0) return where(above, pool[k], pool[i]);
      if (kind == 1) return cast(cast(above, int32) * 3 - cast(less(pool[k], 0.3), int32), float64);
      return where(logical_and(above, logical_not(less_equal(pool[k], c))), pool[k] * 0.5, c);
    };
  }

  std::optional<Step> reduction() {
    const size_t i = pick();
    const int rank = shape(i).rank();
    std::vector<int64_t> axes;
    for (int axis = 0; axis < rank; ++axis)
      if (below(2)) axes.push_back(axis);
    if (axes.empty()) return {};
    return [i, axes, keepdims = below(2) == 1, kind = below(4)](const TensorList& pool, const TensorList&) {
      const ReduceOptions options{.keepdims = keepdims};
      if (kind == 0) return reduce_sum(pool[i], axes, options) * 0.5;
      if (kind == 1) return reduce_max(pool[i], axes, options);
      if (kind == 2) return reduce_logsumexp(pool[i], axes, options);
      return reduce_mean(pool[i], axes, options);
    };
  }

  std::optional<Step> product() {
    const size_t i = pick();
    if (shape(i).rank() < 2) return {};
    const int64_t columns = 1 + below(3), inner = shape(i).back();
    const Tensor kernel = samples::numbers({inner, columns}, -1, 1, static_cast<uint64_t>(below(1000)));
    const Tensor bias = samples::numbers({columns}, -1, 1, static_cast<uint64_t>(below(1000)));
    return [i, kernel, bias, kind = below(5)](const TensorList& pool, const TensorList&) {
      const Tensor& x = pool[i];
      if (kind == 0) return matmul(x, kernel);
      if (kind == 1) return relu(matmul(x, kernel) + bias);
      if (kind == 2) return bias + matmul(x, kernel * 2);
      if (kind == 3) return relu(dense(x, kernel, bias));
      return matmul(x, x, {.transpose_b = true}) * 0.3;
    };
  }

  std::optional<Step> softmaxes() {
    const size_t i = pick();
    if (shape(i).rank() == 0) return {};
    return [i, logarithm = below(2)](const TensorList& pool, const TensorList&) {
      return logarithm ? log_softmax(pool[i]) : softmax(pool[i]);
    };
  }

  std::optional<Step> join() {
    const size_t i = pick();
    if (shape(i).rank() == 0) return {};
    return [i, axis = below(shape(i).rank())](const TensorList& pool, const TensorList&) {
      return concat({pool[i], pool[i] * 0.5}, axis);
    };
  }

  /// An earlier step again.
  std::optional<Step> repeat() {
    if (steps_.empty()) return {};
    return steps_[static_cast<size_t>(below(static_cast<int64_t>(steps_.size())))];
  }

  std::optional<Step> noise() {
    return [i = pick()](const TensorList& pool, const TensorList& inputs) {
      return pool[i] * random::stateless_uniform(inputs[float_inputs], {1}, 0.5, 1, float64);
    };
  }

  std::optional<Step> likes() {
    return [i = pick(), c = number(), kind = below(3)](const TensorList& pool, const TensorList&) {
      const Tensor& x = pool[i];
      if (kind == 0) return full_like(x, c) * broadcast_to(pool[3], x.shape()) + full_like(x, 2);
      if (kind == 1) return sin(broadcast_to(pool[3], x.shape())) - cast(cast(full_like(x, 4 * c), int32), float64) * x;
      return -full_like(x, c) * x;
    };
  }

  std::optional<Step> turn() {
    const size_t i = pick();
    if (shape(i).rank() < 2) return {};
    std::vector<int64_t> order;
    for (int axis = 0; axis < shape(i).rank(); ++axis) order.insert(order.begin() + below(axis + 1), axis);
    return [i, order, twice = below(3) == 0](const TensorList& pool, const TensorList&) {
      const Tensor turned = transpose(pool[i], order);
      return twice ? transpose(turned) : turned;
    };
  }

  std::optional<Step> reshaping() {
    return [i = pick(), kind = below(4)](const TensorList& pool, const TensorList&) {
      const Tensor& x = pool[i];
      if (kind == 0) return reshape(x, {-1});
      if (kind == 1) return expand_dims(reshape(x, {x.size()}), 0);
      if (kind == 2) return tile(reshape(x, {-1, 1}), {1, 2});
      return reshape(reshape(x, {-1}), x.shape());
    };
  }

  std::optional<Step> part() {
    const size_t i = pick();
    if (shape(i).rank() == 0 || shape(i)[0] < 2) return {};
    return [i, kind = below(4)](const TensorList& pool, const TensorList&) {
      const Tensor& x = pool[i];
      if (kind == 0) return slice(x, {{1, {}}});
      if (kind == 1) return x[0];
      if (kind == 2) return reverse(x, 0);
      return cumsum(x, 0) * 0.5;
    };
  }

  std::optional<Step> gathering() {
    const size_t i = pick();
    if (shape(i).rank() == 0) return {};
    const auto last = static_cast<int32_t>(shape(i)[0] - 1);
    return [i, last](const TensorList& pool, const TensorList&) {
      return gather(pool[i], constant({last, 0, last, last / 2}));
    };
  }

  std::optional<Step> loss() {
    const size_t i = pick();
    const Shape& own = shape(i);
    if (own.rank() != 2) return {};
    std::vector<int32_t> classes;
    for (int64_t row = 0; row < own[0]; ++row) classes.push_back(static_cast<int32_t>(below(own[1])));
    const Tensor labels = Tensor::from_span<int32_t>(classes, {own[0]});
    return [i, labels, from_logits = below(2) == 0](const TensorList& pool, const TensorList&) {
      return from_logits ? sparse_softmax_cross_entropy_with_logits(labels, pool[i])
                         : sparse_cross_entropy(labels, softmax(pool[i]));
    };
  }

  std::mt19937 random_;
  bool open_;
  TensorList inputs_, values_;
  std::vector<Step> steps_;
};

}  // namespace cornu::random_graphs
