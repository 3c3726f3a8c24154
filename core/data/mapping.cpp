// What calls a function of each element: map and filter; and generators.
#include <cornu/core/data/internal/node.h>
#include <cornu/core/data/internal/parallel_map.h>
#include <cornu/core/error.h>
#include <cornu/core/random/internal/generator_scope.h>

namespace cornu {

namespace datasets {

TensorList call_mapped(const MapFunction& function, const TensorList& element, uint64_t key, int64_t number) {
  const random::GeneratorScope scope = element_generator(key, number);
  return with_place("map", number, [&] {
    TensorList result = function(element);
    check_element(result, "the function's result");
    return result;
  });
}

namespace {

class MapSource : public Source {
 public:
  MapSource(std::unique_ptr<Source> child, MapPlan plan, const IterationContext& context)
      : child_(std::move(child)), plan_(std::move(plan)), context_(context), pass_(plan_.stream->begin(context)) {}
  std::optional<TensorList> next() override {
    const int64_t number = number_++;
    const auto element = child_->next();
    if (!element) {
      --number_;
      return std::nullopt;
    }
    return call_mapped(plan_.function, *element, pass_.key(), number);
  }
  int64_t skip(int64_t count) override {
    const int64_t skipped = child_->skip(count);
    number_ += skipped;
    return skipped;
  }
  void save(StateWriter& state) const override {
    state << Kind::map << number_;
    pass_.save(state);
    child_->save(state);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::map);
    number_ = state.number();
    pass_ = plan_.stream->restore(state, context_);
    child_->restore(state);
  }

 private:
  std::unique_ptr<Source> child_;
  MapPlan plan_;
  IterationContext context_;
  RandomPass pass_;
  int64_t number_ = 0;
};

class MapNode : public Node {
 public:
  MapNode(NodePointer child, const MapFunction& function, int64_t threads)
      : child_(std::move(child)), plan_{function, std::make_shared<RandomStream>()}, threads_(threads) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    auto child = child_->iterate(context);
    if (threads_ > 0) return parallel_map(std::move(child), plan_, threads_, context);
    return std::make_unique<MapSource>(std::move(child), plan_, context);
  }
  int64_t cardinality() const override { return child_->cardinality(); }

 private:
  NodePointer child_;
  MapPlan plan_;
  int64_t threads_;
};

class FilterSource : public Source {
 public:
  FilterSource(std::unique_ptr<Source> child, std::shared_ptr<const FilterFunction> predicate,
               std::shared_ptr<const RandomStream> stream, const IterationContext& context)
      : child_(std::move(child)),
        predicate_(std::move(predicate)),
        stream_(std::move(stream)),
        context_(context),
        pass_(stream_->begin(context)) {}
  std::optional<TensorList> next() override {
    for (;;) {
      const int64_t number = number_++;
      auto element = child_->next();
      if (!element || is_wanted(*element, number)) return element;
    }
  }
  void save(StateWriter& state) const override {
    state << Kind::filter << number_;
    pass_.save(state);
    child_->save(state);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::filter);
    number_ = state.number();
    pass_ = stream_->restore(state, context_);
    child_->restore(state);
  }

 private:
  bool is_wanted(const TensorList& element, int64_t number) const {
    const random::GeneratorScope scope = element_generator(pass_.key(), number);
    return with_place("filter", number, [&] { return (*predicate_)(element); });
  }

  std::unique_ptr<Source> child_;
  std::shared_ptr<const FilterFunction> predicate_;
  std::shared_ptr<const RandomStream> stream_;
  IterationContext context_;
  RandomPass pass_;
  int64_t number_ = 0;
};

class FilterNode : public Node {
 public:
  FilterNode(NodePointer child, const FilterFunction& predicate)
      : child_(std::move(child)),
        predicate_(std::make_shared<FilterFunction>(predicate)),
        stream_(std::make_shared<RandomStream>()) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<FilterSource>(child_->iterate(context), predicate_, stream_, context);
  }
  int64_t cardinality() const override { return child_->cardinality() == 0 ? 0 : UNKNOWN_CARDINALITY; }

 private:
  NodePointer child_;
  std::shared_ptr<const FilterFunction> predicate_;
  std::shared_ptr<const RandomStream> stream_;
};

class GeneratorSource : public Source {
 public:
  using Start = std::function<ElementGenerator()>;
  GeneratorSource(std::shared_ptr<const Start> start, std::shared_ptr<const RandomStream> stream,
                  const IterationContext& context)
      : start_(std::move(start)), stream_(std::move(stream)), context_(context), pass_(stream_->begin(context)) {}
  std::optional<TensorList> next() override {
    if (has_ended_) return std::nullopt;
    const int64_t number = number_++;
    const random::GeneratorScope scope = element_generator(pass_.key(), number);
    auto element = with_place("from_generator", number, [&] { return generate(); });
    if (!element) {
      has_ended_ = true;
      --number_;
    }
    return element;
  }
  void save(StateWriter& state) const override {
    state << Kind::generator << number_ << has_ended_;
    pass_.save(state);
  }
  void restore(StateReader& state) override {
    state.expect(Kind::generator);
    const int64_t count = state.number();
    const bool had_ended = state.number() != 0;
    pass_ = stream_->restore(state, context_);
    while (number_ < count && !has_ended_) pass_over([this] { next(); });
    has_ended_ = had_ended;
  }

 private:
  std::optional<TensorList> generate() {
    if (!generator_) generator_ = (*start_)();
    if (!generator_) throw ValueError("what the function gave at the beginning of the walk cannot be called");
    auto element = generator_();
    if (element) check_element(*element, "what was generated");
    return element;
  }

  std::shared_ptr<const Start> start_;
  std::shared_ptr<const RandomStream> stream_;
  IterationContext context_;
  RandomPass pass_;
  ElementGenerator generator_;
  int64_t number_ = 0;
  bool has_ended_ = false;
};

class GeneratorNode : public Node {
 public:
  explicit GeneratorNode(const GeneratorSource::Start& start)
      : start_(std::make_shared<GeneratorSource::Start>(start)), stream_(std::make_shared<RandomStream>()) {}
  std::unique_ptr<Source> iterate(const IterationContext& context) const override {
    return std::make_unique<GeneratorSource>(start_, stream_, context);
  }
  int64_t cardinality() const override { return UNKNOWN_CARDINALITY; }

 private:
  std::shared_ptr<const GeneratorSource::Start> start_;
  std::shared_ptr<const RandomStream> stream_;
};

}  // namespace

}  // namespace datasets

Dataset Dataset::map(const datasets::MapFunction& function, const datasets::MapOptions& options) const {
  const int64_t threads = datasets::thread_count(options.num_parallel_calls, "Dataset::map");
  return Dataset(std::make_shared<datasets::MapNode>(node_, function, threads));
}

Dataset Dataset::filter(const datasets::FilterFunction& predicate) const {
  return Dataset(std::make_shared<datasets::FilterNode>(node_, predicate));
}

Dataset Dataset::from_generator(const std::function<datasets::ElementGenerator()>& start) {
  if (!start) throw ValueError("Dataset::from_generator: the function is empty");
  return Dataset(std::make_shared<datasets::GeneratorNode>(start));
}

}  // namespace cornu
