#include <utility>

#include <cornu/core/error.h>
#include <cornu/core/summary/internal/event_writer.h>
#include <cornu/core/summary/internal/state.h>

namespace cornu::summary {

namespace {
thread_local EventWriter* writer_of_thread = nullptr;
}  // namespace

EventWriter* default_writer() { return writer_of_thread; }

WriterScope::WriterScope(std::shared_ptr<EventWriter> writer, const Step& step)
    : writer_(std::move(writer)), outer_(std::exchange(writer_of_thread, writer_.get())) {
  if (step.is_given()) outer_step_ = std::exchange(default_step(), step);
}
WriterScope::~WriterScope() {
  writer_of_thread = outer_;
  if (outer_step_) default_step() = *outer_step_;
}

FileWriter::FileWriter(const std::string& directory, const FileWriterOptions& options)
    : writer_(std::make_shared<EventWriter>(directory, options)) {}
FileWriter::FileWriter(FileWriter&& other) noexcept = default;

FileWriter& FileWriter::operator=(FileWriter&& other) noexcept {
  FileWriter old(std::move(*this));
  writer_ = std::move(other.writer_);
  return *this;
}

FileWriter::~FileWriter() {
  if (!writer_) return;
  try {
    writer_->close();  // scopes may still hold it
  } catch (const Error& error) {
    std::fprintf(stderr, "warning: summaries were lost: %s\n", error.what());
  }
}

EventWriter& FileWriter::writer() const {
  if (!writer_) throw StateError("this FileWriter was moved from");
  return *writer_;
}

WriterScope FileWriter::as_default(const Step& step) const {
  (void)writer();
  return WriterScope(writer_, step);
}
void FileWriter::flush() const { writer().flush(); }
void FileWriter::close() const { writer().close(); }
const std::string& FileWriter::path() const { return writer().path(); }

FileWriter create_file_writer(const std::string& directory, const FileWriterOptions& options) {
  return FileWriter(directory, options);
}

}  // namespace cornu::summary
