#pragma once
#include <functional>
#include <optional>
#include <ostream>
#include <string>

#include <cornu/core/train/checkpoint.h>
#include <cornu/layers/layer.h>

namespace cornu {

struct PredictOptions {
  int64_t batch_size = 32;
  int verbose = 1;                    ///< 0: silent, 1: a progress bar, 2: one line at the end
  std::optional<int64_t> steps = {};  ///< batches to run, all by default
};

struct SummaryOptions {
  int64_t line_length = 80;     ///< characters
  std::ostream* out = nullptr;  ///< standard output by default
  bool expand_nested = false;   ///< also the layers within layers
  bool show_trainable = false;  ///< a column that says which layers train
};

/// A layer that is trained, evaluated and saved as a whole. Keras's keras.Model.
///
///     class MLP : public Model {
///      public:
///       Tensor call(const Tensor& inputs) override { return dense2(dense1(flatten(inputs))); }
///
///      private:
///       layers::Flatten flatten;
///       layers::Dense dense1{{.units = 100, .activation = relu}};
///       layers::Dense dense2{{.units = 10, .activation = "softmax"}};
///     };
class CORNU_API Model : public Layer {
 public:
  explicit Model(const LayerOptions& options = {}) : Layer(options) {}

  /// The outputs for all examples of x [n, ...], computed in batches without training behaviour. Throws ShapeError for
  /// a tensor without axes, ValueError for a batch size or number of steps below 1.
  Tensor predict(const Tensor& x, const PredictOptions& options = {});
  TensorList predict(const TensorList& x, const PredictOptions& options = {});

  /// Prints a table of the layers with their output shapes and numbers of parameters. Throws StateError before the
  /// model is built.
  void summary(const SummaryOptions& options = {}) const;

  /// Writes the values of all variables, random states included. `PATH.safetensors` and `PATH.npz` are files of these
  /// formats with the paths within the model as names (`dense/kernel`). Any other path is a checkpoint of TensorFlow's
  /// format that has the model for its root: PATH.index and PATH.data-00000-of-00001, keys as
  /// `dense/kernel/.ATTRIBUTES/VARIABLE_VALUE`. Throws StateError before the model is built, FileError if it cannot be
  /// written.
  void save_weights(const std::string& path) const;
  /// Gives the variables the values that save_weights() wrote, and checks all before it changes anything: throws as
  /// Checkpoint::restore(). From a checkpoint also those of a model that is not built yet, once they exist; for the
  /// other formats it must be built (StateError), and the file must have these very names (ValueError).
  CheckpointStatus load_weights(const std::string& path);
};

}  // namespace cornu
