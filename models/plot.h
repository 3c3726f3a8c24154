#pragma once
#include <string>

#include <cornu/models/model.h>

namespace cornu {

struct PlotOptions {
  bool show_shapes = false;             ///< input and output shapes of each layer
  bool show_dtype = false;              ///< the dtype of each layer's outputs
  bool show_layer_names = false;        ///< names beside classes
  std::string rankdir = "TB";           ///< "TB": from top to bottom, "LR": from left to right
  bool expand_nested = false;           ///< models within the model as groups
  int64_t dpi = 200;                    ///< of a PNG
  bool show_layer_activations = false;  ///< the activation function of each layer
  bool show_trainable = false;          ///< whether a layer trains
};

/// Draws the model as a graph of its layers: writes the graph's text beside `file` with the ending .dot, and where
/// Graphviz's `dot` is installed the picture `file` in the format of its ending (.svg, .png, .pdf). Returns whether the
/// picture was drawn. Throws StateError for a model that is not built, ValueError for another ending, FileError where
/// nothing can be written. Keras's plot_model.
CORNU_API bool plot_model(const Model& model, const std::string& file = "model.svg", const PlotOptions& options = {});
/// The graph in Graphviz's language. Keras's model_to_dot.
CORNU_API std::string model_to_dot(const Model& model, const PlotOptions& options = {});

}  // namespace cornu
