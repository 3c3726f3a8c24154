#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <cornu/core/export.h>
#include <cornu/core/summary/step.h>

/// What a training run tells TensorBoard: event files with scalars, histograms, images, texts, sounds and graphs, and
/// profiles. TensorFlow's tf.summary.
namespace cornu::summary {

struct FileWriterOptions {
  /// How many summaries wait before the background thread is woken to write them.
  int64_t max_queue = 10;
  /// The longest time that a summary waits, in milliseconds.
  int64_t flush_millis = 120'000;
  std::string filename_suffix = ".v2";
};

class EventWriter;

/// While it lives, a writer is the default of the thread that made it; see FileWriter::as_default().
class CORNU_API WriterScope {
 public:
  WriterScope(std::shared_ptr<EventWriter> writer, const Step& step);
  ~WriterScope();
  WriterScope(const WriterScope&) = delete;
  WriterScope& operator=(const WriterScope&) = delete;

 private:
  std::shared_ptr<EventWriter> writer_;
  EventWriter* outer_;
  std::optional<Step> outer_step_;
};

/// Writes an event file, which TensorBoard reads while it grows. A thread of the writer's own encodes and writes what
/// the summary functions hand over, so that the training loop does not wait for it. What was flushed survives a crash
/// of the process, and the file is readable up to there.
///
///     auto writer = summary::create_file_writer("logs/train");
///     {
///       auto scope = writer.as_default();
///       for (int64_t step = 0; step < 100; ++step) summary::scalar("loss", 1. / (1 + step), step);
///     }
///     writer.close();
///
/// Its destructor writes what is left. A writer moves; its members may be called from any thread.
class CORNU_API FileWriter {
 public:
  /// Makes the folder if it is not there, and a new file `events.out.tfevents.TIME.HOST.PROCESS.NUMBER` + suffix in it.
  /// Throws FileError if that cannot be, ValueError for options that make no sense.
  explicit FileWriter(const std::string& directory, const FileWriterOptions& options = {});
  ~FileWriter();
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&& other) noexcept;

  /// The writer of all summary functions that the calling thread calls until the scope ends; scopes nest. `step`, if
  /// given, is the default step until then.
  [[nodiscard]] WriterScope as_default(const Step& step = {}) const;
  /// Waits until all that was recorded is handed to the system. Throws FileError if something could not be written, now
  /// or earlier.
  void flush() const;
  /// Flushes, and closes the file; what is recorded afterwards is an error. The second time it does nothing. Throws
  /// like flush().
  void close() const;
  /// The event file.
  const std::string& path() const;

 private:
  EventWriter& writer() const;
  std::shared_ptr<EventWriter> writer_;
};

/// A FileWriter, by the name that TensorFlow gives it.
CORNU_API FileWriter create_file_writer(const std::string& directory, const FileWriterOptions& options = {});

}  // namespace cornu::summary
