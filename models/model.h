#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <cornu/core/train/checkpoint.h>
#include <cornu/layers/layer.h>
#include <cornu/models/tensor_dict.h>

namespace cornu {

class FunctionalGraph;

struct PredictOptions {
  int64_t batch_size = 32;
  int verbose = 1;                    ///< 0: silent, 1: a progress bar, 2: one line at the end
  std::optional<int64_t> steps = {};  ///< batches to run, all by default
};

struct SummaryOptions {
  std::optional<int64_t> line_length = {};  ///< characters: 88, or 108 with connections; fewer on a narrow terminal
  std::ostream* out = nullptr;              ///< standard output by default
  bool expand_nested = false;               ///< also the layers within layers
  bool show_trainable = false;              ///< a column that says which layers train
};

/// A layer that is trained, evaluated and saved as a whole. Keras's keras.Model.
///
/// A class of one's own computes in call():
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
///
/// A functional model is made of symbolic tensors, with any number of branches, inputs and outputs:
///
///     Tensor image = Input({28, 28}), hidden = image | layers::Flatten() | layers::Dense({.units = 100});
///     Model model(image, relu(hidden) | layers::Dense({.units = 10}));
class CORNU_API Model : public Layer {
 public:
  explicit Model(const LayerOptions& options = {}) : Layer(options) {}
  /// A functional model: what lies between the symbolic `inputs` and `outputs`, which come from Input() or are inner
  /// ones of another model, whose layers are shared then. It is built at once. Throws ValueError for tensors that are
  /// not symbolic, an input that is given twice, or one that the outputs need and that is not given. Keras's
  /// Model(inputs, outputs).
  Model(const TensorList& inputs, const TensorList& outputs, const LayerOptions& options = {});
  Model(const Tensor& input, const Tensor& output, const LayerOptions& options = {});
  Model(const TensorList& inputs, const Tensor& output, const LayerOptions& options = {});
  Model(const Tensor& input, const TensorList& outputs, const LayerOptions& options = {});
  /// The same with names for inputs and outputs, which take the place of their layers' names.
  Model(const TensorDict& inputs, const TensorDict& outputs, const LayerOptions& options = {});

  using Layer::operator();
  /// Calls the model with its inputs by name; gives its outputs by name. Throws ValueError for a name that is missing
  /// or unknown, StateError for a model that is not functional.
  TensorDict operator()(const TensorDict& inputs, const CallOptions& options = {});

  TensorList call_list(const TensorList& inputs) override;
  std::string class_name() const override;

  /// The symbolic tensors that a functional model is made of; empty for others.
  virtual TensorList inputs() const;
  virtual TensorList outputs() const;
  /// The names of inputs and outputs: those that were given, or their layers' names. For other models than functional
  /// ones "input_1" and "output_1" on, once they are built.
  virtual std::vector<std::string> input_names() const;
  virtual std::vector<std::string> output_names() const;
  /// The layer of this name, or at this place in layers() (negative: from the end). Throws ValueError if there is none.
  Layer& get_layer(const std::string& name) const;
  Layer& get_layer(int64_t index) const;

  /// The outputs for all examples of x [n, ...], computed in batches without training behaviour. Throws ShapeError for
  /// a tensor without axes, ValueError for a batch size or number of steps below 1.
  Tensor predict(const Tensor& x, const PredictOptions& options = {});
  TensorList predict(const TensorList& x, const PredictOptions& options = {});

  /// Prints a table of the layers with their output shapes and numbers of parameters, and for a model with branches
  /// what each layer takes. Throws StateError for a class of one's own that is not built yet. Keras's Model.summary.
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

  /// What a functional model consists of; null for others.
  const FunctionalGraph* functional_graph() const { return functional_.get(); }

 private:
  Model(const LayerOptions& options, std::shared_ptr<const FunctionalGraph> functional);

  std::shared_ptr<const FunctionalGraph> functional_;
};

}  // namespace cornu
