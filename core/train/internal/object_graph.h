#pragma once
#include <string>
#include <utility>
#include <vector>

#include <cornu/core/train/trackable.h>

namespace cornu {

// TensorFlow's object-based checkpoints: https://www.tensorflow.org/guide/checkpoint

/// The key of the graph among the tensors.
inline constexpr const char* object_graph_key = "_CHECKPOINTABLE_OBJECT_GRAPH";
inline constexpr const char* value_attribute = "VARIABLE_VALUE";
inline constexpr const char* value_suffix = "/.ATTRIBUTES/VARIABLE_VALUE";

/// The values of an object and of all in it, as they are now, and how the objects hang together. Of the values only
/// handles are kept: what changes later changes another copy.
struct ObjectGraphSnapshot {
  std::vector<std::pair<std::string, Tensor>> values;  // by key
  std::string graph;                                   // a TrackableObjectGraph
};
ObjectGraphSnapshot snapshot(Trackable& root);

/// Writes the snapshot as a tensor bundle.
void write_snapshot(const std::string& prefix, const ObjectGraphSnapshot& snapshot);

}  // namespace cornu
