#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/hdf5_files.h"
#include "core/io/temporary_folder.h"
#include "golden.h"
#include <cornu/core/error.h>
#include <cornu/core/io/internal/hdf5_reader.h>
#include <cornu/core/io/internal/hdf5_writer.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/math.h>

using namespace cornu;
using Catch::Contains;

namespace {

const std::string keras_file = std::string(test_data_directory) + "/keras/files/mlp.weights.h5";

io::MemoryRange file_of(const std::string& bytes) { return {bytes, "a.h5"}; }

std::string sample_bytes() {
  io::Hdf5Writer writer("save");
  writer.create_group("layers/dense/vars");
  writer.set_attribute("layers/dense/vars", "name", "h\xc3\xa4lfte");
  writer.write("layers/dense/vars/0", constant({{1.f, 2.f, 3.f}, {4.f, 5.f, 6.f}}));
  writer.write("layers/dense/vars/1", constant(int64_t{7}));
  return writer.bytes();
}

std::string little_endian(uint64_t number) {
  std::string text;
  for (int i = 0; i < 8; ++i) text += static_cast<char>(number >> 8 * i & 255);
  return text;
}

/// Reads structure and values of everything: either all is well, or a FileError names the file.
void read_all(const std::string& bytes) {
  io::MemoryRange file = file_of(bytes);
  try {
    for (const auto& [path, dataset] : io::read_hdf5(file).datasets) {
      try {
        io::read_values(file, path, dataset);
      } catch (const FileError& error) {
        if (std::string(error.what()).find("a.h5") == std::string::npos) FAIL(error.what());
      }
    }
  } catch (const FileError& error) {
    if (std::string(error.what()).find("a.h5") == std::string::npos) FAIL(error.what());
  }
}

}  // namespace

TEST_CASE("an HDF5 file of Keras's is read") {
  io::FileRange file(keras_file);
  const io::Hdf5Contents contents = io::read_hdf5(file);
  const auto& kernel = contents.datasets.at("layers/dense/vars/0");
  CHECK(kernel.shape == Shape{784, 7});
  CHECK(kernel.dtype == float32);
  CHECK(contents.datasets.at("optimizer/vars/0").dtype == int32);
  CHECK(contents.datasets.at("optimizer/vars/0").shape == Shape{});
  CHECK(contents.groups.at("layers/dense/vars").attributes.at("name") == "hidden");
  CHECK(contents.groups.at("vars").attributes.at("name") == "mlp");
  CHECK(contents.groups.contains("layers/dropout/vars"));
  const golden::Json weights = golden::read("files/mlp").at("weights");
  const Tensor bias = io::read_values(file, "bias", contents.datasets.at("layers/dense/vars/1"));
  golden::check_close(bias, weights.at(1), 0, 1e-8);
}

TEST_CASE("libhdf5 sees what the reader sees") {
  for (const char* name : {"mlp", "cnn", "functional", "rnn"}) {
    const std::string bytes = read_bytes(std::string(test_data_directory) + "/keras/files/" + name + ".weights.h5");
    io::MemoryRange file = file_of(bytes);
    const io::Hdf5Contents contents = io::read_hdf5(file);
    hdf5::Entries entries = hdf5::entries_of(bytes);
    CHECK(entries.at("superblock") == "0");
    entries.erase("superblock");
    size_t seen = 0;
    for (const auto& [path, group] : contents.groups) {
      ++seen;
      CHECK(entries.at(path.empty() ? "." : path) == "group");
      for (const auto& [attribute, text] : group.attributes) {
        ++seen;
        CHECK(entries.at(path + "@" + attribute) == "UTF-8 " + text);
      }
    }
    for (const auto& [path, dataset] : contents.datasets) {
      ++seen;
      CHECK(dataset.problem.empty());
      CHECK_THAT(entries.at(path), Contains("contiguous"));
    }
    CHECK(seen == entries.size());
  }
}

TEST_CASE("an HDF5 file comes back as it was written") {
  io::MemoryRange file = file_of(sample_bytes());
  const io::Hdf5Contents contents = io::read_hdf5(file);
  CHECK(contents.groups.at("layers/dense/vars").attributes.at("name") == "h\xc3\xa4lfte");
  const auto& values = contents.datasets.at("layers/dense/vars/0");
  CHECK(io::read_values(file, "0", values).to_vector<float>() == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(io::read_values(file, "1", contents.datasets.at("layers/dense/vars/1")).item<int64_t>() == 7);
}

TEST_CASE("every dtype and an empty array go through an HDF5 file") {
  io::Hdf5Writer writer("save");
  const Tensor numbers = constant({0.5, -2., 200.});
  const std::map<std::string, Tensor> arrays = {{"b", constant({true, false})}, {"u", cast(abs(numbers), uint8)},
                                                {"i", cast(numbers, int32)},    {"l", cast(numbers, int64)},
                                                {"f", cast(numbers, float32)},  {"d", numbers},
                                                {"empty", zeros({0, 3})}};
  for (const auto& [name, values] : arrays) writer.write(name, values);
  io::MemoryRange file = file_of(writer.bytes());
  const io::Hdf5Contents contents = io::read_hdf5(file);
  for (const auto& [name, values] : arrays) {
    const Tensor read = io::read_values(file, name, contents.datasets.at(name));
    CHECK(read.spec() == values.spec());
    CHECK(std::equal(static_cast<const char*>(read.raw_data()),
                     static_cast<const char*>(read.raw_data()) + read.size() * size_of(read.dtype()),
                     static_cast<const char*>(values.raw_data())));
  }
}

TEST_CASE("a group of many arrays is read whole") {
  io::Hdf5Writer writer("save");
  writer.create_group("vars");
  for (int i = 0; i < 3000; ++i) writer.write("vars/" + std::to_string(i), constant(i));
  io::MemoryRange file = file_of(writer.bytes());
  const io::Hdf5Contents contents = io::read_hdf5(file);
  REQUIRE(contents.datasets.size() == 3000);
  for (int i = 0; i < 3000; i += 499) {
    const std::string path = "vars/" + std::to_string(i);
    CHECK(io::read_values(file, path, contents.datasets.at(path)).item<int>() == i);
  }
}

TEST_CASE("a shape that lies is an error of its array") {
  const std::string shape = little_endian(2) + little_endian(3);
  for (const uint64_t extent : {uint64_t{3}, uint64_t{1} << 40, UINT64_MAX, uint64_t{0}}) {
    std::string bytes = sample_bytes();
    bytes.replace(bytes.find(shape), 8, little_endian(extent));
    io::MemoryRange file = file_of(bytes);
    const io::Hdf5Contents contents = io::read_hdf5(file);
    const io::Hdf5Dataset& changed = contents.datasets.at("layers/dense/vars/0");
    if (extent == 0)
      CHECK(io::read_values(file, "0", changed).size() == 0);
    else
      CHECK_THROWS_WITH(io::read_values(file, "layers/dense/vars/0", changed),
                        Contains("a.h5: array 'layers/dense/vars/0'") && Contains("shape"));
    CHECK(contents.datasets.at("layers/dense/vars/1").problem.empty());
  }
}

TEST_CASE("arrays that Keras does not write say why they are not read") {
  const TemporaryFolder folder;
  const std::string path = folder / "x.h5";
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const auto add = [&](const char* name, hid_t type, hsize_t extent, bool in_chunks) {
    const hid_t space = H5Screate_simple(1, &extent, nullptr), options = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk = 8;
    if (in_chunks) H5Pset_chunk(options, 1, &chunk);
    H5Dclose(H5Dcreate2(file, name, type, space, H5P_DEFAULT, options, H5P_DEFAULT));
    H5Pclose(options);
    H5Sclose(space);
  };
  add("gigantic", H5T_IEEE_F32LE, hsize_t{1} << 50, false);
  add("chunked", H5T_IEEE_F32LE, hsize_t{1} << 50, true);
  add("big_endian", H5T_IEEE_F32BE, 3, false);
  add("half", H5T_STD_I16LE, 3, false);
  H5Lcreate_hard(file, "half", file, "again", H5P_DEFAULT, H5P_DEFAULT);
  H5Lcreate_soft("/nowhere", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  io::FileRange bytes(path);
  const io::Hdf5Contents contents = io::read_hdf5(bytes);
  const std::pair<const char*, const char*> reasons[] = {{"gigantic", "no values were written"},
                                                         {"chunked", "chunks"},
                                                         {"big_endian", "expected elements of"},
                                                         {"half", "expected elements of"}};
  for (const auto& [name, reason] : reasons)
    CHECK_THROWS_WITH(io::read_values(bytes, name, contents.datasets.at(name)), Contains(path) && Contains(reason));
  CHECK_FALSE(contents.datasets.contains("soft"));
}

TEST_CASE("groups that contain themselves, newer formats and other files are errors") {
  const TemporaryFolder folder;
  const std::string path = folder / "x.h5";
  hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Gclose(H5Gcreate2(file, "a", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  H5Lcreate_hard(file, "/", file, "a/b", H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(file);
  io::FileRange cycle(path);
  CHECK_THROWS_WITH(io::read_hdf5(cycle), Contains(path) && Contains("in more than one place"));

  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  file = H5Fcreate((folder / "new.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
  H5Fclose(file);
  H5Pclose(access);
  io::FileRange newer(folder / "new.h5");
  CHECK_THROWS_WITH(io::read_hdf5(newer), Contains("newer HDF5 format") && Contains("h5repack"));
  io::MemoryRange text = file_of("no HDF5");
  CHECK_THROWS_WITH(io::read_hdf5(text), Contains("not an HDF5 file"));
  CHECK_THROWS_AS(io::FileRange(folder / "missing"), FileError);
}

TEST_CASE("groups that lie too deep within each other are an error") {
  io::Hdf5Writer writer("save");
  std::string path = "a";
  for (int i = 0; i < 300; ++i) path += "/a";
  writer.create_group(path);
  io::MemoryRange file = file_of(writer.bytes());
  CHECK_THROWS_WITH(io::read_hdf5(file), Contains("deep"));
}

TEST_CASE("an HDF5 file cut off anywhere is an error") {
  const std::string bytes = sample_bytes();
  for (size_t length = 0; length < bytes.size(); length += 7) {
    io::MemoryRange file = file_of(bytes.substr(0, length));
    CHECK_THROWS_AS(io::read_hdf5(file), FileError);
  }
}

TEST_CASE("an HDF5 file with any byte changed is read or refused") {
  const std::string bytes = sample_bytes();
  std::mt19937 random(7);
  for (size_t i = 0; i < bytes.size(); ++i)
    for (const int value : {0x00, 0xff, bytes[i] ^ 0x80, bytes[i] + 1}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(value);
      read_all(changed);
    }
  for (int round = 0; round < 3000; ++round) {
    std::string changed = bytes;
    for (int n = 0; n < 8; ++n) changed[random() % changed.size()] = static_cast<char>(random());
    read_all(changed);
  }
}

TEST_CASE("what cannot be written to an HDF5 file is named") {
  io::Hdf5Writer writer("save");
  writer.write("a", constant(1));
  CHECK_THROWS_WITH(writer.write("a", constant(1)), Contains("save: 'a'"));
  CHECK_THROWS_AS(writer.write("a/b", constant(1)), FileError);
  CHECK_THROWS_AS(writer.set_attribute("missing", "name", "x"), FileError);
  CHECK_THROWS_AS(writer.write("s", Tensor::symbolic({{2}, float32})), StateError);
}
