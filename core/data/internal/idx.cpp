#include <cornu/core/data/internal/cache_folder.h>
#include <cornu/core/data/internal/idx.h>

extern "C" {
#include <md5.h>
}
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <zlib.h>

#include <cornu/core/error.h>

namespace cornu::datasets::internal {
namespace {

namespace fs = std::filesystem;

// A file as a stream of bytes, uncompressed if it is gzipped, with the MD5 of what has been read.
class ByteReader {
 public:
  explicit ByteReader(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb"), gzclose) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) throw FileError(path + ": cannot be read: it is a folder");
    if (!file_) throw FileError(path + ": cannot be read: " + std::strerror(errno));
    gzbuffer(file_.get(), 1 << 17);
    MD5Init(&md5_);
  }

  // Reads up to `count` bytes; fewer only at the end of the file.
  size_t read(uint8_t* bytes, size_t count) {
    constexpr size_t kPiece = 1 << 20;
    size_t done = 0;
    while (done < count) {
      const int got = gzread(file_.get(), bytes + done, static_cast<unsigned>(std::min(kPiece, count - done)));
      if (got <= 0) {
        int code = Z_OK;  // Z_BUF_ERROR where a .gz ends too early
        const char* problem = gzerror(file_.get(), &code);
        if (code == Z_OK || code == Z_STREAM_END) break;
        throw FileError(path_ + ": is damaged: " + (code == Z_ERRNO ? std::strerror(errno) : problem));
      }
      MD5Update(&md5_, bytes + done, static_cast<size_t>(got));
      done += static_cast<size_t>(got);
    }
    return done;
  }

  std::string md5() {
    char text[MD5_DIGEST_STRING_LENGTH];
    MD5End(&md5_, text);
    return text;
  }

 private:
  std::string path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
  MD5_CTX md5_;
};

int64_t big_endian(const uint8_t* bytes) {
  return int64_t{bytes[0]} << 24 | int64_t{bytes[1]} << 16 | int64_t{bytes[2]} << 8 | int64_t{bytes[3]};
}

Shape read_extents(ByteReader& reader, const std::string& path, int rank) {
  std::vector<uint8_t> bytes(4 * static_cast<size_t>(rank));
  if (reader.read(bytes.data(), bytes.size()) < bytes.size())
    throw FileError(path + ": is not an IDX file: it ends within its header");
  std::vector<int64_t> extents;
  for (size_t axis = 0; axis < static_cast<size_t>(rank); ++axis)
    extents.push_back(big_endian(bytes.data() + 4 * axis));
  return Shape(extents);
}

/// Whether `header` begins an IDX file of bytes with `rank` axes.
void check_is_bytes(const std::array<uint8_t, 4>& header, const std::string& path, int rank) {
  if (header == std::array<uint8_t, 4>{0, 0, 8, static_cast<uint8_t>(rank)}) return;
  throw FileError(path + ": is not an IDX file of bytes with " + std::to_string(rank) +
                  " axes: expected it to begin with 0 0 8 " + std::to_string(rank) + " and " + std::to_string(rank) +
                  " extents of 4 bytes each");
}

// Whether a file of `file_size` bytes can hold the elements: deflate shrinks by 1032 at most. So a damaged header does
// not ask for more memory than there is. Extents of 0 are left out: no shape may have others beside them without end.
bool can_hold(uintmax_t file_size, const Shape& shape) {
  double elements = 1;
  for (const int64_t extent : shape) elements *= static_cast<double>(std::max<int64_t>(extent, 1));
  return elements <= 1032.0 * static_cast<double>(file_size);
}

std::array<uint8_t, 4> read_magic(ByteReader& reader) {
  std::array<uint8_t, 4> header = {255, 255, 255, 255};
  reader.read(header.data(), header.size());
  return header;
}

/// Elements as they are in the file: big-endian, `size` bytes each.
struct ElementType {
  DType dtype = uint8;
  size_t size = 1;
};
const std::map<int, ElementType> kElementTypes = {{0x08, {uint8, 1}}, {0x09, {int32, 1}},   {0x0B, {int32, 2}},
                                                  {0x0C, {int32, 4}}, {0x0D, {float32, 4}}, {0x0E, {float64, 8}}};

/// The bytes of all elements, as uint8 of the array's shape and, for larger elements, a last axis more.
Tensor read_elements(ByteReader& reader, const std::string& path, int rank, const ElementType& type) {
  Shape shape = read_extents(reader, path, rank);
  std::error_code error;
  const uintmax_t file_size = fs::file_size(path, error);
  if (error || !can_hold(file_size, shape))
    throw FileError(path + ": is damaged: it is too short to hold elements of shape " + shape.to_string());
  const std::string said = shape.to_string();
  if (type.size > 1) shape.push_back(static_cast<int64_t>(type.size));
  Tensor tensor = Tensor::allocate(shape, uint8);
  const size_t size = static_cast<size_t>(tensor.size());
  const size_t got = reader.read(static_cast<uint8_t*>(tensor.mutable_data()), size);
  uint8_t extra;
  if (got < size || reader.read(&extra, 1) > 0) {
    throw FileError(path + ": is damaged: its header says shape " + said + ", " + std::to_string(size) +
                    " bytes, but " + (got < size ? "only " + std::to_string(got) : "more") + " follow");
  }
  return tensor;
}

/// The number of `size` bytes as a dtype has it.
template <class From, class To>
void convert(const uint8_t* bytes, int64_t count, void* elements) {
  for (int64_t i = 0; i < count; ++i, bytes += sizeof(From)) {
    uint8_t turned[sizeof(From)];
    std::reverse_copy(bytes, bytes + sizeof(From), turned);
    From value;
    std::memcpy(&value, turned, sizeof value);
    static_cast<To*>(elements)[i] = static_cast<To>(value);
  }
}

Tensor widened(const Tensor& bytes, const ElementType& type) {
  if (type.dtype == uint8) return bytes;
  Shape shape = bytes.shape();
  if (type.size > 1) shape.erase(shape.rank() - 1);
  Tensor result = Tensor::allocate(shape, type.dtype);
  const uint8_t* from = bytes.data<uint8_t>().data();
  if (type.dtype == float32) convert<float, float>(from, result.size(), result.mutable_data());
  if (type.dtype == float64) convert<double, double>(from, result.size(), result.mutable_data());
  if (type.dtype == int32 && type.size == 1) convert<int8_t, int32_t>(from, result.size(), result.mutable_data());
  if (type.dtype == int32 && type.size == 2) convert<int16_t, int32_t>(from, result.size(), result.mutable_data());
  if (type.dtype == int32 && type.size == 4) convert<int32_t, int32_t>(from, result.size(), result.mutable_data());
  return result;
}

void check_md5(ByteReader& reader, const std::string& path, const char* md5) {
  const std::string actual = reader.md5();
  if (md5 && actual != md5) {
    throw FileError(path + ": is damaged or another file of this name: its MD5 is " + actual + ", expected " + md5 +
                    "; delete it and fetch it again");
  }
}

// The path of each file, plain or .gz. Throws if one is missing.
std::vector<std::string> find_files(const IdxSource& source, const std::string& directory) {
  std::vector<std::string> paths;
  std::string missing;
  for (const char* file : kIdxFiles) {
    const std::string path = (fs::path(directory) / file).string();
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) {
      paths.push_back(path);
    } else if (fs::is_regular_file(path + ".gz", ignored)) {
      paths.push_back(path + ".gz");
    } else {
      missing += (missing.empty() ? "" : ", ") + std::string(file);
    }
  }
  if (missing.empty()) return paths;
  std::error_code ignored;
  const bool exists = fs::is_directory(directory, ignored);
  throw FileError("datasets::" + std::string(source.name) + "::load_data: the folder " + directory +
                  (exists ? " lacks " : " does not exist; expected there ") + missing + " (plain or .gz). `" +
                  source.command +
                  "` in Cornu's source tree brings them into the cache, which is read without .directory; or name "
                  "their folder: load_data({.directory = \"...\"})");
}

Examples load_examples(const std::vector<std::string>& paths, const IdxSource& source, size_t first) {
  Examples examples = {read_idx(paths[first], 3, source.md5[first]),
                       read_idx(paths[first + 1], 1, source.md5[first + 1])};
  if (examples.x.shape()[0] != examples.y.shape()[0]) {
    throw FileError(paths[first] + " holds " + std::to_string(examples.x.shape()[0]) + " images, but " +
                    paths[first + 1] + " holds " + std::to_string(examples.y.shape()[0]) + " labels");
  }
  return examples;
}

}  // namespace

Tensor read_idx(const std::string& path, int rank, const char* md5) {
  ByteReader reader(path);
  const auto header = read_magic(reader);
  check_is_bytes(header, path, rank);
  Tensor tensor = read_elements(reader, path, rank, {.dtype = uint8, .size = 1});
  check_md5(reader, path, md5);
  return tensor;
}

Tensor read_idx(const std::string& path) {
  ByteReader reader(path);
  const auto header = read_magic(reader);
  const auto found = kElementTypes.find(header[2]);
  if (header[0] != 0 || header[1] != 0 || found == kElementTypes.end() || header[3] >= Shape::max_rank)
    throw FileError(path +
                    ": is not an IDX file: expected it to begin with 0 0, the type of its elements (8, 9, 11, 12, 13 "
                    "or 14) and the number of its axes, at most " +
                    std::to_string(Shape::max_rank - 1));
  return widened(read_elements(reader, path, header[3], found->second), found->second);
}

Split load_idx(const IdxSource& source, const std::string& directory) {
  const auto paths = find_files(source, directory.empty() ? default_directory(source.name) : directory);
  return {load_examples(paths, source, 0), load_examples(paths, source, 2)};
}

}  // namespace cornu::datasets::internal
