// While, and its gradient: the loop runs again and keeps its states, then the body's gradient runs from the last to the
// first. Further derivatives are those of this walk, written with loops.
#include <cornu/core/error.h>
#include <cornu/core/graph/control_flow.h>
#include <cornu/core/graph/internal/control_flow_operations.h>
#include <cornu/core/graph/internal/loop_frame.h>
#include <cornu/core/graph/internal/replay.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>

namespace cornu {

namespace {

size_t state_count(const Attributes& attributes) { return static_cast<size_t>(attributes.integer("states")); }

std::vector<TensorSpec> infer_loop(const Call& call) {
  const Subgraphs& graphs = subgraphs_of(call.attributes);
  const std::vector<TensorSpec> inputs = specs_of(call.inputs), next = infer_outputs(graphs[1], inputs);
  for (size_t i = 0; i < next.size(); ++i)
    if (!next[i].shape.is_compatible_with(inputs[i].shape))
      throw ShapeError(std::string(call.name()) + ": a loop must not change the shape of its state; variable " +
                       std::to_string(i) + " begins with shape " + inputs[i].shape.to_string() +
                       ", and the body gives " + next[i].shape.to_string());
  return {inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(next.size())};
}

/// A loop in progress.
class Run {
 public:
  explicit Run(const Call& call)
      : call_(call),
        graphs_(subgraphs_of(call.attributes)),
        states_(state_count(call.attributes)),
        limit_(call.attributes.integer("maximum_iterations")) {
    for (const Tensor* input : call.inputs) operands_.push_back(input);
  }

  /// Calls keep(states) before each iteration, which says where the next states go.
  template <class Keep>
  void forward(size_t operand_count, const Keep& keep) {
    operands_.resize(operand_count);
    const Executable& condition = graphs_[0].executable(operands_);
    const Executable& body = graphs_[1].executable(operands_);
    Tensor answer = Tensor::allocate({}, boolean);
    for (int64_t i = 0; limit_ < 0 || i < limit_; ++i) {
      condition.run(operands_, {&answer, 1});
      if (!*static_cast<const bool*>(answer.raw_data())) return;
      PooledVector<Tensor>& next = keep();
      body.run(operands_, next);
      point_to(operands_, next);
    }
  }

  /// Room for the states after an iteration.
  PooledVector<Tensor> allocate() const { return allocate_like(call_.inputs.first(states_)); }
  const Operands& operands() const { return operands_; }

 private:
  const Call& call_;
  const Subgraphs& graphs_;
  size_t states_;
  int64_t limit_;
  Operands operands_;
};

void run_while(const Call& call, std::span<Tensor> outputs) {
  Run run(call);
  PooledVector<Tensor> states[2];
  int turn = 0;
  run.forward(call.inputs.size(), [&]() -> PooledVector<Tensor>& {
    turn = 1 - turn;
    if (states[turn].empty()) states[turn] = run.allocate();
    return states[turn];
  });
  for (size_t i = 0; i < outputs.size(); ++i) copy_elements(*run.operands()[i], outputs[i]);
}

// ---- the gradient -----------------------------------------------------------------------------------------------

// Inputs: states, captures, upstream gradients of the floating states. Outputs: gradients of the floating states, then
// of the inputs "wanted" among the captures. The third graph pulls gradients back through one iteration.
std::vector<TensorSpec> infer_gradient(const Call& call) {
  infer_outputs(subgraphs_of(call.attributes)[2], specs_of(call.inputs));  // refuses inputs that do not fit
  std::vector<TensorSpec> specs;
  for (size_t i = 0; i < state_count(call.attributes); ++i)
    if (is_floating(call.dtype(i))) specs.push_back(call.input(i).spec());
  for (const int64_t i : call.attributes.get<std::vector<int64_t>>("wanted"))
    specs.push_back(call.input(static_cast<size_t>(i)).spec());
  return specs;
}

void add_to(Tensor& total, const Tensor& part) {
  static const kernels::BinaryKernel& sum = *kernels::find_binary("Add");
  (void)kernels::run_binary(sum, total.dtype(), total.raw_data(), total.shape(), part.raw_data(), part.shape(),
                            total.mutable_data(), total.shape());
}

void run_gradient(const Call& call, std::span<Tensor> outputs) {
  const size_t states = state_count(call.attributes);
  const size_t wanted = call.attributes.get<std::vector<int64_t>>("wanted").size();
  const size_t floating = outputs.size() - wanted, given = call.inputs.size() - floating;
  Run run(call);
  PooledVector<PooledVector<Tensor>> history;  // the states after each iteration
  run.forward(given, [&]() -> PooledVector<Tensor>& { return history.emplace_back(run.allocate()); });

  for (size_t i = 0; i < floating; ++i) copy_elements(call.input(given + i), outputs[i]);
  for (size_t i = floating; i < outputs.size(); ++i)
    std::memset(outputs[i].mutable_data(), 0, static_cast<size_t>(outputs[i].size()) * size_of(outputs[i].dtype()));
  if (history.empty()) return;
  PooledVector<Tensor> found;
  for (const Tensor& output : outputs) found.push_back(Tensor::allocate(output.shape(), output.dtype()));
  Operands operands(call.inputs.begin(), call.inputs.end());
  for (size_t i = 0; i < floating; ++i) operands[given + i] = &outputs[i];
  const Executable& pull = subgraphs_of(call.attributes)[2].executable(operands);
  for (size_t n = history.size(); n-- > 0;) {
    for (size_t i = 0; i < states; ++i) operands[i] = n == 0 ? call.inputs[i] : &history[n - 1][i];
    pull.run(operands, found);
    for (size_t i = 0; i < floating; ++i) copy_elements(found[i], outputs[i]);
    for (size_t i = floating; i < outputs.size(); ++i) add_to(outputs[i], found[i]);
  }
}

TensorList further_gradients(const Gradient& g);

const Operation& while_grad_op = define({
    .name = "_WhileGrad",
    .arity = variadic,
    .infer_outputs = infer_gradient,
    .kernel = run_gradient,
    .gradients = {{all_inputs, shared_gradient<further_gradients>}},
});

TensorList loop_gradients(const Gradient& g) {
  const Subgraphs graphs = subgraphs_of(g.attributes()).without_effects();
  const size_t states = state_count(g.attributes());
  std::vector<const Tensor*> inputs;
  std::vector<int64_t> numbers;
  std::vector<bool> wanted, reached;
  for (int i = 0; i < g.input_count(); ++i) {
    inputs.push_back(&g.input(i));
    const bool is_state = static_cast<size_t>(i) < states;
    wanted.push_back(is_floating(g.input_dtype(i)) && (is_state || g.is_followed(i)));
    if (wanted.back() && !is_state) numbers.push_back(i);
  }
  for (int i = 0; i < g.output_count(); ++i) {
    reached.push_back(is_floating(g.output_dtype(i)));
    if (reached.back()) inputs.push_back(&g.upstream(i));
  }
  const auto pull = std::make_shared<const CallableGraph>("the gradient of " + graphs[1].name(),
                                                          pull_back(graphs[1].traced(), reached, wanted));
  const TensorList found =
      apply_outputs(while_grad_op, inputs,
                    {{"graphs", as_attribute(Subgraphs({graphs.list()[0], graphs.list()[1], pull}))},
                     {"states", g.attributes().integer("states")},
                     {"maximum_iterations", g.attributes().integer("maximum_iterations")},
                     {"wanted", numbers}});
  TensorList all;
  size_t next = 0;
  for (const bool is_wanted : wanted) all.push_back(is_wanted ? found[next++] : Tensor());
  return all;
}

const Operation& while_op = define({
    .name = "While",
    .arity = variadic,
    .infer_outputs = infer_loop,
    .kernel = run_while,
    .gradients = {{all_inputs, shared_gradient<loop_gradients>}},
    .effect = effect_of_subgraphs,
});

// ---- the gradient of the gradient -------------------------------------------------------------------------------

/// The walk of _WhileGrad with operations: the states before an iteration are worked out from the beginning each time,
/// as their number is unknown.
class Walk {
 public:
  Walk(const Attributes& attributes, const TensorList& inputs)
      : graphs_(subgraphs_of(attributes)),
        limit_(attributes.integer("maximum_iterations")),
        states_(part(inputs, 0, state_count(attributes))) {
    size_t floating = 0;
    for (const Tensor& state : states_) floating += is_floating(state.dtype());
    captures_ = part(inputs, states_.size(), inputs.size() - floating);
    upstream_ = part(inputs, inputs.size() - floating, inputs.size());
    for (const int64_t i : attributes.get<std::vector<int64_t>>("wanted"))
      wanted_.push_back(inputs[static_cast<size_t>(i)]);
  }

  TensorList run() const {
    TensorList begin = joined({TensorList{count()}, upstream_});
    for (const Tensor& capture : wanted_) begin.push_back(zeros_like(capture));
    const auto unfinished = [](const TensorList& s) { return s[0] > 0; };
    const auto step = [&](const TensorList& s) {
      const Tensor before = s[0] - 1;
      const TensorList gradients = part(s, 1, 1 + upstream_.size());
      const TensorList found = replay(graphs_[2].traced(), joined({states_after(before), captures_, gradients}));
      TensorList next = {before};
      for (size_t i = 0; i < found.size(); ++i) next.push_back(i < upstream_.size() ? found[i] : s[i + 1] + found[i]);
      return next;
    };
    const TensorList end = while_loop(unfinished, step, begin);
    return part(end, 1, end.size());
  }

 private:
  /// Another iteration of states with their number.
  TensorList advance(const TensorList& counted) const {
    const TensorList states = part(counted, 0, states_.size());
    return joined({replay(graphs_[1].traced(), joined({states, captures_})), TensorList{counted.back() + 1}});
  }
  Tensor count() const {
    const auto condition = [&](const TensorList& counted) {
      return replay(graphs_[0].traced(), joined({part(counted, 0, states_.size()), captures_}))[0];
    };
    WhileLoopOptions options;
    if (limit_ >= 0) options.maximum_iterations = limit_;
    return while_loop(
               condition, [&](const TensorList& counted) { return advance(counted); },
               joined({states_, TensorList{constant(int64_t{0})}}), options)
        .back();
  }
  TensorList states_after(const Tensor& iterations) const {
    const TensorList end = while_loop([&](const TensorList& counted) { return counted.back() < iterations; },
                                      [&](const TensorList& counted) { return advance(counted); },
                                      joined({states_, TensorList{constant(int64_t{0})}}));
    return part(end, 0, states_.size());
  }

  const Subgraphs& graphs_;
  int64_t limit_;
  TensorList states_, captures_, upstream_, wanted_;
};

TensorList further_gradients(const Gradient& g) {
  std::vector<TensorSpec> specs;
  std::vector<bool> wanted, reached;
  TensorList inputs;
  for (int i = 0; i < g.input_count(); ++i) {
    inputs.push_back(g.input(i));
    specs.push_back(g.input(i).spec());
    wanted.push_back(is_floating(g.input_dtype(i)) && g.is_followed(i));
  }
  const Attributes& attributes = g.attributes();
  const Graph walk = trace_graph([&](const TensorList& arguments) { return Walk(attributes, arguments).run(); }, specs);
  for (int i = 0; i < g.output_count(); ++i) {
    reached.push_back(g.has_upstream(i));
    if (reached.back()) inputs.push_back(g.upstream(i));
  }
  const TensorList found = replay(pull_back(walk, reached, wanted), inputs);
  TensorList all;
  size_t next = 0;
  for (const bool is_wanted : wanted) all.push_back(is_wanted ? found[next++] : Tensor());
  return all;
}

}  // namespace

TensorList apply_while(Subgraphs graphs, const TensorList& states, const TensorList& captures,
                       int64_t maximum_iterations) {
  const TensorList inputs = joined({states, captures});
  return apply_outputs(while_op, pointers(inputs),
                       {{"graphs", as_attribute(std::move(graphs))},
                        {"states", static_cast<int64_t>(states.size())},
                        {"maximum_iterations", maximum_iterations}});
}

}  // namespace cornu
