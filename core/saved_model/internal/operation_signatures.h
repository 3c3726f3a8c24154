#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <proto/graph.pb.h>

#include <cornu/core/export.h>

/// What TensorFlow's operations take and give: their OpDefs, as far as SavedModels use them.
namespace cornu::saved_model {

/// An input or output of an operation of TensorFlow: a tensor, or several.
struct ArgumentSignature {
  std::string name;
  proto::DataType dtype = proto::DT_INVALID;  ///< if it is always the same
  std::string dtype_attribute = {};           ///< else the attribute that says it
  std::string count_attribute = {};           ///< the attribute that says how many tensors there are
  bool is_dtype_list = false;                 ///< dtype_attribute lists the dtypes of several tensors
  bool is_list() const { return is_dtype_list || !count_attribute.empty(); }
};

struct OperationSignature {
  std::string name;
  std::vector<ArgumentSignature> inputs = {}, outputs = {};
  std::vector<std::pair<std::string, std::string>> attributes =
      {};  ///< other than those of dtypes and counts, with types
  bool is_stateful = false;
};

/// The signature of an operation of TensorFlow, or null for one that is not known here.
CORNU_API const OperationSignature* find_signature(std::string_view name);
/// Throws ValueError for an operation that is not known here.
CORNU_API const OperationSignature& signature_of(std::string_view name);
CORNU_API proto::OpDef op_def_of(const OperationSignature& signature);

}  // namespace cornu::saved_model
