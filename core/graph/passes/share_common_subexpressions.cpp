#include <bit>
#include <cstring>
#include <unordered_map>

#include <cornu/core/graph/internal/memory_plan.h>
#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/passes.h>

namespace cornu::passes {

namespace {

constexpr size_t comparable_bytes = 4096;  // constants beyond are equal only if they are one tensor

/// Numbers with all their bits: a zero's sign counts.
bool is_equal(const AttributeValue& a, const AttributeValue& b) {
  const double *x = std::get_if<double>(&a), *y = std::get_if<double>(&b);
  if (x && y) return std::bit_cast<uint64_t>(*x) == std::bit_cast<uint64_t>(*y);
  return a == b;
}

bool is_equal(const Attributes& a, const Attributes& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return std::strcmp(x.first, y.first) == 0 && is_equal(x.second, y.second);
  });
}

bool is_equal(const Tensor& a, const Tensor& b) {
  if (a.id() == b.id()) return true;
  return a.spec() == b.spec() && bytes_of(a.spec()) <= comparable_bytes &&
         std::memcmp(a.raw_data(), b.raw_data(), bytes_of(a.spec())) == 0;
}

/// Whether both compute the same. That their extents have the same names is asked too: else a name would have no node.
bool is_equal(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.inputs != b.inputs ||
      !std::equal(a.outputs.begin(), a.outputs.end(), b.outputs.begin(), b.outputs.end(), is_same_spec))
    return false;
  if (a.kind == Node::Kind::constant) return is_equal(a.constant, b.constant);
  if (a.kind == Node::Kind::read) return a.variable.is_same(b.variable);
  return a.operation == b.operation && is_equal(a.attributes, b.attributes);
}

/// Equal for equal nodes.
size_t hash_of(const Node& node) {
  size_t hash = static_cast<size_t>(node.kind) + 31 * std::hash<const void*>()(node.operation);
  for (const Value& input : node.inputs)
    hash = hash * 1000003 + static_cast<size_t>(input.node) * 8 + static_cast<size_t>(input.output);
  if (node.kind == Node::Kind::read) hash += node.variable.id();
  if (node.kind == Node::Kind::constant)
    hash = hash * 31 + bytes_of(node.constant.spec()) + size_of(node.constant.dtype());
  return hash;
}

class Sharing {
 public:
  explicit Sharing(const Graph& graph) : rewriter_(graph) {}

  Graph run() {
    const Graph& graph = rewriter_.from();
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      const Node& node = graph.nodes[i];
      const int32_t index = static_cast<int32_t>(i), place = node.kind == Node::Kind::input ? -1 : find(node);
      if (place < 0)
        remember(rewriter_.copy(index));
      else
        for (int32_t k = 0; k < static_cast<int32_t>(node.outputs.size()); ++k)
          rewriter_.replace({index, k}, {place, k});
    }
    return rewriter_.finish();
  }

 private:
  /// The place of an equal node in the new graph, or -1.
  int32_t find(const Node& node) const {
    if (node.has_effect()) return -1;
    Node moved = node;
    moved.inputs = rewriter_.at(node.inputs);
    const auto [first, last] = known_.equal_range(hash_of(moved));
    for (auto entry = first; entry != last; ++entry)
      if (is_equal(rewriter_.to().nodes[static_cast<size_t>(entry->second)], moved)) return entry->second;
    return -1;
  }

  void remember(int32_t place) {
    const Node& node = rewriter_.to().nodes[static_cast<size_t>(place)];
    if (node.kind == Node::Kind::assign) forget(node.variable);
    if (node.kind == Node::Kind::effect)
      for (const Variable& changed : node.effect->changes) forget(changed);
    if (node.kind != Node::Kind::input && !node.has_effect()) known_.emplace(hash_of(node), place);
  }

  /// A variable that has changed is read anew.
  void forget(const Variable& variable) {
    std::erase_if(known_, [&](const auto& entry) {
      const Node& node = rewriter_.to().nodes[static_cast<size_t>(entry.second)];
      return node.kind == Node::Kind::read && node.variable.is_same(variable);
    });
  }

  Rewriter rewriter_;
  std::unordered_multimap<size_t, int32_t> known_;  // nodes of the new graph by their hash
};

}  // namespace

Graph share_common_subexpressions(const Graph& graph) { return Sharing(graph).run(); }

}  // namespace cornu::passes
