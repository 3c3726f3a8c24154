// The training steps of multilayer perceptrons (784-100-10 with batches of 50, 784-512-512-10 with batches of 128;
// Adam), and the answer of the first for one sample.
#include <cmath>
#include <cstdlib>
#include <memory>

#include "memory.h"
#include "mlp_cornu.h"

using namespace bench;

namespace {

/// A floor that computes something else would be no floor.
void check_that_all_train_alike(const MlpData& data, const MlpWidths& widths) {
  MlpFloor floor(data, floors()[0].sgemm, widths);
  CornuMlp eager(data, false, widths), traced(data, true, widths);
  for (CornuMlp* mlp : {&eager, &traced}) mlp->take_parameters(floor.parameters());
  for (int step = 0; step < 100; ++step) {
    floor.step();
    eager.step();
    traced.step();
  }
  std::printf("loss after 100 steps: plain C++ %.5f, Cornu eager %.5f, traced %.5f\n", floor.loss(), eager.loss(),
              traced.loss());
  if (std::abs(floor.loss() - eager.loss()) > 1e-3f || std::abs(eager.loss() - traced.loss()) > 1e-4f) {
    std::puts("they disagree: one of them computes something else");
    std::exit(1);
  }
}

std::vector<Contender> floor_contenders(const MlpData& data, const MlpWidths& widths) {
  std::vector<Contender> contenders;
  for (const auto& [name, sgemm] : floors())
    contenders.push_back(
        {.name = name, .run = [floor = std::make_shared<MlpFloor>(data, sgemm, widths)] { floor->step(); }});
  return contenders;
}

void training_step(const MlpData& data, int threads) {
  std::vector<Contender> contenders = floor_contenders(data, seed_widths);
  contenders.push_back({.name = "Cornu, eager",
                        .run = [mlp = std::make_shared<CornuMlp>(data)] { mlp->step(); },
                        .goal_ratio = threads == 1 ? 1.8 : 0});
  contenders.push_back({.name = "Cornu, traced",
                        .run = [mlp = std::make_shared<CornuMlp>(data, true)] { mlp->step(); },
                        .goal_ratio = threads == 1 ? 1.15 : 0});
  compare({.name = "MLP training step", .threads = threads}, std::move(contenders));
}

void deep_training_step(int threads) {
  const MlpData data(128);
  std::vector<Contender> contenders = floor_contenders(data, deep_widths);
  for (const bool traced : {false, true})
    contenders.push_back({.name = traced ? "Cornu, traced" : "Cornu, eager",
                          .run = [mlp = std::make_shared<CornuMlp>(data, traced, deep_widths)] { mlp->step(); },
                          .goal_ratio = traced && threads == 1 ? 1.1 : 0});
  compare({.name = "deeper MLP training step", .threads = threads, .round_seconds = 0.02}, std::move(contenders));
}

/// What is too small for a second thread must not lose by it.
void second_thread(const MlpData& data) {
  for (const bool traced : {false, true}) {
    auto with = [&](int threads) {
      return bench::Batch::whole([mlp = std::make_shared<CornuMlp>(data, traced), threads](int64_t steps) {
        set_threads(threads);
        for (; steps > 0; --steps) mlp->step();
      });
    };
    const std::string name = traced ? "Cornu, traced" : "Cornu, eager";
    compare({.name = "MLP training step: a second thread", .threads = 2},
            {{.name = name + ", one thread", .run = with(1)},
             {.name = name + ", two threads", .run = with(2), .goal_ratio = 1.05}});
  }
}

void predict_one(const MlpData& data, int threads) {
  MlpFloor floor(data, floors()[0].sgemm);
  CornuMlp mlp(data);
  const cornu::Tensor sample = mlp.sample();
  const cornu::Function traced = function(mlp.model());
  const cornu::ConcreteFunction concrete = traced.concrete_function({sample});
  compare({.name = "MLP, one sample", .threads = threads},
          {{.name = floors()[0].name, .run = [&] { keep(floor.predict(data.images.data())[0]); }},
           {.name = "Cornu, model(x)", .run = [&] { keep(mlp.model()(sample)); }, .goal_microseconds = 6},
           {.name = "Cornu, model.predict(x)",
            .run = [&] { keep(mlp.model().predict(sample, {.verbose = 0})); },
            .goal_microseconds = 6},
           {.name = "Cornu, traced", .run = [&] { keep(traced(sample)); }, .goal_microseconds = 4},
           {.name = "Cornu, concrete function", .run = [&] { keep(concrete(sample)); }, .goal_microseconds = 4}});
}

void resident_memory(const MlpData& data, bool traced) {
  CornuMlp mlp(data, traced);
  for (int step = 0; step < 100; ++step) mlp.step();
  const double before = resident_mebibytes();
  for (int step = 0; step < 10000; ++step) mlp.step();
  const double after = resident_mebibytes();
  std::printf(
      "\nresident memory over 10,000 %s steps: %.1f MiB before, %.1f MiB after   goal: flat (1 MiB at most): %s\n",
      traced ? "traced" : "eager", before, after, after - before <= 1 ? "met" : "MISSED");
}

}  // namespace

int main() {
  const MlpData data;
  check_that_all_train_alike(data, seed_widths);
  check_that_all_train_alike(MlpData(128), deep_widths);
  for (int threads = 1; threads <= std::min(2, available_threads()); ++threads) {
    training_step(data, threads);
    deep_training_step(threads);
    predict_one(data, threads);
  }
  if (available_threads() > 1) second_thread(data);
  set_threads(1);
  for (const bool traced : {false, true}) resident_memory(data, traced);
}
