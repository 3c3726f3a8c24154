#pragma once
#include <string>
#include <typeinfo>
#include <vector>

#include <cornu/core/export.h>

namespace cornu {

/// The name of a class without its namespaces: "Dense" for cornu::layers::Dense.
CORNU_API std::string class_name_of(const std::type_info& type);
/// Keras's spelling of a class as an object's name: "Dense" -> "dense", "BatchNormalization" -> "batch_normalization",
/// "PReLU" -> "p_re_lu".
CORNU_API std::string to_snake_case(const std::string& class_name);
/// "; did you mean 'relu'?" with the nearest of `known`, or "; known are 'a', 'b'" (of `listed`) where none is near.
CORNU_API std::string suggestion(const std::string& name, const std::vector<std::string>& known,
                                 const std::vector<std::string>& listed);
inline std::string suggestion(const std::string& name, const std::vector<std::string>& known) {
  return suggestion(name, known, known);
}
/// "'a', 'b', 'c'"
CORNU_API std::string join(const std::vector<std::string>& names);

}  // namespace cornu
