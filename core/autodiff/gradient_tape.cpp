#include <algorithm>
#include <utility>

#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/autodiff/internal/recording.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/ops/shape_ops.h>

namespace cornu {

class GradientTape::State : public std::enable_shared_from_this<GradientTape::State> {
 public:
  explicit State(const GradientTapeOptions& options)
      : recording(options.watch_accessed_variables), persistent(options.persistent) {}

  void start() {
    thread = recorder_thread();
    push_recorder(&recording);
    is_recording = true;
  }
  /// Also on another thread than the one that records, whose stack keeps this state until it has noticed.
  void stop() {
    if (!is_recording) return;
    is_recording = false;
    remove_recorder(std::exchange(thread, nullptr), std::shared_ptr<Recorder>(shared_from_this(), &recording));
  }
  /// A tape that is not persistent stops here and may not come here again.
  void begin_answer() {
    if (answered && !persistent)
      throw StateError(
          "GradientTape: this tape has answered and is not persistent; for several gradients construct it as "
          "GradientTape tape({.persistent = true})");
    answered = true;
    if (!persistent && is_recording) stop();
  }
  void end_answer() {
    if (!persistent) recording.clear();
  }

  Recording recording;
  bool persistent;
  std::shared_ptr<RecorderThread> thread;  // whose operations are recorded
  bool is_recording = false;
  bool answered = false;
};

GradientTape::GradientTape(const GradientTapeOptions& options) : state_(std::make_shared<State>(options)) {
  state_->start();
}
GradientTape::~GradientTape() { state_->stop(); }

void GradientTape::watch(const Tensor& tensor) { state_->recording.watch(tensor); }
void GradientTape::watch(const Variable& variable) { state_->recording.watch(variable); }

void GradientTape::reset() {
  state_->stop();
  state_->recording.clear();
  state_->answered = false;
  state_->start();
}

std::vector<Variable> GradientTape::watched_variables() const { return state_->recording.watched_variables(); }

GradientTape::Pause::Pause(GradientTape& tape) : tape(tape), was_recording(tape.state_->is_recording) {
  if (was_recording) tape.state_->stop();
}
GradientTape::Pause::~Pause() {
  if (was_recording) tape.state_->start();
}

namespace {

void check_target(const Tensor& target) {
  if (!is_floating(target.dtype()))
    throw DTypeError("GradientTape.gradient: the target must be floating-point; received " +
                     std::string(name(target.dtype())));
}

Tensor seed_of(const Tensor& target, const Tensor& output_gradient) {
  check_target(target);
  if (!output_gradient.defined()) return ones(target.shape(), target.dtype());
  if (output_gradient.shape() != target.shape())
    throw ShapeError("GradientTape.gradient: output_gradients has shape " + output_gradient.shape().to_string() +
                     "; the target has " + target.shape().to_string());
  if (output_gradient.dtype() != target.dtype())
    throw DTypeError("GradientTape.gradient: output_gradients is " + std::string(name(output_gradient.dtype())) +
                     "; the target is " + std::string(name(target.dtype())));
  return output_gradient;
}

Tensor zeros_of(const TensorSpec& spec) { return zeros(spec.shape, spec.dtype); }

/// How often a jacobian walks back: also an empty target tells which sources it is connected with.
int64_t at_least_one(int64_t count) { return std::max<int64_t>(count, 1); }

Shape joined(const Shape& a, const Shape& b) {
  Shape both = a;
  for (int64_t extent : b) both.push_back(extent);
  return both;
}

}  // namespace

TensorList GradientTape::gradients(const TensorList& targets, const TensorList& output_gradients,
                                   const std::vector<Source>& sources, UnconnectedGradients unconnected) {
  if (!output_gradients.empty() && output_gradients.size() != targets.size())
    throw ValueError("GradientTape.gradient: " + std::to_string(output_gradients.size()) + " output_gradients for " +
                     std::to_string(targets.size()) + " targets");
  TensorList seeds;
  for (size_t i = 0; i < targets.size(); ++i)
    seeds.push_back(seed_of(targets[i], output_gradients.empty() ? Tensor() : output_gradients[i]));
  state_->begin_answer();
  TensorList gradients = state_->recording.gradients(targets, seeds, sources, !state_->persistent);
  state_->end_answer();
  if (unconnected == UnconnectedGradients::zero)
    for (size_t i = 0; i < sources.size(); ++i)
      if (!gradients[i].defined()) gradients[i] = zeros_of(sources[i].spec());
  return gradients;
}

TensorList GradientTape::jacobians(const Tensor& target, const std::vector<Source>& sources,
                                   UnconnectedGradients unconnected) {
  check_target(target);
  state_->begin_answer();
  const int64_t count = target.size();
  const Tensor units = eye(count, {}, target.dtype());
  std::vector<TensorList> rows(sources.size());
  for (int64_t i = 0; i < at_least_one(count); ++i) {
    const Tensor seed = count == 0 ? zeros_of(target.spec()) : reshape(units[i], target.shape());
    const TensorList row = state_->recording.gradients({target}, {seed}, sources, false);
    for (size_t source = 0; source < sources.size(); ++source) rows[source].push_back(row[source]);
  }
  state_->end_answer();
  TensorList jacobians;
  for (size_t source = 0; source < sources.size(); ++source) {
    const TensorSpec spec = sources[source].spec();
    bool connected = false;
    for (const Tensor& row : rows[source]) connected = connected || row.defined();
    if (!connected && unconnected == UnconnectedGradients::none) {
      jacobians.emplace_back();
      continue;
    }
    for (Tensor& row : rows[source])
      if (!row.defined()) row = zeros_of(spec);
    const Shape shape = joined(target.shape(), spec.shape);
    jacobians.push_back(count == 0 ? zeros(shape, spec.dtype) : reshape(stack(rows[source], 0), shape));
  }
  return jacobians;
}

Tensor GradientTape::batch_jacobian_of(const Tensor& target, const Source& source) {
  const TensorSpec spec = source.spec();
  if (target.rank() < 1 || spec.shape.rank() < 1 || target.shape()[0] != spec.shape[0])
    throw ShapeError("GradientTape.batch_jacobian: target and source need the same first extent, the batch; received " +
                     target.shape().to_string() + " and " + spec.shape.to_string());
  check_target(target);
  state_->begin_answer();
  const int64_t batch = target.shape()[0], count = target.shape().size_between(1, target.rank());
  TensorList columns;  // one for each element of an example's target: d target[:, i] / d source, [batch, ...]
  for (int64_t i = 0; i < at_least_one(count); ++i) {
    const Tensor seed = count == 0 ? zeros_of(target.spec())
                                   : one_hot(full({batch}, static_cast<double>(i), int64), count, -1, target.dtype());
    columns.push_back(state_->recording.gradients({target}, {reshape(seed, target.shape())}, {source}, false)[0]);
  }
  state_->end_answer();
  bool connected = false;
  for (const Tensor& column : columns) connected = connected || column.defined();
  if (!connected) return {};
  for (Tensor& column : columns)
    if (!column.defined()) column = zeros_of(spec);
  const Shape shape = joined(target.shape(), spec.shape.slice(1, spec.shape.rank()));
  return count == 0 ? zeros(shape, spec.dtype) : reshape(stack(columns, 1), shape);
}

Tensor GradientTape::batch_jacobian(const Tensor& target, const Tensor& source) {
  return batch_jacobian_of(target, source);
}
Tensor GradientTape::batch_jacobian(const Tensor& target, const Variable& source) {
  return batch_jacobian_of(target, source);
}

}  // namespace cornu
