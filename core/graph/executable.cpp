#include <cstring>

#include <cornu/core/error.h>
#include <cornu/core/graph/internal/executable.h>
#include <cornu/core/graph/internal/profiled_graph.h>
#include <cornu/core/graph/internal/subgraphs.h>
#include <cornu/core/ops/internal/profiling.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/tracing.h>
#include <cornu/core/tensor/storage.h>

namespace cornu {

/// What one run needs for itself.
struct Executable::Frame {
  explicit Frame(size_t bytes) : arena(static_cast<std::byte*>(storage::acquire(bytes))), bytes(bytes) {}
  ~Frame() { storage::release(arena, bytes); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  /// Lets go of what the run has kept.
  void clear() {
    held.clear();
    backups.clear();
  }

  std::byte* arena;
  size_t bytes;
  std::vector<Tensor> values;
  std::vector<const Tensor*> operands;
  std::vector<Tensor> held;                                 // values of variables that change before the last use
  std::vector<std::pair<const Variable*, Tensor>> backups;  // values before the run
};

Executable::Executable(Graph graph, std::string name)
    : graph_(std::move(graph)),
      name_(std::move(name)),
      plan_(graph_),
      input_specs_(graph_.input_specs()),
      output_specs_(graph_.output_specs()) {
  for (size_t i = 0; i < graph_.nodes.size(); ++i) add_step(static_cast<int32_t>(i));
  find_backups();
  for (size_t value = 0; value < plan_.locations.size(); ++value) {
    const MemoryPlan::Root& root = plan_.roots[static_cast<size_t>(plan_.locations[value].root)];
    if (root.place == MemoryPlan::Place::output)
      dynamic_outputs_.insert(dynamic_outputs_.end(), {static_cast<int32_t>(value), root.output});
  }
}

Executable::~Executable() { delete spare_.load(); }

// ---- the plan ---------------------------------------------------------------------------------------------------

void Executable::add_step(int32_t index) {
  const Node& node = graph_.nodes[static_cast<size_t>(index)];
  Step step{.kind = Step::Kind::kernel,
            .backs_up = false,
            .node = index,
            .first_input = static_cast<int32_t>(operands_.size()),
            .input_count = static_cast<int32_t>(node.inputs.size()),
            .first_output = plan_.first_value[static_cast<size_t>(index)],
            .output_count = static_cast<int32_t>(node.outputs.size()),
            .view_offset = 0};
  switch (node.kind) {
    case Node::Kind::input:
    case Node::Kind::constant:
      return;
    case Node::Kind::read:
      step.kind = is_held(index) ? Step::Kind::held_read : Step::Kind::read;
      break;
    case Node::Kind::assign:
      step.kind = Step::Kind::assign;
      break;
    case Node::Kind::effect:
      step.kind = Step::Kind::effect;
      break;
    case Node::Kind::operation:
      if (!node.operation->view_offset) break;
      if (plan_.root(node.inputs[0]).place != MemoryPlan::Place::outside) return;  // it does not move
      step.kind = Step::Kind::view;
      step.view_offset = view_bytes(graph_, node);
  }
  for (const Value& input : node.inputs)
    operands_.push_back(plan_.first_value[static_cast<size_t>(input.node)] + input.output);
  steps_.push_back(step);
}

/// Whether the variable changes before the last use of the value that was read.
bool Executable::is_held(int32_t read) const {
  const Node& node = graph_.nodes[static_cast<size_t>(read)];
  const int32_t last_use = plan_.root({read, 0}).last_use;
  const int32_t last = std::min(last_use, static_cast<int32_t>(graph_.nodes.size()) - 1);
  for (int32_t i = read + 1; i <= last; ++i)
    if (changes(graph_.nodes[static_cast<size_t>(i)], node.variable)) return true;
  return false;
}

/// Steps that change variables keep the old values if a later one may throw.
void Executable::find_backups() {
  bool may_fail_later = false;
  for (size_t i = steps_.size(); i-- > 0;) {
    Step& step = steps_[i];
    const bool may_fail_midway = graph_.nodes[static_cast<size_t>(step.node)].operation;
    if (step.kind == Step::Kind::assign) step.backs_up = may_fail_later;
    if (step.kind == Step::Kind::effect) step.backs_up = may_fail_later || may_fail_midway;
    if (step.kind == Step::Kind::kernel || step.kind == Step::Kind::effect) may_fail_later = true;
  }
}

// ---- frames -----------------------------------------------------------------------------------------------------

std::unique_ptr<Executable::Frame> Executable::make_frame() const {
  auto frame = std::make_unique<Frame>(plan_.arena_bytes);
  frame->values.reserve(plan_.locations.size());
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    for (size_t k = 0; k < node.outputs.size(); ++k) {
      const MemoryPlan::Location& location = plan_.locations[frame->values.size()];
      const MemoryPlan::Root& root = plan_.roots[static_cast<size_t>(location.root)];
      Tensor value = Tensor::placed(node.outputs[k].shape, node.outputs[k].dtype);
      if (root.place == MemoryPlan::Place::constant) {
        const Tensor& constant = graph_.nodes[static_cast<size_t>(root.first_step)].constant;
        value.point_to(const_cast<std::byte*>(static_cast<const std::byte*>(constant.raw_data())) + location.offset);
      } else {
        value.point_to(frame->arena + (root.place == MemoryPlan::Place::arena ? root.offset + location.offset : 0));
      }
      frame->values.push_back(std::move(value));
    }
  }
  for (const int32_t operand : operands_) frame->operands.push_back(&frame->values[static_cast<size_t>(operand)]);
  return frame;
}

Executable::Frame* Executable::take() const {
  if (Frame* frame = spare_.exchange(nullptr, std::memory_order_acquire)) return frame;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Frame* frame = idle_.back().release();
      idle_.pop_back();
      return frame;
    }
  }
  return make_frame().release();
}

void Executable::give_back(Frame* frame) const {
  frame->clear();
  Frame* none = nullptr;
  if (spare_.compare_exchange_strong(none, frame, std::memory_order_release)) return;
  const std::lock_guard lock(mutex_);
  idle_.emplace_back(frame);
}

// ---- a run ------------------------------------------------------------------------------------------------------

bool Executable::fits(std::span<const Tensor* const> inputs) const {
  for (size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i]->shape() != input_specs_[i].shape) return false;
  return true;
}

void Executable::run(std::span<const Tensor* const> inputs, std::span<Tensor> outputs) const {
  Frame* const frame = take();
  const auto value = [&](int32_t index) -> Tensor& { return frame->values[static_cast<size_t>(index)]; };
  for (size_t i = 0; i < inputs.size(); ++i)
    value(plan_.first_value[static_cast<size_t>(graph_.inputs[i].node)])
        .point_to(const_cast<void*>(inputs[i]->raw_data()));
  for (size_t i = 0; i < dynamic_outputs_.size(); i += 2) {
    const int32_t index = dynamic_outputs_[i];
    value(index).point_to(
        static_cast<std::byte*>(outputs[static_cast<size_t>(dynamic_outputs_[i + 1])].mutable_data()) +
        plan_.locations[static_cast<size_t>(index)].offset);
  }
  try {
    run_steps(*frame);
  } catch (...) {
    for (size_t i = frame->backups.size(); i-- > 0;) frame->backups[i].first->restore(frame->backups[i].second);
    give_back(frame);
    throw;
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Value& from = graph_.outputs[i];
    if (plan_.root(from).output == static_cast<int32_t>(i)) continue;
    std::memcpy(outputs[i].mutable_data(),
                value(plan_.first_value[static_cast<size_t>(from.node)] + from.output).raw_data(),
                bytes_of(output_specs_[i]));
  }
  give_back(frame);
}

void Executable::run_steps(Frame& frame) const {
  const Step* step = steps_.data();
  try {
    if (Profiling* profiling = Profiling::current()) [[unlikely]]
      return run_profiled(frame, *profiling, step);
    for (const Step* const end = step + steps_.size(); step != end; ++step) run_step(*step, frame);
  } catch (Error& error) {
    error.add_context(name_ + ": " + graph_.name_of(step->node));
    throw;
  }
}

const std::shared_ptr<const ProfiledGraph>& Executable::profiled() const {
  std::call_once(described_, [this] { profiled_ = profiled_graph(graph_); });
  return profiled_;
}

/// With a slice of the profile for each step that computes something, within one of the whole function.
void Executable::run_profiled(Frame& frame, Profiling& profiling, const Step*& step) const {
  const ProfileSlice whole(SliceKind::function, name_);
  const std::shared_ptr<const ProfiledGraph>& graph = profiled();
  profiling.keep(graph);
  uint64_t start = ticks();
  for (const Step* const end = steps_.data() + steps_.size(); step != end; ++step) {
    run_step(*step, frame);
    if (step->kind == Step::Kind::view || step->kind == Step::Kind::read || step->kind == Step::Kind::held_read)
      continue;
    const uint64_t now = ticks();
    profiling.record(graph->nodes[static_cast<size_t>(step->node)], start, now);
    start = now;
  }
}

namespace {

/// An effect computes for real, unseen by the tapes and the trace around the run.
void run_effect(const Effect& effect, std::span<const Tensor* const> inputs, std::span<Tensor> outputs) {
  const NoRecording unseen;
  const TracingScope none(nullptr);
  effect.run(inputs, outputs);
}

}  // namespace

void Executable::run_step(const Step& step, Frame& frame) const {
  const Node& node = graph_.nodes[static_cast<size_t>(step.node)];
  const std::span<const Tensor* const> inputs(frame.operands.data() + step.first_input,
                                              static_cast<size_t>(step.input_count));
  const std::span<Tensor> outputs(frame.values.data() + step.first_output, static_cast<size_t>(step.output_count));
  switch (step.kind) {
    case Step::Kind::kernel:
      return node.operation->kernel({*node.operation, inputs, node.attributes}, outputs);
    case Step::Kind::view:
      return outputs[0].point_to(
          const_cast<std::byte*>(static_cast<const std::byte*>(inputs[0]->raw_data()) + step.view_offset));
    case Step::Kind::held_read:
      frame.held.push_back(node.variable.peek());
      [[fallthrough]];
    case Step::Kind::read:
      return outputs[0].point_to(const_cast<void*>(node.variable.peek().raw_data()));
    case Step::Kind::assign:
      if (step.backs_up) frame.backups.emplace_back(&node.variable, node.variable.peek());
      return node.variable.copy_in(*inputs[0]);
    case Step::Kind::effect:
      if (step.backs_up)
        for (const Variable& variable : node.effect->changes) frame.backups.emplace_back(&variable, variable.peek());
      return run_effect(*node.effect, inputs, outputs);
  }
}

}  // namespace cornu
