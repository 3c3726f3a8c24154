#pragma once
// Convolutions and pooling.
#include "core/ops/samples/sample.h"
#include <cornu/core/ops/operation.h>

namespace cornu::samples {

/// Images, a filter, and how it moves.
struct ConvolutionCase {
  Shape x, filter, y;
  ConvolutionOptions options = {};
};

inline std::vector<ConvolutionCase> convolution_cases() {
  return {{{2, 4, 3, 2}, {2, 2, 2, 3}, {2, 3, 2, 3}},
          {{1, 4, 5, 2}, {3, 2, 2, 2}, {1, 2, 3, 2}, {.strides = 2, .padding = "same"}},
          {{1, 5, 4, 1}, {2, 2, 1, 2}, {1, 3, 2, 2}, {.dilation_rate = 2}},
          {{1, 3, 3, 4}, {2, 2, 2, 2}, {1, 2, 2, 2}},
          {{1, 3, 3, 2}, {2, 2, 1, 4}, {1, 3, 3, 4}, {.padding = "same", .dilation_rate = {1, 2}}}};
}

/// The attributes that the operations of a case have.
inline Attributes attributes_of(const ConvolutionCase& c, const Shape& shape) {
  const auto both = [](const IntegerPair& pair) { return Shape{pair.rows(), pair.columns()}; };
  return {{"shape", shape},
          {"strides", both(c.options.strides)},
          {"dilations", both(c.options.dilation_rate)},
          {"padding", std::string(c.options.padding == "same" ? "SAME" : "VALID")}};
}

inline std::vector<Sample> convolutions_of(const ConvolutionCase& c) {
  const Tensor x = numbers(c.x), filter = numbers(c.filter, -2, 2, 2), dy = numbers(c.y, -2, 2, 3);
  const Tensor bias = numbers({c.filter.back()}, -2, 2, 4), other = numbers({1, 2, 2, 7});
  const Tensor other_filter = numbers({2, 2, 3, 7});
  std::vector<Sample> all = {
      {"Conv2D",
       {x, filter},
       [=](const TensorList& t) { return TensorList{conv2d(t[0], t[1], c.options)}; },
       {{other, filter}, {x, other_filter}, {bias, filter}}},
      {"Conv2DBackpropInput",
       {filter, dy},
       [=](const TensorList& t) {
         return TensorList{apply(find_operation("Conv2DBackpropInput"), pointers(t), attributes_of(c, c.x))};
       },
       {{other, dy}, {filter, other}}},
      {"Conv2DBackpropFilter",
       {x, dy},
       [=](const TensorList& t) {
         return TensorList{apply(find_operation("Conv2DBackpropFilter"), pointers(t), attributes_of(c, c.filter))};
       },
       {{other, dy}, {x, other}}}};
  for (const ProductActivation activation : {ProductActivation::none, ProductActivation::relu})
    all.push_back({activation == ProductActivation::none ? "_FusedConv2D" : "_FusedConv2DRelu",
                   {x, filter, bias},
                   [=](const TensorList& t) { return TensorList{conv2d(t[0], t[1], t[2], c.options, activation)}; },
                   {{other, filter, bias}, {x, filter, numbers({9})}, {x, filter, x}}});
  return all;
}

inline std::vector<Sample> pooling_of(const Shape& shape, const PoolingOptions& options) {
  const Tensor x = numbers(shape), weights = numbers(max_pool2d(x, options).shape(), -1, 1, 2);
  const auto pool = [](Tensor (*function)(const Tensor&, const PoolingOptions&), const PoolingOptions& with) {
    return [=](const TensorList& t) { return TensorList{function(t[0], with)}; };
  };
  const auto gradient = [=](Tensor (*function)(const Tensor&, const PoolingOptions&)) {
    return [=](const TensorList& t) {
      GradientTape tape;
      tape.watch(t[0]);
      const Tensor y = function(t[0], options);
      return TensorList{tape.gradient(y, t[0], {.output_gradients = t[1]})};
    };
  };
  // The elements of a second tensor that lie where the maxima of the first do.
  const auto pick = [=](const TensorList& t) {
    GradientTape outer({.persistent = true});
    outer.watch(t[2]);
    GradientTape inner;
    inner.watch(t[0]);
    const Tensor y = max_pool2d(t[0], options);
    const Tensor back = inner.gradient(y, t[0], {.output_gradients = t[2]});
    return TensorList{outer.gradient(back, t[2], {.output_gradients = t[1]})};
  };
  const std::vector<TensorList> wrong = {{numbers({2, 3, 4})}};
  return {{"MaxPool", {x}, pool(max_pool2d, options), wrong},
          {"AvgPool", {x}, pool(avg_pool2d, options), wrong},
          {"MaxPoolGrad", {x, weights}, gradient(max_pool2d)},
          {"AvgPoolGrad", {x, weights}, gradient(avg_pool2d)},
          {"MaxPoolGradGrad", {x, numbers(shape, -1, 1, 3), weights}, pick}};
}

inline std::vector<Sample> convolutions() {
  std::vector<Sample> all;
  for (const ConvolutionCase& c : convolution_cases()) append(all, convolutions_of(c));
  append(all, pooling_of({2, 4, 5, 2}, {}));
  append(all, pooling_of({1, 5, 4, 3}, {.pool_size = {2, 3}, .strides = {1, 2}, .padding = "same"}));
  return all;
}

}  // namespace cornu::samples
