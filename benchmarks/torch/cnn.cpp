// libtorch's C++ frontend beside Cornu: the work of cnn.cpp, in the same rounds.
#include <memory>

#include "../cnn_cornu.h"
#include "torch_bench.h"

using namespace bench;

namespace {

class TorchCnn : public TorchTraining {
 public:
  explicit TorchCnn(const MlpData& data)
      : TorchTraining(
            data, {1, CornuCnn::side, CornuCnn::side},
            torch::nn::Sequential(torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 32, 3)), torch::nn::ReLU(),
                                  torch::nn::MaxPool2d(2), torch::nn::Conv2d(torch::nn::Conv2dOptions(32, 64, 3)),
                                  torch::nn::ReLU(), torch::nn::MaxPool2d(2), torch::nn::Flatten(),
                                  torch::nn::Linear(1600, 128), torch::nn::ReLU(), torch::nn::Linear(128, 10))) {}
};

void training_step(const MlpData& data, int threads) {
  std::vector<Contender> contenders = {
      {.name = "libtorch", .run = [cnn = std::make_shared<TorchCnn>(data)] { cnn->step(); }}};
  for (const bool traced : {false, true})
    contenders.push_back({.name = traced ? "Cornu, traced" : "Cornu, eager",
                          .run = [cnn = std::make_shared<CornuCnn>(data, traced)] { cnn->step(); },
                          .goal_ratio = traced ? 0.5 : 0});
  compare({.name = "CNN training step", .threads = threads, .rounds = 21, .round_seconds = 0.1}, std::move(contenders));
}

void predict(const MlpData& data, int threads) {
  TorchCnn torch_cnn(data);
  CornuCnn cornu_cnn(data);
  const torch::Tensor torch_sample = torch_cnn.sample();
  const cornu::Tensor cornu_sample = cornu_cnn.sample();
  compare({.name = "CNN, one sample", .threads = threads},
          {{.name = "libtorch, in inference mode", .run = [&] { keep(torch_cnn.predict(torch_sample)); }},
           {.name = "Cornu, model(x)", .run = [&] { keep(cornu_cnn.model()(cornu_sample)); }, .goal_ratio = 0.5}});
}

}  // namespace

int main() {
  keep_memory();
  const MlpData data(64, 6400);
  for (int threads = 1; threads <= std::min(2, available_threads()); ++threads) {
    use_torch_threads(threads);
    training_step(data, threads);
    predict(data, threads);
  }
}
