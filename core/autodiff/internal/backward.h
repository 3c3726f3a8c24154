#pragma once
#include <vector>

#include <cornu/core/autodiff/internal/recording.h>

namespace cornu {

/// One walk from targets back to sources. Only what lies on a way between them is computed.
class Backward {
 public:
  Backward(const Recording& recording, RecordList& list, const std::vector<Source>& sources, bool once);
  TensorList run(const TensorList& targets, const TensorList& seeds);

 private:
  void mark_wanted();
  void propagate(const RecordList::Record& record);
  void propagate_to(const RecordList::Record& record, size_t index);
  void accumulate(int32_t slot, Tensor gradient);

  const Recording& recording_;
  RecordList& list_;
  const std::vector<Source>& sources_;
  bool once_;
  std::vector<int32_t> source_slots_;
  // By slot: the gradient so far; is it a source or computed from one; is it a source itself.
  TensorList totals_;
  std::vector<char> wanted_, is_source_;
};

}  // namespace cornu
