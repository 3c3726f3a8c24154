// Graphs made at random: whatever passes do to them, they give what the code gives, and its gradients.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "core/graph/passes/pass_checks.h"
#include "core/graph/random_code.h"
#include "core/ops/samples/all.h"
#include "sanitized.h"

using namespace cornu;
using namespace cornu::pass_checks;
using random_graphs::RandomCode;
using samples::Sample;

namespace {

constexpr double tolerance = 1e-9;

template <class T>
bool is_close(const T* a, const T* b, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    if (!(std::abs(x - y) <= (std::is_same_v<T, float> ? 1e-5 : tolerance) * (1 + std::abs(y)))) return false;
  }
  return true;
}

bool is_close(const Tensor& a, const Tensor& b) {
  if (a.spec() != b.spec()) return false;
  bool close = true;
  visit_dtype(a.dtype(), [&]<class T>() {
    close = is_close(static_cast<const T*>(a.raw_data()), static_cast<const T*>(b.raw_data()), a.size());
  });
  return close;
}

/// What the first result that differs is and should be; empty if all agree.
std::string difference(const TensorList& received, const TensorList& expected) {
  if (received.size() != expected.size()) return "another number of results";
  for (size_t i = 0; i < expected.size(); ++i) {
    if (is_close(received[i], expected[i])) continue;
    std::ostringstream text;
    text << "result " << i << " is " << received[i] << ", expected " << expected[i];
    return text.str();
  }
  return {};
}

/// A way from a traced graph to one that runs.
struct Variant {
  std::string name;
  std::function<Graph(const Graph&)> run;
};

const std::vector<Variant>& variants() {
  static const std::vector<Variant> list = [] {
    std::vector<Variant> all = {{"no pass", [](const Graph& graph) { return graph; }},
                                {"all passes", [](const Graph& graph) { return passes::optimize(graph); }}};
    for (const passes::Pass& pass : passes::all()) all.push_back({pass.name, pass.run});
    return all;
  }();
  return list;
}

/// The graph's results for inputs whose shapes were not all known: passes run before and after they are.
TensorList results_of(const Graph& graph, const Variant& variant, const TensorList& inputs) {
  Graph changed = variant.run(graph);
  changed.verify();
  if (!changed.is_known()) {
    std::vector<Shape> shapes;
    for (const Tensor& input : inputs) shapes.push_back(input.shape());
    changed = variant.run(specialize(changed, shapes));
    changed.verify();
  }
  return run(changed, inputs);
}

/// Every variant of the graph gives the code's results.
bool check_variants(const std::string& what, const Graph& graph, const TensorList& inputs, const TensorList& expected) {
  for (const Variant& variant : variants()) {
    std::string failure;
    try {
      failure = difference(results_of(graph, variant, inputs), expected);
    } catch (const Error& error) {
      failure = error.what();
    }
    if (failure.empty()) continue;
    FAIL_CHECK(what << " with " << variant.name << ": " << failure << "\n"
                    << graph.to_string() << "becomes\n"
                    << variant.run(graph).to_string());
    return false;
  }
  return true;
}

bool check_seed(uint32_t seed, bool open) {
  const RandomCode code(seed, open);
  const auto run_code = [&](const TensorList& inputs) { return code.values_and_gradients(inputs); };
  const std::string what = "seed " + std::to_string(seed) + (open ? ", rows unknown" : "");
  return check_variants(what, trace(code.specs(), run_code), code.inputs(), run_code(code.inputs()));
}

/// The gradients of a function's result, taken outside of it.
template <class Callable>
TensorList outer_gradients(const Callable& callable, const TensorList& inputs) {
  GradientTape tape;
  const TensorList sources(inputs.begin(), inputs.begin() + RandomCode::float_inputs);
  for (const Tensor& source : sources) tape.watch(source);
  const Tensor total = callable(inputs);
  TensorList results = tape.gradient(total, sources, {.unconnected_gradients = UnconnectedGradients::zero});
  results.push_back(total);
  return results;
}

bool check_outer_gradients(uint32_t seed, bool open) {
  const RandomCode code(seed, open);
  const auto total = [&](const TensorList& inputs) { return code.values(inputs).back(); };
  const auto traced = function(total, {.input_signature = code.specs()});
  std::string failure;
  try {
    failure = difference(outer_gradients(traced, code.inputs()), outer_gradients(total, code.inputs()));
  } catch (const Error& error) {
    failure = error.what();
  }
  if (failure.empty()) return true;
  const auto text =
      trace(code.specs(), [&](const TensorList& inputs) { return TensorList{total(inputs)}; }).to_string();
  FAIL_CHECK("seed " << seed << (open ? ", rows unknown: " : ": ") << failure << "\n" << text);
  return false;
}

class Verified {
 public:
  Verified() { passes::set_verification(true); }
  ~Verified() { passes::set_verification(false); }
};

#ifdef CORNU_SANITIZED
constexpr int many = 100;
#else
constexpr int many = 500;
#endif

}  // namespace

TEST_CASE("random graphs give what their code gives whatever passes run") {
  const Verified scope;
  int agreeing = 0;
  for (uint32_t seed = 1; seed <= 3 * many; ++seed) agreeing += check_seed(seed, false);
  CHECK(agreeing == 3 * many);
}

TEST_CASE("random graphs give what their code gives for any number of rows") {
  const Verified scope;
  int agreeing = 0;
  for (uint32_t seed = 1; seed <= 2 * many; ++seed) agreeing += check_seed(seed, true);
  CHECK(agreeing == 2 * many);
}

TEST_CASE("gradients around random functions are those around their code") {
  for (const bool open : {false, true}) {
    int agreeing = 0;
    for (uint32_t seed = 5001; seed <= 5150; ++seed) agreeing += check_outer_gradients(seed, open);
    CHECK(agreeing == 150);
  }
}

TEST_CASE("every entry of the table gives in a graph what it gives alone whatever passes run") {
  const Verified scope;
  for (const Sample& sample : samples::all_samples()) {
    const auto run_code = [&](const TensorList& inputs) {
      const bool differentiable = !find_operation(sample.operation.c_str()).no_gradient;
      GradientTape tape;
      TensorList sources;
      for (const Tensor& input : inputs)
        if (differentiable && is_floating(input.dtype())) sources.push_back(input);
      for (const Tensor& source : sources) tape.watch(source);
      TensorList results = sample.call(inputs);
      if (sources.empty()) return results;
      Tensor total = zeros({}, float64);
      for (const Tensor& result : results)
        if (result.dtype() == float64) total = total + reduce_sum(tanh(result * 0.3) + 0.1);
      for (const Tensor& gradient : tape.gradient(total, sources))
        if (gradient.defined()) results.push_back(gradient);
      return results;
    };
    std::vector<TensorSpec> specs;
    for (const Tensor& input : sample.inputs) specs.push_back(input.spec());
    CHECK(check_variants(sample.operation, trace(specs, run_code), sample.inputs, run_code(sample.inputs)));
  }
}
