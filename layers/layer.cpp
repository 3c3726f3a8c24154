#include <algorithm>

#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/internal/name_scope.h>
#include <cornu/core/ops/internal/profiling.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/layers/functional.h>
#include <cornu/layers/internal/layer_state.h>

namespace cornu {

namespace {

thread_local CallFrame* top_frame = nullptr;

TensorList masks_of(const TensorList& inputs, const CallOptions& options) {
  if (!options.masks.empty()) return options.masks;
  TensorList masks;
  for (const Tensor& input : inputs) masks.push_back(input.mask());
  if (options.mask.defined() && !masks.empty()) masks[0] = options.mask;
  return masks;
}

std::vector<Shape> shapes_of(const TensorList& tensors) {
  std::vector<Shape> shapes;
  for (const Tensor& tensor : tensors) shapes.push_back(tensor.shape().without_names());
  return shapes;
}

std::vector<TensorSpec> specs_of(const TensorList& tensors) {
  std::vector<TensorSpec> specs;
  for (const Tensor& tensor : tensors) specs.emplace_back(tensor.shape().without_names(), tensor.dtype());
  return specs;
}

}  // namespace

CallFrame::CallFrame(Layer& layer, const TensorList& inputs, const CallOptions& options)
    : training(options.training.value_or(top_frame && top_frame->training)),
      masks(masks_of(inputs, options)),
      state_(layer.state_),
      outer_(top_frame) {
  top_frame = this;
}
CallFrame::~CallFrame() { top_frame = outer_; }

CallFrame* CallFrame::top() { return top_frame; }

CallFrame& CallFrame::root() {
  CallFrame* frame = this;
  while (frame->outer_) frame = frame->outer_;
  return *frame;
}

void CallFrame::roll_back() {
  const std::lock_guard lock(structure_mutex());
  for (const std::shared_ptr<Layer::State>& state : built) state->take_back_build();
  built.clear();
}

LayerOutputs::operator Tensor() const {
  if (size() != 1) throw ValueError("a layer gave " + std::to_string(size()) + " outputs where one was expected");
  return front();
}

Tensor Layer::operator()(const Tensor& inputs, const CallOptions& options) & {
  TensorList outputs =
      inputs.defined() && inputs.has_origin() ? describe({inputs}, options, false, nullptr) : run({inputs}, options);
  if (outputs.size() != 1)
    throw ValueError(path() + ": the layer gave " + std::to_string(outputs.size()) +
                     " outputs; call it with a TensorList to get them all");
  return std::move(outputs[0]);
}

LayerOutputs Layer::operator()(const TensorList& inputs, const CallOptions& options) & {
  return is_described(inputs) ? describe(inputs, options, true, nullptr) : run(inputs, options);
}

Tensor Layer::operator()(const Tensor& inputs, const CallOptions& options) && {
  if (inputs.defined() && inputs.has_origin()) return call_shared(copy_of_temporary(), inputs, options);
  return (*this)(inputs, options);
}

LayerOutputs Layer::operator()(const TensorList& inputs, const CallOptions& options) && {
  if (is_described(inputs)) return call_shared(copy_of_temporary(), inputs, options);
  return (*this)(inputs, options);
}

TensorList Layer::run(const TensorList& given, const CallOptions& options) {
  state();  // a moved-from layer says so
  if (top_frame && &top_frame->state() != state_.get()) {
    if (!top_frame->state().layer) throw StateError("the layer whose call() is under way is gone");
    top_frame->state().layer->adopt(*this);
  }
  TensorList inputs = given;
  CallFrame frame(*this, inputs, options);
  const NameScope scope(path());
  const ProfileSlice slice(SliceKind::layer, path());
  try {
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].defined()) throw StateError("input " + std::to_string(i) + " has no value");
      if (is_floating(inputs[i].dtype()) && inputs[i].dtype() != dtype()) inputs[i] = cast(inputs[i], dtype());
    }
    if (!frame.outer() && !state_->call_losses.empty()) {
      const std::lock_guard lock(structure_mutex());
      state_->call_losses.clear();
    }
    ensure_built(inputs);
    TensorList outputs = call_list(inputs);
    finish_call(inputs, outputs, frame);
    return outputs;
  } catch (Error& error) {
    error.add_location(path());
    if (!frame.outer()) frame.roll_back();
    throw;
  } catch (...) {
    if (!frame.outer()) frame.roll_back();
    throw;
  }
}

void Layer::ensure_built(const TensorList& inputs) {
  State& state = *state_;
  if (state.built) return;
  state.resolved_name();
  CallFrame& frame = *top_frame;
  frame.root().built.push_back(state_);
  state.unclaimed = state.trainable_weights;
  state.unclaimed.insert(state.unclaimed.end(), state.non_trainable_weights.begin(), state.non_trainable_weights.end());
  state.input_specs = specs_of(inputs);
  if (tracing())
    tracing()->on_failure([state = state_] {
      const std::lock_guard lock(structure_mutex());
      state->take_back_build();
    });
  frame.building = true;
  {
    const TracingScope computed(nullptr);
    build_list(shapes_of(inputs));
  }
  frame.building = false;
  state.unclaimed.clear();
  state.built = true;
}

void Layer::unbuild() {
  State& state = *state_;
  state.built = false;
  state.input_specs.clear();
  state.output_specs.clear();
}

void Layer::finish_call(const TensorList& inputs, const TensorList& outputs, CallFrame& frame) {
  State& state = *state_;
  for (const Tensor& output : outputs)
    if (!output.defined()) throw StateError("call() returned a Tensor without a value");
  if (!frame.lost.empty())
    throw StateError(
        "the layer '" + frame.lost +
        "' was made inside call() and is gone now, so its variables could never be trained; make it a member");
  if (state.output_specs.empty()) state.output_specs = specs_of(outputs);
  if (state.activity_regularizer)
    for (const Tensor& output : outputs) {
      const Tensor penalty = (*state.activity_regularizer)(output);
      const bool has_batch = output.rank() > 0 && output.shape()[0] != 0;
      add_loss(has_batch ? penalty / element_count({output.shape()[0]}, penalty.dtype()) : penalty);
    }
  if (std::none_of(frame.masks.begin(), frame.masks.end(), [](const Tensor& mask) { return mask.defined(); }) &&
      !supports_masking())
    return;
  const Tensor mask = compute_mask(inputs, frame.masks);
  if (mask.defined())
    for (const Tensor& output : outputs)
      if (!output.mask().defined()) output.set_mask(mask);
}

// Defaults of what derived classes override.

void Layer::build(const Shape& input_shape) {
  const bool is_under_way = top_frame && top_frame->building && &top_frame->state() == state_.get();
  if (is_under_way) return;
  Shape known = input_shape;
  for (int64_t& extent : known) extent = extent < 0 ? 1 : extent;
  const TracingScope inferred(nullptr);
  run({Tensor::symbolic({known, dtype()})}, {});
}

void Layer::build_list(const std::vector<Shape>& input_shapes) {
  if (input_shapes.empty()) throw ValueError("a layer needs at least one input");
  build(input_shapes[0]);
}

Tensor Layer::call(const Tensor&) {
  throw StateError("the class " + class_name() + " overrides neither call() nor call_list()");
}

TensorList Layer::call_list(const TensorList& inputs) {
  if (inputs.size() != 1)
    throw ValueError("this layer takes one tensor; received " + std::to_string(inputs.size()) +
                     " (a layer of several inputs overrides call_list())");
  return {call(inputs[0])};
}

Tensor Layer::compute_mask(const TensorList&, const TensorList& masks) {
  return supports_masking() && !masks.empty() ? masks[0] : Tensor();
}

std::vector<Shape> Layer::compute_output_shapes(const std::vector<Shape>& input_shapes) {
  // Unknown extents are tried as two numbers: an extent of the output that follows them is unknown too.
  const TracingScope inferred(nullptr);
  const auto outputs_for = [&](int64_t unknown) {
    TensorList inputs;
    for (Shape shape : input_shapes) {
      for (int64_t& extent : shape) extent = extent < 0 ? unknown : extent;
      inputs.push_back(Tensor::symbolic({shape, dtype()}));
    }
    return shapes_of(run(inputs, {}));
  };
  std::vector<Shape> shapes = outputs_for(2);
  const bool known =
      std::all_of(input_shapes.begin(), input_shapes.end(), [](const Shape& shape) { return shape.is_known(); });
  if (known) return shapes;
  const std::vector<Shape> others = outputs_for(3);
  for (size_t i = 0; i < shapes.size(); ++i)
    for (int axis = 0; axis < shapes[i].rank(); ++axis)
      if (shapes[i][axis] != others[i][axis]) shapes[i][axis] = -1;
  return shapes;
}

Shape Layer::compute_output_shape(const Shape& input_shape) { return compute_output_shapes({input_shape}).at(0); }

Config Layer::get_config() const {
  throw StateError(
      path() + ": the class " + class_name() +
      " does not say how it is written; override get_config() and make it known with layers::registry().add(...)");
}

// The call under way.

bool Layer::training() const { return top_frame && top_frame->training; }

TensorList Layer::masks() const { return top_frame ? top_frame->masks : TensorList(); }
Tensor Layer::mask() const { return top_frame && !top_frame->masks.empty() ? top_frame->masks[0] : Tensor(); }

// Losses besides the model's own.

void Layer::add_loss(const Tensor& loss) {
  if (loss.rank() != 0) throw ShapeError("add_loss: expected a scalar; received shape " + loss.shape().to_string());
  const std::lock_guard lock(structure_mutex());
  State& keeper = top_frame ? top_frame->root().state() : state();
  keeper.call_losses.emplace_back(state_.get(), loss);
}

TensorList Layer::losses() const {
  const std::lock_guard lock(structure_mutex());
  const std::vector<State*> family = state().family();
  TensorList losses;
  const State* keeper = state_.get();
  while (keeper->call_losses.empty() && !keeper->parents.empty()) keeper = keeper->parents[0];
  for (const auto& [origin, loss] : keeper->call_losses)
    if (std::find(family.begin(), family.end(), origin) != family.end() && (tracing() || !loss.is_symbolic()))
      losses.push_back(loss);
  for (const Variable& variable : trainable_weights())
    if (variable.regularizer()) losses.push_back(variable.regularizer()(variable));
  return losses;
}

const Regularizer& Layer::activity_regularizer() const { return state().activity_regularizer; }
void Layer::set_activity_regularizer(const Regularizer& regularizer) { state().activity_regularizer = regularizer; }

}  // namespace cornu
