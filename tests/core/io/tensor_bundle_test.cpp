#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <leveldb/env.h>
#include <leveldb/iterator.h>
#include <leveldb/options.h>
#include <leveldb/table.h>
#include <proto/tensor_bundle.pb.h>

#include "core/io/temporary_folder.h"
#include "paths.h"
#include <cornu/core/error.h>
#include <cornu/core/io/crc32c.h>
#include <cornu/core/io/internal/sorted_table.h>
#include <cornu/core/io/tensor_bundle.h>
#include <cornu/core/ops/creation.h>

using namespace cornu;
using namespace cornu::io;

namespace fs = std::filesystem;

namespace {

void write_sample(const std::string& prefix) {
  TensorBundleWriter bundle(prefix);
  bundle.add("b/kernel", constant({{1.f, 2.f, 3.f}, {4.f, 5.f, 6.f}}));
  bundle.add("a", constant(int64_t{-7}));
  bundle.add("flags", constant({true, false, true}));
  bundle.add("empty", zeros({0, 4}));
  bundle.add_string("text", std::string("some\0text", 9));
  bundle.finish();
}

/// What a reader makes of the files: all values, as text to compare.
std::string read_all(const std::string& prefix) {
  const TensorBundleReader bundle(prefix);
  std::string all;
  for (const BundleEntry& entry : bundle.entries()) {
    all += entry.key + ":" + entry.dtype + ":";
    for (const int64_t extent : entry.shape) all += std::to_string(extent) + ",";
    if (entry.dtype == "string") {
      all += bundle.read_string(entry.key);
    } else {
      const Tensor value = bundle.read(entry.key);
      all.append(static_cast<const char*>(value.raw_data()), entry.size);
    }
    all += "\n";
  }
  return all;
}

/// Whether damaged files give a FileError, or the values that were written.
bool is_error_or_same(const std::string& prefix, const std::string& expected) {
  try {
    return read_all(prefix) == expected;
  } catch (const FileError&) {
    return true;
  }
}

void rewrite_index(const std::string& prefix, const std::string& key, const std::string& value) {
  TableEntries entries = read_sorted_table(prefix + ".index");
  for (auto& entry : entries)
    if (entry.first == key) entry.second = value;
  AtomicFile file(prefix + ".index");
  write_sorted_table(file, entries);
  file.commit();
}

proto::BundleEntryProto entry_of(const std::string& prefix, const std::string& key) {
  proto::BundleEntryProto message;
  for (const auto& entry : read_sorted_table(prefix + ".index"))
    if (entry.first == key) message.ParseFromString(entry.second);
  return message;
}

}  // namespace

TEST_CASE("a bundle that TensorFlow wrote is read") {
  const std::string prefix =
      std::string(test_data_directory) + "/tensorflow/saved_model_half_plus_two_tf2_cpu/00000123/variables/variables";
  const TensorBundleReader bundle(prefix);
  CHECK_NOTHROW(bundle.verify());
  std::vector<std::string> keys;
  for (const BundleEntry& entry : bundle.entries()) keys.push_back(entry.key);
  CHECK(keys == std::vector<std::string>{"_CHECKPOINTABLE_OBJECT_GRAPH", "a/.ATTRIBUTES/VARIABLE_VALUE",
                                         "b/.ATTRIBUTES/VARIABLE_VALUE", "c/.ATTRIBUTES/VARIABLE_VALUE"});
  CHECK(bundle.read("a/.ATTRIBUTES/VARIABLE_VALUE").item<float>() == 0.5f);
  CHECK(bundle.read("b/.ATTRIBUTES/VARIABLE_VALUE").item<float>() == 2.f);
  CHECK(bundle.read("c/.ATTRIBUTES/VARIABLE_VALUE").item<float>() == 3.f);
  CHECK(bundle.read_string("_CHECKPOINTABLE_OBJECT_GRAPH").find("VARIABLE_VALUE") != std::string::npos);
}

TEST_CASE("a bundle is read as it was written") {
  const TemporaryFolder folder;
  const std::string prefix = folder / "model";
  write_sample(prefix);
  CHECK(folder.file_count() == 2);
  CHECK(fs::file_size(prefix + ".data-00000-of-00001") == 24 + 8 + 3 + (1 + 4 + 9));
  const TensorBundleReader bundle(prefix);
  CHECK(bundle.entries().size() == 5);
  CHECK(bundle.read("b/kernel").shape() == Shape({2, 3}));
  CHECK(bundle.read("b/kernel").to_vector<float>() == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(bundle.read("a").item<int64_t>() == -7);
  CHECK(bundle.read("flags").to_vector<bool>() == std::vector<bool>{true, false, true});
  CHECK(bundle.read("empty").shape() == Shape({0, 4}));
  CHECK(bundle.read_string("text") == std::string("some\0text", 9));
  CHECK(bundle.find("b/kernel")->dtype == "float32");
  CHECK(bundle.find("nothing") == nullptr);
  CHECK_THROWS_AS(bundle.read("nothing"), ValueError);
  CHECK_THROWS_AS(bundle.read("text"), FileError);
  CHECK_THROWS_AS(bundle.read_string("a"), FileError);
}

TEST_CASE("LevelDB's own reader reads the index") {
  const TemporaryFolder folder;
  write_sample(folder / "model");
  leveldb::Env* const env = leveldb::Env::Default();
  uint64_t size = 0;
  leveldb::RandomAccessFile* opened = nullptr;
  REQUIRE(env->GetFileSize(folder / "model.index", &size).ok());
  REQUIRE(env->NewRandomAccessFile(folder / "model.index", &opened).ok());
  const std::unique_ptr<leveldb::RandomAccessFile> file(opened);
  leveldb::Options options;
  options.paranoid_checks = true;
  leveldb::Table* table_opened = nullptr;
  REQUIRE(leveldb::Table::Open(options, file.get(), size, &table_opened).ok());
  const std::unique_ptr<leveldb::Table> table(table_opened);
  leveldb::ReadOptions verified;
  verified.verify_checksums = true;
  const std::unique_ptr<leveldb::Iterator> entry(table->NewIterator(verified));
  TableEntries entries;
  for (entry->SeekToFirst(); entry->Valid(); entry->Next())
    entries.emplace_back(entry->key().ToString(), entry->value().ToString());
  REQUIRE(entry->status().ok());
  CHECK(entries == read_sorted_table(folder / "model.index"));
  REQUIRE(entries.size() == 6);

  proto::BundleHeaderProto header;
  CHECK(entries[0].first.empty());
  REQUIRE(header.ParseFromString(entries[0].second));
  CHECK(header.num_shards() == 1);
  CHECK(header.version().producer() == 1);
  proto::BundleEntryProto kernel;
  CHECK(entries[2].first == "b/kernel");
  REQUIRE(kernel.ParseFromString(entries[2].second));
  CHECK(kernel.dtype() == proto::DT_FLOAT);
  CHECK(kernel.shape().dim_size() == 2);
  const float values[] = {1, 2, 3, 4, 5, 6};
  CHECK(kernel.crc32c() == masked_crc32c({reinterpret_cast<const char*>(values), sizeof values}));
}

TEST_CASE("an index of many blocks is read back") {
  const TemporaryFolder folder;
  TensorBundleWriter bundle(folder / "model");
  for (int i = 0; i < 3000; ++i)
    bundle.add("layer_" + std::to_string(i) + "/a/rather/long/name/of/a/kernel", constant(i));
  bundle.finish();
  const TensorBundleReader reader(folder / "model");
  REQUIRE(reader.entries().size() == 3000);
  for (const int i : {0, 1, 17, 1999, 2999})
    CHECK(reader.read("layer_" + std::to_string(i) + "/a/rather/long/name/of/a/kernel").item<int>() == i);
}

TEST_CASE("keys and values that cannot be written are errors") {
  const TemporaryFolder folder;
  {
    TensorBundleWriter bundle(folder / "model");
    bundle.add("a", constant(1));
    CHECK_THROWS_AS(bundle.add("a", constant(1)), ValueError);
    CHECK_THROWS_AS(bundle.add("", constant(1)), ValueError);
    CHECK_THROWS_AS(bundle.add("b", Tensor::symbolic({{2}, float32})), StateError);
  }
  CHECK(folder.file_count() == 0);  // it was not finished
  CHECK_THROWS_AS(TensorBundleWriter(folder / "missing/model"), FileError);
}

TEST_CASE("a bundle replaces another in one step, and open readers keep the old one") {
  const TemporaryFolder folder;
  const std::string prefix = folder / "model";
  const auto write = [&](int value) {
    TensorBundleWriter bundle(prefix);
    bundle.add("a", constant(value));
    bundle.finish();
  };
  write(1);
  const TensorBundleReader old(prefix);
  for (int i = 2; i < 5; ++i) {
    {
      TensorBundleWriter given_up(prefix);
      given_up.add("a", constant(0));
    }
    CHECK(TensorBundleReader(prefix).read("a").item<int>() == i - 1);
    write(i);
    CHECK(TensorBundleReader(prefix).read("a").item<int>() == i);
    CHECK(folder.file_count() == 2);
  }
  CHECK(old.read("a").item<int>() == 1);
  remove_bundle(prefix);
  CHECK(folder.file_count() == 0);
  CHECK_FALSE(bundle_exists(prefix));
  CHECK_NOTHROW(remove_bundle(prefix));
}

TEST_CASE("what a killed writer has left is removed by the next") {
  const TemporaryFolder folder;
  write_bytes(folder / "model.data-00000-of-00001.part.999999999.0", "half");
  write_bytes(folder / "model.index.part.999999999.1", "half");
  write_bytes(folder / "model.index.part.1.0", "another process at work");
  write_bytes(folder / "other.index.part.999999999.1", "another bundle");
  write_sample(folder / "model");
  CHECK(folder.file_count() == 4);
  CHECK(fs::exists(folder / "model.index.part.1.0"));
}

TEST_CASE("a bundle cut off anywhere is an error or whole") {
  const TemporaryFolder folder;
  const std::string prefix = folder / "model";
  write_sample(prefix);
  const std::string expected = read_all(prefix);
  for (const char* suffix : {".index", ".data-00000-of-00001"}) {
    const std::string bytes = read_bytes(prefix + suffix);
    for (size_t length = 0; length < bytes.size(); ++length) {
      INFO(suffix << " of " << length << " bytes");
      write_bytes(prefix + suffix, bytes.substr(0, length));
      CHECK_THROWS_AS(read_all(prefix), FileError);
    }
    write_bytes(prefix + suffix, bytes);
  }
  for (const char* suffix : {".data-00000-of-00001", ".index"}) {
    fs::remove(prefix + suffix);
    CHECK_THROWS_WITH(read_all(prefix), Catch::Contains(prefix + suffix));
  }
}

TEST_CASE("every flipped bit is found, or changes nothing") {
  const TemporaryFolder folder;
  const std::string prefix = folder / "model";
  write_sample(prefix);
  const std::string expected = read_all(prefix);
  for (const char* suffix : {".index", ".data-00000-of-00001"}) {
    const std::string bytes = read_bytes(prefix + suffix);
    std::string damaged = bytes;
    for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      damaged[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
      write_bytes(prefix + suffix, damaged);
      INFO(suffix << " bit " << bit);
      if (!is_error_or_same(prefix, expected)) FAIL_CHECK("other values were read");
      if (suffix[1] == 'd') CHECK_THROWS_WITH(read_all(prefix), Catch::Contains("entry '") && Catch::Contains("byte "));
      damaged[bit / 8] = bytes[bit / 8];
    }
    write_bytes(prefix + suffix, bytes);
  }
}

TEST_CASE("an index that claims what cannot be is an error, not an allocation") {
  const TemporaryFolder folder;
  const std::string prefix = folder / "model";
  write_sample(prefix);
  const proto::BundleEntryProto good = entry_of(prefix, "b/kernel");
  const auto rejects = [&](const proto::BundleEntryProto& entry, const std::string& message) {
    rewrite_index(prefix, "b/kernel", entry.SerializeAsString());
    CHECK_THROWS_WITH(read_all(prefix), Catch::Contains("b/kernel") && Catch::Contains(message));
    CHECK_THROWS_AS(read_all(prefix), FileError);
  };
  proto::BundleEntryProto entry = good;
  entry.set_size(int64_t{1} << 50);
  rejects(entry, "cut off");
  entry.set_size(INT64_MAX);
  entry.set_offset(INT64_MAX);
  rejects(entry, "cut off");
  entry = good;
  entry.mutable_shape()->mutable_dim(0)->set_size(int64_t{1} << 62);
  rejects(entry, "the shape needs");
  entry.mutable_shape()->mutable_dim(0)->set_size(-1);
  rejects(entry, "cannot be");
  entry = entry_of(prefix, "empty");
  entry.mutable_shape()->mutable_dim(1)->set_size(INT64_MAX);
  rejects(entry, "memory");
  entry = good;
  entry.set_shard_id(1);
  rejects(entry, "cannot be");
  entry = good;
  entry.set_offset(-1);
  rejects(entry, "cannot be");
  entry = good;
  entry.set_dtype(proto::DT_BFLOAT16);
  rejects(entry, "bfloat16");
  entry = good;
  entry.add_slices();
  rejects(entry, "slices");
  entry = entry_of(prefix, "text");
  entry.mutable_shape()->add_dim()->set_size(int64_t{1} << 40);
  rewrite_index(prefix, "text", entry.SerializeAsString());
  rewrite_index(prefix, "b/kernel", good.SerializeAsString());
  CHECK_THROWS_AS(TensorBundleReader(prefix).verify(), FileError);
}

TEST_CASE("bundles of another kind are named as such") {
  const TemporaryFolder folder;
  const std::string prefix = folder / "model";
  write_sample(prefix);
  proto::BundleHeaderProto header;
  const auto rejects = [&](const std::string& message) {
    rewrite_index(prefix, "", header.SerializeAsString());
    CHECK_THROWS_WITH(TensorBundleReader(prefix), Catch::Contains("model.index") && Catch::Contains(message));
  };
  header.set_num_shards(1);
  header.mutable_version()->set_min_consumer(2);
  rejects("newer");
  header.mutable_version()->set_min_consumer(0);
  header.set_endianness(proto::BundleHeaderProto::BIG);
  rejects("big-endian");
  header.set_endianness(proto::BundleHeaderProto::LITTLE);
  header.set_num_shards(0);
  rejects("data file");
  write_bytes(prefix + ".index", "a text that is long enough to be a table, but that is none at all");
  CHECK_THROWS_WITH(TensorBundleReader(prefix), Catch::Contains("not the index of a tensor bundle"));
}

TEST_CASE("values in several data files are read") {
  const TemporaryFolder folder;
  const std::string prefix = folder / "model";
  write_sample(prefix);
  const std::string expected = read_all(prefix);
  proto::BundleHeaderProto header;
  header.set_num_shards(2);
  rewrite_index(prefix, "", header.SerializeAsString());
  fs::rename(prefix + ".data-00000-of-00001", prefix + ".data-00000-of-00002");
  fs::copy(prefix + ".data-00000-of-00002", prefix + ".data-00001-of-00002");
  proto::BundleEntryProto entry = entry_of(prefix, "b/kernel");
  entry.set_shard_id(1);
  rewrite_index(prefix, "b/kernel", entry.SerializeAsString());
  CHECK(read_all(prefix) == expected);
  fs::remove(prefix + ".data-00001-of-00002");
  CHECK_THROWS_WITH(read_all(prefix), Catch::Contains("data-00001-of-00002"));
}
