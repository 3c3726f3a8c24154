#include <string>

#include <cornu/core/data/dataset_iterator.h>
#include <cornu/core/data/internal/node.h>
#include <cornu/core/error.h>
#include <cornu/core/ops/recorder.h>
#include <cornu/core/ops/tracing.h>

namespace cornu {

namespace {

constexpr int64_t version = 1;

/// While it lives, what the calling thread computes is nobody's business.
struct OutOfSight {
  NoRecording no_recording;
  TracingScope no_tracing{nullptr};
};

std::unique_ptr<datasets::Source> begin(const datasets::Node& node) {
  const OutOfSight out_of_sight;
  return node.iterate({std::make_shared<datasets::Iteration>(false), 0});
}

}  // namespace

struct DatasetIterator::Position {
  std::shared_ptr<const datasets::Node> node;
  std::unique_ptr<datasets::Source> source;
  // what check() has made of the state with this identity, for restore()
  uint64_t checked_id = 0;
  std::unique_ptr<datasets::Source> checked = nullptr;
};

DatasetIterator::DatasetIterator(std::shared_ptr<const datasets::Node> node)
    : position_(std::make_shared<Position>(Position{node, begin(*node)})) {}

std::optional<TensorList> DatasetIterator::next() {
  const OutOfSight out_of_sight;
  return position_->source->next();
}

Tensor DatasetIterator::state() const {
  datasets::IteratorState state{version};
  datasets::StateWriter writer(state);
  position_->source->save(writer);
  return Tensor::from_span<int64_t>(state, {static_cast<int64_t>(state.size())});
}

void DatasetIterator::check(const Tensor& state) const {
  if (state.rank() != 1)
    throw ShapeError("DatasetIterator: expected a state of shape (n,); received " + state.shape().to_string());
  datasets::StateReader reader(state.data<int64_t>());
  if (reader.any_number() != version)
    throw ValueError("DatasetIterator: the state is none, or one of a later version of Cornu");
  auto source = begin(*position_->node);
  const OutOfSight out_of_sight;
  source->restore(reader);
  reader.finish();
  position_->checked = std::move(source);
  position_->checked_id = state.id();
}

void DatasetIterator::restore(const Tensor& state) const {
  if (!position_->checked || position_->checked_id != state.id()) check(state);
  position_->source = std::move(position_->checked);
}

}  // namespace cornu
