// A traced function allocates nothing after its first run. malloc itself is counted, by the library that asks.
#include <cstdlib>

#include "sanitized.h"

#if !defined(CORNU_SANITIZED) && defined(__GLIBC__)
#include <atomic>
#include <cstring>

#include <dlfcn.h>
#include <execinfo.h>

#include "core/graph/graph_checks.h"

extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);
}

namespace {

struct Counts {
  std::atomic<bool> running{false};
  std::atomic<int64_t> own{0}, of_onednn{0};
};
Counts counts;
thread_local bool is_counting = false;

/// Whether a function of oneDNN is on the stack.
bool is_inside_onednn() {
  void* frames[24];
  const int depth = backtrace(frames, 24);
  for (int i = 0; i < depth; ++i) {
    Dl_info info;
    if (dladdr(frames[i], &info) && info.dli_fname && std::strstr(info.dli_fname, "dnnl")) return true;
  }
  return false;
}

void count() {
  if (!counts.running || is_counting) return;
  is_counting = true;
  ++(is_inside_onednn() ? counts.of_onednn : counts.own);
  is_counting = false;
}

}  // namespace

extern "C" {
void* malloc(size_t bytes) {
  count();
  return __libc_malloc(bytes);
}
void* calloc(size_t number, size_t bytes) {
  count();
  return __libc_calloc(number, bytes);
}
void* realloc(void* memory, size_t bytes) {
  count();
  return __libc_realloc(memory, bytes);
}
void* memalign(size_t alignment, size_t bytes) {
  count();
  return __libc_memalign(alignment, bytes);
}
void* aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }
}

using namespace cornu;

namespace {

/// Allocations during `runs` further calls of `run`, which has been called before.
template <class Run>
void check_allocations(const char* what, const Run& run, int runs = 20) {
  for (int i = 0; i < 3; ++i) run();
  void* frames[1];
  backtrace(frames, 1);  // loads what it needs
  counts.own = counts.of_onednn = 0;
  counts.running = true;
  for (int i = 0; i < runs; ++i) run();
  counts.running = false;
  if (counts.of_onednn > 0)
    WARN(what << ": oneDNN allocates " << static_cast<double>(counts.of_onednn) / runs << " times a run inside itself");
  INFO(what);
  CHECK(counts.own == 0);
}

}  // namespace

TEST_CASE("the counter of allocations counts") {
  counts.own = 0;
  counts.running = true;
  std::vector<char>* memory = new std::vector<char>(100000);
  counts.running = false;
  delete memory;
  CHECK(counts.own >= 2);
}

TEST_CASE("traced functions allocate nothing after the first run of a shape") {
  const Tensor x = random::normal({50, 64}, {.seed = 1}), labels = random::uniform_int({50}, 0, 10, {.seed = 2});
  const Function small = function([](const Tensor& t) { return t + 1.f; });
  check_allocations("one node", [&] { small(x); });

  class Mlp : public Model {
   public:
    Tensor call(const Tensor& inputs) override { return output_(dropout_(hidden_(inputs))); }

   private:
    layers::Dense hidden_{{.units = 100, .activation = relu}};
    layers::Dropout dropout_{{.rate = 0.1}};
    layers::Dense output_{{.units = 10}};
  } model;
  const Function predict = function(model, {.input_signature = {TensorSpec({-1, 64})}});
  check_allocations("predict", [&] { predict(x); });
  const ConcreteFunction concrete = predict.concrete_function(x);
  for (const auto& rule : {"sgd", "adam", "rmsprop", "adagrad", "lion"}) {
    const auto optimizer = optimizers::get(rule);
    metrics::SparseCategoricalAccuracy accuracy;
    const Function step = function([&](const Tensor& inputs, const Tensor& targets) {
      GradientTape tape;
      const Tensor scores = model(inputs, {.training = true});
      const Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(targets, scores));
      const auto variables = model.trainable_variables();
      optimizer->apply_gradients(zip(tape.gradient(loss, variables), variables));
      accuracy.update_state(targets, scores);
      return loss;
    });
    check_allocations(rule, [&] { step(x, labels); });
  }
}

TEST_CASE("branches and loops allocate nothing after the first run, their gradients neither") {
  const Tensor x = random::normal({16, 16}, {.seed = 3});
  const auto code = [](const Tensor& t) {
    const Tensor y = cond(
        reduce_sum(t) > 0.f, [&] { return tanh(t); }, [&] { return -t; });
    const Tensor z = while_loop([](const Tensor& i, const Tensor&) { return i < 5; },
                                [&](const Tensor& i, const Tensor& a) {
                                  return TensorList{i + 1, tanh(matmul(a, t))};
                                },
                                {constant(0), y})[1];
    return scan([](const Tensor& a, const Tensor& b) { return a * 0.5f + b; }, z);
  };
  const Function run = function(code);
  check_allocations("control flow", [&] { run(x); });
  const Function gradient = function([code](const Tensor& t) {
    GradientTape tape;
    tape.watch(t);
    return tape.gradient(code(t), t);
  });
  check_allocations("gradients of control flow", [&] { gradient(x); });
}
#endif
