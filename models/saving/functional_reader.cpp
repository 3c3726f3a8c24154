// Functional models of Keras's configurations: functional_from_config of keras/src/models/functional.py.
#include <algorithm>
#include <deque>
#include <map>
#include <optional>

#include <cornu/core/config/names.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>
#include <cornu/models/saving/internal/operations.h>
#include <cornu/models/saving/internal/serialization.h>

namespace cornu::saving {

namespace {

/// A layer with the calls of it, of which some are still to be made.
struct Member {
  std::string name;
  bool is_functional = false;  // a functional model within the model
  std::shared_ptr<Layer> layer = {};
  const FunctionalOperation* operation = nullptr;  // instead of a layer
  Config arguments = {};                           // of the operation
  std::vector<TensorList> outputs = {};            // of the calls so far
  std::deque<Config> calls = {};                   // that are to come
};

class FunctionalReader {
 public:
  FunctionalReader(const Config& config, const ModelReader& reader) {
    for (const Config& object : config.at("layers").elements()) add_member(object, reader);
    while (make_calls()) {
    }
    for (const Member& member : members_)
      if (!member.calls.empty())
        throw ValueError("the layer '" + member.name + "' is called with a tensor that no layer gives");
  }

  /// The tensors that the model begins or ends with, and their names, if they have some.
  TensorList ends(const Config& config, std::vector<std::string>& names) const {
    TensorList tensors;
    if (config.is_object()) {
      for (const std::string& name : config.names()) {
        tensors.push_back(end(config.at(name)));
        names.push_back(name);
      }
      return tensors;
    }
    const std::vector<Config> elements = config.elements();
    if (!elements.empty() && elements[0].is_text()) return {end(config)};
    for (const Config& element : elements) tensors.push_back(end(element));
    return tensors;
  }

 private:
  void add_member(const Config& object, const ModelReader& reader) {
    Member member{.name = object.at(object.contains("name") ? "name" : "class_name").text()};
    if (places_.contains(member.name)) throw ValueError("there are two layers '" + member.name + "'");
    if (is_operation(object)) {
      member.operation = find_operation_class(object.at("class_name").text());
      member.arguments = object.at("config");
    } else {
      member.layer = reader.layer(object);
    }
    if (!member.operation && !member.layer) throw ValueError("the operation '" + member.name + "' is not known");
    member.is_functional = member.layer && member.layer->class_name() == "Functional";
    if (const auto* input = dynamic_cast<const layers::InputLayer*>(member.layer.get())) {
      const Shape& shape = input->batch_shape();
      InputOptions options{.dtype = input->dtype(), .name = member.name};
      if (shape[0] >= 0) options.batch_size = shape[0];
      member.outputs.push_back({Input(shape.slice(1, shape.rank()), options)});
    } else {
      for (const Config& call : object.at("inbound_nodes").elements()) member.calls.push_back(call);
    }
    places_[member.name] = members_.size();
    members_.push_back(std::move(member));
  }

  /// Makes the calls whose inputs are there, and says whether there were some: a layer may be called at several depths.
  bool make_calls() {
    bool made = false;
    for (Member& member : members_)
      while (!member.calls.empty() && make_call(member, member.calls.front())) {
        member.calls.pop_front();
        made = true;
      }
    return made;
  }

  bool make_call(Member& member, const Config& call) {
    if (call.is_list())
      throw ValueError("the layer '" + member.name + "' is in the form of Keras 2, which is not read");
    const std::vector<Config> arguments = call.at("args").elements();
    if (arguments.empty()) throw ValueError("the layer '" + member.name + "' is called with arguments by name only");
    TensorList inputs;
    for (const Config& argument : arguments)
      if (!add_inputs(argument, member, inputs)) return false;
    const CallOptions options = call_options(member.name, call);
    if (member.operation) {
      member.outputs.push_back({apply(*member.operation, inputs, member.arguments)});
    } else {
      const auto* model = dynamic_cast<const Model*>(member.layer.get());
      const bool takes_list = arguments.size() > 1 || arguments[0].is_list();
      if (takes_list || (model && model->outputs().size() > 1))
        member.outputs.push_back(call_shared(member.layer, inputs, options));
      else
        member.outputs.push_back({call_shared(member.layer, inputs.at(0), options)});
    }
    return true;
  }

  /// Numbers are of the tensors' dtype.
  static Tensor apply(const FunctionalOperation& operation, TensorList inputs, const Config& arguments) {
    if (operation.arity > 0 && inputs.size() != operation.arity)
      throw ValueError(std::string("the operation ") + operation.class_name + " takes " +
                       std::to_string(operation.arity) + " tensors; received " + std::to_string(inputs.size()));
    const auto tensor =
        std::find_if(inputs.begin(), inputs.end(), [](const Tensor& input) { return input.is_symbolic(); });
    if (tensor == inputs.end())
      throw ValueError(std::string("the operation ") + operation.class_name + " has no input");
    const DType dtype = tensor->dtype();
    for (Tensor& input : inputs)
      if (!input.is_symbolic()) input = cast(input, dtype);
    return operation.apply(inputs, arguments);
  }

  /// False where a tensor is not there yet.
  bool add_inputs(const Config& argument, const Member& member, TensorList& inputs) const {
    if (argument.is_list()) {
      for (const Config& element : argument.elements())
        if (!add_inputs(element, member, inputs)) return false;
      return true;
    }
    if (member.operation && argument.is_number()) {
      inputs.push_back(constant(argument.number()));
      return true;
    }
    const bool is_tensor = argument.contains("class_name") && argument.at("class_name").is_text() &&
                           argument.at("class_name").text() == "__keras_tensor__";
    if (!is_tensor)
      throw ValueError("the layer '" + member.name +
                       "' is called with something else than tensors: " + argument.dump());
    const std::optional<Tensor> tensor = find(argument.at("config").at("keras_history"), 0);
    if (tensor) inputs.push_back(*tensor);
    return tensor.has_value();
  }

  static CallOptions call_options(const std::string& name, const Config& call) {
    CallOptions options;
    const Config given = call.contains("kwargs") ? call.at("kwargs") : Config::object();
    for (const std::string& option : given.names()) {
      const Config value = given.at(option);
      if (option == "training" && value.is_boolean())
        options.training = value.boolean();
      else if (!value.is_null())
        throw ValueError("the layer '" + name + "' is called with '" + option + "', which Cornu's layers do not take");
    }
    return options;
  }

  /// The tensor of [name, which call, which output], if its call has been made.
  std::optional<Tensor> find(const Config& history, int64_t first_call) const {
    const std::vector<Config> parts = history.elements();
    if (parts.size() < 3) throw ValueError("expected [layer, call, output]; received " + history.dump());
    const auto place = places_.find(parts[0].text());
    if (place == places_.end()) throw ValueError("there is no layer '" + parts[0].text() + "'");
    const Member& member = members_[place->second];
    const int64_t call = parts[1].integer() - first_call, output = parts[2].integer();
    if (call < 0 || output < 0) throw ValueError("there is no such tensor: " + history.dump());
    if (static_cast<uint64_t>(call) >= member.outputs.size()) return std::nullopt;
    const TensorList& outputs = member.outputs[static_cast<size_t>(call)];
    if (static_cast<uint64_t>(output) >= outputs.size()) throw ValueError("there is no such tensor: " + history.dump());
    return outputs[static_cast<size_t>(output)];
  }

  /// Of a functional model within the model, Keras counts the calls from 1 where a model ends.
  Tensor end(const Config& history) const {
    const std::vector<Config> parts = history.elements();
    const auto place = parts.empty() || !parts[0].is_text() ? places_.end() : places_.find(parts[0].text());
    const bool is_functional = place != places_.end() && members_[place->second].is_functional;
    const std::optional<Tensor> tensor = find(history, is_functional ? 1 : 0);
    if (!tensor) throw ValueError("there is no such tensor: " + history.dump());
    return *tensor;
  }

  std::vector<Member> members_;
  std::map<std::string, size_t> places_;
};

TensorDict named(const std::vector<std::string>& names, const TensorList& tensors) {
  TensorDict dict;
  for (size_t i = 0; i < tensors.size(); ++i) dict.add(names.empty() ? std::to_string(i) : names[i], tensors[i]);
  return dict;
}

}  // namespace

std::unique_ptr<Model> read_functional(const Config& config, const ModelReader& reader) {
  const FunctionalReader members(config, reader);
  LayerOptions options;
  if (config.contains("name") && config.at("name").is_text()) options.name = config.at("name").text();
  std::vector<std::string> input_names, output_names;
  const TensorList inputs = members.ends(config.at("input_layers"), input_names);
  const TensorList outputs = members.ends(config.at("output_layers"), output_names);
  if (input_names.empty() && output_names.empty()) return std::make_unique<Model>(inputs, outputs, options);
  return std::make_unique<Model>(named(input_names, inputs), named(output_names, outputs), options);
}

}  // namespace cornu::saving
