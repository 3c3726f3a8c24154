#pragma once
#include <functional>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

#include <cornu/core/autodiff/variable.h>
#include <cornu/core/tensor/tensor.h>

/// Looking into traced code.
namespace cornu {

struct PrintOptions {
  std::string prefix = {};                ///< before the first value
  std::string separator = " ";            ///< between values
  std::string end = "\n";                 ///< behind the last one
  std::ostream* output_stream = nullptr;  ///< standard error without one; must live as long as the traced function
};

namespace detail {

/// A text, or a tensor if that is defined.
struct PrintPart {
  std::string text = {};
  Tensor tensor = {};
};
/// What `write` writes into a stream.
CORNU_API std::string streamed(const std::function<void(std::ostream&)>& write);
CORNU_API void print_parts(const std::vector<PrintPart>& parts, const PrintOptions& options);

template <class T>
void add_part(std::vector<PrintPart>& parts, const T& value) {
  if constexpr (std::is_same_v<T, TensorList>) {
    for (const Tensor& tensor : value) add_part(parts, tensor);
  } else if constexpr (std::is_convertible_v<const T&, Tensor>) {
    parts.push_back({.text = "", .tensor = value});
  } else if constexpr (std::is_same_v<T, bool>) {
    parts.push_back({.text = value ? "True" : "False"});
  } else {
    parts.push_back({.text = streamed([&](std::ostream& out) { out << value; })});
  }
}

}  // namespace detail

/// Prints values each time that this place is reached: at once outside of a trace, and inside function() at each call
/// of the traced function, in the program's order, where std::cout would print once, while it is traced. Values are
/// Tensors, TensorLists, Variables, texts and numbers. TensorFlow's tf.print.
///
///     print("loss:", loss, "after", step);
template <class... V>
void print(const V&... values) {
  std::vector<detail::PrintPart> parts;
  (detail::add_part(parts, values), ...);
  detail::print_parts(parts, {});
}
/// The same with options.
///
///     print({loss, accuracy}, {.prefix = "epoch ", .output_stream = &std::cout});
CORNU_API void print(const TensorList& values, const PrintOptions& options);
CORNU_API void print(const Tensor& value, const PrintOptions& options);

/// x itself. Throws ValueError with `message` if it has a NaN or an infinity, saying how many and where the first is;
/// its gradient is checked as well. TensorFlow's tf.debugging.check_numerics.
///
///     Tensor logits = check_numerics(model(x), "the logits");
///
/// Inside function() only a result that is used is checked. Throws DTypeError unless x is floating.
CORNU_API Tensor check_numerics(const Tensor& x, const std::string& message);

}  // namespace cornu
