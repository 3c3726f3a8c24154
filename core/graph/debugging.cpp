#include <cmath>
#include <cstring>
#include <iostream>
#include <mutex>
#include <sstream>

#include <cornu/core/autodiff/effect.h>
#include <cornu/core/error.h>
#include <cornu/core/graph/debugging.h>
#include <cornu/core/ops/internal/rules.h>
#include <cornu/core/ops/tracing.h>

namespace cornu {

// ---- printing ---------------------------------------------------------------------------------------------------

namespace {

/// Writes the parts, with these tensors in the places of theirs, without another thread's output in between.
void write(const std::vector<detail::PrintPart>& parts, std::span<const Tensor* const> tensors,
           const PrintOptions& options) {
  std::ostringstream text;
  text << options.prefix;
  size_t next = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text << options.separator;
    if (parts[i].tensor.defined())
      text << *tensors[next++];
    else
      text << parts[i].text;
  }
  text << options.end;
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  (options.output_stream ? *options.output_stream : std::cerr) << text.str() << std::flush;
}

}  // namespace

std::string detail::streamed(const std::function<void(std::ostream&)>& write) {
  std::ostringstream text;
  write(text);
  return text.str();
}

void detail::print_parts(const std::vector<PrintPart>& parts, const PrintOptions& options) {
  std::vector<const Tensor*> tensors;
  for (const PrintPart& part : parts)
    if (part.tensor.defined()) tensors.push_back(&part.tensor);
  if (!tracing()) return write(parts, tensors, options);
  const auto effect = std::make_shared<Effect>();
  effect->name = "PrintV2";
  effect->run = [parts, options](std::span<const Tensor* const> inputs, std::span<Tensor>) {
    write(parts, inputs, options);
  };
  tracing()->add_effect(effect, tensors);
}

void print(const TensorList& values, const PrintOptions& options) {
  std::vector<detail::PrintPart> parts;
  detail::add_part(parts, values);
  detail::print_parts(parts, options);
}

void print(const Tensor& value, const PrintOptions& options) { print(TensorList{value}, options); }

// ---- check_numerics ---------------------------------------------------------------------------------------------

namespace {

std::string position_of(int64_t element, const Shape& shape) {
  Shape position = shape;
  for (int axis = shape.rank(); axis-- > 0;) {
    position[axis] = element % shape[axis];
    element /= shape[axis];
  }
  return position.to_string();
}

template <class T>
[[gnu::cold, gnu::noinline]] void throw_not_finite(const Call& call) {
  const T* elements = call.data<T>();
  int64_t nans = 0, infinities = 0, first = -1;
  for (int64_t i = 0; i < call.input().size(); ++i) {
    if (std::isfinite(elements[i])) continue;
    ++(std::isnan(elements[i]) ? nans : infinities);
    if (first < 0) first = i;
  }
  throw ValueError("check_numerics: " + call.attributes.get<std::string>("message") + ": " + std::to_string(nans) +
                   " NaN and " + std::to_string(infinities) + " infinite among " + std::to_string(call.input().size()) +
                   " elements of shape " + call.shape().to_string() + "; the first is " +
                   std::to_string(elements[first]) + " at " + position_of(first, call.shape()));
}

template <class T>
void check_finite(const Call& call) {
  const T* elements = call.data<T>();
  int64_t bad = 0;  // x - x is 0 for finite numbers, else NaN
  for (int64_t i = 0; i < call.input().size(); ++i) bad += elements[i] - elements[i] != 0;
  if (bad > 0) throw_not_finite<T>(call);
}

const Operation& check_numerics_op = define({
    .name = "CheckNumerics",
    .infer = infer::same_floating,
    .kernel =
        [](const Call& call, std::span<Tensor> outputs) {
          call.dtype() == float32 ? check_finite<float>(call) : check_finite<double>(call);
          const auto bytes = static_cast<size_t>(call.input().size()) * size_of(call.dtype());
          if (bytes > 0) std::memcpy(outputs[0].mutable_data(), call.input().raw_data(), bytes);
        },
    .gradients = {{nothing,
                   [](const Gradient& g) {
                     const auto& message = g.attributes().get<std::string>("message");
                     const std::string begin = "in the gradient: ";
                     return check_numerics(g.upstream(), message.starts_with(begin) ? message : begin + message);
                   }}},
});

}  // namespace

Tensor check_numerics(const Tensor& x, const std::string& message) {
  require_value(x, "check_numerics");
  return apply(check_numerics_op, {&x}, {{"message", message}});
}

}  // namespace cornu
