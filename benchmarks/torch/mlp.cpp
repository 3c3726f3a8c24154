// libtorch's C++ frontend beside Cornu and the plain loops: the work of mlp.cpp and overhead.cpp, in the same rounds.
#include <memory>

#include "../mlp_cornu.h"
#include "torch_bench.h"

using namespace bench;

namespace {

class TorchMlp : public TorchTraining {
 public:
  explicit TorchMlp(const MlpData& data)
      : TorchTraining(data, {MlpData::inputs},
                      torch::nn::Sequential(torch::nn::Linear(MlpData::inputs, seed_widths[0]), torch::nn::ReLU(),
                                            torch::nn::Linear(seed_widths[0], seed_widths[1]))) {}
};

void training_step(const MlpData& data, int threads) {
  std::vector<Contender> contenders;
  for (const auto& [name, sgemm] : floors())
    contenders.push_back({.name = name, .run = [floor = std::make_shared<MlpFloor>(data, sgemm)] { floor->step(); }});
  for (const bool traced : {false, true})
    contenders.push_back({.name = traced ? "Cornu, traced" : "Cornu, eager",
                          .run = [mlp = std::make_shared<CornuMlp>(data, traced)] { mlp->step(); }});
  contenders.push_back({.name = "libtorch", .run = [mlp = std::make_shared<TorchMlp>(data)] { mlp->step(); }});
  compare({.name = "MLP training step", .threads = threads}, std::move(contenders));
}

void predict(const MlpData& data, int threads) {
  TorchMlp torch_mlp(data);
  CornuMlp cornu_mlp(data);
  const torch::Tensor torch_sample = torch_mlp.sample();
  const cornu::Tensor cornu_sample = cornu_mlp.sample();
  compare({.name = "MLP, one sample", .threads = threads},
          {{.name = "Cornu, model(x)", .run = [&] { keep(cornu_mlp.model()(cornu_sample)); }},
           {.name = "libtorch, in inference mode", .run = [&] { keep(torch_mlp.predict(torch_sample)); }}});
}

void small_operations() {
  const cornu::Tensor a = cornu::ones({16}), b = cornu::ones({16});
  const torch::Tensor c = torch::ones({16}), d = torch::ones({16});
  const torch::Tensor tracked = torch::ones({16}, torch::requires_grad());
  compare({.name = "add of 16 elements"}, {{.name = "Cornu", .run = [&] { keep(a + b); }},
                                           {.name = "libtorch", .run = [&] { keep(c + d); }},
                                           {.name = "libtorch, recorded", .run = [&] { keep(tracked + d); }}});

  const cornu::Variable x(cornu::ones({16}));
  const auto cornu_chain = [&] {
    cornu::GradientTape tape;
    cornu::Tensor y = x;
    for (int i = 0; i < 100; ++i) y = y * b;
    keep(tape.gradient(y, x));
  };
  const auto torch_chain = [&] {
    torch::Tensor y = tracked;
    for (int i = 0; i < 100; ++i) y = y * d;
    y.sum().backward();
    tracked.mutable_grad().reset();
  };
  compare({.name = "chain of 100 multiplies, forward and backward"},
          {{.name = "Cornu", .run = cornu_chain}, {.name = "libtorch", .run = torch_chain}});
}

}  // namespace

int main() {
  keep_memory();
  const MlpData data;
  for (int threads = 1; threads <= std::min(2, available_threads()); ++threads) {
    use_torch_threads(threads);
    training_step(data, threads);
    predict(data, threads);
  }
  use_torch_threads(1);
  small_operations();
}
