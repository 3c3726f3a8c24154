// Every public function of core/ops and core/random with an argument that it must refuse.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include <catch2/catch.hpp>

#include "paths.h"
#include <cornu/cornu.h>

using namespace cornu;

namespace {

struct BadCall {
  std::string function;
  std::function<void()> call;
  bool (*is_right)(const Error&);  // the class of the error
  std::vector<std::string> words;  // what its message names
};

template <class ErrorType>
BadCall bad(const char* function, const std::vector<std::string>& words, std::function<void()> call) {
  return {function, std::move(call),
          [](const Error& error) { return dynamic_cast<const ErrorType*>(&error) != nullptr; }, words};
}

const Tensor images = ones({1, 2, 2, 1}), filter = ones({1, 1, 1, 1});
const Tensor matrix = ones({2, 3}), vector = ones({3}), flags = constant({true, false}), whole = constant({1, 2});
const double nan = std::nan("");

using OneSided = Tensor (*)(const Tensor&);
using TwoSided = Tensor (*)(const Operand&, const Operand&);

/// Functions of any number refuse only a tensor without a value.
std::vector<BadCall> one_sided() {
  const std::pair<const char*, OneSided> functions[] = {
      {"abs", abs},
      {"acos", acos},
      {"acosh", acosh},
      {"asin", asin},
      {"asinh", asinh},
      {"atan", atan},
      {"atanh", atanh},
      {"ceil", ceil},
      {"cos", cos},
      {"cosh", cosh},
      {"elu", elu},
      {"erf", erf},
      {"exp", exp},
      {"expm1", expm1},
      {"exponential", exponential},
      {"floor", floor},
      {"gelu", gelu},
      {"hard_shrink", hard_shrink},
      {"hard_sigmoid", hard_sigmoid},
      {"hard_silu", hard_silu},
      {"hard_tanh", hard_tanh},
      {"identity", identity},
      {"is_finite", is_finite},
      {"is_inf", is_inf},
      {"is_nan", is_nan},
      {"leaky_relu", leaky_relu},
      {"log", log},
      {"log1p", log1p},
      {"log_sigmoid", log_sigmoid},
      {"logical_not", logical_not},
      {"mish", mish},
      {"negative", negative},
      {"ones_like", ones_like},
      {"reciprocal", reciprocal},
      {"relu", relu},
      {"relu6", relu6},
      {"round", round},
      {"rsqrt", rsqrt},
      {"selu", selu},
      {"sigmoid", sigmoid},
      {"sign", sign},
      {"silu", silu},
      {"sin", sin},
      {"sinh", sinh},
      {"soft_shrink", soft_shrink},
      {"softplus", softplus},
      {"softsign", softsign},
      {"sparse_plus", sparse_plus},
      {"sparse_sigmoid", sparse_sigmoid},
      {"sqrt", sqrt},
      {"square", square},
      {"stop_gradient", stop_gradient},
      {"tan", tan},
      {"tanh", tanh},
      {"tanh_shrink", tanh_shrink},
      {"zeros_like", zeros_like},
  };
  std::vector<BadCall> calls;
  for (const auto& [name, function] : functions)
    calls.push_back(bad<StateError>(name, {"no value"}, [function = function] { function(Tensor()); }));
  return calls;
}

/// Shapes that do not broadcast, and a side without a value.
std::vector<BadCall> two_sided() {
  const std::pair<const char*, TwoSided> functions[] = {
      {"add", add},
      {"atan2", atan2},
      {"divide", divide},
      {"equal", equal},
      {"floor_div", floor_div},
      {"greater", greater},
      {"greater_equal", greater_equal},
      {"less", less},
      {"less_equal", less_equal},
      {"maximum", maximum},
      {"minimum", minimum},
      {"mod", mod},
      {"multiply", multiply},
      {"not_equal", not_equal},
      {"pow", pow},
      {"squared_difference", squared_difference},
      {"subtract", subtract},
  };
  std::vector<BadCall> calls;
  for (const auto& [name, function] : functions) {
    calls.push_back(bad<ShapeError>(name, {"(2, 3)", "(4,)"}, [function = function] { function(matrix, ones({4})); }));
    calls.push_back(bad<StateError>(name, {": ", "no value"}, [function = function] { function(1, Tensor()); }));
  }
  for (const auto& [name, function] : {std::pair("logical_and", &logical_and), std::pair("logical_or", &logical_or),
                                       std::pair("logical_xor", &logical_xor)})
    calls.push_back(bad<ShapeError>(name, {"(2, 3)", "(2,)"}, [function = function] { function(matrix, flags); }));
  return calls;
}

std::vector<BadCall> reductions() {
  const std::pair<const char*, Tensor (*)(const Tensor&, const Axes&, const ReduceOptions&)> functions[] = {
      {"reduce_sum", reduce_sum},           {"reduce_mean", reduce_mean},
      {"reduce_max", reduce_max},           {"reduce_min", reduce_min},
      {"reduce_prod", reduce_prod},         {"reduce_all", reduce_all},
      {"reduce_any", reduce_any},           {"reduce_std", reduce_std},
      {"reduce_variance", reduce_variance}, {"reduce_logsumexp", reduce_logsumexp},
  };
  std::vector<BadCall> calls;
  for (const auto& [name, function] : functions) {
    calls.push_back(bad<ValueError>(name, {"axis 2", "rank 2"}, [function = function] { function(matrix, 2, {}); }));
    calls.push_back(bad<ValueError>(name, {"axis -1", "twice"}, [function = function] {
      function(matrix, {1, -1}, {});
    }));
  }
  for (const auto& [name, function] : {std::pair("argmax", &argmax), std::pair("argmin", &argmin)}) {
    calls.push_back(bad<ValueError>(name, {name, "axis 2"}, [function = function] { function(matrix, 2, int64); }));
    calls.push_back(bad<DTypeError>(name, {name, "float32"}, [function = function] { function(matrix, 0, float32); }));
  }
  return calls;
}

std::vector<BadCall> creation() {
  return {
      bad<ShapeError>("zeros", {"(None, 2)"},
                      [] {
                        zeros({-1, 2});
                      }),
      bad<ShapeError>("ones", {"(None,)"}, [] { ones({-1}); }),
      bad<ShapeError>("element_count", {"element_count", "(None,)"}, [] { element_count({-1}); }),
      bad<ShapeError>("full", {"(1099511627776, 1099511627776)"},
                      [] {
                        full({int64_t{1} << 40, int64_t{1} << 40}, 1);
                      }),
      bad<StateError>("full_like", {"no value"}, [] { full_like(Tensor(), 1); }),
      bad<ValueError>("arange", {"arange", "step"}, [] { arange(0, 5, 0); }),
      bad<ValueError>("arange", {"arange", "nan"}, [] { arange(0., nan); }),
      bad<ValueError>("arange", {"arange", "no end"}, [] { arange(0., 1., 1e-300); }),
      bad<ValueError>("linspace", {"num", "-1"}, [] { linspace(0, 1, -1); }),
      bad<ValueError>("eye", {"eye", "-3"}, [] { eye(2, -3); }),
  };
}

std::vector<BadCall> arithmetic() {
  return {
      bad<StateError>("cast", {"cast", "no value"}, [] { cast(Tensor(), int32); }),
      bad<ValueError>("floor_div", {"zero"}, [] { floor_div(whole, 0); }),
      bad<ValueError>("mod", {"zero"}, [] { mod(whole, 0); }),
      bad<ValueError>("pow", {"negative"}, [] { pow(whole, -1); }),
      bad<ShapeError>("clip_by_value", {"(2, 3)", "(2,)"}, [] { clip_by_value(matrix, zeros({2}), 1); }),
      bad<ValueError>("clip_by_norm", {"clip_norm", "0.0"}, [] { clip_by_norm(matrix, 0); }),
      bad<ValueError>("clip_by_norm", {"clip_norm", "nan"}, [] { clip_by_norm(matrix, nan); }),
      bad<ValueError>("clip_by_norm", {"clip_by_norm", "axis 2"}, [] { clip_by_norm(matrix, 1, {2}); }),
      bad<ValueError>("clip_by_global_norm", {"clip_norm", "-1"}, [] { clip_by_global_norm({matrix}, -1); }),
      bad<DTypeError>("global_norm", {"bool"}, [] { global_norm({flags}); }),
      bad<ShapeError>("where", {"(2,)", "(3,)"}, [] { where(flags, vector, 0); }),
      bad<StateError>("where", {"where", "no value"}, [] { where(flags, Tensor(), 0); }),
  };
}

std::vector<BadCall> networks() {
  const auto labels = constant({0, 3});
  return {
      bad<ValueError>("celu", {"alpha"}, [] { celu(matrix, 0); }),
      bad<ValueError>("squareplus", {"b must", "-1"}, [] { squareplus(matrix, -1); }),
      bad<StateError>("threshold", {"no value"}, [] { threshold(Tensor(), 0, 0); }),
      bad<ValueError>("softmax", {"softmax", "axis 2"}, [] { softmax(matrix, 2); }),
      bad<ValueError>("log_softmax", {"log_softmax", "axis 2"}, [] { log_softmax(matrix, 2); }),
      bad<ValueError>("sparsemax", {"sparsemax", "axis 2"}, [] { sparsemax(matrix, 2); }),
      bad<ValueError>("glu", {"glu", "even", "(2, 3)"}, [] { glu(matrix); }),
      bad<ValueError>("sparse_cross_entropy", {"label 3", "3 classes"}, [=] { sparse_cross_entropy(labels, matrix); }),
      bad<DTypeError>("sparse_cross_entropy", {"labels", "float32"}, [] { sparse_cross_entropy(ones({2}), matrix); }),
      bad<ValueError>("sparse_softmax_cross_entropy_with_logits", {"label 3", "3 classes"},
                      [=] { sparse_softmax_cross_entropy_with_logits(labels, matrix); }),
      bad<ShapeError>("softmax_cross_entropy_with_logits", {"(2, 3)", "(3,)"},
                      [] { softmax_cross_entropy_with_logits(vector, matrix); }),
      bad<ShapeError>("sigmoid_cross_entropy_with_logits", {"(2, 3)", "(3,)"},
                      [] { sigmoid_cross_entropy_with_logits(vector, matrix); }),
      bad<ValueError>("normalize", {"normalize", "axis 2"}, [] { normalize(matrix, 2); }),
      bad<ValueError>("normalize", {"epsilon", "-1"}, [] { normalize(matrix, -1, -1); }),
      bad<ValueError>("batch_normalization", {"epsilon", "nan"},
                      [] { batch_normalization(matrix, vector, vector, -1, nan); }),
      bad<ShapeError>("batch_normalization", {"(2,)", "(3,)"}, [] { batch_normalization(matrix, ones({2}), vector); }),
      bad<ValueError>("layer_normalization", {"epsilon", "-1"},
                      [] { layer_normalization(matrix, vector, vector, -1); }),
      bad<ShapeError>("channel_affine", {"(2,)"}, [] { channel_affine(matrix, vector, vector, ones({2})); }),
      bad<ValueError>("channel_combine", {"axis 5"},
                      [] { channel_combine(matrix, matrix, vector, vector, vector, vector, 5); }),
      bad<ShapeError>("channel_sums", {"(2, 3)", "(3,)"}, [] { channel_sums(matrix, vector, vector); }),
  };
}

std::vector<BadCall> shapes() {
  return {
      bad<ShapeError>("reshape", {"(2, 3)", "(4,)"}, [] { reshape(matrix, {4}); }),
      bad<ValueError>("reshape", {"-1"},
                      [] {
                        reshape(matrix, {-1, -1});
                      }),
      bad<ValueError>("transpose", {"(0, 0)", "(2, 3)"},
                      [] {
                        transpose(matrix, {0, 0});
                      }),
      bad<ValueError>("transpose", {"axis 2"},
                      [] {
                        transpose(matrix, {0, 2});
                      }),
      bad<ValueError>("expand_dims", {"expand_dims", "axis 3"}, [] { expand_dims(matrix, 3); }),
      bad<ShapeError>("squeeze", {"axis 0", "(2, 3)"}, [] { squeeze(matrix, 0); }),
      bad<ShapeError>("concat", {"(2, 3)", "(3,)"},
                      [] {
                        concat({matrix, vector}, 0);
                      }),
      bad<StateError>("concat", {"concat", "no value"},
                      [] {
                        concat({matrix, Tensor()}, 0);
                      }),
      bad<ShapeError>("stack", {"(2, 3)", "(3,)"},
                      [] {
                        stack({matrix, vector});
                      }),
      bad<StateError>("stack", {"stack", "no value"},
                      [] {
                        stack({matrix, Tensor()});
                      }),
      bad<ValueError>("unstack", {"unstack", "axis 2"}, [] { unstack(matrix, 2); }),
      bad<ValueError>("split", {"2 sections", "(2, 3)"}, [] { split(matrix, 2, 1); }),
      bad<ValueError>("tile", {"tile", "-1"},
                      [] {
                        tile(matrix, {1, -1});
                      }),
      bad<ValueError>("repeat", {"repeat", "-1"}, [] { repeat(matrix, -1); }),
      bad<ShapeError>("pad", {"(2, 3)", "1 pairs"},
                      [] {
                        pad(matrix, {{1, 1}});
                      }),
      bad<ShapeError>("slice", {"(2, 3)", "3 axes"},
                      [] {
                        slice(matrix, {{}, {}, {}});
                      }),
      bad<ValueError>("reverse", {"reverse", "axis 2"}, [] { reverse(matrix, 2); }),
      bad<ValueError>("roll", {"roll", "axis 2"}, [] { roll(matrix, 1, 2); }),
      bad<ShapeError>("broadcast_to", {"(2, 3)", "(2, 4)"},
                      [] {
                        broadcast_to(matrix, {2, 4});
                      }),
      bad<ShapeError>("broadcast_to", {"(2, 3)", "(3,)"}, [] { broadcast_to(matrix, {3}); }),
      bad<ShapeError>("tril", {"(3,)"}, [] { tril(vector); }),
      bad<ShapeError>("triu", {"(3,)"}, [] { triu(vector); }),
      bad<ValueError>("sort", {"sort", "axis 2"}, [] { sort(matrix, 2); }),
      bad<ValueError>("argsort", {"argsort", "axis 2"}, [] { argsort(matrix, 2); }),
      bad<ValueError>("top_k", {"top_k", "4", "(2, 3)"}, [] { top_k(matrix, 4); }),
      bad<ValueError>("cumsum", {"cumsum", "axis 2"}, [] { cumsum(matrix, 2); }),
      bad<DTypeError>("cumprod", {"bool"}, [] { cumprod(flags); }),
  };
}

std::vector<BadCall> indices() {
  return {
      bad<ValueError>("gather", {"index 2", "extent 2"}, [] { gather(matrix, whole); }),
      bad<DTypeError>("gather", {"float32"}, [] { gather(matrix, vector); }),
      bad<ShapeError>("gather_nd", {"(1, 3)", "(2, 3)"},
                      [] {
                        gather_nd(matrix, constant({{0, 0, 0}}));
                      }),
      bad<ValueError>("scatter_nd", {"index 4"}, [] { scatter_nd(constant({{4}}), constant({1.f}), {4}); }),
      bad<ValueError>("tensor_scatter_update", {"index -1"},
                      [] { tensor_scatter_update(vector, constant({{-1}}), constant({1.f})); }),
      bad<ShapeError>("take_along_axis", {"(2, 3)", "(2,)"}, [] { take_along_axis(matrix, whole); }),
      bad<ValueError>("one_hot", {"depth", "-1"}, [] { one_hot(whole, -1); }),
  };
}

std::vector<BadCall> products() {
  return {
      bad<ShapeError>("matmul", {"matmul", "(2, 3)"}, [] { matmul(matrix, matrix); }),
      bad<StateError>("matmul", {"matmul", "no value"}, [] { matmul(Tensor(), matrix); }),
      bad<ShapeError>("tensordot", {"(2, 3)"}, [] { tensordot(matrix, matrix, 1); }),
      bad<ValueError>("einsum", {"ij,jk->ik"}, [] { einsum("ij,jk->ik", {matrix}); }),
      bad<StateError>("outer", {"outer", "no value"}, [] { outer(matrix, Tensor()); }),
      bad<ShapeError>("dot", {"(2, 3)"}, [] { dot(matrix, matrix); }),
      bad<ShapeError>("dense", {"dense", "(2, 3)"}, [] { dense(matrix, matrix, vector); }),
      bad<ShapeError>("conv2d", {"(2, 3)", "four axes"}, [] { conv2d(matrix, matrix); }),
      bad<StateError>("conv2d", {"conv2d", "no value"}, [] { conv2d(Tensor(), matrix); }),
      bad<ValueError>("conv2d", {"padding", "'full'"}, [] { conv2d(images, filter, {.padding = "full"}); }),
      bad<ShapeError>("max_pool2d", {"(2, 3)", "(batch, rows, columns, channels)"}, [] { max_pool2d(matrix); }),
      bad<ShapeError>("avg_pool2d", {"3 elements", "2 rows"}, [] { avg_pool2d(images, {.pool_size = 3}); }),
      bad<ShapeError>("solve", {"(3, 2)"},
                      [] {
                        linalg::solve(ones({3, 2}), vector);
                      }),
      bad<ShapeError>("inv", {"square", "(2, 3)"}, [] { linalg::inv(matrix); }),
      bad<ValueError>("inv", {"singular", "(2, 2)"},
                      [] {
                        linalg::inv(ones({2, 2}));
                      }),
      bad<ShapeError>("det", {"(3,)"}, [] { linalg::det(vector); }),
      bad<ValueError>("cholesky", {"positive definite"}, [] { linalg::cholesky(-eye(2)); }),
      bad<ShapeError>("qr", {"(3,)"}, [] { linalg::qr(vector); }),
      bad<ShapeError>("svd", {"(3,)"}, [] { linalg::svd(vector); }),
      bad<ShapeError>("eigh", {"square", "(2, 3)"}, [] { linalg::eigh(matrix); }),
      bad<ShapeError>("lstsq", {"(2, 3)"},
                      [] {
                        linalg::lstsq(matrix, ones({3, 1}));
                      }),
      bad<ValueError>("norm", {"manhattan"}, [] { linalg::norm(matrix, "manhattan"); }),
  };
}

std::vector<BadCall> randoms() {
  const Tensor state = constant({int64_t{7}, int64_t{0}});
  return {
      bad<ValueError>("stateless_dropout", {"dropout", "nan"}, [=] { random::stateless_dropout(state, matrix, nan); }),
      bad<ValueError>("uniform", {"minval"}, [] { random::uniform({2}, {.minval = 2}); }),
      bad<ValueError>("normal", {"stddev", "-1"}, [] { random::normal({2}, {.stddev = -1}); }),
      bad<DTypeError>("truncated_normal", {"int32"}, [] { random::truncated_normal({2}, {.dtype = int32}); }),
      bad<ValueError>("uniform_int", {"uint8", "257"}, [] { random::uniform_int({2}, 0, 257, {.dtype = uint8}); }),
      bad<ValueError>("bernoulli", {"probability", "1.5"}, [] { random::bernoulli({2}, {.probability = 1.5}); }),
      bad<ShapeError>("categorical", {"(3,)"}, [] { random::categorical(vector, 1); }),
      bad<ValueError>("shuffle", {"shuffle", "axis 2"}, [] { random::shuffle(matrix, {.axis = 2}); }),
      bad<ValueError>("permutation", {"-1"}, [] { random::permutation(-1); }),
      bad<ValueError>("advance", {"advance", "-1"}, [] { random::Generator(1).advance(-1); }),
      bad<ShapeError>("give_back", {"give_back", "(3,)"}, [] { random::Generator(1).give_back(vector, 1); }),
  };
}

std::vector<BadCall> all_calls() {
  std::vector<BadCall> all;
  for (const auto& family : {one_sided(), two_sided(), reductions(), creation(), arithmetic(), networks(), shapes(),
                             indices(), products(), randoms()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

/// The headers that declare functions for users; the others are the table itself.
std::vector<std::string> headers() {
  const std::string core = std::string(source_directory) + "/core";
  std::vector<std::string> headers = {core + "/random/random.h"};
  for (const auto& entry : std::filesystem::directory_iterator(core + "/ops")) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() == ".h" && name != "operation.h" && name != "recorder.h")
      headers.push_back(entry.path());
  }
  return headers;
}

/// The names of the functions that a public header declares outside of classes and of namespace detail.
std::set<std::string> functions_of(const std::string& header) {
  static const std::regex declaration(R"(^CORNU_API [\w:<>, ]+ (\w+)\()");
  std::set<std::string> names;
  std::ifstream file(header);
  bool detail = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("namespace detail")) detail = true;
    if (line.starts_with("}  // namespace detail")) detail = false;
    std::smatch match;
    if (!detail && std::regex_search(line, match, declaration)) names.insert(match[1]);
  }
  return names;
}

}  // namespace

TEST_CASE("functions refuse arguments that do not fit with an error that says what and where") {
  for (const BadCall& bad_call : all_calls()) {
    INFO(bad_call.function);
    try {
      bad_call.call();
      FAIL_CHECK("nothing was thrown");
    } catch (const Error& error) {
      INFO(error.what());
      CHECK(bad_call.is_right(error));
      for (const std::string& word : bad_call.words) CHECK_THAT(error.what(), Catch::Contains(word));
    }
  }
}

TEST_CASE("every public function of core/ops and core/random has a call that it must refuse") {
  std::set<std::string> called = {"linear"};  // gives back whatever it gets
  for (const BadCall& bad_call : all_calls()) called.insert(bad_call.function);
  size_t declared = 0;
  for (const std::string& header : headers()) {
    for (const std::string& function : functions_of(header)) {
      INFO(header << ": " << function);
      CHECK(called.contains(function));
      ++declared;
    }
  }
  CHECK(declared > 150);
}
