#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cornu/metrics/reduction_metrics.h>
#include <cornu/models/training/compile_arguments.h>
#include <cornu/models/training/tensors.h>

namespace cornu {

using OutputNames = std::vector<std::string>;

/// The losses of all outputs, added up by their weights. Which loss belongs to which output is worked out at the first
/// call, when their number and shapes are known. Keras's CompileLoss.
class CompiledLoss {
 public:
  /// Throws ValueError for a loss that does not exist.
  CompiledLoss(const LossArgument& losses, const LossWeights& weights);

  Tensor operator()(const Tensors& y_true, const Tensors& y_pred, const Tensors& sample_weight,
                    const OutputNames& output_names);
  /// Works out which loss belongs to which output, if that was not done yet.
  void ensure_built(const Tensors& y_true, const Tensors& y_pred, const OutputNames& output_names);
  bool built() const { return !outputs_.empty(); }
  /// The means of the losses of the outputs, where there are several.
  std::vector<Metric*> metrics();
  /// Throws ValueError for class numbers that the output has no class for.
  void check_labels(size_t output, const Tensor& y_true) const;
  /// How many outputs have to have targets, as far as the argument tells.
  std::optional<size_t> output_count() const;

 private:
  struct Output {
    std::shared_ptr<Loss> loss;  // null: this output counts nothing
    std::optional<double> weight;
    std::unique_ptr<metrics::Mean> mean;
    std::optional<int64_t> classes;  // where targets are class numbers
  };
  std::vector<Output> build(const Tensors& y_true, const Tensors& y_pred, const OutputNames& output_names) const;

  LossArgument losses_;
  LossWeights weights_;
  std::vector<Output> outputs_;
};

}  // namespace cornu
