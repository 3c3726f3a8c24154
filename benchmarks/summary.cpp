// What recording costs: a scalar in the caller's thread, scalars a second to the disk, and the MLP's training step with
// a profile off and on.
#include <chrono>
#include <filesystem>

#include "mlp_cornu.h"
#include <cornu/core/summary/summary.h>
#include <cornu/core/summary/trace.h>

using namespace bench;
using namespace cornu;

namespace {

std::string folder() {
  return (std::filesystem::temp_directory_path() / ("cornu-bench-" + std::to_string(getpid()))).string();
}

void scalar_cost() {
  const summary::FileWriter writer(folder());
  const auto scope = writer.as_default();
  const Tensor loss = constant(0.5f);
  int64_t step = 0;
  const auto never = [&] {
    const auto off = summary::record_if(false);
    keep(summary::scalar("loss", loss, step++));
  };
  // A training loop does something between its summaries: about 50 us here.
  const Tensor a = ones({128, 256}), b = ones({256, 128});
  const auto work = [&] { keep(matmul(a, b)); };
  compare({.name = "a scalar beside work of tens of microseconds"},
          {{.name = "the work alone", .run = work},
           {.name = "and a scalar",
            .run =
                [&] {
                  work();
                  summary::scalar("loss", loss, step++);
                }},
           {.name = "and a scalar that record_if leaves out", .run = [&] {
              work();
              never();
            }}});
}

void caller_time() {
  const summary::FileWriter writer(folder());
  const auto scope = writer.as_default();
  const Tensor loss = constant(0.5f);
  int64_t step = 0;
  compare({.name = "scalars one after another, the caller's time", .rounds = 21},
          {{.name = "summary::scalar", .run = [&] { summary::scalar("loss", loss, step++); }, .goal_microseconds = 2}});
}

void scalars_a_second() {
  const summary::FileWriter writer(folder());
  const auto scope = writer.as_default();
  constexpr int64_t count = 500'000;
  const auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < count; ++i) summary::scalar("loss", 0.5f, i);
  writer.flush();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("\n%.0f scalars a second to the file\n", static_cast<double>(count) / seconds);
}

/// Turns the profile on for every second block of steps, so that both see the same machine.
void profile_cost(const char* name, const std::function<void()>& step) {
  for (int i = 0; i < 50; ++i) step();
  const auto block = [&](bool profiled) {
    if (profiled) summary::trace_on({.graph = false, .profiler = true});
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) step();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (profiled) summary::trace_off();
    return seconds / 20 * 1e6;
  };
  std::vector<double> off, on, ratios;
  for (int round = 0; round < 201; ++round) {
    const bool first = round % 2 == 0;
    const double a = block(first), b = block(!first);
    on.push_back(first ? a : b);
    off.push_back(first ? b : a);
    ratios.push_back(on.back() / off.back());
  }
  const double ratio = bench::detail::median(ratios);
  std::printf("\n%s: %.1f us without, %.1f us with a profile, ratio %.3f   goal <= 1.05: %s\n", name,
              bench::detail::median(off), bench::detail::median(on), ratio, verdict(ratio <= 1.05));
}

void mlp_profile() {
  set_threads(1);
  const MlpData data;
  CornuMlp traced(data), eager(data);
  eager.step();
  const auto step = traced.make_traced_step();
  profile_cost("the MLP's traced training step", [&] { keep(step(traced.indices()[0])); });
  profile_cost("the MLP's eager training step", [&] { eager.step(); });
}

}  // namespace

int main() {
  caller_time();
  scalar_cost();
  scalars_a_second();
  mlp_profile();
  std::filesystem::remove_all(folder());
}
