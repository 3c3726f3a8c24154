#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <cornu/core/graph/function.h>
#include <cornu/core/saved_model/internal/graph_import.h>
#include <cornu/core/saved_model/internal/structures.h>
#include <cornu/core/saved_model/saved_model.h>

namespace cornu::saved_model {

/// What all functions of a loaded model share.
struct LoadedContent {
  explicit LoadedContent(proto::SavedModel message) : model(std::move(message)), reader(meta().graph_def().library()) {}
  /// The graph that is for serving, or the first one.
  const proto::MetaGraphDef& meta() const {
    for (const proto::MetaGraphDef& graph : model.meta_graphs())
      for (const std::string& tag : graph.meta_info_def().tags())
        if (tag == "serve") return graph;
    return model.meta_graphs(0);
  }

  proto::SavedModel model;
  FunctionReader reader;
  std::map<int32_t, Variable> variables;             // by their objects
  std::map<int32_t, std::string> missing_variables;  // those that tensors here cannot hold
};

/// A function and how it is called.
struct LoadedFunction::State {
  State(std::shared_ptr<const LoadedContent> content, std::string name, const std::string& trace);

  TensorList call(const TensorList& inputs) const { return traced(inputs); }
  void require_callable() const;
  /// Its results for (symbolic) tensors, while it is traced.
  TensorList compute(const TensorList& inputs) const;

  std::shared_ptr<const LoadedContent> content;
  std::string name, trace;
  std::vector<std::string> input_names, output_names;  // in the function's order
  std::map<std::string, TensorDescription> inputs, outputs;
  std::vector<int32_t> bound;  // objects that it is given behind its inputs
  std::vector<std::string> unknown;
  FunctionOf<TensorList> traced;

 private:
  void describe(const std::vector<NamedSpec>& specs, std::vector<std::string>& names,
                std::map<std::string, TensorDescription>& descriptions, const char* base);
  FunctionOf<TensorList> make_function();
};

}  // namespace cornu::saved_model
