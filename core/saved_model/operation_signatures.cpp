#include <map>
#include <sstream>

#include <cornu/core/error.h>
#include <cornu/core/saved_model/internal/operation_signatures.h>

namespace cornu::saved_model {

namespace {

/// "x T" is a tensor whose dtype is the attribute T, "values N*T" are N of them, "args [Tin]" has a list of dtypes,
/// "shard int32" is always of one dtype.
struct Row {
  const char* name;
  const char* inputs;
  const char* outputs;
  const char* attributes = "";
};

constexpr const char* unary[] = {"Neg",   "Abs",  "Sign", "Reciprocal", "Inv",   "Square",  "Sqrt",      "Rsqrt",
                                 "Exp",   "Log",  "Sin",  "Expm1",      "Log1p", "Cos",     "Tan",       "Asin",
                                 "Acos",  "Atan", "Sinh", "Cosh",       "Tanh",  "Asinh",   "Acosh",     "Atanh",
                                 "Floor", "Ceil", "Rint", "Round",      "Erf",   "Sigmoid", "ZerosLike", "OnesLike"};
constexpr const char* binary[] = {"Add",      "AddV2",    "Sub", "Mul",     "RealDiv", "Div",
                                  "FloorDiv", "FloorMod", "Pow", "Maximum", "Minimum", "SquaredDifference"};
constexpr const char* rectifiers[] = {"Relu", "Relu6", "Elu", "Selu", "Softplus", "Softsign"};
constexpr const char* tests[] = {"IsNan", "IsInf", "IsFinite"};
constexpr const char* comparisons[] = {"Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"};
constexpr const char* reductions[] = {"Sum", "Mean", "Max", "Min", "Prod"};
constexpr const char* matrix_functions[] = {"MatrixDeterminant", "Cholesky"};

constexpr Row rows[] = {
    {"Const", "", "output dtype", "value tensor"},
    {"Placeholder", "", "output dtype", "shape shape"},
    {"PlaceholderWithDefault", "input dtype", "output dtype", "shape shape"},
    {"NoOp", "", ""},
    {"Identity", "input T", "output T"},
    {"StopGradient", "input T", "output T"},
    {"VarHandleOp", "", "resource resource", "shared_name string, dtype type, shape shape"},
    {"ReadVariableOp", "resource resource", "value dtype"},
    {"AssignVariableOp", "resource resource, value dtype", ""},
    {"AssignAddVariableOp", "resource resource, value dtype", ""},
    {"AssignSubVariableOp", "resource resource, value dtype", ""},
    {"ResourceGather", "resource resource, indices Tindices", "output dtype", "batch_dims int"},
    {"PartitionedCall", "args [Tin]", "output [Tout]", "f func"},
    {"StatefulPartitionedCall", "args [Tin]", "output [Tout]", "f func"},
    {"Atan2", "y T, x T", "z T"},
    {"AddN", "inputs N*T", "sum T"},
    {"BiasAdd", "value T, bias T", "output T", "data_format string"},
    {"LeakyRelu", "features T", "activations T", "alpha float"},
    {"Softmax", "logits T", "softmax T"},
    {"LogSoftmax", "logits T", "logsoftmax T"},
    {"LogicalAnd", "x bool, y bool", "z bool"},
    {"LogicalOr", "x bool, y bool", "z bool"},
    {"LogicalNot", "x bool", "y bool"},
    {"Select", "condition bool, t T, e T", "output T"},
    {"SelectV2", "condition bool, t T, e T", "output T"},
    {"Cast", "x SrcT", "y DstT"},
    {"ClipByValue", "t T, clip_value_min T, clip_value_max T", "output T"},
    {"MatMul", "a T, b T", "product T", "transpose_a bool, transpose_b bool"},
    {"BatchMatMul", "x T, y T", "output T", "adj_x bool, adj_y bool"},
    {"BatchMatMulV2", "x T, y T", "output T", "adj_x bool, adj_y bool"},
    {"Einsum", "inputs N*T", "output T", "equation string"},
    {"MatrixSolve", "matrix T, rhs T", "output T", "adjoint bool"},
    {"MatrixInverse", "input T", "output T", "adjoint bool"},
    {"MatrixSolveLs", "matrix T, rhs T, l2_regularizer double", "output T", "fast bool"},
    {"Qr", "input T", "q T, r T", "full_matrices bool"},
    {"Svd", "input T", "s T, u T, v T", "compute_uv bool, full_matrices bool"},
    {"SelfAdjointEigV2", "input T", "e T, v T", "compute_v bool"},
    {"MatrixBandPart", "input T, num_lower Tindex, num_upper Tindex", "band T"},
    {"Reshape", "tensor T, shape Tshape", "output T"},
    {"Transpose", "x T, perm Tperm", "y T"},
    {"ExpandDims", "input T, dim Tdim", "output T"},
    {"Squeeze", "input T", "output T", "squeeze_dims list(int)"},
    {"ConcatV2", "values N*T, axis Tidx", "output T"},
    {"Pack", "values N*T", "output T", "axis int"},
    {"Unpack", "value T", "output num*T", "axis int"},
    {"Split", "split_dim int32, value T", "output num_split*T"},
    {"SplitV", "value T, size_splits Tlen, split_dim int32", "output num_split*T"},
    {"Tile", "input T, multiples Tmultiples", "output T"},
    {"Pad", "input T, paddings Tpaddings", "output T"},
    {"PadV2", "input T, paddings Tpaddings, constant_values T", "output T"},
    {"MirrorPad", "input T, paddings Tpaddings", "output T", "mode string"},
    {"StridedSlice", "input T, begin Index, end Index, strides Index", "output T",
     "begin_mask int, end_mask int, ellipsis_mask int, new_axis_mask int, shrink_axis_mask int"},
    {"Slice", "input T, begin Index, size Index", "output T"},
    {"GatherV2", "params Tparams, indices Tindices, axis Taxis", "output Tparams", "batch_dims int"},
    {"GatherNd", "params Tparams, indices Tindices", "output Tparams"},
    {"ScatterNd", "indices Tindices, updates T, shape Tindices", "output T"},
    {"TensorScatterUpdate", "tensor T, indices Tindices, updates T", "output T"},
    {"OneHot", "indices TI, depth int32, on_value T, off_value T", "output T", "axis int"},
    {"All", "input bool, reduction_indices Tidx", "output bool", "keep_dims bool"},
    {"Any", "input bool, reduction_indices Tidx", "output bool", "keep_dims bool"},
    {"ArgMax", "input T, dimension Tidx", "output output_type"},
    {"ArgMin", "input T, dimension Tidx", "output output_type"},
    {"Shape", "input T", "output out_type"},
    {"Size", "input T", "output out_type"},
    {"Rank", "input T", "output int32"},
    {"Fill", "dims index_type, value T", "output T"},
    {"Range", "start Tidx, limit Tidx, delta Tidx", "output Tidx"},
    {"BroadcastTo", "input T, shape Tidx", "output T"},
    {"TopKV2", "input T, k int32", "values T, indices int32", "sorted bool"},
    {"Cumsum", "x T, axis Tidx", "out T", "exclusive bool, reverse bool"},
    {"Cumprod", "x T, axis Tidx", "out T", "exclusive bool, reverse bool"},
    {"ReverseV2", "tensor T, axis Tidx", "output T"},
    {"Roll", "input T, shift Tshift, axis Taxis", "output T"},
    {"FusedBatchNormV3", "x T, scale U, offset U, mean U, variance U",
     "y T, batch_mean U, batch_variance U, reserve_space_1 U, reserve_space_2 U, reserve_space_3 U",
     "epsilon float, data_format string, is_training bool"},
    {"StaticRegexFullMatch", "input string", "output bool", "pattern string"},
    {"StringJoin", "inputs N*string", "output string"},
    {"ShardedFilename", "basename string, shard int32, num_shards int32", "filename string"},
    {"SaveV2", "prefix string, tensor_names string, shape_and_slices string, tensors [dtypes]", ""},
    {"RestoreV2", "prefix string, tensor_names string, shape_and_slices string", "tensors [dtypes]"},
    {"MergeV2Checkpoints", "checkpoint_prefixes string, destination_prefix string", ""},
};

constexpr const char* stateful[] = {
    "VarHandleOp",         "ReadVariableOp",          "AssignVariableOp", "AssignAddVariableOp",
    "AssignSubVariableOp", "StatefulPartitionedCall", "ResourceGather",   "SaveV2",
    "RestoreV2",           "MergeV2Checkpoints"};

proto::DataType fixed_dtype(const std::string& text) {
  if (text == "int32") return proto::DT_INT32;
  if (text == "bool") return proto::DT_BOOL;
  if (text == "double") return proto::DT_DOUBLE;
  if (text == "string") return proto::DT_STRING;
  if (text == "resource") return proto::DT_RESOURCE;
  return proto::DT_INVALID;
}

/// Calls visit(first word, second word) for each part of "x T, y T".
template <class Visit>
void for_each_pair(const char* text, const Visit& visit) {
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    std::istringstream words(part);
    std::string first, second;
    words >> first >> second;
    visit(first, second);
  }
}

std::vector<ArgumentSignature> arguments_of(const char* text) {
  std::vector<ArgumentSignature> arguments;
  for_each_pair(text, [&](const std::string& name, std::string type) {
    ArgumentSignature argument{.name = name};
    if (const size_t star = type.find('*'); star != std::string::npos) {
      argument.count_attribute = type.substr(0, star);
      type = type.substr(star + 1);
    }
    argument.is_dtype_list = type.front() == '[';
    argument.dtype = fixed_dtype(type);
    if (argument.is_dtype_list)
      argument.dtype_attribute = type.substr(1, type.size() - 2);
    else if (argument.dtype == proto::DT_INVALID)
      argument.dtype_attribute = type;
    arguments.push_back(std::move(argument));
  });
  return arguments;
}

using Table = std::map<std::string, OperationSignature, std::less<>>;

void add(Table& table, const Row& row) {
  OperationSignature signature{
      .name = row.name, .inputs = arguments_of(row.inputs), .outputs = arguments_of(row.outputs)};
  for_each_pair(row.attributes, [&](const std::string& name, const std::string& type) {
    signature.attributes.emplace_back(name, type);
  });
  for (const char* name : stateful) signature.is_stateful = signature.is_stateful || signature.name == name;
  table.emplace(row.name, std::move(signature));
}

Table make_table() {
  Table table;
  for (const char* name : unary) add(table, {name, "x T", "y T"});
  for (const char* name : binary) add(table, {name, "x T, y T", "z T"});
  for (const char* name : rectifiers) add(table, {name, "features T", "activations T"});
  for (const char* name : tests) add(table, {name, "x T", "y bool"});
  for (const char* name : comparisons) add(table, {name, "x T, y T", "z bool"});
  for (const char* name : reductions)
    add(table, {name, "input T, reduction_indices Tidx", "output T", "keep_dims bool"});
  for (const char* name : matrix_functions) add(table, {name, "input T", "output T"});
  for (const Row& row : rows) add(table, row);
  return table;
}

void write_argument(const ArgumentSignature& argument, proto::OpDef::ArgDef& message) {
  message.set_name(argument.name);
  if (argument.dtype != proto::DT_INVALID)
    message.set_type(argument.dtype);
  else if (argument.is_dtype_list)
    message.set_type_list_attr(argument.dtype_attribute);
  else
    message.set_type_attr(argument.dtype_attribute);
  if (!argument.count_attribute.empty()) message.set_number_attr(argument.count_attribute);
}

}  // namespace

const OperationSignature* find_signature(std::string_view name) {
  static const Table table = make_table();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : &found->second;
}

const OperationSignature& signature_of(std::string_view name) {
  if (const OperationSignature* signature = find_signature(name)) return *signature;
  throw ValueError("there is no signature of TensorFlow's operation " + std::string(name));
}

proto::OpDef op_def_of(const OperationSignature& signature) {
  proto::OpDef definition;
  definition.set_name(signature.name);
  definition.set_is_stateful(signature.is_stateful);
  std::map<std::string, std::string> attributes(signature.attributes.begin(), signature.attributes.end());
  for (const auto* list : {&signature.inputs, &signature.outputs})
    for (const ArgumentSignature& argument : *list) {
      write_argument(argument, list == &signature.inputs ? *definition.add_input_arg() : *definition.add_output_arg());
      if (!argument.dtype_attribute.empty())
        attributes.emplace(argument.dtype_attribute, argument.is_dtype_list ? "list(type)" : "type");
      if (!argument.count_attribute.empty()) attributes.emplace(argument.count_attribute, "int");
    }
  for (const auto& [name, type] : attributes) {
    auto* attribute = definition.add_attr();
    attribute->set_name(name);
    attribute->set_type(type);
  }
  return definition;
}

}  // namespace cornu::saved_model
