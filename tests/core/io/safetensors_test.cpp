#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "core/io/temporary_folder.h"
#include <cornu/core/error.h>
#include <cornu/core/io/safetensors.h>
#include <cornu/core/ops/creation.h>

using namespace cornu;
using Catch::Contains;

namespace {

std::string file_of(const std::string& header, const std::string& values) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> 8 * i);
  return bytes + header + values;
}

}  // namespace

TEST_CASE("tensors come back from a safetensors file") {
  const TemporaryFolder folder;
  const std::map<std::string, Tensor> tensors = {{"a/kernel", constant({{1.f, 2.f}, {3.f, 4.f}})},
                                                 {"b", constant({true, false, true})},
                                                 {"c", constant(int64_t{-5})},
                                                 {"d", constant({1.5, 2.5})},
                                                 {"empty", zeros({0, 3}, int32)},
                                                 {"\xc3\xa9t\xc3\xa9", constant(uint8_t{200})}};
  save_safetensors(folder / "x", tensors);
  const auto loaded = load_safetensors(folder / "x");
  REQUIRE(loaded.size() == tensors.size());
  for (const auto& [name, tensor] : tensors) {
    INFO(name);
    REQUIRE(loaded.count(name) == 1);
    CHECK(loaded.at(name).spec() == tensor.spec());
  }
  CHECK(loaded.at("a/kernel").to_vector<float>() == std::vector<float>{1, 2, 3, 4});
  CHECK(loaded.at("b").to_vector<bool>() == std::vector<bool>{true, false, true});
  CHECK(loaded.at("c").item<int64_t>() == -5);
  CHECK(loaded.at("d").to_vector<double>() == std::vector<double>{1.5, 2.5});
  save_safetensors(folder / "none", {});
  CHECK(load_safetensors(folder / "none").empty());
}

TEST_CASE("the bytes of a safetensors file are the format's") {
  const TemporaryFolder folder;
  save_safetensors(folder / "x", {{"flag", constant({true})}, {"w", constant({{1.f, 2.f}})}});
  const std::string bytes = read_bytes(folder / "x");
  const size_t length = static_cast<unsigned char>(bytes[0]) + 256u * static_cast<unsigned char>(bytes[1]);
  CHECK(length % 8 == 0);
  const auto header = nlohmann::json::parse(bytes.substr(8, length));
  CHECK(header == nlohmann::json::parse(R"({"w": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]},
                                            "flag": {"dtype": "BOOL", "shape": [1], "data_offsets": [8, 9]}})"));
  CHECK(bytes.substr(8 + length) == std::string("\0\0\x80\x3f\0\0\0\x40\x01", 9));
}

TEST_CASE("a safetensors file of another writer is read") {
  const TemporaryFolder folder;
  write_bytes(folder / "x", file_of(R"({"__metadata__":{"format":"pt"},"b":{"dtype":"I32","shape":[],)"
                                    R"("data_offsets":[2,6]},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})",
                                    std::string("\x01\xff\x07\0\0\0", 6)));
  const auto loaded = load_safetensors(folder / "x");
  CHECK(loaded.size() == 2);
  CHECK(loaded.at("a").to_vector<uint8_t>() == std::vector<uint8_t>{1, 255});
  CHECK(loaded.at("b").item<int>() == 7);
}

TEST_CASE("a damaged safetensors file is an error that names it") {
  const TemporaryFolder folder;
  const std::string path = folder / "x";
  const auto rejects = [&](const std::string& bytes, const std::string& message) {
    INFO(bytes.substr(0, 100));
    write_bytes(path, bytes);
    CHECK_THROWS_AS(load_safetensors(path), FileError);
    CHECK_THROWS_WITH(load_safetensors(path), Contains(path) && Contains(message));
  };
  const auto rejects_entry = [&](const std::string& entry, const std::string& message) {
    rejects(file_of("{\"a\":" + entry + "}", std::string(4, '\0')), message);
  };
  rejects("", "ends");
  rejects("\xff\xff\xff\xff\xff\xff\xff\x7f{}", "header");
  rejects(file_of("[1]", ""), "JSON");
  rejects(file_of("{\"a\":", ""), "JSON");
  rejects_entry("1", "dtype");
  rejects_entry(R"({"dtype":"F32","shape":[1]})", "data_offsets");
  rejects_entry(R"({"dtype":"BF16","shape":[2],"data_offsets":[0,4]})", "BF16");
  rejects_entry(R"({"dtype":3,"shape":[1],"data_offsets":[0,4]})", "dtype");
  rejects_entry(R"({"dtype":"F32","shape":1,"data_offsets":[0,4]})", "shape");
  rejects_entry(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})", "shape");
  rejects_entry(R"({"dtype":"F32","shape":[1.5],"data_offsets":[0,4]})", "shape");
  rejects_entry(R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})", "needs 8 bytes");
  rejects_entry(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]})", "too large");
  rejects_entry(R"({"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]})", "cut off");
  rejects_entry(R"({"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]})", "memory");
  rejects_entry(R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})", "ascending");
  rejects_entry(R"({"dtype":"F32","shape":[0],"data_offsets":[1,1]})", "begin");
  rejects_entry(R"({"dtype":"U8","shape":[3],"data_offsets":[0,3]})", "cut off");
  rejects(file_of(R"({"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})", "\x02"), "booleans");
  CHECK_THROWS_AS(load_safetensors(folder / "missing"), FileError);
}

TEST_CASE("a safetensors file cut off or flipped anywhere is no crash") {
  const TemporaryFolder folder;
  const std::string path = folder / "x";
  save_safetensors(path, {{"a", constant({1.f, 2.f})}, {"b", constant({1, 2, 3})}});
  const std::string bytes = read_bytes(path);
  for (size_t length = 0; length < bytes.size(); ++length) {
    write_bytes(path, bytes.substr(0, length));
    CHECK_THROWS_AS(load_safetensors(path), FileError);
  }
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    write_bytes(path, flipped);
    try {
      load_safetensors(path);  // the format has no checksums
    } catch (const FileError&) {
    }
  }
}

TEST_CASE("what cannot be written as safetensors is an error") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(save_safetensors(folder / "x", {{"__metadata__", constant(1)}}), ValueError);
  CHECK_THROWS_AS(save_safetensors(folder / "x", {{"\xff", constant(1)}}), ValueError);
  CHECK_THROWS_AS(save_safetensors(folder / "x", {{"a", Tensor::symbolic({{2}, float32})}}), StateError);
  CHECK_THROWS_AS(save_safetensors(folder / "missing/x", {{"a", constant(1)}}), FileError);
  CHECK(folder.file_count() == 0);
}
