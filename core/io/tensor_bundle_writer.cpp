// The format: tensorflow/core/util/tensor_bundle/tensor_bundle.h
#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <map>

#include <proto/tensor_bundle.pb.h>
#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/core/io/atomic_file.h>
#include <cornu/core/io/crc32c.h>
#include <cornu/core/io/internal/bundle_files.h>
#include <cornu/core/io/internal/sorted_table.h>
#include <cornu/core/io/internal/tensorflow_dtypes.h>
#include <cornu/core/io/tensor_bundle.h>

namespace cornu::io {

static_assert(std::endian::native == std::endian::little, "a bundle's values are written as they lie in memory");

namespace {

namespace fs = std::filesystem;

/// Whether `name` is BUNDLE.index.part.PID.N or BUNDLE.data-...part.PID.N of a process that is no more.
bool is_abandoned(const std::string& name, const std::string& bundle) {
  if (!name.starts_with(bundle + ".index.part.") && !name.starts_with(bundle + ".data-")) return false;
  const size_t mark = name.rfind(".part.");
  if (mark == std::string::npos) return false;
  const char* const end = name.data() + name.size();
  pid_t process = 0;
  const auto [rest, error] = std::from_chars(name.data() + mark + 6, end, process);
  return error == std::errc() && rest != end && *rest == '.' && process > 0 && ::kill(process, 0) != 0 &&
         errno == ESRCH;
}

/// What a process that was killed while it wrote this very bundle has left.
void remove_abandoned(const std::string& prefix) {
  const fs::path path = prefix;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (is_abandoned(entry->path().filename().string(), path.filename().string())) fs::remove(entry->path(), ignored);
  }
}

std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 128; value >>= 7) bytes += static_cast<char>(value | 128);
  return bytes + static_cast<char>(value);
}

template <class Number>
std::string little_endian(Number value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

struct TensorBundleWriter::State {
  // A bundle that is replaced keeps its data file until the new index is there: the new one gets another name, which
  // says another number of files.
  explicit State(const std::string& prefix)
      : prefix(prefix),
        replaced_count(shard_count_of(prefix)),
        shard_count(replaced_count == 1 ? 2 : 1),
        data(data_path(prefix, 0, shard_count)) {}

  void add(const std::string& key, proto::BundleEntryProto entry, uint64_t offset, uint32_t crc) {
    entry.set_offset(static_cast<int64_t>(offset));
    entry.set_size(static_cast<int64_t>(data.position() - offset));
    entry.set_crc32c(mask_crc32c(crc));
    index[key] = entry.SerializeAsString();
  }

  void check_key(const std::string& key) const {
    if (key.empty()) throw ValueError(prefix + ": the key of a tensor may not be empty");
    if (index.contains(key)) throw ValueError(prefix + ": the key '" + key + "' has been added already");
  }

  std::string prefix;
  int32_t replaced_count, shard_count;
  AtomicFile data;
  std::map<std::string, std::string> index;
};

TensorBundleWriter::TensorBundleWriter(const std::string& prefix) : state_(std::make_unique<State>(prefix)) {
  remove_abandoned(prefix);
}
TensorBundleWriter::~TensorBundleWriter() = default;

uint64_t TensorBundleWriter::data_size() const { return state_->data.position(); }

void TensorBundleWriter::add(const std::string& key, const Tensor& value) {
  State& state = *state_;
  state.check_key(key);
  if (value.is_symbolic())
    throw StateError(state.prefix + ": the symbolic tensor for the key '" + key + "' has no values to write");
  const size_t size = static_cast<size_t>(value.size()) * size_of(value.dtype());
  proto::BundleEntryProto entry;
  entry.set_dtype(static_cast<proto::DataType>(tensorflow_dtype(value.dtype())));
  entry.mutable_shape();
  for (const int64_t extent : value.shape()) entry.mutable_shape()->add_dim()->set_size(extent);
  const uint64_t offset = state.data.position();
  uint32_t crc = 0;
  constexpr size_t piece = size_t{1} << 20;  // written while the sum has it in the cache
  const char* bytes = static_cast<const char*>(value.raw_data());
  for (size_t done = 0; done < size; done += piece) {
    const size_t count = std::min(piece, size - done);
    crc = crc32c(bytes + done, count, crc);
    state.data.write(bytes + done, count);
  }
  state.add(key, std::move(entry), offset, crc);
}

void TensorBundleWriter::add_string(const std::string& key, std::string_view value) {
  State& state = *state_;
  state.check_key(key);
  // The length, the checksum of the length as a number of four or eight bytes, the text; the entry's checksum is of the
  // length as that number, and of the rest as it stands there.
  const bool is_long = value.size() > UINT32_MAX;
  const uint32_t length_sum =
      crc32c(is_long ? little_endian<uint64_t>(value.size()) : little_endian(static_cast<uint32_t>(value.size())));
  const std::string stored_sum = little_endian(mask_crc32c(length_sum));
  const uint64_t offset = state.data.position();
  state.data.write(varint(value.size()));
  state.data.write(stored_sum);
  state.data.write(value);
  proto::BundleEntryProto entry;
  entry.set_dtype(proto::DT_STRING);
  entry.mutable_shape();
  state.add(key, std::move(entry), offset, crc32c(value, crc32c(stored_sum, length_sum)));
}

void TensorBundleWriter::finish() {
  State& state = *state_;
  proto::BundleHeaderProto header;
  header.set_num_shards(state.shard_count);
  header.mutable_version()->set_producer(bundle_format_version);
  TableEntries entries{{"", header.SerializeAsString()}};
  entries.insert(entries.end(), state.index.begin(), state.index.end());
  AtomicFile index(index_path(state.prefix));
  write_sorted_table(index, entries);
  state.data.commit();
  index.commit();
  for (int32_t shard = 0; shard < state.replaced_count; ++shard)
    ::unlink(data_path(state.prefix, shard, state.replaced_count).c_str());
}

bool bundle_exists(const std::string& prefix) {
  std::error_code error;
  return fs::is_regular_file(index_path(prefix), error);
}

void remove_bundle(const std::string& prefix) {
  const int32_t shard_count = shard_count_of(prefix);
  const auto remove = [](const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
      throw FileError("cannot remove '" + path + "': " + std::strerror(errno));
  };
  remove(index_path(prefix));
  for (int32_t shard = 0; shard < shard_count; ++shard) remove(data_path(prefix, shard, shard_count));
}

}  // namespace cornu::io
