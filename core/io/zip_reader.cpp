#include <algorithm>
#include <map>
#include <utility>

#include <zip.h>

#include <cornu/core/error.h>
#include <cornu/core/io/internal/byte_reader.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/internal/zip_archive.h>
#include <cornu/core/io/internal/zip_directory.h>
#include <cornu/core/io/internal/zip_handle.h>

namespace cornu::io {

namespace {

struct MemberCloser {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

std::string message_of(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string message = zip_error_strerror(&error);
  zip_error_fini(&error);
  return message;
}

constexpr uint64_t best_compression = 1040;  // deflate makes 258 bytes of 2 bits at best

bool leads_out(const std::string& name) {
  const bool is_absolute = name.empty() || name[0] == '/' || name[0] == '\\' || name.find(':') != std::string::npos;
  if (is_absolute) return true;
  std::string part;
  for (const char c : name + "/") {
    if (c != '/' && c != '\\') {
      part += c;
      continue;
    }
    if (part == "..") return true;
    part.clear();
  }
  return false;
}

}  // namespace

struct ZipMember::State {
  std::string path, name;
  uint64_t remaining = 0;
  std::unique_ptr<zip_file_t, MemberCloser> file;
};

ZipMember::ZipMember(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipMember::~ZipMember() = default;
const std::string& ZipMember::name() const { return state_->name; }
uint64_t ZipMember::remaining() const { return state_->remaining; }
std::string ZipMember::where() const { return state_->path + ": '" + printable(state_->name) + "'"; }

void ZipMember::read(void* bytes, size_t count, const char* what) {
  if (count > state_->remaining)
    fail("it ends within its " + std::string(what) + ": expected " + std::to_string(count) + " more bytes; it has " +
         std::to_string(state_->remaining));
  auto* next = static_cast<char*>(bytes);
  while (count > 0) {
    const zip_int64_t received = zip_fread(state_->file.get(), next, count);
    if (received <= 0) fail("the archive is damaged: " + std::string(zip_file_strerror(state_->file.get())));
    next += received;
    count -= static_cast<size_t>(received);
    state_->remaining -= static_cast<uint64_t>(received);
  }
}

void ZipMember::finish() {
  char more;  // libzip compares the checksum when it is asked for more
  if (zip_fread(state_->file.get(), &more, 1) != 0)
    fail("the archive is damaged: " + std::string(zip_file_strerror(state_->file.get())));
}

struct ZipReader::State {
  ZipHandle archive;
  std::map<std::string, size_t> indices;

  zip_stat_t status(const std::string& path, size_t index) const {
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat_index(archive.get(), index, 0, &status) != 0 || (status.valid & ZIP_STAT_NAME) == 0)
      throw FileError(path + ": the archive is damaged: " + zip_strerror(archive.get()));
    const auto fail = [&](const std::string& message) {
      throw FileError(path + ": '" + printable(status.name) + "': " + message);
    };
    constexpr zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_CRC;
    if ((status.valid & needed) != needed) fail("its size is unknown");
    const bool stored = status.comp_method == ZIP_CM_STORE;
    if (!stored && status.comp_method != ZIP_CM_DEFLATE)
      fail("expected bytes as they are or deflated; it is compressed by method " + std::to_string(status.comp_method));
    if (stored ? status.size != status.comp_size : status.size / best_compression > status.comp_size)
      fail("it claims " + std::to_string(status.size) + " bytes, which " + std::to_string(status.comp_size) +
           (stored ? " stored" : " compressed") + " ones cannot give");
    return status;
  }
};

ZipReader::ZipReader(const std::string& path, const char* kind) : path_(path), state_(std::make_unique<State>()) {
  const InputFile readable(path);  // says why a file cannot be read
  int code = 0;
  state_->archive.reset(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (!state_->archive) readable.fail("not " + std::string(kind) + ", or damaged: " + message_of(code));
  const zip_int64_t count = zip_get_num_entries(state_->archive.get(), 0);
  uint64_t budget = std::min(readable.size(), UINT64_MAX / best_compression) * best_compression;  // of all members
  for (zip_int64_t i = 0; i < count; ++i) {
    const zip_stat_t status = state_->status(path, static_cast<size_t>(i));
    const std::string& name = names_.emplace_back(status.name);
    const auto fail = [&](const char* message) { readable.fail("'" + printable(name) + "': " + message); };
    if (!state_->indices.emplace(name, static_cast<size_t>(i)).second) fail("the archive has it twice");
    if (status.size > budget) fail("the members claim more bytes than the archive can give");
    budget -= status.size;
  }
}
ZipReader::~ZipReader() = default;

bool ZipReader::contains(const std::string& name) const { return state_->indices.contains(name); }

size_t ZipReader::index_of(const std::string& name) const {
  const auto found = state_->indices.find(name);
  if (found == state_->indices.end()) throw FileError(path_ + ": the archive has no member '" + printable(name) + "'");
  return found->second;
}

void ZipReader::check_names() const {
  for (const std::string& name : names_)
    if (leads_out(name))
      throw FileError(path_ + ": the member '" + printable(name) +
                      "' has a name that leads out of the archive; such files are not read");
}

ZipMember ZipReader::open(const std::string& name) const {
  const size_t index = index_of(name);
  auto member = std::make_unique<ZipMember::State>();
  member->path = path_;
  member->name = name;
  member->remaining = state_->status(path_, index).size;
  member->file.reset(zip_fopen_index(state_->archive.get(), index, 0));
  if (!member->file)
    throw FileError(path_ + ": '" + printable(name) + "': it cannot be opened: " + zip_strerror(state_->archive.get()));
  return ZipMember(std::move(member));
}

std::string ZipReader::read(const std::string& name, uint64_t most) const {
  ZipMember member = open(name);
  if (member.remaining() > most)
    member.fail("expected at most " + std::to_string(most) + " bytes; it has " + std::to_string(member.remaining()));
  std::string bytes;
  constexpr uint64_t piece = uint64_t{1} << 20;  // memory is taken as the bytes come, not as they are promised
  while (member.remaining() > 0) bytes += member.read_text(std::min(piece, member.remaining()), "contents");
  member.finish();
  return bytes;
}

ZipReader::Place ZipReader::place(const std::string& name) const {
  const size_t index = index_of(name);
  const zip_stat_t status = state_->status(path_, index);
  const std::string where = path_ + ": '" + name + "'";
  const bool is_plain = status.comp_method == ZIP_CM_STORE && status.encryption_method == ZIP_EM_NONE;
  if (!is_plain) return {std::make_unique<MemoryRange>(read(name, UINT64_MAX), where), std::nullopt};
  const uint64_t begin = find_stored_member(path_, name, status.size);
  return {std::make_unique<FileRange>(path_, begin, status.size, where), status.crc};
}

}  // namespace cornu::io
