#pragma once
#include <string>

#include <cornu/core/saved_model/saved_model.h>
#include <cornu/models/model.h>

namespace cornu::saved_model {

/// Writes a model in TensorFlow's format: its call without training behaviour, as "__call__" and as the signature
/// serving_default, and its variables by their paths. The model must have been called, or built; the first extent of
/// its inputs, the batch, is left free.
///
///     MLP model;
///     model(images);
///     saved_model::save(model, "mlp");
///
/// Throws StateError for a model that was neither called nor built, and what the other save() throws.
CORNU_API void save(Model& model, const std::string& directory, const SaveOptions& options = {});

/// Writes the model's call as one GraphDef with its variables as constants. See the other export_frozen_graph().
CORNU_API void export_frozen_graph(Model& model, const std::string& file);

}  // namespace cornu::saved_model
