#include <unordered_set>

#include <cornu/core/graph/internal/rewrite.h>
#include <cornu/core/graph/passes.h>

namespace cornu::passes {

namespace {

/// A product with what is to be done to it while it is in cache.
struct Fused {
  const Operation* operation = nullptr;
  std::vector<Value> inputs;  // of the old graph: x, kernel, and the bias or addend
  Attributes attributes = {};
  const char* with_relu = nullptr;  // the same with a rectifier
};

/// An operation that takes a bias as its third input.
struct Biased {
  const char* product;
  const char* biased;
  const char* with_relu;
};
constexpr Biased biased_products[] = {{"MatMul", "_FusedMatMul", "_FusedMatMulRelu"},
                                      {"Conv2D", "_FusedConv2D", "_FusedConv2DRelu"}};

class ProductFusion {
 public:
  explicit ProductFusion(const Graph& graph) : graph_(graph), uses_(count_uses(graph)), fused_(graph.nodes.size()) {}

  Graph run() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) find(i);
    Rewriter rewriter(graph_);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const int32_t index = static_cast<int32_t>(i);
      if (is_absorbed_.contains(index)) continue;
      if (!fused_[i].operation) {
        rewriter.copy(index);
        continue;
      }
      rewriter.replace({index, 0}, rewriter.add({.operation = fused_[i].operation,
                                                 .attributes = fused_[i].attributes,
                                                 .inputs = rewriter.at(fused_[i].inputs),
                                                 .outputs = graph_.nodes[i].outputs}));
    }
    return rewriter.finish();
  }

 private:
  void find(size_t index) {
    const Node& node = graph_.nodes[index];
    if (is_operation(node, "Add")) with_addend(index, node.inputs[0], node.inputs[1]);
    if (is_operation(node, "Relu")) with_relu(index, node.inputs[0]);
  }

  bool is_used_once(const Value& value) const {
    return uses_[static_cast<size_t>(value.node)][static_cast<size_t>(value.output)] == 1;
  }

  void with_addend(size_t index, const Value& a, const Value& b) {
    if (with_bias(index, a, b) || with_bias(index, b, a)) return;
    if (!with_residual(index, a, b)) with_residual(index, b, a);
  }

  /// product + another matrix of its shape that is there before the product.
  bool with_residual(size_t index, const Value& product, const Value& addend) {
    static const Operation& operation = find_operation("_FusedMatMulAdd");
    const Node& matmul = graph_.node(product);
    if (!is_operation(matmul, "MatMul") || !is_used_once(product) || addend.node == product.node) return false;
    const bool are_matrices =
        graph_.spec(matmul.inputs[0]).shape.rank() == 2 && graph_.spec(matmul.inputs[1]).shape.rank() == 2;
    if (!are_matrices || !is_floating(graph_.spec(product).dtype) ||
        !is_same_spec(graph_.spec(product), graph_.spec(addend)))
      return false;
    fused_[index] = {&operation, {matmul.inputs[0], matmul.inputs[1], addend}, matmul.attributes};
    is_absorbed_.insert(product.node);
    return true;
  }

  /// Whether the product's last axis has a column for each element of a bias, and it may take one.
  bool takes_bias(const Node& product, const TensorSpec& bias) const {
    const TensorSpec& kernel = graph_.spec(product.inputs[1]);
    if (!is_floating(kernel.dtype) || bias.shape.rank() != 1 || bias.shape[0] != kernel.shape.back()) return false;
    if (!is_operation(product, "MatMul")) return true;
    return kernel.shape.rank() == 2 && !product.attributes.flag("transpose_a") &&
           !product.attributes.flag("transpose_b");
  }

  /// product + bias, the product used nowhere else.
  bool with_bias(size_t index, const Value& product, const Value& bias) {
    const Node& node = graph_.node(product);
    for (const Biased& entry : biased_products) {
      if (!is_operation(node, entry.product) || !is_used_once(product) || !takes_bias(node, graph_.spec(bias)))
        continue;
      const bool is_convolution = !is_operation(node, "MatMul");
      fused_[index] = {&find_operation(entry.biased),
                       {node.inputs[0], node.inputs[1], bias},
                       is_convolution ? node.attributes : Attributes(),
                       entry.with_relu};
      is_absorbed_.insert(product.node);
      return true;
    }
    return false;
  }

  void with_relu(size_t index, const Value& input) {
    if (!is_used_once(input)) return;
    const Fused& inner = fused_[static_cast<size_t>(input.node)];
    if (inner.with_relu) fused_[index] = {&find_operation(inner.with_relu), inner.inputs, inner.attributes};
    for (const Biased& entry : biased_products) {
      const Node& node = graph_.node(input);
      if (is_operation(node, entry.biased))
        fused_[index] = {&find_operation(entry.with_relu), node.inputs, node.attributes};
    }
    if (fused_[index].operation) is_absorbed_.insert(input.node);
  }

  const Graph& graph_;
  std::vector<std::vector<int32_t>> uses_;
  std::vector<Fused> fused_;  // by node
  std::unordered_set<int32_t> is_absorbed_;
};

}  // namespace

Graph fuse_products(const Graph& graph) { return ProductFusion(graph).run(); }

}  // namespace cornu::passes
