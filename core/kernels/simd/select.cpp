#include <cornu/core/kernels/simd/blocks.h>
#include <cornu/core/kernels/simd/tables.h>

namespace cornu::kernels::CORNU_ISA {
namespace {

template <class Word, int condition_step, int a_step, int b_step>
void select_loop(const uint8_t* condition, const Word* a, const Word* b, Word* out, int64_t n) {
  const uint8_t condition0 = *condition;
  const Word a0 = *a, b0 = *b;
  CORNU_INDEPENDENT
  for (int64_t i = 0; i < n; ++i) {
    const Word yes = a_step ? a[i] : a0, no = b_step ? b[i] : b0;
    out[i] = (condition_step ? condition[i] : condition0) ? yes : no;
  }
}

// Moving elements does not care what they mean: Word is an integer as wide.
template <class Word>
void select_elements(const void* condition, int64_t condition_step, const void* a, int64_t a_step, const void* b,
                     int64_t b_step, void* out, int64_t n) {
  using Loop = void (*)(const uint8_t*, const Word*, const Word*, Word*, int64_t);
  static constexpr Loop loops[2][2][2] = {{{select_loop<Word, 0, 0, 0>, select_loop<Word, 0, 0, 1>},
                                           {select_loop<Word, 0, 1, 0>, select_loop<Word, 0, 1, 1>}},
                                          {{select_loop<Word, 1, 0, 0>, select_loop<Word, 1, 0, 1>},
                                           {select_loop<Word, 1, 1, 0>, select_loop<Word, 1, 1, 1>}}};
  if (n > 0)
    loops[condition_step][a_step][b_step](static_cast<const uint8_t*>(condition), static_cast<const Word*>(a),
                                          static_cast<const Word*>(b), static_cast<Word*>(out), n);
}

}  // namespace

constexpr SelectBlock select_blocks[dtype_count] = {select_elements<uint8_t>,  select_elements<uint8_t>,
                                                    select_elements<uint32_t>, select_elements<uint64_t>,
                                                    select_elements<uint32_t>, select_elements<uint64_t>};

}  // namespace cornu::kernels::CORNU_ISA
