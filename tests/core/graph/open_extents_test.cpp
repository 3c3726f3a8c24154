// Functions of tensors whose extents are not known while they are traced.
#include <catch2/catch.hpp>

#include "core/graph/graph_checks.h"

using namespace cornu;
using Catch::Contains;

namespace {

using Code = std::function<Tensor(const TensorList& inputs)>;

/// The function traced for inputs of unknown extents gives what its code gives.
void check_open(const Code& code, const TensorList& inputs) {
  std::vector<TensorSpec> specs;
  for (const Tensor& input : inputs) {
    specs.push_back(input.spec());
    for (int64_t& extent : specs.back().shape) extent = -1;
  }
  const auto traced = function([&](const TensorList& tensors) { return code(tensors); }, {.input_signature = specs});
  check_close({traced(inputs)}, {code(inputs)});
}

/// The gradient with respect to the first input.
Code gradient_of(const Code& code) {
  return [code](const TensorList& inputs) {
    GradientTape tape;
    tape.watch(inputs[0]);
    return tape.gradient(reduce_sum(square(code(inputs))), inputs[0]);
  };
}

Tensor sample(const Shape& shape, uint64_t seed = 1) { return random::normal(shape, {.dtype = float64, .seed = seed}); }

}  // namespace

TEST_CASE("steps on what is broadcast read one element") {
  const Tensor x = constant({{-2., -2., -2.}, {1., 1., 1.}});
  check_open([](const TensorList& in) { return -ones_like(in[0]) * in[0]; }, {x});
  check_open([](const TensorList& in) { return cast(ones_like(cast(in[0], int32)), float64) * in[0]; }, {x});
  for (const auto& f : std::vector<Code>{[](const TensorList& in) { return in[0] - sigmoid(in[0]); },
                                         [](const TensorList& in) { return -log(sigmoid(in[0])); },
                                         [](const TensorList& in) { return 1 - tanh(in[0]); }})
    check_open(
        [f](const TensorList& in) {
          GradientTape tape;
          tape.watch(in[0]);
          return tape.gradient(reduce_mean(f(in)), in[0]);
        },
        {x});
}

TEST_CASE("tensordot and einsum take unknown extents") {
  const Tensor a = sample({2, 3}), b = sample({3, 4}, 2), cube = sample({2, 3, 4}, 3), other = sample({2, 4, 5}, 4);
  const std::vector<std::pair<Code, TensorList>> cases = {
      {[](const TensorList& in) { return tensordot(in[0], in[0], 2); }, {a}},
      {[](const TensorList& in) { return tensordot(in[0], in[1], 1); }, {a, b}},
      {[](const TensorList& in) { return tensordot(in[0], in[0], 0); }, {a}},
      {[](const TensorList& in) {
         return tensordot(in[0], in[0], {0, 2}, {0, 2});
       },
       {cube}},
      {[](const TensorList& in) { return outer(in[0], in[1]); }, {a, b}},
      {[](const TensorList& in) { return einsum("ij,ij->", in); }, {a, sample({2, 3}, 6)}},
      {[](const TensorList& in) { return einsum("ij,jk->ik", in); }, {a, b}},
      {[](const TensorList& in) { return einsum("ij,kl->ijkl", in); }, {a, b}},
      {[](const TensorList& in) { return einsum("bij,bjk->bik", in); }, {cube, other}},
      {[](const TensorList& in) { return einsum("bij,bkl->bijkl", in); }, {cube, other}},
      {[](const TensorList& in) { return einsum("...j,...jk->...k", in); }, {sample({2, 4}, 5), other}},
      {[](const TensorList& in) { return einsum("ijk->kji", in); }, {cube}},
  };
  for (const auto& [code, inputs] : cases) {
    check_open(code, inputs);
    check_open(gradient_of(code), inputs);
  }
  const auto diagonal = function([](const Tensor& x) { return einsum("ii->i", {x}); },
                                 {.input_signature = {TensorSpec({-1, -1}, float64)}});
  CHECK_THROWS_WITH(diagonal(ones({2, 2}, float64)), Contains("einsum") && Contains("must be known"));
}

TEST_CASE("what moves along an unknown axis keeps its extent") {
  check_open(gradient_of([](const TensorList& in) { return cumprod(in[0], 0); }), {sample({4, 3})});
  const auto halved = function(
      [](const Tensor& x) {
        return glu(concat({x, x}, 1));
      },
      {.input_signature = {TensorSpec({-1, -1}, float64)}});
  for (int i = 0; i < 2; ++i) CHECK_THROWS_WITH(halved(ones({2, 2}, float64)), Contains("unknown"));
}
