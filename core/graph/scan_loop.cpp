// Scan: a graph runs for each part of its elements. The gradient is another scan, over the parts from the last to the
// first.
#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/control_flow_operations.h>
#include <cornu/core/graph/internal/loop_frame.h>
#include <cornu/core/graph/internal/replay.h>
#include <cornu/core/ops/math.h>

namespace cornu {

namespace {

size_t carry_count(const Attributes& attributes) { return static_cast<size_t>(attributes.integer("carries")); }
size_t element_count(const Attributes& attributes) { return static_cast<size_t>(attributes.integer("elements")); }

TensorSpec part_of(const TensorSpec& spec) { return {spec.shape.slice(1, spec.shape.rank()), spec.dtype}; }

std::vector<TensorSpec> infer_scan(const Call& call) {
  const size_t carries = carry_count(call.attributes), elements = element_count(call.attributes);
  std::vector<TensorSpec> inputs = specs_of(call.inputs);
  const int64_t length = inputs[carries].shape[0];
  for (size_t i = carries; i < carries + elements; ++i) {
    if (length >= 0 && inputs[i].shape[0] >= 0 && inputs[i].shape[0] != length)
      throw ShapeError(std::string(call.name()) + ": all elements must be equally long; received " +
                       inputs[carries].shape.to_string() + " and " + inputs[i].shape.to_string());
    inputs[i] = part_of(inputs[i]);
  }
  std::vector<TensorSpec> specs = infer_outputs(subgraphs_of(call.attributes)[0], inputs);
  for (size_t i = 0; i < specs.size(); ++i) {
    if (i >= carries) {
      specs[i].shape.insert(0, length);
    } else if (!specs[i].shape.is_compatible_with(inputs[i].shape)) {
      throw ShapeError(std::string(call.name()) + ": a loop must not change the shape of its state; state " +
                       std::to_string(i) + " begins with shape " + inputs[i].shape.to_string() +
                       ", and the function gives " + specs[i].shape.to_string());
    } else {
      specs[i].shape = inputs[i].shape;
    }
  }
  return specs;
}

/// Tensors that go from one part of others along their first axis to the next.
class Parts {
 public:
  void add(const Tensor& whole) {
    const Tensor& part = parts_.emplace_back(Tensor::placed(whole.shape().slice(1, whole.rank()), whole.dtype()));
    data_.push_back(static_cast<std::byte*>(const_cast<void*>(whole.raw_data())));
    bytes_.push_back(static_cast<size_t>(part.size()) * size_of(part.dtype()));
  }
  void reserve(size_t count) { parts_.reserve(count); }
  void move_to(int64_t index) {
    for (size_t i = 0; i < parts_.size(); ++i)
      if (data_[i]) parts_[i].point_to(data_[i] + static_cast<size_t>(index) * bytes_[i]);
  }
  PooledVector<Tensor>& tensors() { return parts_; }
  /// A place for a tensor that is no part.
  void add_whole(Tensor tensor) {
    parts_.push_back(std::move(tensor));
    data_.push_back(nullptr);
    bytes_.push_back(0);
  }

 private:
  PooledVector<Tensor> parts_;
  PooledVector<std::byte*> data_;
  PooledVector<size_t> bytes_;
};

void run(const Call& call, std::span<Tensor> outputs) {
  const size_t carries = carry_count(call.attributes), elements = element_count(call.attributes);
  const int64_t length = call.shape(carries)[0];
  Operands operands(call.inputs.begin(), call.inputs.end());
  Parts given, results[2];  // the carries are in turn in one of the latter
  given.reserve(elements);
  for (size_t i = carries; i < carries + elements; ++i) given.add(call.input(i));
  for (size_t i = 0; i < elements; ++i) operands[carries + i] = &given.tensors()[i];
  for (Parts& turn : results) {
    turn.reserve(outputs.size());
    for (size_t i = 0; i < outputs.size(); ++i)
      if (i < carries)
        turn.add_whole(Tensor::allocate(outputs[i].shape(), outputs[i].dtype()));
      else
        turn.add(outputs[i]);
  }
  if (length > 0) {
    given.move_to(0);
    const Executable& executable = subgraphs_of(call.attributes)[0].executable(operands);
    for (int64_t i = 0; i < length; ++i) {
      const int64_t index = call.attributes.flag("reverse") ? length - 1 - i : i;
      Parts& turn = results[i % 2];
      given.move_to(index);
      turn.move_to(index);
      executable.run(operands, turn.tensors());
      for (size_t k = 0; k < carries; ++k) operands[k] = &turn.tensors()[k];
    }
  }
  for (size_t i = 0; i < carries; ++i) copy_elements(*operands[i], outputs[i]);
}

TensorList scan_gradients(const Gradient& g);

const Operation& scan_op = define({
    .name = "Scan",
    .onnx_name = "Scan",
    .arity = variadic,
    .infer_outputs = infer_scan,
    .kernel = run,
    .gradients = {{all_inputs, shared_gradient<scan_gradients>}},
    .effect = effect_of_subgraphs,
});

// ---- the gradient -----------------------------------------------------------------------------------------------

/// Which tensors of a scan take part in its gradient.
struct Selection {
  explicit Selection(const Gradient& g)
      : carries(carry_count(g.attributes())), elements(element_count(g.attributes())) {
    for (size_t i = 0; i < static_cast<size_t>(g.input_count()); ++i) {
      const int index = static_cast<int>(i);
      wanted.push_back(is_floating(g.input_dtype(index)) && (i < carries || g.is_followed(index)));
      if (!wanted.back()) continue;
      ++(i < carries ? wanted_carries : i < carries + elements ? wanted_elements : wanted_captures);
    }
    for (size_t i = 0; i < static_cast<size_t>(g.output_count()); ++i) {
      const int index = static_cast<int>(i);
      reached.push_back(is_floating(g.output_dtype(index)) && (i < carries || g.has_upstream(index)));
    }
  }
  size_t carries, elements;
  size_t wanted_carries = 0, wanted_elements = 0, wanted_captures = 0;
  std::vector<bool> wanted, reached;
};

TensorList wanted_of(const TensorList& inputs, const Selection& selection, size_t first, size_t last) {
  TensorList list;
  for (size_t i = first; i < last; ++i)
    if (selection.wanted[i]) list.push_back(inputs[i]);
  return list;
}

/// The carries with which each part begins, stacked.
TensorList carries_before(const std::shared_ptr<const CallableGraph>& body, const TensorList& inputs,
                          const Selection& selection, bool reverse) {
  if (selection.carries == 0) return {};
  Graph graph = body->traced();
  graph.outputs.resize(selection.carries);
  for (size_t i = 0; i < selection.carries; ++i) graph.outputs.push_back(graph.inputs[i]);
  const size_t captures = selection.carries + selection.elements;
  const TensorList all = apply_scan(Subgraphs({std::make_shared<const CallableGraph>(body->name(), std::move(graph))}),
                                    part(inputs, 0, selection.carries), part(inputs, selection.carries, captures),
                                    part(inputs, captures, inputs.size()), reverse);
  return part(all, selection.carries, all.size());
}

/// One step back: carries are the gradients of the carries and of the captures so far, elements are the carries before,
/// the elements and the upstream gradients of the results.
Graph step_back(const Graph& body, const Selection& s, const std::vector<TensorSpec>& specs) {
  const Graph pull = pull_back(body, s.reached, s.wanted);
  return trace_graph(
      [&](const TensorList& arguments) {
        auto next = arguments.begin();
        const auto take = [&](size_t count) {
          const TensorList list(next, next + static_cast<std::ptrdiff_t>(count));
          next += static_cast<std::ptrdiff_t>(count);
          return list;
        };
        const TensorList upstream = take(s.wanted_carries), totals = take(s.wanted_captures);
        const TensorList carries = take(s.carries), elements = take(s.elements);
        const auto results = static_cast<size_t>(std::count(s.reached.begin(), s.reached.end(), true));
        const TensorList of_results = take(results - s.wanted_carries);
        const TensorList captures(next, arguments.end());
        const TensorList found = replay(pull, joined({carries, elements, captures, upstream, of_results}));
        TensorList gradients = part(found, 0, s.wanted_carries);
        const size_t first = s.wanted_carries + s.wanted_elements;
        for (size_t i = 0; i < s.wanted_captures; ++i) gradients.push_back(totals[i] + found[first + i]);
        return joined({gradients, part(found, s.wanted_carries, first)});
      },
      specs);
}

TensorList scan_gradients(const Gradient& g) {
  const auto body = subgraphs_of(g.attributes()).without_effects().list()[0];
  const bool reverse = g.attributes().flag("reverse");
  const Selection s(g);
  TensorList inputs, upstream, of_results;
  for (int i = 0; i < g.input_count(); ++i) inputs.push_back(g.input(i));
  for (size_t i = 0; i < s.reached.size(); ++i)
    if (s.reached[i]) (i < s.carries ? upstream : of_results).push_back(g.upstream(static_cast<int>(i)));
  const size_t first_capture = s.carries + s.elements;
  const TensorList captures = part(inputs, first_capture, inputs.size());
  for (const Tensor& capture : wanted_of(inputs, s, first_capture, inputs.size()))
    upstream.push_back(zeros_like(capture));
  const TensorList elements =
      joined({carries_before(body, inputs, s, reverse), part(inputs, s.carries, first_capture), of_results});

  std::vector<TensorSpec> specs;
  for (const Tensor& tensor : upstream) specs.push_back(tensor.spec());
  for (const Tensor& tensor : elements) specs.push_back(part_of(tensor.spec()));
  for (const Tensor& tensor : captures) specs.push_back(tensor.spec());
  const auto back =
      std::make_shared<const CallableGraph>("the gradient of " + body->name(), step_back(body->traced(), s, specs));
  const TensorList found = apply_scan(Subgraphs({back}), upstream, elements, captures, !reverse);
  // Carries, captures, elements; asked for in the order of the inputs.
  TensorList all;
  size_t next_carry = 0, next_capture = s.wanted_carries, next_element = s.wanted_carries + s.wanted_captures;
  for (size_t i = 0; i < inputs.size(); ++i) {
    size_t& next = i < s.carries ? next_carry : i < first_capture ? next_element : next_capture;
    all.push_back(s.wanted[i] ? found[next++] : Tensor());
  }
  return all;
}

}  // namespace

TensorList apply_scan(Subgraphs graph, const TensorList& carries, const TensorList& elements,
                      const TensorList& captures, bool reverse) {
  const TensorList inputs = joined({carries, elements, captures});
  return apply_outputs(scan_op, pointers(inputs),
                       {{"graphs", as_attribute(std::move(graph))},
                        {"carries", static_cast<int64_t>(carries.size())},
                        {"elements", static_cast<int64_t>(elements.size())},
                        {"reverse", reverse}});
}

}  // namespace cornu
