#pragma once
#include <memory>
#include <string>
#include <vector>

#include <cornu/models/training/internal/compiled_loss.h>

namespace cornu {

/// The metrics of all outputs, without and with sample weights. Which there are is worked out at the first update.
/// Keras's CompileMetrics.
class CompiledMetrics {
 public:
  /// Throws ValueError for a metric that does not exist.
  CompiledMetrics(const MetricArgument& metrics, const MetricArgument& weighted_metrics);

  void update_state(const Tensors& y_true, const Tensors& y_pred, const Tensors& sample_weight,
                    const OutputNames& output_names);
  std::vector<Metric*> metrics();
  /// The names in the logs, in the order of metrics().
  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Entry {
    std::shared_ptr<Metric> metric;
    std::string name;
    size_t output;
    bool is_weighted;
  };
  static Entry make_entry(const MetricHandle& handle, const Tensor& y_true, const Tensor& y_pred, size_t output,
                          bool is_weighted);
  void add(const MetricArgument& argument, bool is_weighted, const Tensors& y_true, const Tensors& y_pred,
           const OutputNames& output_names, std::vector<Entry>& entries) const;
  std::vector<std::string> names_of(const std::vector<Entry>& entries, size_t outputs,
                                    const OutputNames& output_names) const;
  void ensure_built(const Tensors& y_true, const Tensors& y_pred, const OutputNames& output_names);

  MetricArgument metrics_, weighted_metrics_;
  bool built_ = false;
  std::vector<Entry> entries_;
  std::vector<std::string> names_;
};

}  // namespace cornu
