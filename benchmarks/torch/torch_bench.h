#pragma once
// What the benchmarks beside libtorch share.
#include <cblas.h>
#include <malloc.h>
#include <torch/torch.h>

#include "../mlp_floor.h"

namespace bench {

inline void use_torch_threads(int threads) {
  at::set_num_threads(threads);
  openblas_set_num_threads(1);  // libtorch's threads are OpenMP's, as Cornu's
}

/// libtorch takes its tensors from malloc, which gives large ones back to the system and has each page cleared again at
/// the next step; where page faults are dear (virtual machines) that costs ten times the training itself. Here malloc
/// keeps its memory, so that what is measured is libtorch.
inline void keep_memory() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2000000000);
}

/// The training loop of cornu_training.h as a user of libtorch writes it.
class TorchTraining {
 public:
  /// `example` is the shape of one image for the model.
  TorchTraining(const MlpData& data, std::vector<int64_t> example, const torch::nn::Sequential& model)
      : images_(torch::from_blob(const_cast<float*>(data.images.data()), with_count(example, data))),
        labels_(torch::from_blob(const_cast<int32_t*>(data.labels.data()), with_count({}, data), torch::kInt32)
                    .to(torch::kInt64)),
        model_(model),
        optimizer_(model_->parameters(), torch::optim::AdamOptions(1e-3)) {
    for (int i = 0; i < MlpData::batches; ++i)
      indices_.push_back(
          torch::from_blob(const_cast<int32_t*>(data.batch_of(i)), {data.batch}, torch::kInt32).to(torch::kInt64));
  }

  void step() {
    const torch::Tensor& index = indices_[static_cast<size_t>(step_++ % MlpData::batches)];
    const torch::Tensor x = images_.index_select(0, index), y = labels_.index_select(0, index);
    optimizer_.zero_grad();
    torch::nn::functional::cross_entropy(model_->forward(x), y).backward();
    optimizer_.step();
  }

  torch::Tensor predict(const torch::Tensor& x) {
    const torch::InferenceMode inference;
    return model_->forward(x);
  }
  torch::Tensor sample() const { return images_.slice(0, 0, 1); }

 private:
  static std::vector<int64_t> with_count(std::vector<int64_t> shape, const MlpData& data) {
    shape.insert(shape.begin(), static_cast<int64_t>(data.labels.size()));
    return shape;
  }

  torch::Tensor images_, labels_;
  std::vector<torch::Tensor> indices_;
  torch::nn::Sequential model_;
  torch::optim::Adam optimizer_;
  int64_t step_ = 0;
};

}  // namespace bench
