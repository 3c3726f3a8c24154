#include <cornu/layers/internal/families.h>

namespace cornu::layers {

Registry<Layer>& registry() {
  static Registry<Layer> instance = [] {
    Registry<Layer> all("layer", "keras.layers");
    for (auto* add : {add_input_layers, add_core_layers, add_reshaping_layers, add_regularization_layers,
                      add_normalization_layers, add_merging_layers, add_activation_layers, add_convolution_layers,
                      add_pooling_layers, add_preprocessing_layers})
      add(all);
    return all;
  }();
  return instance;
}

std::unique_ptr<Layer> deserialize(const std::string& json_text) { return registry().make(Config::parse(json_text)); }

}  // namespace cornu::layers
