// The training step of a multilayer perceptron (784-100-10, Adam, batch 50), and its answer for one sample.
#include <cmath>
#include <cstdlib>
#include <memory>

#include "memory.h"
#include "mlp_cornu.h"

using namespace bench;

namespace {

/// A floor that computes something else would be no floor.
void check_that_both_train_alike(const MlpData& data) {
  MlpFloor floor(data, floors()[0].sgemm);
  CornuMlp mlp(data);
  mlp.take_parameters(floor.parameters());
  for (int step = 0; step < 100; ++step) {
    floor.step();
    mlp.step();
  }
  std::printf("loss after 100 steps: plain C++ %.5f, Cornu %.5f\n", floor.loss(), mlp.loss());
  if (std::abs(floor.loss() - mlp.loss()) > 1e-3f) {
    std::puts("they disagree: one of them computes something else");
    std::exit(1);
  }
}

void training_step(const MlpData& data, int threads) {
  std::vector<Contender> contenders;
  for (const auto& [name, sgemm] : floors())
    contenders.push_back({.name = name, .run = [floor = std::make_shared<MlpFloor>(data, sgemm)] { floor->step(); }});
  contenders.push_back({.name = "Cornu, eager",
                        .run = [mlp = std::make_shared<CornuMlp>(data)] { mlp->step(); },
                        .goal_ratio = threads == 1 ? 1.8 : 0});
  compare({.name = "MLP training step", .threads = threads}, std::move(contenders));
}

/// What is too small for a second thread must not lose by it.
void second_thread(const MlpData& data) {
  auto with = [&](int threads) {
    return Batch::whole([mlp = std::make_shared<CornuMlp>(data), threads](int64_t steps) {
      set_threads(threads);
      for (; steps > 0; --steps) mlp->step();
    });
  };
  compare({.name = "MLP training step: a second thread", .threads = 2},
          {{.name = "Cornu, eager, one thread", .run = with(1)},
           {.name = "Cornu, eager, two threads", .run = with(2), .goal_ratio = 1.05}});
}

void predict_one(const MlpData& data, int threads) {
  MlpFloor floor(data, floors()[0].sgemm);
  CornuMlp mlp(data);
  const cornu::Tensor sample = mlp.sample();
  compare({.name = "MLP, one sample", .threads = threads},
          {{.name = floors()[0].name, .run = [&] { keep(floor.predict(data.images.data())[0]); }},
           {.name = "Cornu, model(x)", .run = [&] { keep(mlp.model()(sample)); }, .goal_microseconds = 6},
           {.name = "Cornu, model.predict(x)",
            .run = [&] { keep(mlp.model().predict(sample, {.verbose = 0})); },
            .goal_microseconds = 6}});
}

void resident_memory(const MlpData& data) {
  CornuMlp mlp(data);
  for (int step = 0; step < 100; ++step) mlp.step();
  const double before = resident_mebibytes();
  for (int step = 0; step < 10000; ++step) mlp.step();
  const double after = resident_mebibytes();
  std::printf("\nresident memory over 10,000 steps: %.1f MiB before, %.1f MiB after   goal: flat (1 MiB at most): %s\n",
              before, after, after - before <= 1 ? "met" : "MISSED");
}

}  // namespace

int main() {
  const MlpData data;
  check_that_both_train_alike(data);
  for (int threads = 1; threads <= std::min(2, available_threads()); ++threads) {
    training_step(data, threads);
    predict_one(data, threads);
  }
  if (available_threads() > 1) second_thread(data);
  set_threads(1);
  resident_memory(data);
}
