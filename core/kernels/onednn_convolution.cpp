#include <cornu/core/kernels/onednn_convolution.h>

#ifdef CORNU_HAS_ONEDNN
#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include <cornu/core/kernels/one_thread.h>
#include <cornu/core/kernels/parallel.h>
#include <cornu/core/kernels/pooled_array.h>
#include <cornu/core/kernels/reduce.h>

namespace cornu::kernels::onednn {

namespace {

using Memory = dnnl::memory;

enum class Direction { forward, input_gradient, filter_gradient };

dnnl::engine& engine() {
  static auto& instance = *new dnnl::engine(dnnl::engine::kind::cpu, 0);  // outlives what is destroyed at exit
  return instance;
}

// ---- what oneDNN is asked for -------------------------------------------------------------------------------------

constexpr double piece_flops = 4e6;
constexpr int64_t most_pieces = 64, most_sums = 16;  // a filter gradient adds its pieces up

/// The batch in equal pieces, the last of which may be smaller.
struct Pieces {
  int64_t images, count, rest;  // rest: the images of the last piece

  Pieces(Direction direction, const Convolution& c) {
    const double flops = c.flops_an_image() * static_cast<double>(c.batch);
    const auto most = direction == Direction::filter_gradient ? most_sums : most_pieces;
    const auto wanted = std::clamp<int64_t>(static_cast<int64_t>(flops / piece_flops), 1, std::min(most, c.batch));
    images = (c.batch + wanted - 1) / wanted;
    count = (c.batch + images - 1) / images;
    rest = c.batch - (count - 1) * images;
  }
};

Memory::desc images_desc(int64_t images, int64_t channels, const IntegerPair& extents) {
  return {{images, channels, extents.rows(), extents.columns()}, Memory::data_type::f32, Memory::format_tag::nhwc};
}

Memory::dims filter_dims(const Convolution& c) {
  const IntegerPair& extents = c.windows.extents;
  Memory::dims dims = {c.filters / c.groups, c.channels / c.groups, extents.rows(), extents.columns()};
  if (c.groups > 1) dims.insert(dims.begin(), c.groups);
  return dims;
}

/// [rows, columns, channels / groups, filters], as Keras has it.
Memory::desc keras_filter_desc(const Convolution& c) {
  const int64_t pixel = c.channels / c.groups * c.filters;
  Memory::dims strides = {1, c.filters, c.windows.extents.columns() * pixel, pixel};
  if (c.groups > 1) strides.insert(strides.begin(), c.filters / c.groups);
  return {filter_dims(c), Memory::data_type::f32, strides};
}

struct PrimitiveAndDescs {
  dnnl::primitive primitive;
  Memory::desc filter, scratchpad;
};

/// The convolution of `images` images, with the filter in the layout `filter`.
class Request {
 public:
  Request(const Convolution& c, int64_t images, const Memory::desc& filter)
      : image_(images_desc(images, c.channels, c.windows.image)),
        filter_(filter),
        result_(images_desc(images, c.filters, c.windows.places)),
        strides_{c.windows.strides.rows(), c.windows.strides.columns()},
        dilations_{c.windows.dilations.rows() - 1, c.windows.dilations.columns() - 1},
        before_{c.windows.before.rows(), c.windows.before.columns()},
        after_{c.windows.after(0), c.windows.after(1)} {
    attributes_.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  }

  PrimitiveAndDescs make(Direction direction) const {
    const dnnl::convolution_forward::primitive_desc forward(
        {direction == Direction::forward ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training,
         dnnl::algorithm::convolution_direct, image_, filter_, result_, strides_, dilations_, before_, after_},
        attributes_, engine());
    switch (direction) {
      case Direction::forward:
        return {dnnl::convolution_forward(forward), forward.weights_desc(), forward.scratchpad_desc()};
      case Direction::input_gradient: {
        const dnnl::convolution_backward_data::primitive_desc desc(
            {dnnl::algorithm::convolution_direct, image_, filter_, result_, strides_, dilations_, before_, after_},
            attributes_, engine(), forward);
        return {dnnl::convolution_backward_data(desc), desc.weights_desc(), desc.scratchpad_desc()};
      }
      default: {
        const dnnl::convolution_backward_weights::primitive_desc desc(
            {dnnl::algorithm::convolution_direct, image_, filter_, result_, strides_, dilations_, before_, after_},
            attributes_, engine(), forward);
        return {dnnl::convolution_backward_weights(desc), desc.diff_weights_desc(), desc.scratchpad_desc()};
      }
    }
  }

 private:
  Memory::desc image_, filter_, result_;
  Memory::dims strides_, dilations_, before_, after_;
  dnnl::primitive_attr attributes_;
};

// ---- plans --------------------------------------------------------------------------------------------------------

int64_t floats_of(const Memory::desc& desc) {
  constexpr int64_t line = 16;  // of the cache
  return (static_cast<int64_t>(desc.get_size() / sizeof(float)) + line - 1) / line * line;
}

/// A memory object without memory yet.
Memory empty(const Memory::desc& desc) { return {desc, engine(), DNNL_MEMORY_NONE}; }

/// What one run needs for itself: oneDNN's objects, which are made once and pointed to the arrays of each run.
struct Run {
  struct Piece {
    dnnl::stream stream{engine()};
    Memory image, filter, result, scratchpad;
  };
  dnnl::stream stream{engine()};
  Memory keras_filter, filter;
  std::vector<Piece> pieces;
};

/// The arrays of one run. Those that are read are not written to, whatever oneDNN's signature says.
struct Arrays {
  float *image, *filter, *result;
};

/// How a convolution is computed: made once for its extents.
class Plan {
 public:
  Plan(Direction direction, const Convolution& c) : direction_(direction), convolution_(c), pieces_(direction, c) {
    const OneThread one_thread;
    const Memory::desc any(filter_dims(c), Memory::data_type::f32, Memory::format_tag::any);
    piece_ = Request(c, pieces_.images, any).make(direction);
    rest_ = pieces_.rest == pieces_.images ? piece_ : Request(c, pieces_.rest, piece_.filter).make(direction);
    const Memory::desc keras = keras_filter_desc(c);
    if (piece_.filter == keras) return;
    const bool writes = direction == Direction::filter_gradient;
    const Memory::desc &from = writes ? piece_.filter : keras, &to = writes ? keras : piece_.filter;
    reorder_ = dnnl::reorder(dnnl::reorder::primitive_desc(engine(), from, engine(), to));
  }

  void run(const Arrays& arrays, const Epilogue* epilogue) {
    std::unique_ptr<Run> run = take();
    if (direction_ == Direction::filter_gradient)
      run_filter_gradient(*run, arrays);
    else
      run_with_filter(*run, arrays, epilogue);
    give_back(std::move(run));
  }

 private:
  std::unique_ptr<Run> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!spare_.empty()) {
        std::unique_ptr<Run> run = std::move(spare_.back());
        spare_.pop_back();
        return run;
      }
    }
    auto run = std::make_unique<Run>();
    run->keras_filter = empty(keras_filter_desc(convolution_));
    run->filter = empty(piece_.filter);
    for (int64_t i = 0; i < pieces_.count; ++i) {
      Run::Piece& piece = run->pieces.emplace_back();
      const int64_t images = images_of(i);
      piece.image = empty(images_desc(images, convolution_.channels, convolution_.windows.image));
      piece.result = empty(images_desc(images, convolution_.filters, convolution_.windows.places));
      piece.filter = direction_ == Direction::filter_gradient ? empty(piece_.filter) : run->filter;
      piece.scratchpad = empty(primitive_of(i).scratchpad);
    }
    return run;
  }
  void give_back(std::unique_ptr<Run> run) {
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(run));
  }

  int64_t images_of(int64_t piece) const { return piece + 1 == pieces_.count ? pieces_.rest : pieces_.images; }
  const PrimitiveAndDescs& primitive_of(int64_t piece) const { return piece + 1 == pieces_.count ? rest_ : piece_; }
  int64_t scratchpad_floats() const { return std::max(floats_of(piece_.scratchpad), floats_of(rest_.scratchpad)); }

  void reorder(Run& run, Memory& from, float* from_data, Memory& to, float* to_data) {
    const OneThread one_thread;
    from.set_data_handle(from_data, run.stream);
    to.set_data_handle(to_data, run.stream);
    const dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from.get()}, {DNNL_ARG_TO, to.get()}};
    dnnl::error::wrap_c_api(dnnl_primitive_execute(reorder_->get(), run.stream.get(), 2, arguments),
                            "could not reorder a filter");
  }

  /// Calls run_piece(piece's number) for all pieces, on threads.
  template <class RunPiece>
  void for_each_piece(const RunPiece& run_piece) const {
    parallel_for(pieces_.count, 1, [&](int64_t begin, int64_t end) {
      const OneThread one_thread;
      for (int64_t i = begin; i < end; ++i) run_piece(i);
    });
  }

  void execute(Run::Piece& piece, int64_t index, const Arrays& arrays, float* scratchpad) {
    const int64_t first = index * pieces_.images;
    piece.image.set_data_handle(arrays.image + first * convolution_.image_size(), piece.stream);
    piece.result.set_data_handle(arrays.result + first * convolution_.result_size(), piece.stream);
    piece.scratchpad.set_data_handle(scratchpad, piece.stream);
    static constexpr int names[3][3] = {{DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
                                        {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST},
                                        {DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST}};
    const int* const name = names[static_cast<int>(direction_)];
    const dnnl_exec_arg_t arguments[] = {{name[0], piece.image.get()},
                                         {name[1], piece.filter.get()},
                                         {name[2], piece.result.get()},
                                         {DNNL_ARG_SCRATCHPAD, piece.scratchpad.get()}};
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(primitive_of(index).primitive.get(), piece.stream.get(), 4, arguments),
        "could not compute a convolution");
  }

  void run_with_filter(Run& run, const Arrays& arrays, const Epilogue* epilogue) {
    const int64_t filter_floats = reorder_ ? floats_of(piece_.filter) : 0, scratchpad = scratchpad_floats();
    const PooledArray<float> scratch(filter_floats + pieces_.count * scratchpad);
    if (reorder_)
      reorder(run, run.keras_filter, arrays.filter, run.filter, scratch.data());
    else
      run.filter.set_data_handle(arrays.filter, run.stream);
    for_each_piece([&](int64_t i) {
      execute(run.pieces[static_cast<size_t>(i)], i, arrays, scratch.data() + filter_floats + i * scratchpad);
      if (!epilogue) return;
      float* const result = arrays.result + i * pieces_.images * convolution_.result_size();
      finish(result, images_of(i) * convolution_.windows.places.product(), convolution_.filters, convolution_.filters,
             0, *epilogue);
    });
  }

  void run_filter_gradient(Run& run, const Arrays& arrays) {
    const int64_t filter_floats = floats_of(piece_.filter), scratchpad = scratchpad_floats();
    const PooledArray<float> parts(pieces_.count * filter_floats), scratch(pieces_.count * scratchpad);
    PooledArray<float> sum(filter_floats);
    for_each_piece([&](int64_t i) {
      Run::Piece& piece = run.pieces[static_cast<size_t>(i)];
      float* const part = parts.data() + i * filter_floats;
      std::fill(part + filter_floats - 16, part + filter_floats, 0.f);  // what fills up the last line
      piece.filter.set_data_handle(part, piece.stream);
      execute(piece, i, arrays, scratch.data() + i * scratchpad);
    });
    reduce(Reduction::sum, DType::float32, parts.data(), {pieces_.count, filter_floats}, 1, sum.data());
    if (reorder_)
      reorder(run, run.filter, sum.data(), run.keras_filter, arrays.filter);
    else
      std::copy_n(sum.data(), convolution_.filter_size(), arrays.filter);
  }

  Direction direction_;
  Convolution convolution_;
  Pieces pieces_;
  PrimitiveAndDescs piece_, rest_;
  std::optional<dnnl::reorder> reorder_;  // between Keras's layout of the filter and oneDNN's
  std::mutex mutex_;
  std::vector<std::unique_ptr<Run>> spare_;
};

// ---- the plans that were made -------------------------------------------------------------------------------------

class Plans {
 public:
  static Plans& instance() {
    static auto& plans = *new Plans;  // outlives what is destroyed at exit
    return plans;
  }

  /// Null where oneDNN does not compute it.
  std::shared_ptr<Plan> find(Direction direction, const Convolution& convolution) {
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < plans_.size(); ++i) {
      if (plans_[i].direction != direction || !(plans_[i].convolution == convolution)) continue;
      if (i > 0) std::swap(plans_[i], plans_[i / 2]);  // what is used often is found soon
      return plans_[i / 2].plan;
    }
    if (plans_.size() == most_plans) plans_.pop_back();
    plans_.push_back({direction, convolution, make(direction, convolution)});
    return plans_.back().plan;
  }

 private:
  struct Entry {
    Direction direction;
    Convolution convolution;
    std::shared_ptr<Plan> plan;
  };
  static constexpr size_t most_plans = 256;

  static std::shared_ptr<Plan> make(Direction direction, const Convolution& convolution) {
    try {
      return std::make_shared<Plan>(direction, convolution);
    } catch (const dnnl::error&) {
      return nullptr;
    }
  }

  std::mutex mutex_;
  std::vector<Entry> plans_;
};

bool run(Direction direction, const Convolution& convolution, const float* image, const float* filter,
         const float* result, const Epilogue* epilogue = nullptr) {
  const std::shared_ptr<Plan> plan = Plans::instance().find(direction, convolution);
  if (!plan) return false;
  plan->run({const_cast<float*>(image), const_cast<float*>(filter), const_cast<float*>(result)}, epilogue);
  return true;
}

}  // namespace

bool convolve(const Convolution& convolution, const float* x, const float* filter, float* y, const Epilogue* epilogue) {
  return run(Direction::forward, convolution, x, filter, y, epilogue);
}
bool input_gradient(const Convolution& convolution, const float* dy, const float* filter, float* dx) {
  return run(Direction::input_gradient, convolution, dx, filter, dy);
}
bool filter_gradient(const Convolution& convolution, const float* x, const float* dy, float* dfilter) {
  return run(Direction::filter_gradient, convolution, x, dfilter, dy);
}

}  // namespace cornu::kernels::onednn

#else

namespace cornu::kernels::onednn {

bool convolve(const Convolution&, const float*, const float*, float*, const Epilogue*) { return false; }
bool input_gradient(const Convolution&, const float*, const float*, float*) { return false; }
bool filter_gradient(const Convolution&, const float*, const float*, float*) { return false; }

}  // namespace cornu::kernels::onednn
#endif
