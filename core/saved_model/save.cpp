#include <filesystem>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <sys/stat.h>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_directory.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/saved_model/internal/fingerprint.h>
#include <cornu/core/saved_model/internal/function_export.h>
#include <cornu/core/saved_model/internal/function_writer.h>
#include <cornu/core/saved_model/internal/object_graph.h>
#include <cornu/core/saved_model/internal/operation_signatures.h>
#include <cornu/core/saved_model/internal/structures.h>
#include <cornu/core/saved_model/saved_model.h>

namespace cornu::saved_model {

Signature::Signature(ConcreteFunction function, std::vector<std::string> inputs, std::vector<std::string> outputs)
    : function(std::move(function)), inputs(std::move(inputs)), outputs(std::move(outputs)) {}

namespace {

constexpr int producer = 1395, min_consumer = 12;  // versions of GraphDefs
constexpr const char* default_signature = "serving_default";

/// The bytes of a message; equal messages give equal bytes.
std::string bytes_of(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

/// Puts a SavedModel's message together.
class Builder {
 public:
  Builder(const ConcreteFunction& call, const std::map<std::string, Variable>& variables, const SaveOptions& options)
      : functions_(*graph().mutable_library()), nodes_(*graph().mutable_node(), NodeWriter::Place::graph) {
    add_variables(call, variables, options);
    const ExportedFunction exported =
        functions_.write(call, "call", names_or({}, "inputs", call.inputs().size(), false),
                         names_or({}, "output", call.outputs().size(), true));
    add_call(exported);
    const int32_t signatures = objects_.add(ObjectGraph::root, "signatures");
    if (options.signatures.empty()) add_signature(signatures, default_signature, exported);
    for (const auto& [name, signature] : options.signatures) {
      if (!signature.function) throw ValueError("saved_model: the signature '" + name + "' has no function");
      add_signature(signatures, names_or({name}, "signatures", 1, false)[0], export_signature(name, signature));
    }
    add_initialisation();
    add_saver();
    finish();
  }

  const proto::SavedModel& message() const { return model_; }
  const ObjectGraph& objects() const { return objects_; }

 private:
  proto::MetaGraphDef& meta() {
    return model_.meta_graphs_size() ? *model_.mutable_meta_graphs(0) : *model_.add_meta_graphs();
  }
  proto::GraphDef& graph() { return *meta().mutable_graph_def(); }

  void add_variable(const std::string& path, const Variable& variable) {
    const bool is_new = !handles_.contains(variable.id());
    const std::string name = is_new ? nodes_.unique_name(path) : std::string();
    objects_.add_variable(path, variable, name);
    if (is_new) pending_.emplace_back(name, variable), handles_[variable.id()] = {};
  }

  void add_variables(const ConcreteFunction& call, const std::map<std::string, Variable>& variables,
                     const SaveOptions& options) {
    for (const auto& [path, variable] : variables) add_variable(path, variable);
    const auto add_captured = [&](const ConcreteFunction& function) {
      for (const Variable& variable : function.captured_variables())
        if (!handles_.contains(variable.id())) add_variable(variable.path(), variable);
    };
    add_captured(call);
    for (const auto& [name, signature] : options.signatures)
      if (signature.function) add_captured(*signature.function);
    for (const auto& [name, variable] : pending_) write_handle(name, variable);
  }

  void write_handle(const std::string& name, const Variable& variable) {
    auto& node = *graph().add_node();
    node.set_name(name);
    node.set_op("VarHandleOp");
    auto& attributes = *node.mutable_attr();
    attributes["dtype"] = attribute(to_proto(variable.dtype()));
    attributes["shape"] = attribute(variable.shape());
    attributes["shared_name"] = attribute(name);
    const OutputReference handle{.node = name, .output = "resource", .dtype = proto::DT_RESOURCE};
    handles_[variable.id()] = handle;
    nodes_.write("ReadVariableOp", {handle}, {{"dtype", attribute(to_proto(variable.dtype()))}},
                 name + "/Read/ReadVariableOp");
  }

  proto::SavedConcreteFunction& describe(const ExportedFunction& function) {
    proto::SavedConcreteFunction& description = objects_.concrete_function(function.name);
    for (const Variable& variable : function.variables) description.add_bound_inputs(objects_.variable(variable.id()));
    return description;
  }

  void add_call(const ExportedFunction& function) {
    auto& description = describe(function);
    *description.mutable_canonicalized_input_signature() =
        positional_signature(function.arguments, function.input_names);
    *description.mutable_output_signature() = result_structure(function.outputs, function.output_names);
    const int32_t object = objects_.add(ObjectGraph::root, "__call__");
    auto& saved = *objects_.at(object).mutable_function();
    saved.add_concrete_functions(function.name);
    *saved.mutable_function_spec() = function_spec(argument_names(function), {});
  }

  /// One name for each argument: a list has that of its first tensor, without the number.
  static std::vector<std::string> argument_names(const ExportedFunction& function) {
    if (function.arguments.size() == 1) return {"inputs"};
    std::vector<std::string> names;
    for (size_t i = 0; i < function.arguments.size(); ++i) names.push_back("inputs_" + std::to_string(i));
    return names;
  }

  ExportedFunction export_signature(const std::string& name, const Signature& signature) {
    const ConcreteFunction& function = *signature.function;
    return functions_.write(function, name, names_or(signature.inputs, "inputs", function.inputs().size(), false),
                            names_or(signature.outputs, "output", function.outputs().size(), true));
  }

  void add_signature(int32_t signatures, const std::string& name, const ExportedFunction& function) {
    const ExportedFunction wrapper = functions_.write_wrapper(function, name);
    auto& description = describe(wrapper);
    *description.mutable_canonicalized_input_signature() = keyword_signature(wrapper.inputs, wrapper.input_names);
    *description.mutable_output_signature() = dictionary(wrapper.outputs, wrapper.output_names);
    auto& bare = *objects_.at(objects_.add(signatures, name)).mutable_bare_concrete_function();
    bare.set_concrete_function_name(wrapper.name);
    for (const std::string& input : wrapper.input_names) bare.add_argument_keywords(input);
    bare.set_allowed_positional_arguments(wrapper.inputs.size() == 1 ? 1 : 0);
    *bare.mutable_function_spec() = function_spec({}, wrapper.input_names);
    add_signature_def(name, wrapper);
  }

  void add_signature_def(const std::string& name, const ExportedFunction& wrapper) {
    auto& definition = (*meta().mutable_signature_def())[name];
    definition.set_method_name("tensorflow/serving/predict");
    OutputReferences arguments;
    const auto info = [&](proto::TensorInfo& message, const OutputReference& reference, const TensorSpec& spec) {
      message.set_name(reference.node + ":" + std::to_string(reference.position));
      message.set_dtype(to_proto(spec.dtype));
      *message.mutable_tensor_shape() = to_proto(spec.shape);
    };
    for (size_t i = 0; i < wrapper.inputs.size(); ++i) {
      arguments.push_back(nodes_.write("Placeholder", {},
                                       {{"dtype", attribute(to_proto(wrapper.inputs[i].dtype))},
                                        {"shape", attribute(wrapper.inputs[i].shape)},
                                        {"_output_shapes", shapes_attribute({wrapper.inputs[i]})}},
                                       name + "_" + wrapper.input_names[i])[0]);
      info((*definition.mutable_inputs())[wrapper.input_names[i]], arguments.back(), wrapper.inputs[i]);
    }
    for (const Variable& variable : wrapper.variables) arguments.push_back(handles_.at(variable.id()));
    const OutputReferences results = write_call(nodes_, wrapper.name, arguments, wrapper.outputs);
    for (size_t i = 0; i < results.size(); ++i)
      info((*definition.mutable_outputs())[wrapper.output_names[i]], results[i], wrapper.outputs[i]);
  }

  void add_initialisation() {
    nodes_.write("NoOp", {});
    auto& output =
        (*(*meta().mutable_signature_def())["__saved_model_init_op"].mutable_outputs())["__saved_model_init_op"];
    output.set_name(nodes_.last_name());
    output.mutable_tensor_shape()->set_unknown_rank(true);
  }

  /// The nodes that save and restore the variables, which programs find by the SaverDef.
  void add_saver() {
    const OutputReference file =
        nodes_.write("Placeholder", {}, {{"dtype", attribute(proto::DT_STRING)}, {"shape", attribute(Shape())}},
                     "saver_filename")[0];
    const OutputReference objects = nodes_.strings({bytes_of(objects_.checkpoint())}, true, "Const");
    OutputReferences arguments{file};
    for (const auto& [key, variable] : objects_.entries()) arguments.push_back(handles_.at(variable.id()));
    OutputReferences save_arguments = arguments;
    save_arguments.push_back(objects);
    const auto call = [&](const std::string& function, const OutputReferences& given) {
      return nodes_.write("StatefulPartitionedCall", given,
                          {{"Tout", attribute(std::vector{proto::DT_STRING})},
                           {"_output_shapes", shapes_attribute({TensorSpec(Shape())})},
                           {"config_proto", attribute(std::string())},
                           {"f", function_attribute(function)}})[0];
    };
    auto& saver = *meta().mutable_saver_def();
    saver.set_filename_tensor_name(file.node + ":0");
    saver.set_save_tensor_name(call(functions_.write_save(objects_.entries()), save_arguments).node + ":0");
    saver.set_restore_op_name(call(functions_.write_restore(objects_.entries()), arguments).node);
    saver.set_version(proto::SaverDef::V2);
  }

  void finish() {
    model_.set_saved_model_schema_version(1);
    auto& information = *meta().mutable_meta_info_def();
    information.add_tags("serve");
    information.set_tensorflow_version("2.14.0");
    information.set_tensorflow_git_version("unknown");
    information.set_stripped_default_attrs(true);
    std::set<std::string> operations = functions_.operations();
    operations.insert(nodes_.operations().begin(), nodes_.operations().end());
    operations.insert("VarHandleOp");
    for (const std::string& operation : operations)
      *information.mutable_stripped_op_list()->add_op() = op_def_of(signature_of(operation));
    graph().mutable_versions()->set_producer(producer);
    graph().mutable_versions()->set_min_consumer(min_consumer);
    *meta().mutable_object_graph_def() = objects_.saved();
  }

  proto::SavedModel model_;
  ObjectGraph objects_;
  FunctionExporter functions_;
  NodeWriter nodes_;
  std::map<uint64_t, OutputReference> handles_;
  std::vector<std::pair<std::string, Variable>> pending_;
};

void write_fingerprint(const proto::SavedModel& model, const std::string& bytes, const std::string& folder) {
  const proto::MetaGraphDef& meta = model.meta_graphs(0);
  proto::MetaGraphDef signatures;
  *signatures.mutable_signature_def() = meta.signature_def();
  proto::FingerprintDef message;
  message.set_saved_model_checksum(fingerprint(bytes));
  message.set_graph_def_program_hash(fingerprint(bytes_of(meta.graph_def())));
  message.set_signature_def_hash(fingerprint(bytes_of(signatures)));
  message.set_saved_object_graph_hash(fingerprint(bytes_of(meta.object_graph_def())));
  message.set_checkpoint_hash(fingerprint(io::read_file(folder + "/variables/variables.index")));
  message.mutable_version()->set_producer(1);
  io::write_file_atomically(folder + "/fingerprint.pb", std::string_view(bytes_of(message)));
}

}  // namespace

void save(const ConcreteFunction& call, const std::map<std::string, Variable>& variables, const std::string& directory,
          const SaveOptions& options) {
  const Builder builder(call, variables, options);
  const std::string bytes = bytes_of(builder.message());
  io::AtomicDirectory folder(directory);
  for (const char* part : {"/variables", "/assets"})
    if (::mkdir((folder.path() + part).c_str(), 0755) != 0) throw FileError(folder.path() + part + ": cannot be made");
  io::TensorBundleWriter bundle(folder.path() + "/variables/variables");
  for (const auto& [key, variable] : builder.objects().entries()) bundle.add(key, variable.peek());
  bundle.add_string("_CHECKPOINTABLE_OBJECT_GRAPH", bytes_of(builder.objects().checkpoint()));
  bundle.finish();
  io::write_file_atomically(folder.path() + "/saved_model.pb", std::string_view(bytes));
  write_fingerprint(builder.message(), bytes, folder.path());
  folder.commit();
}

}  // namespace cornu::saved_model
