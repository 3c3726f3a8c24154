#pragma once
#include <map>
#include <string>

#include <cornu/core/tensor/tensor.h>

namespace tool {

/// The arrays of a .weights.h5 file, or of the one in a .keras file, by their paths there: `layers/dense/vars/0`. All
/// checksums are compared.
std::map<std::string, cornu::Tensor> keras_arrays(const std::string& path);

/// The .weights.h5 file in a .keras file, as it is.
std::string keras_weights_bytes(const std::string& path);

/// Prints what Keras wrote and when, the model, how it was compiled, and its arrays.
void show_keras_model(const std::string& path);

}  // namespace tool
