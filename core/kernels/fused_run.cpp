// Programs of elementwise steps: how they run.
#include <algorithm>

#include <cornu/core/kernels/element_size.h>
#include <cornu/core/kernels/fused.h>
#include <cornu/core/kernels/parallel.h>

namespace cornu::kernels {
namespace {

constexpr int64_t most_cached_bytes = 4 * 1024 * 1024;  // of a result; memory beyond is asked for ahead

const char* advance(const void* p, int64_t bytes) { return static_cast<const char*>(p) + bytes; }
char* advance(void* p, int64_t bytes) { return static_cast<char*>(p) + bytes; }

/// The axes of the result, with neighbours merged where every input runs through both or is broadcast along both.
struct Layout {
  int rank = 0;
  int64_t extent[Shape::max_rank];
  int64_t stride[FusedProgram::max_inputs][Shape::max_rank];  // in elements; 0 where the input is broadcast

  Layout(std::span<const FusedProgram::Input> inputs, const Shape& shape) {
    uint32_t merged = 0;
    int64_t passed[FusedProgram::max_inputs];
    std::fill_n(passed, inputs.size(), 1);
    for (int back = 1; back <= shape.rank(); ++back) {  // from the innermost axis out; turned around at the end
      const int64_t size = shape[shape.rank() - back];
      if (size == 1) continue;
      const uint32_t running = running_inputs(inputs, back);
      const bool merges = rank > 0 && running == merged;
      if (merges)
        extent[rank - 1] *= size;
      else
        extent[rank++] = size;
      for (size_t i = 0; i < inputs.size(); ++i) {
        if (!merges) stride[i][rank - 1] = running >> i & 1 ? passed[i] : 0;
        if (running >> i & 1) passed[i] *= size;
      }
      merged = running;
    }
    std::reverse(extent, extent + rank);
    for (size_t i = 0; i < inputs.size(); ++i) std::reverse(stride[i], stride[i] + rank);
  }

  /// The inputs that have the axis `back` from the end, a bit each.
  static uint32_t running_inputs(std::span<const FusedProgram::Input> inputs, int back) {
    uint32_t running = 0;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const Shape& shape = *inputs[i].shape;
      if (back <= shape.rank() && shape[shape.rank() - back] != 1) running |= 1u << i;
    }
    return running;
  }

  int64_t inner() const { return rank == 0 ? 1 : extent[rank - 1]; }
  int64_t inner_stride(size_t input) const { return rank == 0 ? 0 : stride[input][rank - 1]; }
  /// Where row `row` of an input starts.
  int64_t offset(size_t input, int64_t row) const {
    int64_t result = 0;
    for (int axis = rank - 2; axis >= 0; --axis) {
      result += row % extent[axis] * stride[input][axis];
      row /= extent[axis];
    }
    return result;
  }
  /// Whether the input is the same along all axes but the innermost, and whether it is the result's size.
  bool is_repeated(size_t input) const {
    return std::all_of(stride[input], stride[input] + std::max(0, rank - 1), [](int64_t step) { return step == 0; });
  }
  bool is_whole(size_t input) const {
    return std::none_of(stride[input], stride[input] + rank, [](int64_t step) { return step == 0; });
  }
};

}  // namespace

/// One thread's view of a run: where the inputs of the next block are.
class FusedProgram::Runner {
 public:
  /// Which memory to ask for before it is needed.
  enum class Fetch : uint8_t { none, inputs, all };

  Runner(const FusedProgram& program, std::span<const Input> inputs, const Layout& layout, Fetch fetch)
      : program_(program), inputs_(inputs), layout_(layout), fetch_(fetch), inner_(layout.inner()) {
    rows_at_once_ = program.block_elements_ / inner_;
    const int64_t slot_bytes = scratch_bytes / (program.slots_ + program.input_count() + 1) / 64 * 64;
    for (int32_t slot = 0; slot < program.slots_; ++slot) slot_[slot] = scratch_ + slot * slot_bytes;
    for (size_t i = 0; i < inputs.size(); ++i) {
      size_[i] = static_cast<int64_t>(size_of(program.inputs_[i]));
      is_whole_[i] = layout.is_whole(i) && layout.rank > 0;
      spread_[i] = scratch_ + (program.slots_ + static_cast<int64_t>(i)) * slot_bytes;
    }
  }

  /// Elements [begin, end) of the result.
  void run(int64_t begin, int64_t end, void* out) {
    const int64_t result_size = static_cast<int64_t>(size_of(program_.result()));
    for (int64_t at = begin; at < end;) {
      const int64_t row = at / inner_, column = at - row * inner_, rows = (end - at) / inner_;
      void* const to = advance(out, (at - begin) * result_size);
      const bool takes_rows = column == 0 && rows >= 2 && rows_at_once_ >= 2;
      const int64_t count = takes_rows ? std::min(rows, rows_at_once_) * inner_
                                       : std::min({inner_ - column, end - at, program_.block_elements_});
      if (takes_rows)
        place_rows(row, count / inner_);
      else
        place_part(row, column);
      if (fetch_ != Fetch::none) fetch_ahead(count, std::min(count, end - at - count), to);
      run_block(count, to);
      at += count;
    }
  }

 private:
  /// A part of one row.
  void place_part(int64_t row, int64_t column) {
    for (size_t i = 0; i < inputs_.size(); ++i) {
      step_[i] = layout_.inner_stride(i);
      at_[i] = advance(inputs_[i].data, (layout_.offset(i, row) + column * step_[i]) * size_[i]);
    }
  }

  /// Whole rows. Inputs that are broadcast within them are spread out.
  void place_rows(int64_t row, int64_t rows) {
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const bool repeated = layout_.is_repeated(i);
      step_[i] = repeated && layout_.inner_stride(i) == 0 ? 0 : 1;
      at_[i] = static_cast<const char*>(inputs_[i].data);
      if (step_[i] == 0) continue;
      if (is_whole_[i]) {
        at_[i] = advance(inputs_[i].data, row * inner_ * size_[i]);
      } else {
        if (!repeated || spread_rows_[i] < rows) spread(i, row, rows);
        at_[i] = spread_[i];
      }
    }
  }

  /// Asks for the memory of the `next` elements behind this block of `count`: it arrives while the block is computed.
  void fetch_ahead(int64_t count, int64_t next, const void* out) const {
    constexpr int64_t line = 64;
    for (size_t i = 0; i < inputs_.size(); ++i)
      for (int64_t at = 0; is_whole_[i] && at < next * size_[i]; at += line)
        __builtin_prefetch(at_[i] + count * size_[i] + at);
    if (fetch_ != Fetch::all) return;
    const int64_t size = static_cast<int64_t>(size_of(program_.result()));
    for (int64_t at = 0; at < next * size; at += line) __builtin_prefetch(advance(out, count * size + at), 1);
  }

  void spread(size_t input, int64_t row, int64_t rows) {
    spread_rows_[input] = rows;
    const int64_t step = layout_.inner_stride(input);
    visit_element_size(static_cast<size_t>(size_[input]), [&]<class Word>() {
      const Word* from = static_cast<const Word*>(inputs_[input].data);
      Word* to = reinterpret_cast<Word*>(spread_[input]);
      for (int64_t r = row; r < row + rows; ++r, to += inner_) {
        const Word* start = from + layout_.offset(input, r);
        if (step == 0)
          std::fill_n(to, inner_, *start);
        else
          std::copy_n(start, inner_, to);
      }
    });
  }

  void run_block(int64_t count, void* out) const {
    const auto inputs = static_cast<int32_t>(inputs_.size());
    const size_t last = program_.steps_.size() - 1;
    for (size_t i = 0; i <= last; ++i) {
      const Step& step = program_.steps_[i];
      const void* at[3] = {};
      int64_t stride[3] = {1, 1, 1};
      for (int k = 0; k < 3 && step.operand[k] >= 0; ++k) {
        const int32_t value = step.operand[k];
        at[k] = value < inputs ? at_[value] : slot_[program_.slot_of_step_[static_cast<size_t>(value - inputs)]];
        if (value < inputs) stride[k] = step_[value];
      }
      run_step(step, at, stride, count, i == last ? out : slot_[program_.slot_of_step_[i]]);
    }
  }

  static void run_step(const Step& step, const void* const* at, const int64_t* stride, int64_t count, void* out) {
    switch (step.kind) {
      case Step::Kind::unary:
        step.unary(at[0], out, stride[0] == 0 ? 1 : count);
        break;
      case Step::Kind::binary:
        return step.binary(at[0], stride[0], at[1], stride[1], out, count);
      case Step::Kind::select:
        return step.select(at[0], stride[0], at[1], stride[1], at[2], stride[2], out, count);
      case Step::Kind::cast:
        step.cast(at[0], out, stride[0] == 0 ? 1 : count);
        break;
    }
    // These blocks know no strides: what they make of one element stands for all.
    if (stride[0] == 0) repeat_first(out, size_of(step.dtype), count);
  }

  static void repeat_first(void* elements, size_t size, int64_t count) {
    visit_element_size(size, [&]<class Word>() {
      Word* const first = static_cast<Word*>(elements);
      std::fill_n(first, count, *first);
    });
  }

  const FusedProgram& program_;
  std::span<const Input> inputs_;
  const Layout& layout_;
  Fetch fetch_;
  int64_t inner_, rows_at_once_;
  bool is_whole_[max_inputs];             // the input has as many elements as the result
  int64_t size_[max_inputs];              // bytes of an element
  const char* at_[max_inputs];            // the block's elements
  int64_t step_[max_inputs];              // 1, or 0 for one element
  char* spread_[max_inputs];              // the elements of an input that is broadcast
  int64_t spread_rows_[max_inputs] = {};  // how many rows of it are there
  char* slot_[max_slots];
  alignas(64) char scratch_[scratch_bytes];
};

void FusedProgram::run(std::span<const Input> inputs, const Shape& shape, void* out) const {
  const int64_t n = shape.size();
  if (n == 0) return;
  const Layout layout(inputs, shape);
  const int64_t inner = layout.inner(), result_size = static_cast<int64_t>(size_of(result()));
  const auto fetch = n * result_size > most_cached_bytes ? Runner::Fetch::all : Runner::Fetch::none;
  // Threads take whole rows, or parts of the only one.
  const int64_t unit = layout.rank <= 1 ? 1 : inner;
  parallel_for(n / unit, row_grain(elements_per_thread / cost_, unit), [&](int64_t begin, int64_t end) {
    Runner(*this, inputs, layout, fetch).run(begin * unit, end * unit, advance(out, begin * unit * result_size));
  });
}

void FusedProgram::run(std::span<const Input> inputs, const Shape& shape, Reduction reduction, int axes,
                       void* out) const {
  const Layout layout(inputs, shape);
  const int kept = shape.rank() - axes;
  const int64_t bytes = shape.size() * static_cast<int64_t>(size_of(result()));
  const auto fetch = bytes > most_cached_bytes ? Runner::Fetch::inputs : Runner::Fetch::none;
  const auto compute = [&](int64_t begin, int64_t count, void* to) {
    Runner(*this, inputs, layout, fetch).run(begin, begin + count, to);
  };
  reduce_computed(reduction, result(), shape.size_between(0, kept), shape.size_between(kept, shape.rank()), compute,
                  out);
}

}  // namespace cornu::kernels
