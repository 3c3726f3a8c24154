#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/kernels/cast.h>
#include <cornu/core/kernels/elementwise.h>
#include <cornu/core/kernels/reduce.h>
#include <cornu/core/kernels/select.h>

namespace cornu::kernels {

/// Steps of elementwise operations that run one after the other over a part of the elements that fits the first-level
/// cache, before the next part: memory is passed over once. Each step is the loop of the operation alone, so the
/// result has the same bits.
///
///     FusedProgram program({DType::float32, DType::float32});
///     const int32_t product = program.add(*find_binary("Mul"), 0, 1);
///     program.add(*find_unary("Tanh"), product);
class CORNU_API FusedProgram {
 public:
  static constexpr int max_inputs = 16;
  static constexpr int max_steps = 64;
  static constexpr int max_slots = 16;

  /// A program for inputs of these dtypes, which are values 0, 1, ...; at most max_inputs.
  explicit FusedProgram(std::vector<DType> inputs);

  /// Adds a step on earlier values and gives back the number of its result; the last step's is the program's. At most
  /// max_steps. Integer steps must not be able to fail: see Fault.
  int32_t add(const UnaryKernel& kernel, int32_t x);
  int32_t add(const BinaryKernel& kernel, int32_t a, int32_t b);
  int32_t add_select(int32_t condition, int32_t a, int32_t b);
  int32_t add_cast(int32_t x, DType to);

  int input_count() const { return static_cast<int>(inputs_.size()); }
  int step_count() const { return static_cast<int>(steps_.size()); }
  DType result() const { return dtype_of_value(input_count() + step_count() - 1); }
  /// Ends the program: finds places for the values between steps. False if that takes more than max_slots: then it
  /// cannot run.
  bool finish();

  /// An input: contiguous elements of a shape that broadcasts to the result's.
  struct Input {
    const void* data;
    const Shape* shape;
  };
  /// Computes the value of a finished program. `out` may be an input of the result's shape whose elements are as large.
  void run(std::span<const Input> inputs, const Shape& shape, void* out) const;
  /// The same, reduced along the last `axes` axes, with the bits of reduce() on the whole.
  void run(std::span<const Input> inputs, const Shape& shape, Reduction reduction, int axes, void* out) const;

 private:
  struct Step {
    enum class Kind : uint8_t { unary, binary, select, cast } kind;
    UnaryBlock unary = nullptr;
    BinaryBlock binary = nullptr;
    SelectBlock select = nullptr;
    CastBlock cast = nullptr;
    int32_t operand[3] = {-1, -1, -1};
    DType dtype = DType::float32;  // of the result
    int cost = 1;
  };
  class Runner;
  static constexpr int64_t scratch_bytes = 32768;  // for the values of a block, which stay in the first-level cache
  static constexpr int64_t most_elements = 2048;   // of a block

  int32_t add(const Step& step);
  DType dtype_of_value(int32_t value) const;
  std::vector<int32_t> last_uses() const;

  std::vector<DType> inputs_;
  std::vector<Step> steps_;
  std::vector<int32_t> slot_of_step_;  // where the results of all steps but the last are
  int32_t slots_ = 0;
  int64_t block_elements_ = 0;
  int cost_ = 0;
};

}  // namespace cornu::kernels
