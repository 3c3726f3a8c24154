#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/graph/concrete_function.h>

/// Models in TensorFlow's format, SavedModel: a folder with the graph of each function (saved_model.pb) and the values
/// of the variables (variables/). Programs that do not have the model's class load and run it, TensorFlow's included.
namespace cornu::saved_model {

/// A function that other programs call by a name, with named inputs and outputs.
struct CORNU_API Signature {
  Signature() = default;
  Signature(ConcreteFunction function, std::vector<std::string> inputs = {}, std::vector<std::string> outputs = {});

  std::optional<ConcreteFunction> function = {};
  std::vector<std::string> inputs = {};   ///< "inputs", or "inputs_0", "inputs_1", ... by default
  std::vector<std::string> outputs = {};  ///< "output_0", "output_1", ... by default
};

struct SaveOptions {
  /// What serving programs call; by default "serving_default", which is the model's call.
  std::map<std::string, Signature> signatures = {};
};

/// Writes a SavedModel whose root is called with `call`: saved_model.pb, variables/, assets/ and fingerprint.pb.
/// `variables` are its variables by their paths within the root ("dense/kernel"); those that functions use beside are
/// saved under their own paths. The folder appears once it is whole; an older one gives way in one step.
///
///     Variable w(constant(2.f), {.name = "w"});
///     Function f = function([&](const Tensor& x) { return x * w; });
///     saved_model::save(f.concrete_function(x), {{"w", w}}, "double");
///
/// Throws ValueError naming all operations that TensorFlow does not have, and for names that it cannot have; FileError
/// for what cannot be written. See also saved_model::save() of a Model. TensorFlow's tf.saved_model.save.
CORNU_API void save(const ConcreteFunction& call, const std::map<std::string, Variable>& variables,
                    const std::string& directory, const SaveOptions& options = {});

/// Writes one GraphDef of `call`, its variables as constants: what programs run that know no SavedModels, as OpenCV's
/// cv::dnn::readNetFromTensorflow does. The inputs are placeholders by the names of `inputs` ("inputs" by default), the
/// results nodes by those of `outputs` ("output_0", ...). Throws as save() does.
CORNU_API void export_frozen_graph(const Signature& call, const std::string& file);

/// What a loaded function takes or gives.
struct TensorDescription {
  std::optional<Shape> shape = {};  ///< -1 for an extent that may be any; nothing if even the rank may
  std::string dtype = {};           ///< "float32"; also "string", which tensors here cannot hold
};

/// A function of a SavedModel. Copies are the same function.
class CORNU_API LoadedFunction {
 public:
  struct State;
  explicit LoadedFunction(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  LoadedFunction(const LoadedFunction&) = default;  // also in place of moves: what was moved from can still be used
  LoadedFunction& operator=(const LoadedFunction&) = default;

  const std::string& name() const;
  /// What it takes and gives, by name.
  const std::map<std::string, TensorDescription>& inputs() const;
  const std::map<std::string, TensorDescription>& outputs() const;
  /// TensorFlow's operations in it that Cornu lacks, so that it cannot be called: "ParseExampleV2 (node 'parse')".
  std::vector<std::string> unknown_operations() const;

  /// Calls it. Gradients flow through it, also to the model's variables. Throws ValueError for missing or unknown
  /// names and for a function with unknown_operations(), and ShapeError or DTypeError for tensors that do not fit.
  std::map<std::string, Tensor> operator()(const std::map<std::string, Tensor>& inputs) const;
  /// The same where there is one input and one output.
  Tensor operator()(const Tensor& input) const;
  /// The same with inputs and outputs in the order in which the function was written with them.
  TensorList operator()(const TensorList& inputs) const;
  /// The graph for such inputs.
  ConcreteFunction concrete_function(const TensorList& inputs) const;

 private:
  std::shared_ptr<const State> state_;
};

/// A model that was loaded from a SavedModel: it runs, and trains further, without its class.
class CORNU_API LoadedModel {
 public:
  struct State;
  explicit LoadedModel(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  LoadedModel(const LoadedModel&) = default;  // also in place of moves: what was moved from can still be used
  LoadedModel& operator=(const LoadedModel&) = default;

  /// The model's output. It is that of its call, without training behaviour; of its signature serving_default if it
  /// was saved without a call. Throws as LoadedFunction does, StateError for a model that has neither.
  Tensor call(const Tensor& inputs) const;
  TensorList call(const TensorList& inputs) const;
  Tensor operator()(const Tensor& inputs) const { return call(inputs); }

  /// What serving programs call, by name.
  const std::map<std::string, LoadedFunction>& signatures() const;
  /// All functions of the root, by name: "__call__", and those that TensorFlow's programs decorate.
  const std::map<std::string, LoadedFunction>& functions() const;
  /// All variables, in the order of their objects. They are live: what is assigned to them counts at the next call.
  const std::vector<Variable>& variables() const;
  std::vector<Variable> trainable_variables() const;
  /// By their paths from the root, as the file names them.
  const std::map<std::string, Variable>& variables_by_path() const;

 private:
  std::shared_ptr<const State> state_;
};

/// Loads what save() or TensorFlow 2 has written. Functions whose operations Cornu lacks do not keep it from loading;
/// calling them is the error, which lists all of these operations.
///
///     auto model = saved_model::load("mlp");
///     Tensor scores = model.call(images);
///     Tensor y = model.signatures().at("serving_default")(images);
///
/// Throws FileError, naming the file, for what is missing or damaged, and where no function can be called.
/// TensorFlow's tf.saved_model.load.
CORNU_API LoadedModel load(const std::string& directory);

}  // namespace cornu::saved_model
