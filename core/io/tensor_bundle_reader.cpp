// The format: tensorflow/core/util/tensor_bundle/tensor_bundle.h
#include <algorithm>

#include <proto/tensor_bundle.pb.h>

#include <cornu/core/error.h>
#include <cornu/core/io/crc32c.h>
#include <cornu/core/io/internal/bundle_files.h>
#include <cornu/core/io/internal/byte_reader.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/internal/sorted_table.h>
#include <cornu/core/io/internal/tensorflow_dtypes.h>
#include <cornu/core/io/tensor_bundle.h>

namespace cornu::io {

namespace {

constexpr size_t piece = size_t{1} << 20;

proto::BundleHeaderProto read_header(const std::string& path, const TableEntries& table) {
  proto::BundleHeaderProto header;
  if (table.empty() || !table[0].first.empty() || !header.ParseFromString(table[0].second))
    throw FileError(path + ": the table is not the index of a tensor bundle: it does not begin with a header");
  if (header.version().min_consumer() > bundle_format_version)
    throw FileError(path + ": the bundle was written in a newer format, for readers of version " +
                    std::to_string(header.version().min_consumer()) + "; this one knows version " +
                    std::to_string(bundle_format_version));
  if (header.endianness() != proto::BundleHeaderProto::LITTLE)
    throw FileError(path + ": expected little-endian values; the bundle was written on a big-endian machine");
  if (header.num_shards() < 1)
    throw FileError(path + ": expected at least one data file; the header says " + std::to_string(header.num_shards()));
  return header;
}

}  // namespace

int32_t shard_count_of(const std::string& prefix) {
  if (!bundle_exists(prefix)) return 0;
  try {
    constexpr int32_t most = 1000;  // data files that are looked for when a bundle is removed
    const std::string path = index_path(prefix);
    return std::min(read_header(path, read_sorted_table(path)).num_shards(), most);
  } catch (const FileError&) {
    return 0;  // damaged: there is nothing that it could still say
  }
}

struct TensorBundleReader::State {
  explicit State(const std::string& prefix) : prefix(prefix), path(index_path(prefix)) {
    const TableEntries table = read_sorted_table(path);
    shard_count = read_header(path, table).num_shards();
    entries.reserve(table.size());
    for (size_t i = 1; i < table.size(); ++i) entries.push_back(parse(table[i].first, table[i].second));
    for (const BundleEntry& entry : entries) check_place(entry);
  }

  [[noreturn]] void fail(const BundleEntry& entry, const std::string& message) const {
    throw FileError(data_path(prefix, entry.shard, shard_count) + ": entry '" + printable(entry.key) + "' at byte " +
                    std::to_string(entry.offset) + ": " + message);
  }

  BundleEntry parse(const std::string& key, const std::string& text) const {
    proto::BundleEntryProto message;
    if (!message.ParseFromString(text))
      throw FileError(path + ": entry '" + printable(key) + "' is not readable: the index is damaged");
    BundleEntry entry{.key = key,
                      .dtype = tensorflow_dtype_name(message.dtype()),
                      .shard = message.shard_id(),
                      .offset = static_cast<uint64_t>(message.offset()),
                      .size = static_cast<uint64_t>(message.size()),
                      .checksum = message.crc32c(),
                      .in_slices = message.slices_size() > 0};
    for (const auto& dim : message.shape().dim()) entry.shape.push_back(dim.size());
    const bool is_known =
        std::all_of(entry.shape.begin(), entry.shape.end(), [](int64_t extent) { return extent >= 0; });
    if (entry.shard < 0 || entry.shard >= shard_count || message.offset() < 0 || message.size() < 0 || !is_known ||
        message.shape().unknown_rank())
      throw FileError(path + ": entry '" + printable(key) +
                      "' has a place or a shape that cannot be: the index is damaged");
    return entry;
  }

  /// The bytes must lie in the data file, and be as many as the shape says, before anyone allocates for them.
  void check_place(const BundleEntry& entry) {
    if (entry.in_slices) return;
    const std::unique_ptr<InputFile>& file = files[entry.shard] ? files[entry.shard] : open(entry.shard);
    if (entry.size > file->size() || entry.offset > file->size() - entry.size)
      fail(entry, "the file is cut off: expected " + std::to_string(entry.size) + " bytes, but the file has " +
                      std::to_string(file->size()) + " in all");
    const auto dtype = known_dtype(entry);
    if (!dtype) return;
    uint64_t bytes = size_of(*dtype);
    for (const int64_t extent : entry.shape)
      if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(extent), &bytes)) bytes = UINT64_MAX;
    if (bytes != entry.size)
      fail(entry, "the shape needs " + std::to_string(bytes) + " bytes of " + entry.dtype + ", but the index says " +
                      std::to_string(entry.size));
  }

  const std::unique_ptr<InputFile>& open(int32_t shard) {
    return files[shard] = std::make_unique<InputFile>(data_path(prefix, shard, shard_count));
  }

  static std::optional<DType> known_dtype(const BundleEntry& entry) {
    for (int i = 0; i < dtype_count; ++i)
      if (const DType dtype = static_cast<DType>(i); name(dtype) == entry.dtype) return dtype;
    return std::nullopt;
  }

  const BundleEntry& entry(const std::string& key) const {
    const BundleEntry* const found = find(key);
    if (!found) throw ValueError(prefix + ": there is no entry '" + printable(key) + "'");
    if (found->in_slices) fail(*found, "it is a variable in slices, which are not read");
    return *found;
  }

  const BundleEntry* find(const std::string& key) const {
    const auto found =
        std::lower_bound(entries.begin(), entries.end(), key,
                         [](const BundleEntry& entry, const std::string& key) { return entry.key < key; });
    return found != entries.end() && found->key == key ? &*found : nullptr;
  }

  InputFile& seek(const BundleEntry& entry) const {
    InputFile& file = *files.at(entry.shard);
    file.seek(entry.offset);
    return file;
  }

  void compare(const BundleEntry& entry, uint32_t crc) const {
    if (mask_crc32c(crc) != entry.checksum)
      fail(entry, "the checksum does not fit the " + std::to_string(entry.size) + " bytes: the file is damaged");
  }

  /// Reads all bytes into `bytes`, or only sums them if that is nullptr.
  void read(const BundleEntry& entry, char* bytes) const {
    InputFile& file = seek(entry);
    std::string buffer(bytes ? 0 : std::min<size_t>(piece, entry.size), '\0');
    uint32_t crc = 0;
    for (uint64_t done = 0; done < entry.size; done += piece) {
      const size_t count = std::min<uint64_t>(piece, entry.size - done);
      char* const target = bytes ? bytes + done : buffer.data();
      file.read(target, count, "values");
      crc = crc32c(target, count, crc);
    }
    compare(entry, crc);
  }

  /// The text of all elements, one after another: their lengths, the checksum of the lengths as numbers of four or
  /// eight bytes, the texts; the entry's checksum is of the lengths as those numbers, and of the rest as it stands
  /// there.
  std::string read_text(const BundleEntry& entry) const {
    const std::string bytes = seek(entry).read_text(entry.size, "values");
    ByteReader reader(bytes);
    uint64_t length_of_all = 0;
    uint32_t crc = 0;
    for (uint64_t left = count_of(entry); left > 0; --left) {
      const auto length = reader.varint();
      if (!length || *length > reader.remaining()) fail_text(entry);
      length_of_all += *length;
      crc = crc32c(&*length, *length > UINT32_MAX ? 8 : 4, crc);  // little-endian
    }
    const auto sum = reader.bytes(4);
    if (!sum || length_of_all != reader.remaining()) fail_text(entry);
    if (ByteReader(*sum).fixed32() != mask_crc32c(crc)) fail(entry, "the checksum of the lengths does not fit them");
    const std::string_view text = *reader.bytes(length_of_all);
    compare(entry, crc32c(text, crc32c(*sum, crc)));
    return std::string(text);
  }

  /// Number of elements; each has at least the byte of its length.
  uint64_t count_of(const BundleEntry& entry) const {
    uint64_t count = 1;
    for (const int64_t extent : entry.shape)
      if (__builtin_mul_overflow(count, static_cast<uint64_t>(extent), &count)) fail_text(entry);
    if (count > entry.size) fail_text(entry);
    return count;
  }

  [[noreturn]] void fail_text(const BundleEntry& entry) const {
    fail(entry, "the lengths of the texts are not readable: the file is damaged");
  }

  std::string prefix, path;
  int32_t shard_count = 0;
  std::vector<BundleEntry> entries;
  std::map<int32_t, std::unique_ptr<InputFile>> files;
};

TensorBundleReader::TensorBundleReader(const std::string& prefix) : state_(std::make_unique<State>(prefix)) {}
TensorBundleReader::~TensorBundleReader() = default;
TensorBundleReader::TensorBundleReader(TensorBundleReader&&) noexcept = default;

const std::string& TensorBundleReader::prefix() const { return state_->prefix; }
const std::vector<BundleEntry>& TensorBundleReader::entries() const { return state_->entries; }
const BundleEntry* TensorBundleReader::find(const std::string& key) const { return state_->find(key); }

Tensor TensorBundleReader::read(const std::string& key) const {
  const BundleEntry& entry = state_->entry(key);
  const auto dtype = State::known_dtype(entry);
  if (!dtype) state_->fail(entry, "it is of dtype " + entry.dtype + ", which is not read");
  if (entry.shape.size() > Shape::max_rank)
    state_->fail(entry, "it has " + std::to_string(entry.shape.size()) + " axes; at most " +
                            std::to_string(Shape::max_rank) + " are read");
  const Shape shape(entry.shape);
  try {
    shape.size();
  } catch (const ShapeError& error) {
    state_->fail(entry, error.what());
  }
  Tensor value = Tensor::allocate(shape, *dtype);
  auto* const bytes = static_cast<char*>(value.mutable_data());
  state_->read(entry, bytes);
  if (*dtype == boolean && std::any_of(bytes, bytes + entry.size, [](char byte) { return byte != 0 && byte != 1; }))
    state_->fail(entry, "expected booleans, which are bytes of 0 or 1");
  return value;
}

std::string TensorBundleReader::read_string(const std::string& key) const {
  const BundleEntry& entry = state_->entry(key);
  if (entry.dtype != "string" || !entry.shape.empty())
    state_->fail(entry, "expected a scalar of dtype string; it is of dtype " + entry.dtype + " with " +
                            std::to_string(entry.shape.size()) + " axes");
  return state_->read_text(entry);
}

void TensorBundleReader::verify(const std::string& key) const {
  const BundleEntry& entry = state_->entry(key);
  if (entry.dtype == "string")
    state_->read_text(entry);
  else
    state_->read(entry, nullptr);
}

void TensorBundleReader::verify() const {
  for (const BundleEntry& entry : entries())
    if (!entry.in_slices) verify(entry.key);
}

}  // namespace cornu::io
