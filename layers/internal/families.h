#pragma once
#include <cornu/layers/layer.h>

// Each family of layers makes its classes known; layers::registry() calls them all.
namespace cornu::layers {

void add_input_layers(Registry<Layer>& registry);
void add_core_layers(Registry<Layer>& registry);
void add_reshaping_layers(Registry<Layer>& registry);
void add_regularization_layers(Registry<Layer>& registry);
void add_normalization_layers(Registry<Layer>& registry);
void add_merging_layers(Registry<Layer>& registry);
void add_activation_layers(Registry<Layer>& registry);

}  // namespace cornu::layers
