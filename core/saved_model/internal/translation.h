#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <cornu/core/graph/graph.h>
#include <cornu/core/saved_model/internal/node_writer.h>

namespace cornu::saved_model {

/// What indices and extents are written in: int32, as TensorFlow's own programs do, or int64 where one does not fit.
DType index_dtype(std::span<const int64_t> numbers);
Tensor index_tensor(const std::vector<int64_t>& numbers, const Shape& shape, DType dtype);

/// A node of a graph that is to be written with TensorFlow's operations.
class ExportCall {
 public:
  /// Writes the numbers `extents` as a tensor; names among them are worked out while the graph runs.
  using ExtentWriter = std::function<OutputReference(const std::vector<int64_t>& extents, bool may_infer)>;
  ExportCall(const Graph& graph, int32_t index, OutputReferences inputs, NodeWriter& writer,
             const ExtentWriter& extents)
      : graph_(graph), index_(index), inputs_(std::move(inputs)), writer_(writer), extents_(extents) {}

  const Node& node() const { return graph_.nodes[static_cast<size_t>(index_)]; }
  const Attributes& attributes() const { return node().attributes; }
  const OutputReferences& inputs() const { return inputs_; }
  const OutputReference& input(size_t i = 0) const { return inputs_[i]; }
  const TensorSpec& spec(size_t i = 0) const { return graph_.spec(node().inputs[i]); }
  const TensorSpec& output_spec(size_t i = 0) const { return node().outputs[i]; }

  /// Writes a node of TensorFlow's; what it gives (first).
  OutputReferences write_all(const char* operation, const OutputReferences& inputs,
                             const NodeAttributes& attributes = {}) const {
    return writer_.write(operation, inputs, attributes);
  }
  OutputReference write(const char* operation, const OutputReferences& inputs,
                        const NodeAttributes& attributes = {}) const {
    return write_all(operation, inputs, attributes)[0];
  }
  OutputReference constant(const Tensor& value) const { return writer_.constant(value); }
  /// Numbers of `index_dtype`, in one axis or without one.
  OutputReference integers(const std::vector<int64_t>& numbers) const;
  OutputReference integer(int64_t number) const;
  /// A number without axes, of the dtype of input 0 by default.
  OutputReference number(double value) const { return number(value, spec().dtype); }
  OutputReference number(double value, DType dtype) const;
  /// Extents whose names are worked out while the graph runs; with `may_infer`, a single unknown one may be -1.
  OutputReference extents(const Shape& shape, bool may_infer = false) const {
    return extents_(shape.to_vector(), may_infer);
  }
  OutputReference extents(const std::vector<int64_t>& extents) const { return extents_(extents, false); }
  [[noreturn]] void fail(const std::string& why) const;

 private:
  const Graph& graph_;
  int32_t index_;
  OutputReferences inputs_;
  NodeWriter& writer_;
  const ExtentWriter& extents_;
};

/// A value while a graph of TensorFlow's is read: a tensor, or the handle of a variable.
struct ImportValue {
  Tensor tensor = {};
  Variable variable = {};
  /// Whether the tensor holds extents (int64) that may be unknown: then it holds their names. `dtype` is what
  /// TensorFlow counts them in.
  bool is_extents = false;
  DType dtype = int32;
};
using ImportValues = std::vector<ImportValue>;

/// A node of TensorFlow's that is to be computed with Cornu's operations.
class ImportCall {
 public:
  ImportCall(const proto::NodeDef& node, const ImportValues& inputs, bool keeps_extents)
      : node_(node), inputs_(inputs), keeps_extents_(keeps_extents) {}

  const proto::NodeDef& node() const { return node_; }
  size_t input_count() const { return inputs_.size(); }
  const ImportValue& value(size_t i) const;
  /// An input as a tensor: extents are counted.
  Tensor tensor(size_t i = 0) const;
  TensorList tensors(size_t first, size_t count) const;
  /// The elements of an input that must be known while the graph is read, and extents.
  std::vector<int64_t> integers(size_t i) const;
  int64_t integer(size_t i) const;
  double number(size_t i) const;
  Shape shape(size_t i) const { return Shape(integers(i)); }
  const Variable& variable(size_t i) const;

  bool flag(const char* name, bool otherwise = false) const;
  int64_t attribute(const char* name, int64_t otherwise) const;
  double attribute(const char* name, double otherwise) const;
  std::string attribute(const char* name, const char* otherwise) const;
  DType dtype(const char* name, DType otherwise) const;
  std::vector<int64_t> list(const char* name) const;
  [[noreturn]] void fail(const std::string& why) const;

 private:
  const proto::AttrValue* find(const char* name) const;
  const proto::NodeDef& node_;
  const ImportValues& inputs_;
  bool keeps_extents_;
};

/// How an operation is written with TensorFlow's and read from them, side by side.
struct Translation {
  std::vector<const char*> operations = {};  ///< of Cornu's table, that `write` writes
  OutputReferences (*write)(const ExportCall& call) = nullptr;
  std::vector<const char*> tensorflow = {};  ///< that `read` reads
  TensorList (*read)(const ImportCall& call) = nullptr;
  bool moves_elements = false;  ///< it only chooses and arranges elements, so that it works on extents as well
};

using Translations = std::vector<Translation>;
Translations elementwise_translations();
Translations product_translations();
Translations linear_algebra_translations();
Translations arranging_translations();
Translations joining_translations();
Translations indexing_translations();
Translations reduction_translations();
Translations normalization_translations();
Translations creation_translations();
Translations convolution_translations();

/// The entry that writes an operation of Cornu's, or reads one of TensorFlow's; null if there is none.
CORNU_API const Translation* find_writer(std::string_view operation);
CORNU_API const Translation* find_reader(std::string_view tensorflow);

}  // namespace cornu::saved_model
