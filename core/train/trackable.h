#pragma once
#include <atomic>
#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <cornu/core/autodiff/variable.h>
#include <cornu/core/data/dataset_iterator.h>
#include <cornu/core/random/generator.h>

namespace cornu {

class Restoration;
class Trackable;

/// What an object gives to a checkpoint, by the names that it has for it. The names of one object's parts differ.
struct TrackableContents {
  struct Child {
    std::string name;
    std::shared_ptr<Trackable> object;
  };
  struct NamedVariable {
    std::string name;
    Variable variable;
  };
  /// What an optimizer keeps for a variable: `slot` of the kind `name`.
  struct Slot {
    Variable variable;
    std::string name;
    Variable slot;
  };
  /// A value that is no variable: a counter, the position of an iterator.
  struct Value {
    std::string name;
    TensorSpec spec;  ///< what restore() takes
    std::function<Tensor()> save;
    std::function<void(const Tensor&)> restore;
    const void* identity;                           ///< the same for the same value
    std::function<void(const Tensor&)> check = {};  ///< throws for what restore() cannot take, besides the spec
  };
  std::vector<Child> children = {};
  std::vector<NamedVariable> variables = {};
  std::vector<Slot> slots = {};
  std::vector<Value> values = {};
};

/// Base of what checkpoints save and restore: an object that has variables and other objects, by name. Layers,
/// optimizers, metrics and checkpoints are; TensorFlow's Trackable.
///
/// What a checkpoint has for parts that do not exist yet waits for them: who gets a new part calls parts_changed().
class CORNU_API Trackable {
 public:
  Trackable() = default;
  virtual ~Trackable();
  Trackable(const Trackable&) = delete;
  Trackable& operator=(const Trackable&) = delete;

  /// All parts that there are now.
  virtual TrackableContents contents() = 0;

  /// To be called when there are new parts: gives them what restored checkpoints have for them. Costs nothing if none
  /// has. Throws ShapeError and DTypeError, naming the variable, if it does not fit.
  void parts_changed();
  /// Whether a restored checkpoint has a value for a variable of this name that the object will have: no other first
  /// value needs to be made for it, and no random numbers be drawn.
  bool has_waiting_value(const std::string& name);

 private:
  friend class Restoration;
  struct Place {  // of this object in the graph of a restored checkpoint
    std::shared_ptr<Restoration> restoration;
    int node;
  };
  std::vector<Place> places_;  // the newest last
  std::atomic<bool> has_places_ = false;
};

/// An object that has a Trackable: `object.trackable()`.
template <class T>
concept HasTrackable = requires(T& object) {
  { object.trackable() } -> std::convertible_to<std::shared_ptr<Trackable>>;
};

/// What a Checkpoint takes: a layer, model, optimizer, metric, variable, random generator, iterator of a Dataset,
/// counter or another Checkpoint. It does not keep layers, optimizers, metrics and counters alive.
class CORNU_API TrackableReference {
 public:
  template <HasTrackable T>
  TrackableReference(T& object) : object_(object.trackable()) {}
  TrackableReference(const Variable& variable) : variable_(variable), is_variable_(true) {}
  TrackableReference(const random::Generator& generator);
  TrackableReference(const DatasetIterator& iterator);
  /// A number of the program's own, which must live as long as the checkpoint; saved as int64.
  TrackableReference(int64_t& counter) : counter_(&counter) {}
  TrackableReference(int& counter) : short_counter_(&counter) {}

  /// Puts the object under `name` into `contents`. Throws StateError if it is gone or a variable without a value.
  void add_to(TrackableContents& contents, const std::string& name) const;

 private:
  std::weak_ptr<Trackable> object_;
  std::shared_ptr<Trackable> owned_;
  Variable variable_;
  bool is_variable_ = false;
  int64_t* counter_ = nullptr;
  int* short_counter_ = nullptr;
};

/// The variables of the object and of all in it, by their paths from it (`block/dense/kernel`), in order of discovery,
/// breadth first; shared ones once.
CORNU_API std::vector<TrackableContents::NamedVariable> variables_by_path(Trackable& root);

/// Makes `name` differ from those that `taken` says are taken, by a number: kernel, kernel_1, ...
CORNU_API std::string distinct_name(const std::string& name, const std::function<bool(const std::string&)>& taken);

}  // namespace cornu
