#pragma once
#include <cornu/core/ops/operand.h>

/// Sorting and running sums along an axis.
namespace cornu {

struct SortOptions {
  bool descending = false;
};
/// Sorted along `axis`, stable; NaN last.
CORNU_API Tensor sort(const Tensor& x, int64_t axis = -1, const SortOptions& options = {});
/// The indices (int32) that sort x.
CORNU_API Tensor argsort(const Tensor& x, int64_t axis = -1, const SortOptions& options = {});
struct TopK {
  Tensor values;
  Tensor indices;  // int32
};
/// The `k` largest elements along the last axis, largest first; of equal ones the lower index comes first.
CORNU_API TopK top_k(const Tensor& x, int64_t k = 1);

struct ScanOptions {
  bool exclusive = false;  ///< the element itself does not count
  bool reverse = false;    ///< from the end
};
CORNU_API Tensor cumsum(const Tensor& x, int64_t axis = 0, const ScanOptions& options = {});
CORNU_API Tensor cumprod(const Tensor& x, int64_t axis = 0, const ScanOptions& options = {});

}  // namespace cornu
