#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/autodiff/variable.h>
#include <cornu/core/initializers/initializer.h>
#include <cornu/layers/constraint.h>
#include <cornu/layers/regularizer.h>

namespace cornu {

class Trackable;

/// What a call of a layer may say besides its inputs.
struct CallOptions {
  std::optional<bool> training = {};  ///< as the caller's by default, else false
  Tensor mask = {};                   ///< of the (first) input; the mask that the input carries by default
  TensorList masks = {};              ///< one for each input, instead of `mask`
};

/// A weight, as add_weight() makes it.
struct WeightOptions {
  std::string name = {};  ///< "weight" by default, numbered
  Shape shape = {};
  std::optional<DType> dtype = {};  ///< the layer's by default
  Initializer initializer = {};     ///< "glorot_uniform" by default, "zeros" for integers and booleans
  Regularizer regularizer = {};
  Constraint constraint = {};
  bool trainable = true;
};

struct LayerOptions {
  std::string name = {};  ///< the class in snake case by default, numbered within the caller
  bool trainable = true;
  DType dtype = float32;
};

/// The outputs of a call with several inputs; one output may be taken as a Tensor.
class CORNU_API LayerOutputs : public TensorList {
 public:
  LayerOutputs(TensorList outputs) : TensorList(std::move(outputs)) {}
  operator Tensor() const;  ///< throws ValueError unless there is one
};

/// Base of all layers and models: a function of tensors with weights. Keras's keras.Layer.
///
/// Derive, make weights in build() and compute in call(). A layer is a value: a member, an element of a vector, behind
/// a pointer. Nothing is registered: a layer that is called inside another's call() belongs to that one from then on,
/// which gives it its path
/// (`mlp/dense_1`) and puts its variables into the caller's. Layers move but do not copy; clone() copies.
///
///     class Linear : public Layer {
///      public:
///       explicit Linear(int64_t units) : units_(units) {}
///       void build(const Shape& input_shape) override {
///         w_ = add_weight({.name = "w", .shape = {input_shape.back(), units_}});
///         b_ = add_weight({.name = "b", .shape = {units_}, .initializer = "zeros"});
///       }
///       Tensor call(const Tensor& inputs) override { return matmul(inputs, w_) + b_; }
///
///      private:
///       int64_t units_;
///       Variable w_, b_;
///     };
///
/// Calling a built layer from several threads at once is safe.
class CORNU_API Layer {
 public:
  explicit Layer(const LayerOptions& options = {});
  virtual ~Layer();
  Layer(Layer&& other) noexcept;
  Layer& operator=(Layer&& other) noexcept;

  // What a class derived from Layer overrides.

  /// Makes the weights for inputs of this shape; called once, before the first call(). Called by a user, it builds a
  /// model for inputs of this shape (extents may be -1) without computing.
  virtual void build(const Shape& input_shape);
  /// The same for layers of several inputs.
  virtual void build_list(const std::vector<Shape>& input_shapes);
  /// Computes the output. training() and mask() tell about the call under way.
  virtual Tensor call(const Tensor& inputs);
  /// The same for layers of several inputs or outputs.
  virtual TensorList call_list(const TensorList& inputs);
  /// The mask of the output: `mask` (of the first input) if the layer supports_masking(), else none.
  virtual Tensor compute_mask(const TensorList& inputs, const TensorList& masks);
  virtual bool supports_masking() const { return false; }
  /// The shape of the output for inputs of this shape; unknown extents are -1. By default found by calling without
  /// computing.
  virtual Shape compute_output_shape(const Shape& input_shape);
  virtual std::vector<Shape> compute_output_shapes(const std::vector<Shape>& input_shapes);
  /// The options that the layer was made with. Throws StateError for a class that does not say how it is written.
  virtual Config get_config() const;

  // Calling.

  /// Builds on the first call, then computes call(). Floating inputs are cast to the layer's dtype. Errors name the
  /// layer's path. Inputs that come from Input() are not computed with: the call becomes a part of the functional model
  /// that is being described, which keeps a layer that is a temporary (as a clone(), so it needs a configuration).
  Tensor operator()(const Tensor& inputs, const CallOptions& options = {}) &;
  LayerOutputs operator()(const TensorList& inputs, const CallOptions& options = {}) &;
  Tensor operator()(const Tensor& inputs, const CallOptions& options = {}) &&;
  LayerOutputs operator()(const TensorList& inputs, const CallOptions& options = {}) &&;

  // Weights.

  bool built() const;
  /// What the first call took and gave; empty before it.
  const std::vector<TensorSpec>& input_specs() const;
  const std::vector<TensorSpec>& output_specs() const;
  /// All variables: the layer's own (trainable first), then those of the layers in it, in order of their first call;
  /// shared ones once.
  std::vector<Variable> variables() const;
  std::vector<Variable> trainable_variables() const;
  std::vector<Variable> non_trainable_variables() const;
  /// variables() without the states of random generators.
  std::vector<Variable> weights() const;
  std::vector<Variable> trainable_weights() const { return trainable_variables(); }
  std::vector<Variable> non_trainable_weights() const;
  std::vector<Tensor> get_weights() const;
  /// Assigns all weights in the order of weights(), or, where numbers or shapes do not fit, throws ValueError or
  /// ShapeError and changes none.
  void set_weights(const std::vector<Tensor>& values);
  /// Number of elements of all weights. Throws StateError before the layer is built.
  int64_t count_params() const;

  bool trainable() const;
  /// Of this layer and those in it.
  void set_trainable(bool trainable);

  // Names and structure.

  virtual std::string class_name() const;
  const std::string& name() const;
  void set_name(const std::string& name);
  /// Where the layer belongs: `mlp/dense_1`; its name if it belongs to no other.
  const std::string& path() const;
  DType dtype() const;
  /// The layers in this one, in order of their first call.
  std::vector<Layer*> layers() const;
  /// Takes layers in before they are called: to fix their order, or because they are not used in call().
  template <class... L>
  void track(L&... layers) {
    (track_one(layers), ...);
  }

  /// The symbolic input and output of the layer's first call in a functional model, for models that begin or end at an
  /// inner layer. Throws StateError if there was none, ValueError for several.
  Tensor input() const;
  Tensor output() const;

  // Losses besides the model's own.

  /// Adds to the loss of the call under way. A scalar.
  void add_loss(const Tensor& loss);
  /// What the last call added, and the regularizers' penalties of the weights as they are now.
  TensorList losses() const;
  const Regularizer& activity_regularizer() const;
  void set_activity_regularizer(const Regularizer& regularizer);

  // Copies and configurations.

  /// {"class_name": ..., "config": {...}}, as Keras writes it.
  std::string to_json() const;
  /// Another layer of the same configuration and, if built, with the same weights' values.
  std::unique_ptr<Layer> clone() const;
  /// What a Checkpoint saves and restores: the variables and the layers in this one, by their names.
  std::shared_ptr<Trackable> trackable() const;

 protected:
  /// Makes a variable of the layer's, under its path. In build() (or the constructor).
  Variable add_weight(const WeightOptions& options);
  /// Makes `state` (of a random generator) one of the layer's variables, but none of its weights.
  void add_state(const Variable& state);
  /// The flag of the call under way.
  bool training() const;
  /// The mask of the first input of the call under way; undefined without one.
  Tensor mask() const;
  TensorList masks() const;
  /// What the layer consists of has changed: the next call builds it again, and what is built in it stays so.
  void unbuild();
  /// Gives up a layer that belongs to this one.
  void release(Layer& layer);

 private:
  friend class CallFrame;
  friend class LayerReference;
  friend CORNU_API LayerOutputs call_shared(const std::shared_ptr<Layer>& layer, const TensorList& inputs,
                                            const CallOptions& options);
  friend CORNU_API Tensor call_shared(const std::shared_ptr<Layer>& layer, const Tensor& input,
                                      const CallOptions& options);
  struct State;

  State& state() const;
  TensorList run(const TensorList& inputs, const CallOptions& options);
  /// Whether one of the inputs comes from Input().
  static bool is_described(const TensorList& inputs);
  /// The outputs of a call in a functional model, which keeps `held`.
  TensorList describe(const TensorList& inputs, const CallOptions& options, bool takes_list,
                      const std::shared_ptr<Layer>& held);
  std::shared_ptr<Layer> copy_of_temporary() const;
  void ensure_built(const TensorList& inputs);
  void finish_call(const TensorList& inputs, const TensorList& outputs, class CallFrame& frame);
  void adopt(Layer& layer);
  void take_in(Layer& layer);
  void track_one(Layer& layer) { adopt(layer); }
  template <class L>
  void track_one(std::vector<L>& layers) {
    for (L& layer : layers) track_one(layer);
  }
  template <class L>
  void track_one(std::unique_ptr<L>& layer) {
    track_one(*layer);
  }
  template <class L>
  void track_one(std::shared_ptr<L>& layer) {
    track_one(*layer);
  }

  std::shared_ptr<State> state_;
};

namespace layers {

/// The layer classes that can be made from a configuration.
CORNU_API Registry<Layer>& registry();
/// A layer from Keras's configuration {"class_name": "Dense", "config": {...}}. Throws ValueError for an unknown class
/// or option.
CORNU_API std::unique_ptr<Layer> deserialize(const std::string& json_text);

}  // namespace layers

}  // namespace cornu
