#pragma once
#include <memory>

#include <cornu/models/model.h>

namespace cornu {

/// Another model of the same layers, each made anew from its configuration, with weights of its own: initial ones,
/// where Layer::clone() copies the values. A Sequential stays one. Throws ValueError for a model whose class is the
/// user's own (it has no description to copy), and StateError for a layer without a configuration. Keras's clone_model.
CORNU_API std::unique_ptr<Model> clone_model(const Model& model);

}  // namespace cornu
