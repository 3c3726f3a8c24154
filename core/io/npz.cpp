#include <algorithm>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <zip.h>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/internal/byte_reader.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/internal/npy_format.h>
#include <cornu/core/io/npz.h>

namespace cornu {

namespace {

constexpr std::string_view member_suffix = ".npy";
constexpr uint64_t best_compression = 1040;  // deflate makes 258 bytes of 2 bits at best

struct ArchiveCloser {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, ArchiveCloser>;

struct MemberCloser {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

struct SourceCloser {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, SourceCloser>;

std::string message_of(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string message = zip_error_strerror(&error);
  zip_error_fini(&error);
  return message;
}

/// A member of an archive as a source of bytes. Its end, and with it the checksum, is checked once all is read.
class Member : public io::ByteSource {
 public:
  /// `budget` is how many bytes an archive of this size can give in all, whatever its members claim.
  Member(const std::string& path, zip_t* archive, zip_uint64_t index, uint64_t& budget) : path_(path) {
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat_index(archive, index, 0, &status) != 0 || (status.valid & ZIP_STAT_NAME) == 0)
      fail("the archive is damaged: " + std::string(zip_strerror(archive)));
    name_ = status.name;
    if ((status.valid & ZIP_STAT_SIZE) == 0 || (status.valid & ZIP_STAT_COMP_SIZE) == 0) fail("its size is unknown");
    if ((status.valid & ZIP_STAT_COMP_METHOD) == 0 ||
        (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE))
      fail("expected bytes as they are or deflated; it is compressed by method " + std::to_string(status.comp_method));
    if (status.size / best_compression > status.comp_size || status.size > budget)
      fail("it claims " + std::to_string(status.size) + " bytes, which " + std::to_string(status.comp_size) +
           " compressed ones cannot give");
    budget -= status.size;
    remaining_ = status.size;
    member_.reset(zip_fopen_index(archive, index, 0));
    if (!member_) fail("it cannot be opened: " + std::string(zip_strerror(archive)));
  }

  /// The member's name, without `.npy`.
  std::string name() const {
    const bool has_suffix = std::string_view(name_).ends_with(member_suffix);
    return has_suffix ? name_.substr(0, name_.size() - member_suffix.size()) : name_;
  }

  uint64_t remaining() const override { return remaining_; }

  void read(void* bytes, size_t count, const char* what) override {
    if (count > remaining_)
      fail("it ends within its " + std::string(what) + ": expected " + std::to_string(count) + " more bytes; it has " +
           std::to_string(remaining_));
    auto* next = static_cast<char*>(bytes);
    while (count > 0) {
      const zip_int64_t received = zip_fread(member_.get(), next, count);
      if (received <= 0) fail("the archive is damaged: " + std::string(zip_file_strerror(member_.get())));
      next += received;
      count -= static_cast<size_t>(received);
      remaining_ -= static_cast<uint64_t>(received);
    }
  }

  /// libzip compares the checksum when it is asked for more.
  void finish() {
    char more;
    if (zip_fread(member_.get(), &more, 1) != 0)
      fail("the archive is damaged: " + std::string(zip_file_strerror(member_.get())));
  }

  std::string where() const override { return path_ + ": array '" + io::printable(name_) + "'"; }

 private:
  std::string path_, name_;
  uint64_t remaining_ = 0;
  std::unique_ptr<zip_file_t, MemberCloser> member_;
};

std::string bytes_of(const Tensor& tensor) {
  std::string bytes = io::npy_header(tensor);
  bytes.append(static_cast<const char*>(tensor.raw_data()),
               static_cast<size_t>(tensor.size()) * size_of(tensor.dtype()));
  return bytes;
}

void add_member(zip_t* archive, const std::string& name, const std::string& bytes, bool compressed) {
  const auto fail = [&] { throw FileError("save_npz: array '" + name + "': " + zip_strerror(archive)); };
  Source source(zip_source_buffer(archive, bytes.data(), bytes.size(), 0));
  if (!source) fail();
  const zip_int64_t index = zip_file_add(archive, (name + ".npy").c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (index < 0) fail();
  source.release();                                                     // the archive has it now
  zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), 0, 0);  // the same bytes for the same arrays
  if (zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE,
                               0) != 0)
    fail();
}

/// Reads all bytes of what an archive was written to.
std::string bytes_of(zip_source_t* source) {
  zip_stat_t status;
  zip_stat_init(&status);
  if (zip_source_open(source) != 0 || zip_source_stat(source, &status) != 0)
    throw FileError("save_npz: the archive could not be made");
  std::string bytes(status.size, '\0');
  const zip_int64_t count = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (count != static_cast<zip_int64_t>(bytes.size())) throw FileError("save_npz: the archive could not be made");
  return bytes;
}

}  // namespace

void save_npz(const std::string& path, const std::map<std::string, Tensor>& tensors, const NpzOptions& options) {
  std::vector<std::string> members;  // the archive reads them when it is closed
  members.reserve(tensors.size());
  zip_error_t error;
  zip_error_init(&error);
  const Source target(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!target) throw FileError("save_npz: " + std::string(zip_error_strerror(&error)));
  zip_source_keep(target.get());
  Archive archive(zip_open_from_source(target.get(), ZIP_TRUNCATE, &error));
  if (!archive) throw FileError("save_npz: " + std::string(zip_error_strerror(&error)));
  for (const auto& [name, tensor] : tensors) {
    if (name.empty()) throw ValueError("save_npz: the name of an array may not be empty");
    if (tensor.is_symbolic()) throw StateError("save_npz: the symbolic tensor '" + name + "' has no values to write");
    add_member(archive.get(), name, members.emplace_back(bytes_of(tensor)), options.compressed);
  }
  if (zip_close(archive.get()) != 0) throw FileError("save_npz: " + std::string(zip_strerror(archive.get())));
  archive.release();
  const std::string empty_archive("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);  // libzip writes none
  io::write_file_atomically(path, std::string_view(tensors.empty() ? empty_archive : bytes_of(target.get())));
}

std::map<std::string, Tensor> load_npz(const std::string& path) {
  const io::InputFile readable(path);  // says why a file cannot be read
  int code = 0;
  const Archive archive(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (!archive) readable.fail("not an .npz file, or damaged: " + message_of(code));
  std::map<std::string, Tensor> tensors;
  uint64_t budget =
      std::min(readable.size(), std::numeric_limits<uint64_t>::max() / best_compression) * best_compression;
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    Member member(path, archive.get(), static_cast<zip_uint64_t>(i), budget);
    Tensor tensor = io::read_npy(member);
    member.finish();
    if (!tensors.emplace(member.name(), std::move(tensor)).second) member.fail("the archive has it twice");
  }
  return tensors;
}

}  // namespace cornu
