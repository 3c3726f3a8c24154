#pragma once
#include <functional>
#include <memory>
#include <optional>

#include <cornu/core/data/internal/node.h>

namespace cornu::datasets {

/// Reads the elements of files, front to back.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  virtual std::optional<TensorList> next() = 0;
  /// Passes over one; false at the end.
  virtual bool pass() { return next().has_value(); }
};

/// A data set of what readers give; `open` makes one for each walk.
NodePointer record_node(std::function<std::unique_ptr<RecordReader>()> open);

}  // namespace cornu::datasets
