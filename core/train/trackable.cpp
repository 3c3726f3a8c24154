#include <deque>
#include <limits>
#include <set>
#include <utility>

#include <cornu/core/error.h>
#include <cornu/core/train/internal/restoration.h>
#include <cornu/core/train/trackable.h>

namespace cornu {

namespace {

/// A generator as an object of its own, with its state in it.
class TrackedGenerator : public Trackable {
 public:
  explicit TrackedGenerator(const random::Generator& generator) : generator_(generator) {}
  TrackableContents contents() override { return {.variables = {{"state", generator_.state()}}}; }

 private:
  random::Generator generator_;
};

/// The position of an iterator.
class TrackedIterator : public Trackable {
 public:
  explicit TrackedIterator(const DatasetIterator& iterator) : iterator_(iterator) {}
  TrackableContents contents() override {
    TrackableContents::Value value{.name = "state",
                                   .spec = TensorSpec({-1}, int64),
                                   .save = [iterator = iterator_] { return iterator.state(); },
                                   .restore = [iterator = iterator_](const Tensor& state) { iterator.restore(state); },
                                   .identity = iterator_.identity(),
                                   .check = [iterator = iterator_](const Tensor& state) { iterator.check(state); }};
    return {.values = {std::move(value)}};
  }

 private:
  DatasetIterator iterator_;
};

template <class Counter>
TrackableContents::Value counter_value(const std::string& name, Counter* counter) {
  const auto check = [name](const Tensor& value) {
    const int64_t number = value.item<int64_t>();
    if (number < std::numeric_limits<Counter>::min() || number > std::numeric_limits<Counter>::max())
      throw ValueError("the counter '" + name + "' cannot hold " + std::to_string(number) + "; make it an int64_t");
  };
  const auto restore = [counter](const Tensor& value) { *counter = static_cast<Counter>(value.item<int64_t>()); };
  return {name, TensorSpec({}, int64), [counter] { return constant(int64_t{*counter}); }, restore, counter, check};
}

}  // namespace

Trackable::~Trackable() = default;

void Trackable::parts_changed() {
  if (has_places_.load(std::memory_order_acquire)) Restoration::resume(*this);
}

bool Trackable::has_waiting_value(const std::string& name) {
  return has_places_.load(std::memory_order_acquire) && Restoration::has_value(*this, name);
}

TrackableReference::TrackableReference(const random::Generator& generator)
    : owned_(std::make_shared<TrackedGenerator>(generator)) {}

TrackableReference::TrackableReference(const DatasetIterator& iterator)
    : owned_(std::make_shared<TrackedIterator>(iterator)) {}

void TrackableReference::add_to(TrackableContents& contents, const std::string& name) const {
  if (variable_.defined()) return contents.variables.push_back({name, variable_});
  if (is_variable_)
    throw StateError("the variable '" + name +
                     "' of a Checkpoint has no value: it was default-constructed or moved from");
  if (counter_) return contents.values.push_back(counter_value(name, counter_));
  if (short_counter_) return contents.values.push_back(counter_value(name, short_counter_));
  const std::shared_ptr<Trackable> object = owned_ ? owned_ : object_.lock();
  if (!object)
    throw StateError("the object '" + name +
                     "' of a Checkpoint is gone; let it live as long as the Checkpoint is used");
  contents.children.push_back({name, object});
}

std::vector<TrackableContents::NamedVariable> variables_by_path(Trackable& root) {
  std::vector<TrackableContents::NamedVariable> found;
  std::set<const Trackable*> objects{&root};
  std::set<uint64_t> variables;
  std::deque<std::pair<std::string, TrackableContents>> queue;
  queue.emplace_back("", root.contents());
  for (; !queue.empty(); queue.pop_front()) {
    const auto& [start, contents] = queue.front();
    for (const auto& [name, variable] : contents.variables)
      if (variables.insert(variable.id()).second) found.push_back({start + name, variable});
    for (const auto& [name, object] : contents.children)
      if (objects.insert(object.get()).second) queue.emplace_back(start + name + "/", object->contents());
  }
  return found;
}

std::string distinct_name(const std::string& name, const std::function<bool(const std::string&)>& taken) {
  std::string distinct = name;
  for (int number = 1; taken(distinct); ++number) distinct = name + "_" + std::to_string(number);
  return distinct;
}

}  // namespace cornu
