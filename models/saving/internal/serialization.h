#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <cornu/models/saving/saving.h>
#include <cornu/models/sequential.h>

namespace cornu {

class FunctionalGraph;

namespace saving {

/// Writes models and their layers as Keras's configurations.
class ModelWriter {
 public:
  /// {"module": ..., "class_name": ..., "config": {...}, ...} of a layer or model.
  Config object_of(const Layer& layer);
  /// The "config" in it, of a Sequential or functional model.
  Config config_of(const Model& model);

 private:
  Config layer_object(const Layer& layer);
  Config sequential_config(const Sequential& model);
  Config functional_config(const Model& model, const FunctionalGraph& graph);
  Config member_object(const FunctionalGraph& graph, size_t member);
  Config dtype_policy(DType dtype);

  bool has_default_policy_ = false;  // was written: Keras says of each further one that it is the same object
};

using CustomObjects = std::map<std::string, LayerFactory>;

/// Makes models and layers from Keras's configurations. Throws ValueError.
class ModelReader {
 public:
  explicit ModelReader(const CustomObjects& custom_objects) : custom_objects_(custom_objects) {}
  /// Throws ValueError listing all classes that are not known.
  void check_classes(const Config& object) const;
  std::unique_ptr<Model> model(const Config& object) const;
  std::unique_ptr<Layer> layer(const Config& object) const;
  /// Of the "config" in such an object.
  std::unique_ptr<Model> sequential(const Config& config) const;
  std::unique_ptr<Model> functional(const Config& config) const;

 private:
  void collect_unknown(const Config& config, bool is_layer, std::vector<std::string>& unknown) const;

  const CustomObjects& custom_objects_;
};

/// A functional model of this configuration, whose layers `reader` makes.
std::unique_ptr<Model> read_functional(const Config& config, const ModelReader& reader);

}  // namespace saving

}  // namespace cornu
