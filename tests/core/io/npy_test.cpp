// .npy files: the bytes that NumPy writes, xtensor's own reader and writer as the other side, and damage of every kind.
#include <cstdint>
#include <cstring>
#include <limits>
#include <locale>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xnpy.hpp>

#include "core/io/temporary_folder.h"
#include <cornu/core/error.h>
#include <cornu/core/io/npy.h>

using namespace cornu;

namespace {

template <Element T>
Tensor make(const std::vector<T>& elements, const Shape& shape) {
  return Tensor::from_span<T>(elements, shape);
}

/// A file of format 1.0 with this header and these bytes of elements.
std::string npy(const std::string& header, const std::string& elements) {
  std::string bytes("\x93NUMPY\1\0", 8);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + elements;
}

template <class T>
std::string bytes_of(const std::vector<T>& elements) {
  std::string bytes(elements.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), elements.data(), bytes.size());
  return bytes;
}

const std::string kFour = bytes_of<float>({1, 2, 3, 4});

class Files {
 public:
  Tensor load(const std::string& bytes) {
    write_bytes(path(), bytes);
    return load_npy(path());
  }
  std::string error(const std::string& bytes) {
    try {
      load(bytes);
    } catch (const FileError& error) {
      CHECK_THAT(error.what(), Catch::Contains(path()));
      return error.what();
    }
    return "no error";
  }
  std::string path() const { return folder_ / "array.npy"; }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

}  // namespace

TEMPLATE_TEST_CASE("every dtype comes back as it was saved", "", uint8_t, int32_t, int64_t, float, double) {
  const Files files;
  const std::vector<TestType> elements{
      0, 1, 2, std::numeric_limits<TestType>::max(), std::numeric_limits<TestType>::lowest(), 5};
  save_npy(files.path(), make<TestType>(elements, {2, 3}));
  const Tensor loaded = load_npy(files.path());
  CHECK(loaded.shape() == Shape({2, 3}));
  CHECK(loaded.to_vector<TestType>() == elements);

  const auto array = xt::load_npy<TestType>(files.path());
  CHECK(array.shape(1) == 3);
  CHECK(std::vector<TestType>(array.begin(), array.end()) == elements);
}

TEMPLATE_TEST_CASE("what xtensor writes is read", "", bool, uint8_t, int32_t, int64_t, float, double) {
  const Files files;
  const xt::xarray<TestType> array = {
      {TestType(1), TestType(0)}, {TestType(1), TestType(1)}, {TestType(0), TestType(1)}};
  xt::dump_npy(files.path(), array);
  const Tensor loaded = load_npy(files.path());
  CHECK(loaded.dtype() == dtype_of<TestType>);
  CHECK(loaded.shape() == Shape({3, 2}));
  CHECK(loaded.to_vector<TestType>() == std::vector<TestType>(array.begin(), array.end()));
}

TEST_CASE("shapes of every rank, and empty ones") {
  const Files files;
  for (const Shape& shape :
       {Shape({}), Shape({4}), Shape({2, 1, 3}), Shape({1, 2, 1, 2, 1, 2, 1, 2}), Shape({0}), Shape({3, 0, 2})}) {
    std::vector<float> elements(static_cast<size_t>(shape.size()));
    for (size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<float>(i);
    save_npy(files.path(), make<float>(elements, shape));
    const Tensor loaded = load_npy(files.path());
    CHECK(loaded.shape() == shape);
    CHECK(loaded.to_vector<float>() == elements);
  }
}

TEST_CASE("booleans and special floats come back") {
  const Files files;
  const bool booleans[] = {true, false, true};
  save_npy(files.path(), Tensor::from_span<bool>(booleans, {3}));
  CHECK(load_npy(files.path()).to_vector<bool>() == std::vector<bool>({true, false, true}));

  const float infinity = std::numeric_limits<float>::infinity();
  save_npy(files.path(), make<float>({infinity, -infinity, std::numeric_limits<float>::quiet_NaN(), -0.f}, {4}));
  CHECK(read_bytes(files.path()).substr(128) == std::string("\0\0\x80\x7f\0\0\x80\xff\0\0\xc0\x7f\0\0\0\x80", 16));
}

TEST_CASE("the header is NumPy's") {
  const Files files;
  save_npy(files.path(), make<float>({1, 2, 3, 4}, {2, 2}));
  const std::string bytes = read_bytes(files.path());
  CHECK(bytes.size() == 128 + 16);
  CHECK(bytes.substr(0, 10) == std::string("\x93NUMPY\1\0\x76\0", 10));
  const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
  CHECK(bytes.substr(10, 118) == dictionary + std::string(117 - dictionary.size(), ' ') + "\n");
  save_npy(files.path(), make<uint8_t>({1, 2}, {2}));
  CHECK_THAT(read_bytes(files.path()), Catch::Contains("'|u1'") && Catch::Contains("(2,)"));
}

TEST_CASE("the program's locale does not get into a file") {
  struct Grouping : std::numpunct<char> {
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const Files files;
  const std::locale before = std::locale::global(std::locale(std::locale(), new Grouping));
  save_npy(files.path(), make<uint8_t>(std::vector<uint8_t>(12345), {12345}));
  const Shape shape = load_npy(files.path()).shape();
  std::locale::global(before);
  CHECK(shape == Shape({12345}));
}

TEST_CASE("Fortran order is turned around") {
  Files files;
  // numpy.asfortranarray([[1, 2, 3], [4, 5, 6]]) lies in memory as 1 4 2 5 3 6.
  const Tensor loaded = files.load(
      npy("{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3), }\n", bytes_of<int32_t>({1, 4, 2, 5, 3, 6})));
  CHECK(loaded.shape() == Shape({2, 3}));
  CHECK(loaded.to_vector<int32_t>() == std::vector<int32_t>({1, 2, 3, 4, 5, 6}));
  CHECK(files.load(npy("{'descr': '<i4', 'fortran_order': True, 'shape': (2,), }\n", bytes_of<int32_t>({1, 2})))
            .to_vector<int32_t>() == std::vector<int32_t>({1, 2}));
  CHECK(files.load(npy("{'descr': '|b1', 'fortran_order': True, 'shape': (2, 2), }\n", std::string("\1\0\0\0", 4)))
            .to_vector<bool>() == std::vector<bool>({true, false, false, false}));
  CHECK(files.load(npy("{'descr': '<f8', 'fortran_order': True, 'shape': (0, 2), }\n", "")).shape() == Shape({0, 2}));
}

TEST_CASE("big-endian elements are turned around") {
  Files files;
  CHECK(
      files.load(npy("{'descr': '>i4', 'fortran_order': False, 'shape': (2,), }\n", std::string("\0\0\0\1\0\0\1\0", 8)))
          .to_vector<int32_t>() == std::vector<int32_t>({1, 256}));
  CHECK(files
            .load(npy("{'descr': '>f8', 'fortran_order': False, 'shape': (), }\n",
                      std::string("\x3f\xf8\0\0\0\0\0\0", 8)))
            .item<double>() == 1.5);
}

TEST_CASE("other ways to write the same header") {
  Files files;
  const std::vector<float> expected{1, 2, 3, 4};
  for (const char* header : {
           "{'shape': (2, 2), 'fortran_order': False, 'descr': '<f4'}\n",
           "{\"descr\":\"<f4\",\"fortran_order\":False,\"shape\":(2,2,)}",
           "  { 'descr' : '=f4' , 'fortran_order' : False , 'shape' : ( 2 , 2 ) , }   \n",
       }) {
    INFO(header);
    CHECK(files.load(npy(header, kFour)).to_vector<float>() == expected);
  }
  // A header whose length has a byte over 127, and formats 2.0 and 3.0 with lengths of four bytes.
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }" + std::string(150, ' ') + "\n";
  CHECK(files.load(npy(header, kFour)).to_vector<float>() == expected);
  for (const char version : {'\2', '\3'}) {
    std::string bytes = std::string("\x93NUMPY") + version + '\0' + static_cast<char>(header.size()) +
                        std::string(3, '\0') + header + kFour;
    CHECK(files.load(bytes).to_vector<float>() == expected);
  }
}

TEST_CASE("a missing file is named") {
  CHECK_THROWS_AS(load_npy("no-such-file.npy"), FileError);
  CHECK_THROWS_WITH(load_npy("no-such-file.npy"), Catch::Contains("no-such-file.npy"));
  const Files files;
  CHECK_THROWS_AS(load_npy(files.folder().path()), FileError);
}

TEST_CASE("other dtypes are refused by name") {
  Files files;
  for (const char* descr : {"<f2", "<i2", "<u4", "|i1", "<c8", "|S4", "<U4", "|O", "<M8[s]", "f4", "<f", "", "<f40"}) {
    const std::string error =
        files.error(npy("{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (1,), }\n", kFour));
    CHECK_THAT(error, Catch::Contains("float32") && Catch::Contains("'" + std::string(descr) + "'"));
  }
  CHECK_THAT(files.error(npy("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (4,), }\n", kFour)),
             Catch::Contains("structured"));
}

TEST_CASE("damaged files are refused") {
  Files files;
  const std::string good = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n", kFour);
  REQUIRE(files.load(good).size() == 4);
  for (size_t length = 0; length < good.size(); ++length) {
    INFO("cut off at " << length);
    CHECK(files.error(good.substr(0, length)) != "no error");
  }
  CHECK_THAT(files.error(good + "more"), Catch::Contains("16 bytes") && Catch::Contains("20 follow"));
  CHECK_THAT(files.error("PK\3\4 this is a zip archive"), Catch::Contains("not a .npy file"));
  std::string version = good;
  version[6] = 9;
  CHECK_THAT(files.error(version), Catch::Contains("version 9"));

  for (const std::string& header : {
           std::string(),
           std::string("\n"),
           std::string("{}"),
           std::string("{"),
           std::string(200, '\0'),
           std::string("{'descr': '<f4', 'fortran_order': False}"),
           std::string("{'descr': '<f4', 'fortran_order': 1, 'shape': (4,)}"),
           std::string("{'descr': '<f4', 'fortran_order': False, 'shape': (-4,)}"),
           std::string("{'descr': '<f4', 'fortran_order': False, 'shape': (4.0,)}"),
           std::string("{'descr': '<f4', 'fortran_order': False, 'shape': [4]}"),
           std::string("{'descr': '<f4', 'fortran_order': False, 'shape': (4,}"),
           std::string("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'shape': (4,)}"),
           std::string("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'more': 'x'}"),
           std::string("{'descr': '<f4', 'fortran_order': False, 'shape': (4,)} rest"),
           std::string("{'descr: <f4, 'fortran_order': False, 'shape': (4,)}"),
           std::string("{'descr': '<f4' 'fortran_order': False, 'shape': (4,)}"),
       }) {
    INFO(header);
    CHECK_THAT(files.error(npy(header, kFour)), Catch::Contains("damaged"));
  }
}

TEST_CASE("promises that a file cannot keep are not believed") {
  Files files;
  for (const char* shape :
       {"(1000000000000,)", "(4611686018427387904, 4)", "(4294967296, 4294967296)", "(9223372036854775807, 2)",
        "(99999999999999999999999,)", "(0, 9223372036854775807, 9223372036854775807)", "(1, 1, 1, 1, 1, 1, 1, 1, 4)",
        "(5,)", "(3,)", "(0,)"}) {
    INFO(shape);
    for (const char* order : {"False", "True"})
      CHECK(files.error(npy("{'descr': '<f4', 'fortran_order': " + std::string(order) + ", 'shape': " + shape + ", }\n",
                            kFour)) != "no error");
  }
  // A header that says it is 4 GiB long.
  CHECK_THAT(files.error(std::string("\x93NUMPY\2\0\xff\xff\xff\xff{}", 14)), Catch::Contains("damaged"));
  CHECK_THAT(
      files.error(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (4,), }\n", std::string("\0\1\2\1", 4))),
      Catch::Contains("2 in element 2"));
}

TEST_CASE("every single damaged byte gives an error or an array, never more") {
  Files files;
  const std::string good = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n", kFour);
  for (size_t i = 0; i + kFour.size() < good.size(); ++i)
    for (const char value : std::string("\0 '(),9\x80\xff", 9)) {
      std::string damaged = good;
      damaged[i] = value;
      int64_t size = 4;
      try {
        size = files.load(damaged).size();
      } catch (const FileError&) {
      }
      CHECK(size == 4);
    }
}

TEST_CASE("saving what cannot be saved changes nothing") {
  const Files files;
  save_npy(files.path(), make<float>({1}, {1}));
  const std::string before = read_bytes(files.path());
  CHECK_THROWS_AS(save_npy(files.path(), Tensor()), StateError);
  CHECK_THROWS_AS(save_npy(files.path(), Tensor::symbolic({{2}, float32})), StateError);
  CHECK(read_bytes(files.path()) == before);
  CHECK(files.folder().file_count() == 1);
  CHECK_THROWS_AS(save_npy(files.folder() / "missing/array.npy", make<float>({1}, {1})), FileError);
}
