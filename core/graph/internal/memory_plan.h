#pragma once
#include <cornu/core/graph/graph.h>

namespace cornu {

/// Where the values of a graph of known shapes are while it runs. Values of one root share memory: a view lies in what
/// it is a view of.
struct CORNU_API MemoryPlan {
  enum class Place : uint8_t {
    arena,     ///< at `offset` of the one block of memory that a run has
    constant,  ///< in the constant's own tensor
    outside,   ///< in an argument or a variable: known only when it runs
    output,    ///< in the result number `output`
  };
  struct Root {
    Place place = Place::arena;
    int32_t output = -1;
    size_t offset = 0, bytes = 0;
    int32_t first_step = 0, last_use = -1;  // nodes
  };
  struct Location {
    int32_t root = -1;  // of `roots`
    size_t offset = 0;  // bytes from its beginning
  };
  std::vector<int32_t> first_value;  // of each node, in `locations`
  std::vector<Location> locations;
  std::vector<Root> roots;
  size_t arena_bytes = 0;

  /// Plans by liveness: a value's memory is used again after its last use, by an elementwise operation in place.
  explicit MemoryPlan(const Graph& graph);

  const Location& location(const Value& value) const {
    return locations[static_cast<size_t>(first_value[static_cast<size_t>(value.node)] + value.output)];
  }
  const Root& root(const Value& value) const { return roots[static_cast<size_t>(location(value).root)]; }

 private:
  void find_roots(const Graph& graph);
  void find_uses(const Graph& graph);
  void place_outputs(const Graph& graph);
  void place_arena(const Graph& graph);
  int32_t root_to_overwrite(const Graph& graph, int32_t node) const;
};

/// The position of a view's first element in its input, in bytes.
size_t view_bytes(const Graph& graph, const Node& node);

inline size_t bytes_of(const TensorSpec& spec) { return static_cast<size_t>(spec.shape.size()) * size_of(spec.dtype); }

}  // namespace cornu
