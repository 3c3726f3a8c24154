// The training step of a small convolutional network on images of 28x28 (batches of 64, Adam), and its answer for one
// sample. The floor of the step is the time of its products alone, 1.0 GFLOP, as one large product runs.
#include <memory>
#include <vector>

#include "cnn_cornu.h"
#include "memory.h"

using namespace bench;

namespace {

/// The flops of a step: forward, and twice as much backward but for the images' own gradient.
constexpr double step_flops() {
  constexpr double first = 2. * 64 * 26 * 26 * 9 * 32, second = 2. * 64 * 11 * 11 * 288 * 64;
  constexpr double hidden = 2. * 64 * 1600 * 128, output = 2. * 64 * 128 * 10;
  return 2 * first + 3 * (second + hidden + output);
}

/// As many flops in one product.
Contender products() {
  constexpr int side = 1024, columns = static_cast<int>(step_flops() / 2 / side / side);
  auto a = std::make_shared<cornu::Tensor>(cornu::ones({side, side}));
  auto b = std::make_shared<cornu::Tensor>(cornu::ones({side, columns}));
  return {.name = "as many flops in one product", .run = [a, b] { keep(matmul(*a, *b)); }};
}

void training_step(const MlpData& data, int threads) {
  std::vector<Contender> contenders = {products()};
  for (const bool traced : {false, true})
    contenders.push_back({.name = traced ? "Cornu, traced" : "Cornu, eager",
                          .run = [cnn = std::make_shared<CornuCnn>(data, traced)] { cnn->step(); }});
  compare({.name = "CNN training step", .threads = threads, .flops = step_flops(), .round_seconds = 0.05},
          std::move(contenders));
}

void predict_one(const MlpData& data, int threads) {
  CornuCnn cnn(data);
  const cornu::Tensor sample = cnn.sample();
  const cornu::Function traced = function(cnn.model());
  compare({.name = "CNN, one sample", .threads = threads},
          {{.name = "Cornu, model(x)", .run = [&] { keep(cnn.model()(sample)); }},
           {.name = "Cornu, traced", .run = [&] { keep(traced(sample)); }}});
}

void resident_memory(const MlpData& data) {
  CornuCnn cnn(data, true);
  for (int step = 0; step < 20; ++step) cnn.step();
  const double before = resident_mebibytes();
  for (int step = 0; step < 200; ++step) cnn.step();
  const double after = resident_mebibytes();
  std::printf(
      "\nresident memory over 200 traced steps: %.1f MiB before, %.1f MiB after   goal: flat (1 MiB at most): %s\n",
      before, after, after - before <= 1 ? "met" : "MISSED");
}

}  // namespace

int main() {
  const MlpData data(64, 6400);
  for (int threads = 1; threads <= std::min(2, available_threads()); ++threads) {
    training_step(data, threads);
    predict_one(data, threads);
  }
  set_threads(1);
  resident_memory(data);
}
