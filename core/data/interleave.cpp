#include <algorithm>
#include <vector>

#include <cornu/core/data/internal/node.h>
#include <cornu/core/error.h>

namespace cornu {

namespace datasets {

namespace {

struct InterleavePlan {
  InterleaveFunction function;
  InterleaveOptions options;
  RandomStream stream;
};

/// A data set that is being read.
struct OpenSource {
  int64_t number = 0;    // of the element that it comes from
  IteratorState before;  // where the child stood before that element
  NodePointer node;
  std::unique_ptr<Source> source;
};

class InterleaveSource : public Source {
 public:
  InterleaveSource(NodePointer child, std::shared_ptr<const InterleavePlan> plan, const IterationContext& context)
      : child_node_(std::move(child)),
        child_(child_node_->iterate(context)),
        plan_(std::move(plan)),
        context_(context),
        pass_(plan_->stream.begin(context)) {}

  std::optional<TensorList> next() override {
    for (size_t idle = 0; idle < std::max<size_t>(1, open_.size());) {
      auto& current = place_in_turn();
      if (!current && !has_ended_) open_next(current);
      if (!current) {
        ++idle;
        pass_turn();
        continue;
      }
      auto element = current->source->next();
      if (element) {
        if (++taken_ == plan_->options.block_length) pass_turn();
        return element;
      }
      current.reset();
      pass_turn();
      idle = 0;
    }
    return std::nullopt;
  }

  void save(StateWriter& state) const override {
    state << Kind::interleave << number_ << has_ended_ << static_cast<int64_t>(turn_) << taken_
          << plan_->options.cycle_length << static_cast<int64_t>(open_.size());
    pass_.save(state);
    for (const auto& open : open_) {
      state << open.has_value();
      if (open) state << open->number << open->before << open->source->state();
    }
    state << child_->state();
  }

  void restore(StateReader& state) override {
    state.expect(Kind::interleave);
    number_ = state.number();
    has_ended_ = state.number() != 0;
    const auto turn = static_cast<size_t>(state.number());
    taken_ = state.number();
    state.expect(plan_->options.cycle_length);
    const int64_t count = state.number();
    pass_ = plan_->stream.restore(state, context_);
    open_.clear();
    for (int64_t i = 0; i < count; ++i) {
      auto& open = open_.emplace_back();
      if (state.number() != 0) reopen(open, state);
    }
    turn_ = std::min(turn, open_.size());
    restore_child(state.part());
  }

 private:
  void restore_child(const IteratorState& state) {
    child_ = child_node_->iterate(context_);
    restore_part(*child_, state);
  }

  /// There are as many places as were needed so far: up to cycle_length, while the child has elements for them.
  std::optional<OpenSource>& place_in_turn() {
    if (turn_ == open_.size() && has_ended_ && turn_ > 0) turn_ = 0;
    return turn_ == open_.size() ? open_.emplace_back() : open_[turn_];
  }

  void pass_turn() {
    turn_ = static_cast<int64_t>(turn_) + 1 == plan_->options.cycle_length ? 0 : turn_ + 1;
    taken_ = 0;
  }

  void open_next(std::optional<OpenSource>& place) {
    IteratorState before = child_->state();
    const int64_t number = number_++;
    const auto element = child_->next();
    if (!element) {
      --number_;
      has_ended_ = true;
      return;
    }
    place = open(*element, number, std::move(before));
  }

  OpenSource open(const TensorList& element, int64_t number, IteratorState before) const {
    const random::GeneratorScope scope = element_generator(pass_.key(), number);
    const NodePointer node = with_place("interleave", number, [&] { return plan_->function(element).node(); });
    const IterationContext context{std::make_shared<Iteration>(true), pass_.key()};
    return {number, std::move(before), node, node->iterate(context.inner(number))};
  }

  /// Makes the data set again from its element.
  void reopen(std::optional<OpenSource>& place, StateReader& state) {
    const int64_t number = state.number();
    IteratorState before = state.part();
    const IteratorState position = state.part();
    restore_child(before);
    const auto element = child_->next();
    if (!element) throw ValueError("DatasetIterator: interleave: an element of the saved iterator is not there");
    place = open(*element, number, std::move(before));
    restore_part(*place->source, position);
  }

  NodePointer child_node_;
  std::unique_ptr<Source> child_;
  std::shared_ptr<const InterleavePlan> plan_;
  IterationContext context_;
  RandomPass pass_;
  std::vector<std::optional<OpenSource>> open_;
  size_t turn_ = 0;
  int64_t taken_ = 0;   // in this turn
  int64_t number_ = 0;  // of the child's next element
  bool has_ended_ = false;
};

class InterleaveNode : public Node {
 public:
  InterleaveNode(NodePointer child, const InterleaveFunction& function, const InterleaveOptions& options)
      : child_(std::move(child)), plan_(new InterleavePlan{function, options, RandomStream()}) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<InterleaveSource>(child_, plan_, context);
  }
  int64_t cardinality() const override { return child_->cardinality() == 0 ? 0 : UNKNOWN_CARDINALITY; }

 private:
  NodePointer child_;
  std::shared_ptr<const InterleavePlan> plan_;
};

}  // namespace

}  // namespace datasets

Dataset Dataset::interleave(const datasets::InterleaveFunction& function,
                            const datasets::InterleaveOptions& options) const {
  datasets::check_at_least(options.cycle_length, 1, "Dataset::interleave", "cycle_length");
  datasets::check_at_least(options.block_length, 1, "Dataset::interleave", "block_length");
  return Dataset(std::make_shared<datasets::InterleaveNode>(node_, function, options));
}

}  // namespace cornu
