#include <cstring>
#include <string>

#include <cornu/core/autodiff/custom_gradient.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/operation.h>
#include <cornu/core/ops/tracing.h>

namespace cornu {

namespace {

// Inputs: the values, the arguments, and inside a trace what the rule captures of it. The outputs are the values again,
// but their gradients flow to the arguments.
int64_t value_count(const Attributes& attributes) { return attributes.integer("values"); }
int64_t argument_count(const Attributes& attributes) { return attributes.integer("arguments"); }

void check_fits(const Tensor& gradient, const Gradient& g, int64_t argument) {
  const std::string where = "custom_gradient: the rule's gradient of argument " + std::to_string(argument);
  const DType dtype = g.input_dtype(g.index());
  if (gradient.dtype() != dtype)
    throw DTypeError(where + " is " + std::string(name(gradient.dtype())) + "; the argument is " +
                     std::string(name(dtype)));
  const Shape& shape = g.input_shape(g.index());
  if (gradient.shape() != shape && !gradient.shape().is_compatible_with(shape))
    throw ShapeError(where + " has shape " + gradient.shape().to_string() + "; the argument has " + shape.to_string());
}

Tensor gradient_of_argument(const Gradient& g) {
  const int64_t values = value_count(g.attributes()), arguments = argument_count(g.attributes());
  if (g.index() < values || g.index() >= values + arguments) return {};
  const auto& rule = *static_cast<const Rule*>(g.attributes().get<std::shared_ptr<const void>>("rule").get());
  TensorList upstream;
  for (int i = 0; i < values; ++i) upstream.push_back(g.upstream(i));
  for (int64_t i = values + arguments; i < g.input_count(); ++i) upstream.push_back(g.input(static_cast<int>(i)));
  const TensorList gradients = rule(upstream);
  if (static_cast<int64_t>(gradients.size()) != arguments)
    throw ValueError("custom_gradient: the rule gave " + std::to_string(gradients.size()) + " gradients for " +
                     std::to_string(arguments) + " arguments");
  const Tensor& gradient = gradients[static_cast<size_t>(g.index() - values)];
  if (gradient.defined()) check_fits(gradient, g, g.index() - values);
  return gradient;
}

Operation entry(const char* name, Reads reads) {
  return {.name = name,
          .arity = variadic,
          .infer_outputs =
              [](const Call& call) {
                std::vector<TensorSpec> specs;
                for (int64_t i = 0; i < value_count(call.attributes); ++i)
                  specs.push_back(call.input(static_cast<size_t>(i)).spec());
                return specs;
              },
          .kernel =
              [](const Call& call, std::span<Tensor> outputs) {
                for (size_t i = 0; i < outputs.size(); ++i)
                  std::memcpy(outputs[i].mutable_data(), call.input(i).raw_data(),
                              static_cast<size_t>(outputs[i].size()) * size_of(outputs[i].dtype()));
              },
          .gradients = {{reads, gradient_of_argument}}};
}

const Operation& custom_gradient_op = define(entry("CustomGradient", nothing));
const Operation& traced_custom_gradient_op = define(entry("_TracedCustomGradient", all_inputs));

}  // namespace

TensorList detail::attach_gradient(const TensorList& values, const TensorList& arguments, Rule rule) {
  if (!rule) throw ValueError("custom_gradient: expected a rule for the gradient; received an empty function");
  std::vector<const Tensor*> inputs = pointers(values);
  for (const Tensor& argument : arguments) inputs.push_back(&argument);
  TracedRule traced;
  if (tracing()) {
    traced = tracing()->trace_rule(rule, values);
    rule = std::move(traced.rule);
    for (const Tensor& capture : traced.captures) inputs.push_back(&capture);
  }
  return apply_outputs(tracing() ? traced_custom_gradient_op : custom_gradient_op, inputs,
                       {{"values", static_cast<int64_t>(values.size())},
                        {"arguments", static_cast<int64_t>(arguments.size())},
                        {"rule", std::shared_ptr<const void>(std::make_shared<const Rule>(std::move(rule)))}});
}

}  // namespace cornu
