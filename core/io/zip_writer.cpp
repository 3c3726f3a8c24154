#include <deque>
#include <utility>

#include <zip.h>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/internal/zip_archive.h>
#include <cornu/core/io/internal/zip_handle.h>

namespace cornu::io {

namespace {

struct SourceCloser {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, SourceCloser>;

}  // namespace

struct ZipWriter::State {
  std::string where;
  std::deque<std::string> members;  // the archive reads them when it is closed
  Source target;
  ZipHandle archive;

  [[noreturn]] void fail(const std::string& name) const {
    throw FileError(where + ": '" + name + "': " + zip_strerror(archive.get()));
  }
  /// What the archive was written to.
  std::string bytes() const {
    const auto check = [&](bool holds) {
      if (!holds) throw FileError(where + ": the archive could not be made");
    };
    zip_stat_t status;
    zip_stat_init(&status);
    check(zip_source_open(target.get()) == 0 && zip_source_stat(target.get(), &status) == 0);
    std::string bytes(status.size, '\0');
    const zip_int64_t count = zip_source_read(target.get(), bytes.data(), bytes.size());
    zip_source_close(target.get());
    check(count == static_cast<zip_int64_t>(bytes.size()));
    return bytes;
  }
};

ZipWriter::ZipWriter(const std::string& where) : state_(std::make_unique<State>()) {
  state_->where = where;
  zip_error_t error;
  zip_error_init(&error);
  const auto check = [&](const void* made) {
    if (!made) throw FileError(where + ": " + zip_error_strerror(&error));
  };
  state_->target.reset(zip_source_buffer_create(nullptr, 0, 0, &error));
  check(state_->target.get());
  zip_source_keep(state_->target.get());
  state_->archive.reset(zip_open_from_source(state_->target.get(), ZIP_TRUNCATE, &error));
  check(state_->archive.get());
}
ZipWriter::~ZipWriter() = default;

void ZipWriter::add(const std::string& name, std::string bytes, bool compressed) {
  zip_t* const archive = state_->archive.get();
  const std::string& kept = state_->members.emplace_back(std::move(bytes));
  Source source(zip_source_buffer(archive, kept.data(), kept.size(), 0));
  if (!source) state_->fail(name);
  const zip_int64_t added = zip_file_add(archive, name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (added < 0) state_->fail(name);
  source.release();  // the archive has it now
  const auto index = static_cast<zip_uint64_t>(added);
  zip_file_set_mtime(archive, index, 0, 0);
  if (zip_set_file_compression(archive, index, compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) != 0) state_->fail(name);
}

std::string ZipWriter::bytes() {
  if (zip_close(state_->archive.get()) != 0)
    throw FileError(state_->where + ": " + zip_strerror(state_->archive.get()));
  state_->archive.release();
  const std::string empty_archive("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);  // libzip writes none
  return state_->members.empty() ? empty_archive : state_->bytes();
}

void ZipWriter::write(const std::string& path) { write_file_atomically(path, std::string_view(bytes())); }

}  // namespace cornu::io
