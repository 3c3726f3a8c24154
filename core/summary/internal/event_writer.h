#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <cornu/core/io/tfrecord.h>
#include <cornu/core/summary/file_writer.h>
#include <cornu/core/summary/internal/pending_event.h>

namespace cornu::summary {

/// What a FileWriter is behind its handle: a queue of events, and the thread that encodes and writes them.
class EventWriter {
 public:
  EventWriter(const std::string& directory, const FileWriterOptions& options);
  /// Closes; a failure that nobody has asked for becomes a warning.
  ~EventWriter();

  const std::string& path() const { return file_.path(); }
  /// Takes an event over. Waits if much more is recorded than the disk takes. Throws StateError after close().
  void add(PendingEvent event);
  void flush();
  void close();

 private:
  void run();
  void write(std::vector<PendingEvent>& events);
  bool has_work() const;
  void throw_failure() const;

  const size_t max_queue_;
  const std::chrono::milliseconds flush_time_;
  io::TFRecordWriter file_;

  std::mutex mutex_;
  std::condition_variable work_, progress_;
  std::vector<PendingEvent> queue_;
  std::chrono::steady_clock::time_point oldest_;  // when the first of the queue came
  size_t queued_bytes_ = 0;
  uint64_t added_ = 0, written_ = 0, wanted_ = 0;  // events; up to `wanted_` somebody waits for
  bool is_waiting_ = false, is_closing_ = false, is_closed_ = false;
  std::string failure_;
  std::thread thread_;
};

}  // namespace cornu::summary
