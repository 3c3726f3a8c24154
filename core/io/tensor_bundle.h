#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cornu/core/export.h>
#include <cornu/core/tensor/tensor.h>

namespace cornu::io {

/// A tensor in a bundle: what the index says about it.
struct BundleEntry {
  std::string key = {};
  std::string dtype = {};  ///< as NumPy spells it; "string" for text; also dtypes that Cornu has not
  std::vector<int64_t> shape = {};
  int32_t shard = 0;       ///< number of the data file
  uint64_t offset = 0;     ///< of the first byte in it
  uint64_t size = 0;       ///< bytes
  uint32_t checksum = 0;   ///< masked CRC-32C of the bytes
  bool in_slices = false;  ///< a variable that was spread over devices, which is not read
};

/// Writes TensorFlow's tensor bundle: the values one after another in PREFIX.data-00000-of-00001, and PREFIX.index, a
/// table of their names, dtypes, shapes, places and checksums.
///
///     io::TensorBundleWriter bundle("folder/model");
///     bundle.add("kernel", kernel);
///     bundle.finish();
///
/// Values are streamed: none is kept. The bundle is there once finish() has put the index in its place, and until
/// then an older one under the same prefix stays as it was. All members throw FileError for what cannot be written.
class CORNU_API TensorBundleWriter {
 public:
  explicit TensorBundleWriter(const std::string& prefix);
  ~TensorBundleWriter();
  TensorBundleWriter(const TensorBundleWriter&) = delete;
  TensorBundleWriter& operator=(const TensorBundleWriter&) = delete;

  /// Throws ValueError for an empty key or one that has been added, and StateError for a symbolic tensor.
  void add(const std::string& key, const Tensor& value);
  /// A scalar of TensorFlow's dtype string.
  void add_string(const std::string& key, std::string_view value);
  /// Brings both files to the disk and puts them in their places, the index last.
  void finish();
  /// Bytes of values so far.
  uint64_t data_size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads TensorFlow's tensor bundle, in one data file or in several. The files stay open, so that the values can still
/// be read when others have taken their names. Not for several threads at once.
///
///     io::TensorBundleReader bundle("folder/model");
///     Tensor kernel = bundle.read("kernel");
///
/// All members throw FileError, naming file, entry and byte, for files that are missing, cut off, damaged, written by a
/// newer format or on a big-endian machine.
class CORNU_API TensorBundleReader {
 public:
  explicit TensorBundleReader(const std::string& prefix);
  ~TensorBundleReader();
  TensorBundleReader(TensorBundleReader&&) noexcept;

  const std::string& prefix() const;
  /// All entries, in order of their keys.
  const std::vector<BundleEntry>& entries() const;
  /// nullptr if there is none of this name.
  const BundleEntry* find(const std::string& key) const;
  /// The value, its checksum compared. Throws ValueError if there is no such entry, and FileError also for a dtype that
  /// Cornu has not.
  Tensor read(const std::string& key) const;
  /// The value of a scalar of dtype string.
  std::string read_string(const std::string& key) const;
  /// Compares the checksum of the entry's bytes, without keeping them.
  void verify(const std::string& key) const;
  /// The same for all entries.
  void verify() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether there is the index of a bundle with this prefix.
CORNU_API bool bundle_exists(const std::string& prefix);
/// Removes the files of the bundle, the index first; nothing where there is none. Throws FileError if they stay.
CORNU_API void remove_bundle(const std::string& prefix);

}  // namespace cornu::io
