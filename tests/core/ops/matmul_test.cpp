#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

using Floats = std::vector<float>;
const Tensor a = constant({{1.f, 2.f, 3.f}, {4.f, 5.f, 6.f}});
const Tensor b = constant({{1.f, 0.f}, {0.f, 1.f}, {2.f, 1.f}});
const Floats ab{7, 5, 16, 11};

}  // namespace

TEST_CASE("matmul of matrices, straight and transposed") {
  CHECK(matmul(a, b).to_vector<float>() == ab);
  CHECK(matmul(transpose(a), b, {.transpose_a = true}).to_vector<float>() == ab);
  CHECK(matmul(a, transpose(b), {.transpose_b = true}).to_vector<float>() == ab);
  CHECK(matmul(transpose(a), transpose(b), {.transpose_a = true, .transpose_b = true}).to_vector<float>() == ab);
  CHECK(matmul(constant({{1, 2}}), constant({{3}, {4}})).to_vector<int32_t>() == std::vector<int32_t>{11});
  CHECK(matmul(a, cast(b, float64)).dtype() == float64);
  CHECK(matmul(zeros({2, 0}), zeros({0, 3})).to_vector<float>() == Floats(6, 0));
  CHECK(matmul(zeros({0, 2}), zeros({2, 3})).shape() == Shape({0, 3}));
}

TEST_CASE("matmul of batches and vectors") {
  const Tensor batch = stack({a, 2 * a});
  CHECK(matmul(batch, b).to_vector<float>() == Floats{7, 5, 16, 11, 14, 10, 32, 22});
  CHECK(matmul(batch, stack({b, b})).to_vector<float>() == Floats{7, 5, 16, 11, 14, 10, 32, 22});
  CHECK(matmul(a, stack({b, 2 * b})).to_vector<float>() == Floats{7, 5, 16, 11, 14, 10, 32, 22});
  CHECK(matmul(zeros({4, 1, 2, 3}), zeros({5, 3, 6})).shape() == Shape({4, 5, 2, 6}));
  CHECK(matmul(constant({1.f, 2.f, 3.f}), b).to_vector<float>() == Floats{7, 5});
  CHECK(matmul(a, constant({1.f, 0.f, 2.f})).to_vector<float>() == Floats{7, 16});
  CHECK(matmul(constant({1.f, 2.f}), constant({3.f, 4.f})).item<float>() == 11);
  CHECK(matmul(batch, constant({1.f, 0.f, 2.f})).shape() == Shape({2, 2}));
}

TEST_CASE("matmul names both shapes when they do not fit") {
  CHECK_THROWS_WITH(matmul(a, a), Contains("matmul") && Contains("(2, 3)"));
  CHECK_THROWS_AS(matmul(a, a), ShapeError);
  CHECK_THROWS_WITH(matmul(a, b, {.transpose_b = true}), Contains("(2, 3)") && Contains("(3, 2)"));
  CHECK_THROWS_AS(matmul(zeros({2, 2, 3}), zeros({3, 3, 2})), ShapeError);
  CHECK_THROWS_AS(matmul(a, constant(2.f)), ShapeError);
  CHECK_THROWS_AS(matmul(a, constant({1.f, 2.f})), ShapeError);
  CHECK_THROWS_AS(matmul(constant({{true}}), constant({{true}})), DTypeError);
  CHECK_THROWS_AS(matmul(a, Tensor()), StateError);
}

TEST_CASE("dense adds the bias and applies relu") {
  const Tensor bias = constant({-10.f, 1.f});
  CHECK(dense(a, b, bias).to_vector<float>() == Floats{-3, 6, 6, 12});
  CHECK(dense(a, b, bias, ProductActivation::relu).to_vector<float>() == Floats{0, 6, 6, 12});
  CHECK(dense(reshape(a, {1, 2, 3}), b, bias).shape() == Shape({1, 2, 2}));
  CHECK(dense(constant({{1, 2, 3}}), b, bias).to_vector<float>() == Floats{-3, 6});
  CHECK(dense(a, b, constant({-10, 1})).to_vector<float>() == Floats{-3, 6, 6, 12});
  CHECK(dense(constant({{1, 2}}), constant({{3}, {4}}), constant({1})).to_vector<float>() == Floats{12});
  CHECK_THROWS_WITH(dense(a, a, bias), Contains("dense") && Contains("(2, 3)"));
  CHECK_THROWS_AS(dense(a, b, zeros({3})), ShapeError);
  CHECK_THROWS_AS(dense(zeros({3}), b, bias), ShapeError);
}

TEST_CASE("tensordot, outer and dot") {
  const Tensor x = reshape(arange(0., 6.), {1, 2, 3}), y = reshape(arange(0., 12.), {3, 2, 2});
  // sum over j and k of x[0, j, k] y[k, j, l]: 0*0+1*4+2*8 + 3*2+4*6+5*10 = 100, and 1 more for each factor: 115.
  CHECK(tensordot(x, y, {1, 2}, {1, 0}).to_vector<float>() == Floats{100, 115});
  CHECK(tensordot(a, b, 1).to_vector<float>() == ab);
  CHECK(tensordot(a, transpose(b), {1}, {1}).to_vector<float>() == ab);
  CHECK(tensordot(transpose(a), b, {0}, {0}).to_vector<float>() == ab);
  CHECK(tensordot(a, b, 0).shape() == Shape({2, 3, 3, 2}));
  CHECK(tensordot(a, a, 2).item<float>() == 91);
  CHECK(outer(constant({1.f, 2.f}), constant({{3.f}, {4.f}})).to_vector<float>() == Floats{3, 4, 6, 8});
  CHECK(dot(a, b).to_vector<float>() == ab);
  CHECK(dot(constant({1, 2}), constant({3, 4})).item<int32_t>() == 11);
  CHECK(dot(constant(2.f), a).to_vector<float>() == Floats{2, 4, 6, 8, 10, 12});
  CHECK(dot(zeros({2, 3, 4}), zeros({5, 4, 6})).shape() == Shape({2, 3, 5, 6}));
  CHECK(dot(zeros({2, 3, 4}), zeros({4})).shape() == Shape({2, 3}));
  CHECK_THROWS_AS(tensordot(a, b, 3), ValueError);
  CHECK_THROWS_AS(tensordot(a, b, {0}, {0, 1}), ValueError);
  CHECK_THROWS_AS(tensordot(a, b, {0, 0}, {0, 1}), ValueError);
  CHECK_THROWS_WITH(tensordot(a, b, {1}, {1}), Contains("(2, 3)") && Contains("(3, 2)"));
  CHECK_THROWS_AS(tensordot(a, b, {2}, {0}), ValueError);
  CHECK_THROWS_AS(dot(a, a), ShapeError);
  const auto call = [](const TensorList& t) { return tensordot(t[0], t[1], {0, 2}, {2, 1}); };
  const TensorList inputs = {cast(reshape(arange(0., 12.), {2, 2, 3}), float64), cast(y, float64) * 0.1};
  CHECK(check_gradients(call, {inputs[0], reshape(inputs[1], {2, 3, 2})}, {.order = 2}).max_error < 1e-6);
}

TEST_CASE("einsum") {
  CHECK(einsum("ij,jk->ik", {a, b}).to_vector<float>() == ab);
  CHECK(einsum("ij,jk", {a, b}).to_vector<float>() == ab);
  CHECK(einsum("ij,jk->ki", {a, b}).to_vector<float>() == Floats{7, 16, 5, 11});
  CHECK(einsum("ij->ji", {a}).to_vector<float>() == Floats{1, 4, 2, 5, 3, 6});
  CHECK(einsum("ji", {a}).to_vector<float>() == Floats{1, 4, 2, 5, 3, 6});  // implicit: alphabetical order
  CHECK(einsum("ij->", {a}).item<float>() == 21);
  CHECK(einsum("ij->j", {a}).to_vector<float>() == Floats{5, 7, 9});
  CHECK(einsum("ii", {constant({{1.f, 2.f}, {3.f, 4.f}})}).item<float>() == 5);
  CHECK(einsum("ii->i", {constant({{1.f, 2.f}, {3.f, 4.f}})}).to_vector<float>() == Floats{1, 4});
  CHECK(einsum("i,j->ij", {constant({1.f, 2.f}), constant({3.f, 4.f})}).to_vector<float>() == Floats{3, 4, 6, 8});
  CHECK(einsum("ij,ij->", {a, a}).item<float>() == 91);
  CHECK(einsum("ij , ij -> ij", {a, a}).to_vector<float>() == Floats{1, 4, 9, 16, 25, 36});
  CHECK(einsum("i,ij,j->", {constant({1.f, 2.f}), a, constant({1.f, 0.f, 1.f})}).item<float>() == 24);
  CHECK(einsum("bij,bjk->bik", {stack({a, a}), stack({b, 2 * b})}).to_vector<float>() ==
        Floats{7, 5, 16, 11, 14, 10, 32, 22});
  CHECK(einsum("...ij,jk->...ik", {zeros({4, 5, 2, 3}), b}).shape() == Shape({4, 5, 2, 2}));
  CHECK(einsum("...ij,...jk->...ik", {zeros({5, 2, 3}), zeros({4, 1, 3, 6})}).shape() == Shape({4, 5, 2, 6}));
  CHECK(einsum("...i->...", {a}).to_vector<float>() == Floats{6, 15});
  CHECK(einsum("bqhd,bkhd->bhqk", {zeros({2, 3, 4, 5}), zeros({2, 6, 4, 5})}).shape() == Shape({2, 4, 3, 6}));
  CHECK(einsum("ij,jk->ik", {constant({{1, 2}}), constant({{0.5f}, {1.f}})}).to_vector<float>() == Floats{2.5});
}

TEST_CASE("einsum's gradients") {
  const Tensor x = cast(a, float64), y = cast(b, float64);
  const auto check = [](const char* equation, const TensorList& operands) {
    INFO(equation);
    const auto call = [&](const TensorList& t) { return einsum(equation, t); };
    CHECK(check_gradients(call, operands, {.order = 2}).max_error < 1e-6);
  };
  check("ij,jk->ki", {x, y});
  check("ii->i", {matmul(x, y)});
  check("i,ij,jk->k", {constant({1., 2.}), x, y});
  check("...ij,jk->...k", {reshape(x, {1, 2, 3}), y});
}

TEST_CASE("einsum's bad equations") {
  CHECK_THROWS_WITH(einsum("ij,jk->ik", {a}), Contains("ij,jk->ik"));
  CHECK_THROWS_AS(einsum("ij,jk->ik", {a}), ValueError);
  CHECK_THROWS_AS(einsum("ij->ij", {a, b}), ValueError);
  CHECK_THROWS_AS(einsum("ij->ik", {a}), ValueError);
  CHECK_THROWS_AS(einsum("ij->ii", {a}), ValueError);
  CHECK_THROWS_AS(einsum("i1->i", {a}), ValueError);
  CHECK_THROWS_AS(einsum("", {}), ValueError);
  CHECK_THROWS_AS(einsum("i->i", {a}), ShapeError);
  CHECK_THROWS_AS(einsum("ijk->i", {a}), ShapeError);
  CHECK_THROWS_WITH(einsum("ij,ij->ij", {a, b}), Contains("label 'i'"));
  CHECK_THROWS_AS(einsum("ii->i", {a}), ShapeError);
  CHECK_THROWS_AS(einsum("...i,...i->...", {zeros({2, 3}), zeros({4, 3})}), ShapeError);
}
