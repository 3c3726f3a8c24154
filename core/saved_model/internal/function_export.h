#pragma once
#include <set>
#include <string>
#include <vector>

#include <proto/saved_model.pb.h>

#include <cornu/core/graph/concrete_function.h>

namespace cornu::saved_model {

/// A function in the library of a graph: takes its tensors, then the handles of `variables`.
struct ExportedFunction {
  std::string name;
  std::vector<ArgumentSpec> arguments;
  std::vector<std::string> input_names, output_names;
  std::vector<TensorSpec> inputs, outputs;
  std::vector<Variable> variables;
};

/// The names of a function's inputs or results: those given, or made from `base`. Throws ValueError for a wrong number
/// of them, for a name twice, and for one that TensorFlow cannot have.
std::vector<std::string> names_or(const std::vector<std::string>& given, const std::string& base, size_t count,
                                  bool number_one);

/// Writes the functions of a SavedModel.
class CORNU_API FunctionExporter {
 public:
  explicit FunctionExporter(proto::FunctionDefLibrary& library) : library_(library) {}

  /// Writes what `function` computes, under a new name that has `name` in it.
  ExportedFunction write(const ConcreteFunction& function, const std::string& name,
                         std::vector<std::string> input_names, std::vector<std::string> output_names);
  /// A function that calls `called` with its inputs and results in order of their names, as a signature does.
  ExportedFunction write_wrapper(const ExportedFunction& called, const std::string& name);
  /// The functions that save and restore these variables: names, handles.
  std::string write_save(const std::vector<std::pair<std::string, Variable>>& entries);
  std::string write_restore(const std::vector<std::pair<std::string, Variable>>& entries);

  /// All operations of TensorFlow's that were written.
  const std::set<std::string>& operations() const { return operations_; }

 private:
  std::string new_name(const std::string& name);
  proto::FunctionDefLibrary& library_;
  std::set<std::string> operations_;
  int count_ = 0;
};

}  // namespace cornu::saved_model
