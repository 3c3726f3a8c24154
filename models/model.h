#pragma once
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <typeinfo>
#include <vector>

#include <cornu/core/train/checkpoint.h>
#include <cornu/layers/layer.h>
#include <cornu/models/tensor_dict.h>
#include <cornu/models/training/compile_options.h>
#include <cornu/models/training/fit_options.h>

namespace cornu {

class FunctionalGraph;

namespace detail {
struct Training;
}

struct SummaryOptions {
  std::optional<int64_t> line_length = {};  ///< characters: 88, or 108 with connections; fewer on a narrow terminal
  std::ostream* out = nullptr;              ///< standard output by default
  bool expand_nested = false;               ///< also the layers within layers
  bool show_trainable = false;              ///< a column that says which layers train
};

struct LoadWeightsOptions {
  bool skip_mismatch = false;  ///< leave layers as they are that the file does not fit, and say so
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
  explicit Model(const LayerOptions& options = {});
  ~Model() override;
  Model(Model&& other) noexcept;
  Model& operator=(Model&& other) noexcept;
  /// A functional model: what lies between the symbolic `inputs` and `outputs`, which come from Input() or are inner
  /// ones of another model, whose layers are shared then. It is built at once. Throws ValueError for tensors that are
  /// not symbolic, an input that is given twice, one that the outputs need and that is not given, or layers of one
  /// name. Keras's Model(inputs, outputs).
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
  /// The names of inputs and outputs, by which x, y, losses and metrics may be given: those that the model was made
  /// with, or their layers' names; none for a class of one's own.
  virtual std::vector<std::string> input_names() const;
  virtual std::vector<std::string> output_names() const;
  /// The layer of this name, or at this place in layers() (negative: from the end). Throws ValueError if there is none.
  Layer& get_layer(const std::string& name) const;
  Layer& get_layer(int64_t index) const;
  /// The same as its class. Throws ValueError, too, for a layer of another one.
  ///
  ///     model.get_layer<layers::Normalization>("normalization").adapt(x);
  template <std::derived_from<Layer> L>
  L& get_layer(const std::string& name) const {
    return as<L>(get_layer(name));
  }
  template <std::derived_from<Layer> L>
  L& get_layer(int64_t index) const {
    return as<L>(get_layer(index));
  }

  // ---- training: docs/trainer.md --------------------------------------------------------------------------------

  /// Says how to train: optimizer, losses, metrics. All is checked before anything changes. Which variables are trained
  /// is settled by the first step after it: what is frozen or thawed later takes effect with the next compile(). Throws
  /// ValueError for unknown names, suggesting near ones. Keras's Model.compile.
  ///
  ///     model.compile({.optimizer = "adam", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  void compile(const CompileOptions& options = {});
  bool compiled() const;
  /// Throws StateError before compile().
  Optimizer& optimizer() const;
  /// The arguments of compile() as Keras writes them, null before it; and compile() from such.
  Config get_compile_config() const;
  void compile_from_config(const Config& config);

  /// Trains: `epochs` times over all samples x, whose targets are y. Traces train_step() once and runs the trace.
  /// Returns the losses and metrics of each epoch. Throws StateError before compile(), ShapeError for tensors of
  /// different numbers of samples or a loss that does not fit (suggesting another), ValueError for labels out of range
  /// and options that do not hold, before anything is trained; KeyboardInterrupt after Ctrl-C. Keras's Model.fit.
  ///
  ///     History history = model.fit(x, y, {.batch_size = 128, .epochs = 5, .validation_split = 0.1});
  History fit(const Tensors& x, const Tensors& y, const FitOptions& options = {});
  /// The same without targets, for a model whose losses all come from add_loss().
  History fit(const Tensors& x, const FitOptions& options = {});
  /// The same with batches.
  History fit(const DataSource& data, const FitOptions& options = {});
  /// The means of losses and metrics over all samples. Throws as fit(). Keras's Model.evaluate.
  Logs evaluate(const Tensors& x, const Tensors& y, const EvaluateOptions& options = {});
  Logs evaluate(const Tensors& x, const EvaluateOptions& options = {});
  Logs evaluate(const DataSource& data, const EvaluateOptions& options = {});
  /// The outputs for all samples of x [n, ...], computed in batches without training behaviour. Traces predict_step().
  /// Throws ShapeError for a tensor without axes, ValueError for a batch size or number of steps below 1. Keras's
  /// Model.predict.
  Tensor predict(const Tensor& x, const PredictOptions& options = {});
  TensorList predict(const TensorList& x, const PredictOptions& options = {});
  /// Inputs and outputs by name. Throws ValueError for a name that is missing or unknown, StateError for a model
  /// without names.
  TensorDict predict(const TensorDict& x, const PredictOptions& options = {});
  TensorList predict(const DataSource& data, const PredictOptions& options = {});

  /// One step on one batch; the metrics count from the last reset_metrics() on.
  Logs train_on_batch(const Tensors& x, const Tensors& y, const TrainOnBatchOptions& options = {});
  Logs test_on_batch(const Tensors& x, const Tensors& y, const TrainOnBatchOptions& options = {});
  Tensors predict_on_batch(const Tensors& x);

  // What a class derived from Model may override.

  /// What fit() does with a batch: computes, takes gradients, updates the weights and metrics, and says how it went.
  virtual Logs train_step(const Batch& batch);
  virtual Logs test_step(const Batch& batch);
  virtual Tensors predict_step(const Batch& batch);
  /// The compiled losses and what add_loss() and regularizers have added. Throws StateError if there is none.
  virtual Tensor compute_loss(const Tensors& x, const Tensors& y, const Tensors& y_pred,
                              const Tensors& sample_weight = {}, bool training = true);
  /// Updates the compiled metrics and gives get_metrics_result().
  virtual Logs compute_metrics(const Tensors& x, const Tensors& y, const Tensors& y_pred,
                               const Tensors& sample_weight = {});
  /// What metrics() say at present.
  virtual Logs get_metrics_result();
  /// The metrics that begin anew with each epoch: that of the loss, the compiled ones, and what a derived class adds.
  virtual std::vector<Metric*> metrics();
  void reset_metrics();

  /// Set by a callback, ends fit() after the step under way.
  bool stop_training = false;
  /// Of the last fit(), or of the one under way: the epochs that are complete, also if it has ended with an error.
  const History& history() const;
  /// What compile() and fit() keep: for the library's callbacks. Throws StateError for a model that was moved from.
  detail::Training& training_state() const;

  // ---- looking, saving ------------------------------------------------------------------------------------------

  /// Prints a table of the layers with their output shapes and numbers of parameters, and for a model with branches
  /// what each layer takes. Throws StateError for a class of one's own that is not built yet. Keras's Model.summary.
  void summary(const SummaryOptions& options = {}) const;

  /// Writes the values of all variables.
  /// - `PATH.weights.h5` is Keras's format, which its load_weights() reads: layers by Keras's paths,
  /// `layers/dense_1/vars/0`,
  ///   and the optimizer. For a layer in a class of one's own Keras looks by its attribute's name: the layer's name
  ///   stands for it.
  /// - `PATH.safetensors` and `PATH.npz` are files of these formats with the paths within the model as names
  ///   (`dense/kernel`), random states included.
  /// - Any other path is a checkpoint of TensorFlow's format that has the model for its root: PATH.index and
  ///   PATH.data-00000-of-00001, keys as `dense/kernel/.ATTRIBUTES/VARIABLE_VALUE`.
  ///
  /// Throws StateError before the model is built, FileError if it cannot be written.
  void save_weights(const std::string& path) const;
  /// Gives the variables the values that save_weights() or Keras wrote, also from a `.keras` file, and checks all
  /// before it changes anything: throws as Checkpoint::restore(). From a checkpoint also those of a model that is not
  /// built yet, once they exist; for the other formats it must be built (StateError), and the file must have what the
  /// model has (ValueError, which lists all that does not fit).
  CheckpointStatus load_weights(const std::string& path, const LoadWeightsOptions& options = {});

  /// Writes the model as a `.keras` file, which load_model() reads, here and in Python: configuration, weights and, if
  /// it is compiled, optimizer, losses and metrics. Throws ValueError for another name, StateError for a class that
  /// does not say how it is written (get_config()), FileError if it cannot be written. Keras's Model.save.
  void save(const std::string& path) const;
  /// The configuration as Keras writes it; model_from_json() makes a model of it.
  std::string to_json() const;
  /// The configuration of a Sequential or functional model; a class of one's own overrides it. Throws StateError where
  /// it does not.
  Config get_config() const override;

  /// What a functional model consists of; null for others.
  const FunctionalGraph* functional_graph() const { return functional_.get(); }

 protected:
  /// To be called where layers come or go: steps are traced anew, and a model that was trained needs compile() again.
  void layers_changed();

 private:
  template <class L>
  L& as(Layer& layer) const {
    if (auto* const found = dynamic_cast<L*>(&layer)) return *found;
    fail_class(layer, typeid(L));
  }
  [[noreturn]] void fail_class(const Layer& layer, const std::type_info& expected) const;
  void track_members();

  std::shared_ptr<detail::Training> make_training();
  Model(const LayerOptions& options, std::shared_ptr<const FunctionalGraph> functional);

  std::shared_ptr<const FunctionalGraph> functional_;
  std::shared_ptr<detail::Training> training_ = make_training();
};

}  // namespace cornu
