#include <algorithm>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <utility>

#include <proto/event.pb.h>
#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/core/summary/internal/event_writer.h>
#include <cornu/core/summary/internal/host.h>

namespace cornu::summary {

namespace {

// How much may wait: a loop that records more than the disk takes is slowed down then.
constexpr size_t most_events = size_t{1} << 16, most_bytes = size_t{256} << 20;

std::string event_file(const std::string& directory, const std::string& suffix) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) throw FileError("cannot make the folder '" + directory + "': " + error.message());
  static std::atomic<unsigned> count{0};
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%010lld", static_cast<long long>(std::time(nullptr)));
  const std::string name = std::string("events.out.tfevents.") + seconds + "." + host_name() + "." +
                           std::to_string(getpid()) + "." + std::to_string(count++) + suffix;
  return (std::filesystem::path(directory) / name).string();
}

FileWriterOptions checked(const FileWriterOptions& options) {
  if (options.max_queue < 0 || options.flush_millis < 0)
    throw ValueError("create_file_writer: max_queue and flush_millis are not negative; received " +
                     std::to_string(options.max_queue) + " and " + std::to_string(options.flush_millis));
  if (options.filename_suffix.find('/') != std::string::npos)
    throw ValueError("create_file_writer: filename_suffix is the end of a file's name; received '" +
                     options.filename_suffix + "'");
  return options;
}

std::string first_event() {
  proto::Event event;
  event.set_wall_time(wall_time_now());
  event.set_file_version("brain.Event:2");
  event.mutable_source_metadata()->set_writer("cornu.summary");
  return event.SerializeAsString();
}

}  // namespace

EventWriter::EventWriter(const std::string& directory, const FileWriterOptions& options)
    : max_queue_(static_cast<size_t>(std::max<int64_t>(checked(options).max_queue, 1))),
      flush_time_(std::min<int64_t>(std::max<int64_t>(options.flush_millis, 1), 1'000'000'000)),
      file_(event_file(directory, options.filename_suffix), io::TFRecordWriter::Existing::refuse) {
  file_.write(first_event());
  file_.flush();
  thread_ = std::thread([this] { run(); });
}

EventWriter::~EventWriter() {
  try {
    close();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "warning: summaries were lost: %s\n", error.what());
  }
}

void EventWriter::add(PendingEvent event) {
  const size_t bytes = event.bytes();
  std::unique_lock lock(mutex_);
  if (queue_.size() >= most_events || queued_bytes_ > most_bytes) {
    wanted_ = added_;
    work_.notify_one();
    progress_.wait(lock, [this] { return queue_.empty() || is_closed_; });
  }
  if (is_closing_ || is_closed_)
    throw StateError("summary '" + event.tag + "': the writer of '" + path() + "' is closed; make another one");
  if (queue_.empty()) oldest_ = std::chrono::steady_clock::now();
  queue_.push_back(std::move(event));
  queued_bytes_ += bytes;
  ++added_;
  if (queue_.size() < max_queue_ || !is_waiting_) return;
  is_waiting_ = false;
  lock.unlock();
  work_.notify_one();
}

void EventWriter::flush() {
  std::unique_lock lock(mutex_);
  if (!is_closed_ && written_ < added_) {
    wanted_ = added_;
    work_.notify_one();
    progress_.wait(lock, [this, target = added_] { return written_ >= target || is_closed_; });
  }
  throw_failure();
}

void EventWriter::close() {
  {
    std::unique_lock lock(mutex_);
    if (is_closed_) return;
    if (is_closing_) return progress_.wait(lock, [this] { return is_closed_; });
    is_closing_ = true;
    work_.notify_one();
  }
  thread_.join();
  const std::lock_guard lock(mutex_);
  try {
    if (failure_.empty()) file_.close();
  } catch (const Error& error) {
    failure_ = error.what();
  }
  is_closed_ = true;
  progress_.notify_all();
  throw_failure();
}

void EventWriter::throw_failure() const {
  if (!failure_.empty()) throw FileError("summaries could not be written: " + failure_);
}

bool EventWriter::has_work() const { return is_closing_ || queue_.size() >= max_queue_ || wanted_ > written_; }

void EventWriter::run() {
  std::unique_lock lock(mutex_);
  std::vector<PendingEvent> events;
  while (!is_closing_ || !queue_.empty()) {
    const auto now = std::chrono::steady_clock::now();
    const auto deadline = queue_.empty() ? now + flush_time_ : oldest_ + flush_time_;
    if (!has_work() && now < deadline) {
      is_waiting_ = true;
      work_.wait_until(lock, deadline);
      is_waiting_ = false;
      continue;
    }
    std::swap(events, queue_);
    queued_bytes_ = 0;
    lock.unlock();
    write(events);
    const size_t count = events.size();
    events.clear();  // outside the lock: tensors go with it
    lock.lock();
    written_ += count;
    progress_.notify_all();
  }
}

/// After a failure of the disk events are let go, so that memory does not fill up.
void EventWriter::write(std::vector<PendingEvent>& events) {
  try {
    proto::Event encoded;
    std::string bytes;
    for (const PendingEvent& event : events) {
      if (!failure_.empty()) return;
      encoded.Clear();
      encode(event, encoded);
      encoded.SerializeToString(&bytes);
      file_.write(bytes);
    }
    if (failure_.empty()) file_.flush();
  } catch (const std::exception& error) {
    const std::lock_guard lock(mutex_);
    failure_ = error.what();
  }
}

}  // namespace cornu::summary
