#include <cstring>
#include <string>

#include <cornu/core/autodiff/custom_gradient.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/operation.h>

namespace cornu {

namespace {

using Rule = std::function<TensorList(const TensorList&)>;

// Inputs: the values, then the arguments. The outputs are the values again, but their gradients flow to the arguments.
int64_t value_count(const Attributes& attributes) { return attributes.integer("values"); }

Tensor gradient_of_argument(const Gradient& g) {
  const int64_t values = value_count(g.attributes());
  if (g.index() < values) return {};
  const auto& rule = *static_cast<const Rule*>(g.attributes().get<std::shared_ptr<const void>>("rule").get());
  TensorList upstream;
  for (int i = 0; i < values; ++i) upstream.push_back(g.upstream(i));
  const TensorList gradients = rule(upstream);
  const size_t arguments = static_cast<size_t>(g.input_count() - values);
  if (gradients.size() != arguments)
    throw ValueError("custom_gradient: the rule gave " + std::to_string(gradients.size()) + " gradients for " +
                     std::to_string(arguments) + " arguments");
  return gradients[static_cast<size_t>(g.index() - values)];
}

const Operation& custom_gradient_op = define({
    .name = "CustomGradient",
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
    .gradients = {{nothing, gradient_of_argument}},
});

}  // namespace

TensorList detail::attach_gradient(const TensorList& values, const TensorList& arguments, Rule rule) {
  std::vector<const Tensor*> inputs = pointers(values);
  for (const Tensor& argument : arguments) inputs.push_back(&argument);
  return apply_outputs(custom_gradient_op, inputs,
                       {{"values", static_cast<int64_t>(values.size())},
                        {"rule", std::shared_ptr<const void>(std::make_shared<const Rule>(std::move(rule)))}});
}

}  // namespace cornu
