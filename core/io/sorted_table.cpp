// The format: https://github.com/google/leveldb/blob/main/doc/table_format.md
// LevelDB writes it; its reader is not used, because it believes the footer, which has no checksum, and would allocate
// what a damaged one says.
#include <exception>
#include <optional>
#include <string_view>

#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table_builder.h>
#include <snappy.h>

#include <cornu/core/error.h>
#include <cornu/core/io/crc32c.h>
#include <cornu/core/io/internal/byte_reader.h>
#include <cornu/core/io/internal/input_file.h>
#include <cornu/core/io/internal/sorted_table.h>

namespace cornu::io {

namespace {

constexpr size_t table_footer_size = 48;
constexpr size_t block_trailer_size = 5;  // how it is compressed, and the checksum
constexpr char uncompressed = 0, snappy_compressed = 1;
constexpr uint64_t magic = 0xdb4775248b80fb57;

/// LevelDB's view of the file that is written.
class TableFile : public leveldb::WritableFile {
 public:
  explicit TableFile(AtomicFile& file) : file_(file) {}
  leveldb::Status Append(const leveldb::Slice& data) override {
    try {
      file_.write(data.data(), data.size());
      return leveldb::Status::OK();
    } catch (...) {  // LevelDB's own frames do not clean up
      error_ = std::current_exception();
      return leveldb::Status::IOError("the file could not be written");
    }
  }
  leveldb::Status Close() override { return leveldb::Status::OK(); }
  leveldb::Status Flush() override { return leveldb::Status::OK(); }
  leveldb::Status Sync() override { return leveldb::Status::OK(); }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  AtomicFile& file_;
  std::exception_ptr error_;
};

struct BlockHandle {
  uint64_t offset = 0, size = 0;
};

class TableReader {
 public:
  explicit TableReader(const std::string& path) : path_(path), bytes_(read_file(path)) {}

  TableEntries entries() {
    TableEntries entries;
    for (const auto& [last_key, handle] : block_entries(index_handle())) {
      ByteReader reader(handle);
      const auto found = read_handle(reader);
      if (!found) fail(bytes_.size(), "the place of a block of entries is not readable");
      for (auto& entry : block_entries(*found)) entries.push_back(std::move(entry));
    }
    for (size_t i = 1; i < entries.size(); ++i)
      if (entries[i].first <= entries[i - 1].first)
        fail(0, "the keys do not ascend at '" + printable(entries[i].first) + "'");
    return entries;
  }

 private:
  static std::optional<BlockHandle> read_handle(ByteReader& reader) {
    const auto offset = reader.varint(), size = reader.varint();
    if (!offset || !size) return std::nullopt;
    return BlockHandle{*offset, *size};
  }

  BlockHandle index_handle() {
    if (bytes_.size() < table_footer_size)
      fail(bytes_.size(), "expected an index of at least " + std::to_string(table_footer_size) + " bytes; it has " +
                              std::to_string(bytes_.size()));
    const size_t start = bytes_.size() - table_footer_size;
    ByteReader reader(std::string_view(bytes_).substr(start));
    const auto meta_index = read_handle(reader), index = read_handle(reader);
    ByteReader end(std::string_view(bytes_).substr(bytes_.size() - 8));
    if (end.fixed64() != magic)
      fail(bytes_.size() - 8, "not the index of a tensor bundle, or cut off: the mark of a table is not at its end");
    if (!meta_index || !index) fail(start, "the footer is not readable");
    return *index;
  }

  std::string block(const BlockHandle& handle) const {
    const uint64_t body = bytes_.size() - table_footer_size;
    if (body < block_trailer_size || handle.size > body - block_trailer_size ||
        handle.offset > body - block_trailer_size - handle.size)
      fail(handle.offset, "a block of " + std::to_string(handle.size) +
                              " bytes does not fit into the file, which has " + std::to_string(bytes_.size()));
    const std::string_view summed = std::string_view(bytes_).substr(handle.offset, handle.size + 1);
    ByteReader reader(std::string_view(bytes_).substr(handle.offset + handle.size + 1));
    if (reader.fixed32() != masked_crc32c(summed))
      fail(handle.offset,
           "the checksum of a block does not fit its " + std::to_string(handle.size) + " bytes: the file is damaged");
    if (summed.back() == uncompressed) return std::string(summed.substr(0, handle.size));
    if (summed.back() != snappy_compressed)
      fail(handle.offset, "a block is compressed by the unknown method " + std::to_string(summed.back()));
    return decompressed(summed.substr(0, handle.size), handle);
  }

  std::string decompressed(std::string_view block, const BlockHandle& handle) const {
    constexpr size_t best_compression = 22;  // three bytes copy at most 64
    size_t length = 0;
    if (!snappy::GetUncompressedLength(block.data(), block.size(), &length) || length / best_compression > block.size())
      fail(handle.offset, "a compressed block claims a length that it cannot have");
    std::string bytes(length, '\0');
    if (!snappy::RawUncompress(block.data(), block.size(), bytes.data()))
      fail(handle.offset, "a compressed block is not readable");
    return bytes;
  }

  TableEntries block_entries(const BlockHandle& handle) {
    const std::string bytes = block(handle);
    const std::string_view text = bytes;
    const auto damaged = [&] { fail(handle.offset, "the entries of a block are not readable"); };
    if (text.size() < 4) damaged();
    const uint64_t restarts = *ByteReader(text.substr(text.size() - 4)).fixed32();
    if (restarts > (text.size() - 4) / 4) damaged();
    ByteReader reader(text.substr(0, text.size() - 4 - 4 * restarts));
    TableEntries entries;
    std::string key;
    while (reader.remaining() > 0) {
      const auto shared = reader.varint(), own = reader.varint(), value_size = reader.varint();
      if (!shared || !own || !value_size || *shared > key.size()) damaged();
      const auto rest = reader.bytes(*own), value = reader.bytes(*value_size);
      if (!rest || !value) damaged();
      key.resize(*shared);
      key += *rest;
      count_key(key.size(), handle);
      entries.emplace_back(key, *value);
    }
    return entries;
  }

  /// Keys are stored by what they add to the one before: a small file could claim very much.
  void count_key(size_t size, const BlockHandle& handle) {
    key_bytes_ += size;
    if (key_bytes_ > (uint64_t{1} << 20) + 64 * bytes_.size())
      fail(handle.offset, "the keys would take more than " + std::to_string(key_bytes_) + " bytes");
  }

  [[noreturn]] void fail(uint64_t offset, const std::string& message) const {
    throw FileError(path_ + ": byte " + std::to_string(offset) + ": " + message);
  }

  std::string path_, bytes_;
  uint64_t key_bytes_ = 0;
};

}  // namespace

void write_sorted_table(AtomicFile& file, const TableEntries& entries) {
  TableFile table_file(file);
  leveldb::Options options;
  options.compression = leveldb::kNoCompression;
  leveldb::TableBuilder builder(options, &table_file);
  for (const auto& [key, value] : entries) builder.Add(key, value);
  const leveldb::Status status = builder.Finish();
  table_file.rethrow();
  if (!status.ok()) throw FileError("the index could not be written: " + status.ToString());
}

TableEntries read_sorted_table(const std::string& path) { return TableReader(path).entries(); }

}  // namespace cornu::io
