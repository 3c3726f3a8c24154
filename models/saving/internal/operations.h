#pragma once
#include <string>

#include <cornu/core/config/config.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::saving {

/// An operation that a functional model may apply directly, `a + b` or `relu(x)`, and what Keras calls it.
struct FunctionalOperation {
  const char* class_name;  ///< of Keras's operation: "Subtract"
  const char* module;      ///< that Keras has it in
  const char* operation;   ///< the name in the table of operations: "Sub"
  size_t arity;
  Tensor (*apply)(const TensorList& inputs);
};

/// By Keras's class, or null.
const FunctionalOperation* find_operation_class(const std::string& class_name);
/// By the name in the table of operations, or null.
const FunctionalOperation* find_operation(const std::string& operation);
/// What Keras calls an operation of the table, also one that is not written: "Subtract" for "Sub".
std::string operation_class(const std::string& operation);
/// Whether an object of Keras's configuration is an operation.
bool is_operation(const Config& object);

}  // namespace cornu::saving
