#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <cornu/core/train/trackable.h>
#include <cornu/layers/layer.h>

namespace cornu {

class FunctionalNode;

/// What a layer is behind its C++ object: it stays where it is while the object moves, so parents and children can hold
/// it.
struct Layer::State : Trackable {
  Layer* layer = nullptr;  // nullptr once the object is gone
  std::string name;        // empty until it is given or worked out from the class
  bool named = false;      // by the user
  std::string path;
  DType dtype = float32;
  bool trainable = true;
  bool built = false;
  bool lost_variables = false;  // a layer with variables in this one is gone

  std::vector<Variable> trainable_weights, non_trainable_weights, states;  // as they were made
  std::vector<Variable> unclaimed;  // made by a direct call of build(): the next build gets them again
  std::vector<State*> parents;      // the first is the owner, which gives the path
  std::vector<std::shared_ptr<State>> children;

  Regularizer activity_regularizer;
  std::vector<std::pair<const State*, Tensor>> call_losses;  // of the last outermost call, by the layer that added them
  std::vector<TensorSpec> input_specs, output_specs;         // of the first call
  int64_t described_calls = 0;                               // in functional models
  std::weak_ptr<FunctionalNode> first_described;             // of these calls

  /// Back to before the layer was built.
  void take_back_build();
  const std::string& resolved_name();
  void update_paths();
  bool has_variables() const;
  /// This state and those below it, each once, in order.
  std::vector<State*> family();
  void collect(std::vector<State*>& family);
  /// The weights by their names, and the layers by theirs.
  TrackableContents contents() override;
};

/// Guards who belongs to whom; taken only where that is read as a whole or changed.
std::recursive_mutex& structure_mutex();

/// The call of a layer that is under way, on the stack of the thread that makes it.
class CallFrame {
 public:
  CallFrame(Layer& layer, const TensorList& inputs, const CallOptions& options);
  ~CallFrame();
  CallFrame(const CallFrame&) = delete;
  CallFrame& operator=(const CallFrame&) = delete;

  static CallFrame* top();
  CallFrame* outer() const { return outer_; }
  CallFrame& root();
  Layer::State& state() const { return *state_; }

  bool training;
  bool building = false;
  TensorList masks;
  std::string lost;                                    // a layer that was made and went during this call
  std::vector<std::shared_ptr<Layer::State>> built{};  // in the root: layers that were built during its call

  /// Undoes the building of `built`: a call that failed leaves no half-made model.
  void roll_back();

 private:
  std::shared_ptr<Layer::State> state_;
  CallFrame* outer_;
};

}  // namespace cornu
