#pragma once
#include <cstdint>
#include <map>
#include <string>

#include <cornu/core/saved_model/saved_model.h>

/// Looking into SavedModels.
namespace cornu::saved_model {

/// The model as load() gives it, also where no function can be called for operations that Cornu lacks.
CORNU_API LoadedModel load_to_look_at(const std::string& directory);

/// How often each of TensorFlow's operations stands in the graph and its functions. Throws FileError as load() does.
CORNU_API std::map<std::string, int64_t> operation_counts(const std::string& directory);

/// Compares the hashes in fingerprint.pb with saved_model.pb and the index of the variables; does nothing where there
/// is no such file, as TensorFlow wrote none before 2.12. Throws FileError, naming the file that does not fit.
CORNU_API void verify_fingerprint(const std::string& directory);

}  // namespace cornu::saved_model
