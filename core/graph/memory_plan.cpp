#include <algorithm>
#include <limits>

#include <cornu/core/graph/internal/memory_plan.h>

namespace cornu {

namespace {

constexpr size_t alignment = 64;
constexpr int32_t forever = std::numeric_limits<int32_t>::max();

bool is_view(const Node& node) { return node.kind == Node::Kind::operation && node.operation->view_offset; }

/// Whether the kernel may write where its input number `input`, of the output's shape, is.
bool may_overwrite(const Node& node, size_t input) {
  if (node.kind != Node::Kind::operation) return false;
  return node.operation->fusion == Fusion::elementwise || node.operation->overwritten_input == static_cast<int>(input);
}

/// Free pieces of the arena, by offset.
class FreeList {
 public:
  /// The smallest piece that `bytes` fit in, else more at the end.
  size_t take(size_t bytes) {
    auto best = pieces_.end();
    for (auto piece = pieces_.begin(); piece != pieces_.end(); ++piece)
      if (piece->bytes >= bytes && (best == pieces_.end() || piece->bytes < best->bytes)) best = piece;
    if (best == pieces_.end()) {
      size_t offset = end_;
      if (!pieces_.empty() && pieces_.back().offset + pieces_.back().bytes == end_) {
        offset = pieces_.back().offset;
        pieces_.pop_back();
      }
      end_ = offset + bytes;
      return offset;
    }
    const size_t offset = best->offset;
    best->offset += bytes;
    best->bytes -= bytes;
    if (best->bytes == 0) pieces_.erase(best);
    return offset;
  }

  void give_back(size_t offset, size_t bytes) {
    auto next = std::find_if(pieces_.begin(), pieces_.end(), [&](const Piece& piece) { return piece.offset > offset; });
    next = pieces_.insert(next, {offset, bytes});
    if (next + 1 != pieces_.end() && next->offset + next->bytes == (next + 1)->offset) {
      next->bytes += (next + 1)->bytes;
      pieces_.erase(next + 1);
    }
    if (next != pieces_.begin() && (next - 1)->offset + (next - 1)->bytes == next->offset) {
      (next - 1)->bytes += next->bytes;
      pieces_.erase(next);
    }
  }

  size_t end() const { return end_; }

 private:
  struct Piece {
    size_t offset, bytes;
  };
  std::vector<Piece> pieces_;
  size_t end_ = 0;
};

size_t rounded(size_t bytes) { return std::max(alignment, (bytes + alignment - 1) / alignment * alignment); }

}  // namespace

size_t view_bytes(const Graph& graph, const Node& node) {
  const Tensor base = Tensor::placed(graph.spec(node.inputs[0]).shape, graph.spec(node.inputs[0]).dtype);
  const Tensor* const inputs[] = {&base};
  return static_cast<size_t>(node.operation->view_offset({*node.operation, inputs, node.attributes})) *
         size_of(base.dtype());
}

MemoryPlan::MemoryPlan(const Graph& graph) {
  find_roots(graph);
  place_outputs(graph);
  find_uses(graph);
  place_arena(graph);
}

void MemoryPlan::find_roots(const Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    first_value.push_back(static_cast<int32_t>(locations.size()));
    if (is_view(node)) {
      Location location = this->location(node.inputs[0]);
      location.offset += view_bytes(graph, node);
      locations.push_back(location);
      continue;
    }
    Root root{.first_step = static_cast<int32_t>(i)};
    if (node.kind == Node::Kind::constant) root.place = Place::constant;
    if (node.kind == Node::Kind::input || node.kind == Node::Kind::read) root.place = Place::outside;
    for (const TensorSpec& spec : node.outputs) {
      root.bytes = bytes_of(spec);
      locations.push_back({static_cast<int32_t>(roots.size()), 0});
      roots.push_back(root);
    }
  }
}

/// A result that is a whole root is computed in place; all others are copied at the end.
void MemoryPlan::place_outputs(const Graph& graph) {
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const Value& value = graph.outputs[i];
    Root& root = roots[static_cast<size_t>(location(value).root)];
    if (root.place != Place::arena || bytes_of(graph.spec(value)) != root.bytes) continue;
    root.place = Place::output;
    root.output = static_cast<int32_t>(i);
  }
}

void MemoryPlan::find_uses(const Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    for (const Value& input : graph.nodes[i].inputs)
      roots[static_cast<size_t>(location(input).root)].last_use = static_cast<int32_t>(i);
  for (const Value& output : graph.outputs) roots[static_cast<size_t>(location(output).root)].last_use = forever;
}

/// The root of an input that dies here and whose memory the node's output may take, or -1.
int32_t MemoryPlan::root_to_overwrite(const Graph& graph, int32_t index) const {
  const Node& node = graph.nodes[static_cast<size_t>(index)];
  const bool is_elementwise = node.kind == Node::Kind::operation && node.operation->fusion == Fusion::elementwise;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (!may_overwrite(node, i)) continue;
    const Value& input = node.inputs[i];
    const size_t bytes = bytes_of(node.outputs[0]);
    const Location& place = location(input);
    const Root& root = roots[static_cast<size_t>(place.root)];
    const bool dies = root.place == Place::arena && root.last_use == index && root.bytes == bytes;
    // Elementwise operations read each element before they write it.
    const auto disturbs = [&](const Value& other) {
      if (location(other).root != place.root) return false;
      return is_elementwise ? graph.spec(other).shape != node.outputs[0].shape : other != input;
    };
    const bool is_read_twice = !is_elementwise && std::count(node.inputs.begin(), node.inputs.end(), input) > 1;
    if (dies && !is_read_twice && graph.spec(input).shape == node.outputs[0].shape &&
        std::none_of(node.inputs.begin(), node.inputs.end(), disturbs))
      return place.root;
  }
  return -1;
}

void MemoryPlan::place_arena(const Graph& graph) {
  FreeList free;
  std::vector<std::vector<int32_t>> dying(graph.nodes.size());
  for (size_t r = 0; r < roots.size(); ++r) {
    const Root& root = roots[r];
    if (root.place == Place::arena && root.last_use != forever)
      dying[static_cast<size_t>(std::max(root.last_use, root.first_step))].push_back(static_cast<int32_t>(r));
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    int32_t overwritten = is_view(node) ? -1 : root_to_overwrite(graph, static_cast<int32_t>(i));
    for (size_t k = 0; k < node.outputs.size() && !is_view(node); ++k) {
      Root& root = roots[static_cast<size_t>(locations[static_cast<size_t>(first_value[i]) + k].root)];
      if (root.place != Place::arena) {
        overwritten = -1;
      } else if (overwritten >= 0) {
        root.offset = roots[static_cast<size_t>(overwritten)].offset;
      } else {
        root.offset = free.take(rounded(root.bytes));
      }
    }
    for (const int32_t dead : dying[i])
      if (dead != overwritten)
        free.give_back(roots[static_cast<size_t>(dead)].offset, rounded(roots[static_cast<size_t>(dead)].bytes));
  }
  arena_bytes = std::max(free.end(), alignment);
}

}  // namespace cornu
