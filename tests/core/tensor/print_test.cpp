// What is expected here is what NumPy prints: the examples of its documentation and of its own test suite, worked
// through its rules for the width of `Tensor(`.
#include <cmath>
#include <limits>
#include <locale>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <cornu/core/tensor/tensor.h>

using namespace cornu;

namespace {

template <Element T>
Tensor make(const std::vector<T>& elements, const Shape& shape) {
  return Tensor::from_span<T>(elements, shape);
}

template <Element T>
Tensor vector_of(const std::vector<T>& elements) {
  return make<T>(elements, {static_cast<int64_t>(elements.size())});
}

Tensor booleans(std::initializer_list<bool> values, const Shape& shape) {
  return Tensor::from_span<bool>(std::span<const bool>(values.begin(), values.size()), shape);
}

std::string print(const Tensor& tensor) {
  std::ostringstream out;
  out << tensor;
  return out.str();
}

/// What stands before ", shape=".
std::string values(const Tensor& tensor) {
  const std::string text = print(tensor);
  return text.substr(7, text.rfind(", shape=") - 7);
}

const float kInf = std::numeric_limits<float>::infinity();
const float kNan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("a tensor prints its values, shape and dtype") {
  CHECK(print(make<float>({1, 2, 3, 4}, {2, 2})) ==
        "Tensor([[1. 2.]\n"
        "        [3. 4.]], shape=(2, 2), dtype=float32)");
  CHECK(print(vector_of<int32_t>({1, 2, 3})) == "Tensor([1 2 3], shape=(3,), dtype=int32)");
  CHECK(print(make<double>({1.5}, {})) == "Tensor(1.5, shape=(), dtype=float64)");
  CHECK(print(make<uint8_t>({7}, {1, 1})) == "Tensor([[7]], shape=(1, 1), dtype=uint8)");
}

TEST_CASE("tensors without values say so") {
  CHECK(print(Tensor()) == "Tensor(no value)");
  CHECK(print(Tensor::symbolic({{-1, 3}, float32})) == "Tensor(symbolic, shape=(None, 3), dtype=float32)");
  CHECK(print(Tensor::symbolic({{}, boolean})) == "Tensor(symbolic, shape=(), dtype=bool)");
  CHECK(print(make<float>({}, {0})) == "Tensor([], shape=(0,), dtype=float32)");
  CHECK(print(make<int64_t>({}, {2, 0, 3})) == "Tensor([], shape=(2, 0, 3), dtype=int64)");
}

TEST_CASE("integers and booleans are aligned to the right") {
  CHECK(values(vector_of<int32_t>({1, -20, 300})) == "[  1 -20 300]");
  CHECK(values(make<int64_t>({1, 22, 333, -4}, {2, 2})) ==
        "[[  1  22]\n"
        "        [333  -4]]");
  CHECK(values(vector_of<int64_t>({std::numeric_limits<int64_t>::min(), 0})) ==
        "[-9223372036854775808                    0]");
  CHECK(values(vector_of<uint8_t>({0, 255})) == "[  0 255]");
  CHECK(values(booleans({true, false}, {2})) == "[ True False]");
  CHECK(values(booleans({true}, {1})) == "[ True]");
  CHECK(values(booleans({true}, {})) == "True");
  CHECK(values(booleans({false}, {})) == "False");
  CHECK(values(make<int32_t>({-5}, {})) == "-5");
}

TEST_CASE("floats share a width; trailing zeros are left out") {
  CHECK(values(vector_of<float>({1, 2.25f})) == "[1.   2.25]");
  CHECK(values(vector_of<float>({0.1f, 0.25f, 10})) == "[ 0.1   0.25 10.  ]");
  CHECK(values(vector_of<float>({-1, 1})) == "[-1.  1.]");
  CHECK(values(vector_of<float>({0, 0})) == "[0. 0.]");
  CHECK(values(vector_of<float>({-0.f, 0})) == "[-0.  0.]");
  // numpy.linspace(0, 1, 4) and numpy.array([numpy.pi])
  CHECK(values(vector_of<double>({0, 1. / 3, 2. / 3, 1})) == "[0.         0.33333333 0.66666667 1.        ]");
  CHECK(values(vector_of<double>({3.141592653589793})) == "[3.14159265]");
  CHECK(values(vector_of<float>({3.14159265f})) == "[3.1415927]");
  CHECK(values(vector_of<double>({0.1 + 0.2})) == "[0.3]");
  CHECK(values(vector_of<float>({1.f / 3})) == "[0.33333334]");
  // float32 has no more digits than these
  CHECK(values(vector_of<float>({33333334.f, 99999992.f})) == "[33333334. 99999990.]");
}

TEST_CASE("a wide range takes exponents") {
  CHECK(values(vector_of<double>({1e8, 1})) == "[1.e+08 1.e+00]");
  CHECK(values(vector_of<double>({1e-5, 1})) == "[1.e-05 1.e+00]");
  CHECK(values(vector_of<double>({0.001, 1})) == "[0.001 1.   ]");
  CHECK(values(vector_of<double>({0.001, 1.5})) == "[1.0e-03 1.5e+00]");
  CHECK(values(vector_of<double>({1e-10, 0.5})) == "[1.e-10 5.e-01]");
  CHECK(values(vector_of<double>({1e-100, 1})) == "[1.e-100 1.e+000]");
  CHECK(values(vector_of<double>({1e-5, 1. / 3})) == "[1.00000000e-05 3.33333333e-01]");
  CHECK(values(vector_of<double>({-1.5e9, 2})) == "[-1.5e+09  2.0e+00]");
  CHECK(values(vector_of<double>({0, 1e9})) == "[0.e+00 1.e+09]");
  CHECK(values(vector_of<double>({9.99999999999e9})) == "[1.e+10]");
  CHECK(values(vector_of<float>({1e-4f})) == "[0.0001]");
  CHECK(values(vector_of<float>({0.99e-4f})) == "[9.9e-05]");
  CHECK(values(vector_of<float>({1e-5f, 2e-5f})) == "[1.e-05 2.e-05]");
  CHECK(values(vector_of<double>({std::numeric_limits<double>::max()})) == "[1.79769313e+308]");
  CHECK(values(vector_of<double>({std::numeric_limits<double>::denorm_min()})) == "[5.e-324]");
}

TEST_CASE("what is not finite") {
  CHECK(values(vector_of<float>({kNan})) == "[nan]");
  CHECK(values(vector_of<float>({1, kNan, kInf})) == "[ 1. nan inf]");
  CHECK(values(vector_of<float>({1.25f, kNan, -kInf})) == "[1.25  nan -inf]");
  CHECK(values(vector_of<float>({1, -kInf})) == "[  1. -inf]");
  CHECK(values(vector_of<float>({1e10f, kInf})) == "[1.e+10    inf]");
  CHECK(values(make<float>({kNan}, {})) == "nan");
  CHECK(values(make<double>({-std::numeric_limits<double>::infinity()}, {})) == "-inf");
}

TEST_CASE("a number alone keeps all digits") {
  CHECK(values(make<float>({1}, {})) == "1.0");
  CHECK(values(make<float>({0.1f}, {})) == "0.1");
  CHECK(values(make<float>({-0.f}, {})) == "-0.0");
  CHECK(values(make<double>({1. / 3}, {})) == "0.3333333333333333");
  CHECK(values(make<double>({0.1 + 0.2}, {})) == "0.30000000000000004");
  CHECK(values(make<double>({123456789.123}, {})) == "123456789.123");
  CHECK(values(make<double>({1e16}, {})) == "1e+16");
  CHECK(values(make<double>({1e15}, {})) == "1000000000000000.0");
  CHECK(values(make<double>({1.5e-5}, {})) == "1.5e-05");
  CHECK(values(make<double>({1e-4}, {})) == "0.0001");
  CHECK(values(make<double>({1.2345678901234567e-4}, {})) == "0.00012345678901234567");
  CHECK(values(make<float>({16777216}, {})) == "16777216.0");
  CHECK(values(make<float>({12345678848.f}, {})) == "12345679000.0");
}

TEST_CASE("parts of three axes are a blank line apart") {
  std::vector<int32_t> elements(12);
  std::iota(elements.begin(), elements.end(), 0);
  CHECK(values(make<int32_t>(elements, {2, 3, 2})) ==
        "[[[ 0  1]\n"
        "         [ 2  3]\n"
        "         [ 4  5]]\n"
        "\n"
        "        [[ 6  7]\n"
        "         [ 8  9]\n"
        "         [10 11]]]");
  CHECK(values(make<int32_t>({1, 2}, {1, 2, 1, 1})) ==
        "[[[[1]]\n"
        "\n"
        "         [[2]]]]");
  CHECK(values(make<int32_t>({1, 2}, {2, 1, 1, 1})) ==
        "[[[[1]]]\n"
        "\n"
        "\n"
        "        [[[2]]]]");
}

TEST_CASE("rows are wrapped") {
  std::vector<int32_t> elements(30);
  std::iota(elements.begin(), elements.end(), 0);
  CHECK(values(vector_of<int32_t>(elements)) ==
        "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21\n"
        "        22 23 24 25 26 27 28 29]");
  std::vector<float> ones(20, 1.f);
  ones[15] = 1.25f;
  CHECK(values(vector_of<float>(ones)) ==
        "[1.   1.   1.   1.   1.   1.   1.   1.   1.   1.   1.   1.   1.\n"
        "        1.   1.   1.25 1.   1.   1.   1.  ]");
  std::istringstream lines(print(make<float>(std::vector<float>(300, 0.125f), {2, 3, 50})));
  for (std::string line; std::getline(lines, line);)
    if (line.find("shape") == std::string::npos) CHECK(line.size() <= 75);
}

TEST_CASE("over 1000 elements only the borders are shown") {
  std::vector<int32_t> elements(1001);
  std::iota(elements.begin(), elements.end(), 0);
  CHECK(print(vector_of<int32_t>(elements)) ==
        "Tensor([   0    1    2 ...  998  999 1000], shape=(1001,), dtype=int32)");
  elements.resize(1000);
  CHECK(values(vector_of<int32_t>(elements)).find("...") == std::string::npos);

  std::vector<float> many(10000);
  std::iota(many.begin(), many.end(), 0.f);
  // numpy.arange(10000.).reshape(100, 100)
  CHECK(values(make<float>(many, {100, 100})) ==
        "[[0.000e+00 1.000e+00 2.000e+00 ... 9.700e+01 9.800e+01 9.900e+01]\n"
        "        [1.000e+02 1.010e+02 1.020e+02 ... 1.970e+02 1.980e+02 1.990e+02]\n"
        "        [2.000e+02 2.010e+02 2.020e+02 ... 2.970e+02 2.980e+02 2.990e+02]\n"
        "        ...\n"
        "        [9.700e+03 9.701e+03 9.702e+03 ... 9.797e+03 9.798e+03 9.799e+03]\n"
        "        [9.800e+03 9.801e+03 9.802e+03 ... 9.897e+03 9.898e+03 9.899e+03]\n"
        "        [9.900e+03 9.901e+03 9.902e+03 ... 9.997e+03 9.998e+03 9.999e+03]]");
  CHECK(values(make<float>(std::vector<float>(1200, 0), {2, 2, 300})) ==
        "[[[0. 0. 0. ... 0. 0. 0.]\n"
        "         [0. 0. 0. ... 0. 0. 0.]]\n"
        "\n"
        "        [[0. 0. 0. ... 0. 0. 0.]\n"
        "         [0. 0. 0. ... 0. 0. 0.]]]");
  // The width is that of the elements that are shown.
  std::vector<int32_t> spike(2000, 1);
  spike[1000] = 123456;
  CHECK(values(vector_of<int32_t>(spike)) == "[1 1 1 ... 1 1 1]");
}

TEST_CASE("printing does not depend on the stream's or the program's state") {
  struct Grouping : std::numpunct<char> {
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
    char do_decimal_point() const override { return ','; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale(), new Grouping));
  std::ostringstream out;
  out.precision(2);
  out << std::hex << std::scientific << make<double>({1234.5678, 10}, {1, 2}) << vector_of<int32_t>({123456});
  std::locale::global(before);
  CHECK(out.str() ==
        "Tensor([[1234.5678   10.    ]], shape=(1, 2), dtype=float64)"
        "Tensor([123456], shape=(1,), dtype=int32)");
}

TEST_CASE("views print their own part") {
  const Tensor base = make<float>({1, 2, 3, 4, 5, 6}, {3, 2});
  CHECK(values(Tensor::view(base, {2}, 2)) == "[3. 4.]");
}
