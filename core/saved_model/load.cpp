#include <algorithm>
#include <set>

#include <cornu/core/error.h>
#include <cornu/core/graph/function.h>
#include <cornu/core/io/internal/byte_reader.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/saved_model/internal/inspection.h>
#include <cornu/core/saved_model/internal/loaded_function.h>
#include <cornu/core/saved_model/internal/message_file.h>
#include <cornu/core/saved_model/internal/object_graph.h>
#include <cornu/core/saved_model/saved_model.h>

namespace cornu::saved_model {

struct LoadedModel::State {
  std::map<std::string, LoadedFunction> signatures, functions;
  std::map<std::string, Variable> variables_by_path;
  std::vector<Variable> variables;
  std::string directory;

  const LoadedFunction& call() const {
    if (const auto found = functions.find("__call__"); found != functions.end()) return found->second;
    if (const auto found = signatures.find("serving_default"); found != signatures.end()) return found->second;
    throw StateError(directory + ": the model was saved without a call and without the signature 'serving_default'; " +
                     "use signatures() or functions()");
  }
};

namespace {

constexpr int deepest_object = 200;  // objects within objects

/// Where an object is found: in its parent, under a name; the root has none.
struct Place {
  int32_t parent = 0;
  int depth = 0;
  const std::string* name = nullptr;
};

/// What is read of saved_model.pb, and turned into variables and functions.
class Loader {
 public:
  explicit Loader(const std::string& directory) : directory_(directory), file_(directory + "/saved_model.pb") {
    content_ = std::make_shared<LoadedContent>(read_message(directory));
    state_->directory = directory_;
  }

  std::shared_ptr<const LoadedModel::State> load() {
    try {
      find_places();
      load_variables();
      load_functions();
    } catch (FileError&) {
      throw;
    } catch (Error& error) {
      throw FileError(file_ + ": " + error.what());
    }
    return state_;
  }

  void require_one_that_runs() const {
    std::string unknown;
    for (const auto* functions : {&state_->functions, &state_->signatures})
      for (const auto& [name, function] : *functions) {
        const std::vector<std::string> operations = function.unknown_operations();
        if (operations.empty()) return;
        for (const std::string& operation : operations)
          if (unknown.find(operation) == std::string::npos) unknown += (unknown.empty() ? "" : ", ") + operation;
      }
    if (!unknown.empty()) fail("no function can be called; they use operations that Cornu does not have: " + unknown);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw FileError(file_ + ": " + why); }

  const proto::SavedObjectGraph& objects() const { return content_->meta().object_graph_def(); }
  const proto::SavedObject& object(int32_t id) const {
    if (id < 0 || id >= objects().nodes_size()) fail("refers to object " + std::to_string(id) + ", which is not there");
    return objects().nodes(id);
  }

  /// The first way from the root to each object, breadth first.
  void find_places() {
    if (objects().nodes_size() == 0) fail("holds no objects: it was saved by TensorFlow 1, whose format is not read");
    places_.resize(static_cast<size_t>(objects().nodes_size()));
    std::set<int32_t> seen{0};
    std::vector<int32_t> queue{0};
    for (size_t next = 0; next < queue.size(); ++next)
      for (const auto& child : object(queue[next]).children()) {
        object(child.node_id());
        if (!seen.insert(child.node_id()).second) continue;
        queue.push_back(child.node_id());
        const int depth = places_[static_cast<size_t>(queue[next])].depth + 1;
        if (depth > deepest_object)
          fail("holds objects within objects, more than " + std::to_string(deepest_object) + " deep");
        places_[static_cast<size_t>(child.node_id())] = {queue[next], depth, &child.local_name()};
      }
  }

  std::vector<std::string> path_to(int32_t id) const {
    std::vector<std::string> names;
    for (const Place* place = &places_[static_cast<size_t>(id)]; place->name;
         place = &places_[static_cast<size_t>(place->parent)])
      names.push_back(*place->name);
    std::reverse(names.begin(), names.end());
    return names;
  }

  void load_variables() {
    const std::string prefix = directory_ + "/variables/variables";
    std::optional<io::TensorBundleReader> bundle;
    for (int32_t id = 0; id < objects().nodes_size(); ++id) {
      if (!object(id).has_variable()) continue;
      if (!bundle) bundle.emplace(prefix);
      load_variable(id, *bundle);
    }
  }

  void load_variable(int32_t id, const io::TensorBundleReader& bundle) {
    const proto::SavedVariable& message = object(id).variable();
    const std::vector<std::string> names = path_to(id);
    std::string path;
    for (const std::string& name : names) path += (path.empty() ? "" : "/") + name;
    const std::string key = checkpoint_key(names);
    if (!from_proto(message.dtype()) || !bundle.find(key)) {
      // Functions that use it cannot be called; others can.
      content_->missing_variables[id] = io::printable(path) + " (" + to_string(message.dtype()) + ")";
      return;
    }
    const Tensor value = bundle.read(key);
    const Shape shape = from_proto(message.shape());
    if (to_proto(value.dtype()) != message.dtype() || !shape.is_compatible_with(value.shape()))
      fail("the variable '" + path + "' is " + to_string(message.dtype()) + " " + shape.to_string() +
           "; its value in variables/ is " + std::string(name(value.dtype())) + " " + value.shape().to_string());
    const Variable variable(value,
                            {.name = names.empty() ? message.name() : names.back(), .trainable = message.trainable()});
    variable.set_path(path);
    content_->variables[id] = variable;
    state_->variables.push_back(variable);
    state_->variables_by_path[path] = variable;
  }

  void load_functions() {
    for (const auto& child : object(0).children()) {
      const proto::SavedObject& part = object(child.node_id());
      if (part.has_function()) add_function(child.local_name(), part.function());
      if (child.local_name() != "signatures") continue;
      for (const auto& signature : part.children()) add_signature(signature.local_name(), object(signature.node_id()));
    }
  }

  /// A function may have been traced more than once: a trace for no training is preferred, then an earlier one.
  void add_function(const std::string& name, const proto::SavedFunction& function) {
    std::vector<std::string> traces(function.concrete_functions().begin(), function.concrete_functions().end());
    std::stable_partition(traces.begin(), traces.end(), [&](const std::string& trace) {
      const auto found = objects().concrete_functions().find(trace);
      return found != objects().concrete_functions().end() && !has_true(found->second.canonicalized_input_signature());
    });
    if (traces.empty()) return;
    state_->functions.emplace(name, LoadedFunction(std::make_shared<LoadedFunction::State>(content_, name, traces[0])));
  }

  void add_signature(const std::string& name, const proto::SavedObject& object) {
    std::string trace = object.bare_concrete_function().concrete_function_name();
    if (object.has_function() && object.function().concrete_functions_size() > 0)
      trace = object.function().concrete_functions(0);
    if (trace.empty()) return;
    state_->signatures.emplace(name, LoadedFunction(std::make_shared<LoadedFunction::State>(content_, name, trace)));
  }

  std::string directory_, file_;
  std::shared_ptr<LoadedContent> content_;
  std::shared_ptr<LoadedModel::State> state_ = std::make_shared<LoadedModel::State>();
  std::vector<Place> places_;  // by object
};

}  // namespace

LoadedModel load(const std::string& directory) {
  Loader loader(directory);
  LoadedModel model(loader.load());
  loader.require_one_that_runs();
  return model;
}

LoadedModel load_to_look_at(const std::string& directory) { return LoadedModel(Loader(directory).load()); }

Tensor LoadedModel::call(const Tensor& inputs) const { return state_->call()(inputs); }
TensorList LoadedModel::call(const TensorList& inputs) const { return state_->call()(inputs); }
const std::map<std::string, LoadedFunction>& LoadedModel::signatures() const { return state_->signatures; }
const std::map<std::string, LoadedFunction>& LoadedModel::functions() const { return state_->functions; }
const std::vector<Variable>& LoadedModel::variables() const { return state_->variables; }
const std::map<std::string, Variable>& LoadedModel::variables_by_path() const { return state_->variables_by_path; }

std::vector<Variable> LoadedModel::trainable_variables() const {
  std::vector<Variable> trainable;
  for (const Variable& variable : state_->variables)
    if (variable.trainable()) trainable.push_back(variable);
  return trainable;
}

}  // namespace cornu::saved_model
