#pragma once
#include <string>

#include <cornu/core/config/config.h>
#include <cornu/core/tensor/tensor.h>
#include <cornu/layers/internal/functional_node.h>

namespace cornu::saving {

/// The modules of Keras's operations.
inline constexpr const char *numpy = "keras.src.ops.numpy", *nn = "keras.src.ops.nn", *core = "keras.src.ops.core";

/// An operation that a functional model may apply directly, `a + b` or `relu(x)`, and what Keras calls it.
struct FunctionalOperation {
  const char* class_name;  ///< of Keras's operation: "Subtract"
  const char* module;      ///< that Keras has it in
  const char* operation;   ///< the name in the table of operations: "Sub"
  size_t arity;            ///< 0 for a list of tensors
  /// `arguments` are those of the constructor of Keras's class.
  Tensor (*apply)(const TensorList& inputs, const Config& arguments);
  /// Writes the arguments of a call; null where there are none.
  void (*write)(const FunctionalNode& node, Config& arguments) = nullptr;
  /// Whether Keras's class can say what this call of the operation does; null: always.
  bool (*holds)(const FunctionalNode& node) = nullptr;
};

/// By Keras's class, or null.
const FunctionalOperation* find_operation_class(const std::string& class_name);
/// By a call of an operation, or null.
const FunctionalOperation* find_operation(const FunctionalNode& node);
/// What Keras calls the operation of a call, also one that is not written: "Subtract" for "Sub".
std::string operation_class(const FunctionalNode& node);
/// Whether an object of Keras's configuration is an operation.
bool is_operation(const Config& object);

/// Those that take arguments besides tensors.
extern const FunctionalOperation operations_with_arguments[];
extern const size_t operations_with_arguments_count;

}  // namespace cornu::saving
