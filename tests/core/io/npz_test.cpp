#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/temporary_folder.h"
#include <cornu/core/error.h>
#include <cornu/core/io/npz.h>
#include <cornu/core/ops/creation.h>

using namespace cornu;
using Catch::Contains;

namespace {

const std::map<std::string, Tensor> sample = {{"a/kernel", constant({{1.f, 2.f}, {3.f, 4.f}})},
                                              {"b", constant({true, false})},
                                              {"empty", zeros({0, 3}, int32)},
                                              {"zeros", zeros({100, 100})}};

}  // namespace

TEST_CASE("tensors come back from an .npz file") {
  const TemporaryFolder folder;
  for (const bool compressed : {false, true}) {
    save_npz(folder / "x.npz", sample, {.compressed = compressed});
    CHECK((read_bytes(folder / "x.npz").size() < 10'000) == compressed);
    const auto loaded = load_npz(folder / "x.npz");
    REQUIRE(loaded.size() == sample.size());
    for (const auto& [name, tensor] : sample) CHECK(loaded.at(name).spec() == tensor.spec());
    CHECK(loaded.at("a/kernel").to_vector<float>() == std::vector<float>{1, 2, 3, 4});
    CHECK(loaded.at("b").to_vector<bool>() == std::vector<bool>{true, false});
  }
  save_npz(folder / "none.npz", {});
  CHECK(load_npz(folder / "none.npz").empty());
}

TEST_CASE("an .npz file cut off anywhere is an error") {
  const TemporaryFolder folder;
  const std::string path = folder / "x.npz";
  for (const bool compressed : {false, true}) {
    save_npz(path, {{"a", constant({1.f, 2.f})}, {"b", constant(3)}}, {.compressed = compressed});
    const std::string bytes = read_bytes(path);
    for (size_t length = 0; length < bytes.size(); ++length) {
      write_bytes(path, bytes.substr(0, length));
      CHECK_THROWS_AS(load_npz(path), FileError);
    }
    for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      write_bytes(path, flipped);
      try {
        for (const auto& [name, tensor] : load_npz(path))  // names and dates have no checksum
          CHECK((tensor.dtype() == int32 ? tensor.item<int>() == 3
                                         : tensor.to_vector<float>() == std::vector<float>{1, 2}));
      } catch (const FileError& error) {
        CHECK_THAT(error.what(), Contains(path));
      }
    }
  }
}

TEST_CASE("what is no .npz file is named") {
  const TemporaryFolder folder;
  write_bytes(folder / "text", "no archive");
  CHECK_THROWS_WITH(load_npz(folder / "text"), Contains("text") && Contains("not an .npz file"));
  CHECK_THROWS_WITH(load_npz(folder / "missing"), Contains("No such file"));
  CHECK_THROWS_AS(save_npz(folder / "x.npz", {{"", constant(1)}}), ValueError);
  CHECK_THROWS_AS(save_npz(folder / "x.npz", {{"a", Tensor::symbolic({{2}, float32})}}), StateError);
  CHECK_THROWS_AS(save_npz(folder / "missing/x.npz", {{"a", constant(1)}}), FileError);
  CHECK(folder.file_count() == 1);
}

TEST_CASE("members of a .npz file that claim what they cannot have are refused") {
  const TemporaryFolder folder;
  const std::string path = folder / "x.npz";
  save_npz(path, {{"a", zeros({100})}}, {.compressed = true});
  const std::string archive = read_bytes(path);
  const size_t local = archive.find("PK\x03\x04"), central = archive.find("PK\x01\x02");
  REQUIRE(central != std::string::npos);
  const auto with = [&](size_t local_field, size_t central_field, const std::string& bytes) {
    std::string changed = archive;
    changed.replace(local + local_field, bytes.size(), bytes);
    changed.replace(central + central_field, bytes.size(), bytes);
    return changed;
  };
  write_bytes(path, with(22, 24, "\xff\xff\xff\x7f"));  // 2 GB uncompressed
  CHECK_THROWS_WITH(load_npz(path), Contains("a.npy") && Contains("claims 2147483647 bytes"));
  write_bytes(path, with(8, 10, std::string("\x0e\0", 2)));  // LZMA, whose header may ask for 4 GB
  CHECK_THROWS_WITH(load_npz(path), Contains("a.npy") && Contains("method 14"));
}
