#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <cornu/core/graph/concrete_function.h>
#include <cornu/core/ops/operand.h>
#include <cornu/core/summary/file_writer.h>
#include <cornu/core/summary/step.h>

/// The summary functions record a value under a tag for the calling thread's default writer; without one, or where
/// record_if() says no, they do nothing. Each gives back whether something was recorded.
///
/// The step is the default step where none is given; ValueError if there is no such either. Within a traced function
/// they are nodes of its graph: each run records, for the default writer of the thread that runs it.
namespace cornu::summary {

struct SummaryOptions {
  std::string description = {};  ///< Markdown that TensorBoard shows beside the tag
};

/// A number, as float32. Throws ShapeError for a tensor of more than one element.
///
///     summary::scalar("loss", loss, step);
CORNU_API bool scalar(const std::string& name, const Operand& value, const Step& step = {},
                      const SummaryOptions& options = {});

struct HistogramOptions {
  int64_t buckets = 30;
  std::string description = {};
};
/// How the elements are distributed, as a [buckets, 3] tensor of left edge, right edge and count. The buckets divide
/// the range from the smallest to the largest element evenly; the last one takes the largest. If all elements are
/// equal, all edges are, and the last bucket counts them. Elements that are not finite are left out; where nothing is
/// left, all is zero.
CORNU_API bool histogram(const std::string& name, const Tensor& data, const Step& step = {},
                         const HistogramOptions& options = {});

struct ImageOptions {
  int64_t max_outputs = 3;  ///< at most so many of the batch are written
  std::string description = {};
};
/// Pictures, [batch, height, width, channels] of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels: uint8, or
/// floating point in [0, 1], where what lies outside is clipped. Throws ShapeError, DTypeError for other tensors.
CORNU_API bool image(const std::string& name, const Tensor& data, const Step& step = {},
                     const ImageOptions& options = {});

/// Rows of texts.
using TextTable = std::vector<std::vector<std::string>>;
/// A text in Markdown, a list of texts, shown as a table of one column, or a table. Throws ValueError for rows of
/// different lengths.
///
///     summary::text("options", summary::TextTable{{"name", "value"}, {"units", "100"}}, step);
CORNU_API bool text(const std::string& name, const std::string& data, const Step& step = {},
                    const SummaryOptions& options = {});
CORNU_API bool text(const std::string& name, const std::vector<std::string>& data, const Step& step = {},
                    const SummaryOptions& options = {});
CORNU_API bool text(const std::string& name, const TextTable& rows, const Step& step = {},
                    const SummaryOptions& options = {});
inline bool text(const std::string& name, const char* data, const Step& step = {}, const SummaryOptions& options = {}) {
  return text(name, std::string(data), step, options);
}

struct AudioOptions {
  int64_t max_outputs = 3;  ///< at most so many of the batch are written
  std::string description = {};
};
/// Sounds, [batch, frames, channels] in floating point from -1 to 1, as WAV files of 16 bits. Throws ShapeError,
/// DTypeError, or ValueError for a sample rate below 1.
CORNU_API bool audio(const std::string& name, const Tensor& data, int64_t sample_rate, const Step& step = {},
                     const AudioOptions& options = {});

/// Whose plugin shows a tensor, and what that wants to know.
struct PluginMetadata {
  std::string plugin_name = {};
  std::string content = {};  ///< bytes in the plugin's own format
  std::string display_name = {};
  std::string description = {};
};
/// Any tensor, for a plugin of TensorBoard's.
CORNU_API bool write(const std::string& tag, const Tensor& tensor, const Step& step = {},
                     const PluginMetadata& metadata = {});

/// The graph of a traced function as it was traced, for TensorBoard's graph page: operations by the paths of their
/// layers.
///
///     summary::graph(f.concrete_function(x));
CORNU_API bool graph(const ConcreteFunction& function);

/// While it lives, summaries of the calling thread are recorded only where the condition holds; the innermost counts.
class CORNU_API RecordScope {
 public:
  explicit RecordScope(std::function<bool()> condition);
  ~RecordScope();
  RecordScope(const RecordScope&) = delete;
  RecordScope& operator=(const RecordScope&) = delete;

  bool holds() const { return condition_(); }

 private:
  std::function<bool()> condition_;
  const RecordScope* outer_;
};
/// Records only if `condition` is true, or gives true each time that something would be recorded.
///
///     auto sometimes = summary::record_if([&] { return step % 100 == 0; });
[[nodiscard]] CORNU_API RecordScope record_if(bool condition);
[[nodiscard]] CORNU_API RecordScope record_if(std::function<bool()> condition);
/// Whether the calling thread has a default writer and record_if() lets summaries through.
CORNU_API bool should_record_summaries();

}  // namespace cornu::summary
