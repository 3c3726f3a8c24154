#include <algorithm>
#include <string>

#include <cornu/core/error.h>
#include <cornu/core/ops/indexing.h>
#include <cornu/core/random/random.h>
#include <cornu/models/training/internal/batch_source.h>

namespace cornu {

namespace {

class TensorSource : public BatchSource {
 public:
  TensorSource(const Batch& samples, int64_t batch_size, bool shuffle)
      : samples_(samples),
        count_(sample_count(samples, "data")),
        batch_size_(std::min(batch_size, std::max<int64_t>(count_, 1))),
        shuffle_(shuffle) {}

  std::optional<int64_t> batch_count() const override { return (count_ + batch_size_ - 1) / batch_size_; }

  void begin_pass() override {
    position_ = 0;
    if (!shuffle_) return;
    const Variable& state = random::global_generator().state();
    before_draw_ = state.peek().to_vector<int64_t>();
    order_ = random::permutation(count_);
  }

  bool next(Batch& batch) override {
    if (position_ >= count_) return false;
    const int64_t stop = std::min(position_ + batch_size_, count_);
    take(samples_.x, stop, batch.x);
    take(samples_.y, stop, batch.y);
    take(samples_.sample_weight, stop, batch.sample_weight);
    position_ = stop;
    return true;
  }

  Tensor position() const override {
    std::vector<int64_t> numbers{position_};
    numbers.insert(numbers.end(), before_draw_.begin(), before_draw_.end());
    return Tensor::from_span<int64_t>(numbers, {static_cast<int64_t>(numbers.size())});
  }

  void restore(const Tensor& position) override {
    check(position);
    const std::vector<int64_t> numbers = position.to_vector<int64_t>();
    position_ = numbers[0];
    if (!shuffle_) return;
    before_draw_.assign(numbers.begin() + 1, numbers.end());
    const random::Generator generator(0);
    generator.state().assign(Tensor::from_span<int64_t>(before_draw_, {2}));
    order_ = generator.permutation(count_);
  }

  void check(const Tensor& position) const override {
    const std::vector<int64_t> numbers = position.to_vector<int64_t>();
    if (numbers.empty() || numbers[0] < 0 || numbers[0] > count_ || (shuffle_ && numbers.size() != 3))
      throw ValueError("the place in the data that was saved does not belong to this data: it has " +
                       std::to_string(count_) + " samples");
  }

 private:
  void take(const Tensors& from, int64_t stop, Tensors& to) const {
    to.resize(from.size());
    const int64_t start = position_;
    if (start == 0 && stop == count_ && !shuffle_) {
      std::copy(from.begin(), from.end(), to.begin());
      return;
    }
    Tensor indices;
    if (shuffle_ && !from.empty()) indices = order_.slice({{start, stop}});
    for (size_t i = 0; i < from.size(); ++i)
      to[i] = shuffle_ ? gather(from[i], indices) : from[i].slice({{start, stop}});
  }

  const Batch samples_;
  const int64_t count_, batch_size_;
  const bool shuffle_;
  int64_t position_ = 0;
  std::vector<int64_t> before_draw_;  // the generator's state that the order comes from
  Tensor order_;
};

class GeneratorSource : public BatchSource {
 public:
  GeneratorSource(BatchFunction function, const BatchLayout& layout, const ClassWeights& class_weight)
      : function_(std::move(function)), layout_(layout), class_weight_(class_weight) {}

  void begin_pass() override { position_ = 0; }

  bool next(Batch& batch) override {
    std::optional<TensorList> element = call();
    if (!element) return false;
    ++position_;
    batch = unpack(std::move(*element), layout_);
    sample_count(batch, place().c_str());
    apply_class_weights(batch, class_weight_, "fit");
    return true;
  }

  Tensor position() const override { return Tensor::from_span<int64_t>(std::vector<int64_t>{position_}, {1}); }
  void restore(const Tensor& position) override {
    begin_pass();
    for (int64_t i = 0; i < position.to_vector<int64_t>().at(0); ++i)
      if (!call()) throw ValueError("the generator function ended before the place that was saved");
    position_ = position.to_vector<int64_t>().at(0);
  }
  void check(const Tensor& position) const override {
    if (position.size() != 1) throw ValueError("the place in the data that was saved is not that of a generator");
  }

 private:
  std::string place() const { return "batch " + std::to_string(position_) + " of the generator function"; }

  std::optional<TensorList> call() {
    try {
      return function_();
    } catch (Error& error) {
      error.add_context(place());
      throw;
    } catch (const std::exception& error) {
      throw ValueError(place() + ": " + error.what());
    }
  }

  BatchFunction function_;
  const BatchLayout layout_;
  const ClassWeights class_weight_;
  int64_t position_ = 0;
};

class DatasetSource : public BatchSource {
 public:
  DatasetSource(const Dataset& dataset, const BatchLayout& layout, const ClassWeights& class_weight)
      : dataset_(dataset), layout_(layout), class_weight_(class_weight) {}

  std::optional<int64_t> batch_count() const override {
    const int64_t count = dataset_.cardinality();
    return count < 0 ? std::nullopt : std::optional(count);
  }
  bool is_endless() const override { return dataset_.cardinality() == datasets::INFINITE_CARDINALITY; }

  void begin_pass() override { iterator_.emplace(dataset_.iterator()); }

  bool next(Batch& batch) override {
    std::optional<TensorList> element = iterator_->next();
    if (!element) return false;
    batch = unpack(std::move(*element), layout_);
    try {
      sample_count(batch, "a batch of the data set");
    } catch (const ShapeError& error) {
      throw ShapeError(std::string(error.what()) + "; if its elements are single samples, batch() the data set");
    }
    apply_class_weights(batch, class_weight_, "fit");
    return true;
  }

  Tensor position() const override { return iterator_->state(); }
  void restore(const Tensor& position) override {
    begin_pass();
    iterator_->restore(position);
  }
  void check(const Tensor& position) const override { dataset_.iterator().check(position); }

 private:
  const Dataset dataset_;
  const BatchLayout layout_;
  const ClassWeights class_weight_;
  std::optional<DatasetIterator> iterator_;  // of the pass under way
};

}  // namespace

std::unique_ptr<BatchSource> make_tensor_source(const Batch& samples, int64_t batch_size, bool shuffle) {
  return std::make_unique<TensorSource>(samples, batch_size, shuffle);
}

std::unique_ptr<BatchSource> make_source(const DataSource& source, const BatchLayout& layout,
                                         const ClassWeights& class_weight) {
  if (source.dataset()) return std::make_unique<DatasetSource>(*source.dataset(), layout, class_weight);
  return std::make_unique<GeneratorSource>(source.function(), layout, class_weight);
}

Batch unpack(TensorList element, const BatchLayout& layout) {
  const size_t inputs = layout.inputs, targets = inputs + layout.outputs, size = element.size();
  if (!layout.is_known && size != 1 && !(layout.has_targets && size == targets))
    throw StateError("a batch has " + std::to_string(size) +
                     " tensors, and which of them are inputs is not known before the model is built: call the model "
                     "once, or build it, first");
  if (size != inputs && size != targets && size != targets + 1 && size != targets + layout.outputs)
    throw ValueError("a batch must have the model's " + std::to_string(inputs) + " inputs, then " +
                     std::to_string(layout.outputs) + " targets, then no, one or as many sample weights; it has " +
                     std::to_string(size) + " tensors");
  Batch batch;
  for (size_t i = 0; i < size; ++i)
    (i < inputs ? batch.x : i < targets ? batch.y : batch.sample_weight).push_back(std::move(element[i]));
  return batch;
}

}  // namespace cornu
