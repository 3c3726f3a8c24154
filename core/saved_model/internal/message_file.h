#pragma once
#include <string>

#include <proto/saved_model.pb.h>

namespace cornu::saved_model {

/// What a SavedModel's saved_model.pb holds: one graph at least. Throws FileError if it is missing, damaged, or newer
/// than what is known.
proto::SavedModel read_message(const std::string& directory);

}  // namespace cornu::saved_model
