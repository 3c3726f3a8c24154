// Data sets of files.
#include <catch2/catch.hpp>

#include "dataset_checks.h"
#include "temporary_folder.h"
#include <cornu/cornu.h>

using namespace cornu;
using Catch::Matchers::Contains;

namespace {

/// IDX: 0, 0, type, rank, big-endian extents, big-endian elements.
std::string idx(char type, const std::vector<char>& extents, const std::string& elements) {
  std::string bytes{0, 0, type, static_cast<char>(extents.size())};
  for (const char extent : extents) bytes += std::string{0, 0, 0, extent};
  return bytes + elements;
}

std::vector<std::vector<float>> lines_of(const Dataset& dataset) {
  std::vector<std::vector<float>> lines;
  for (const TensorList& element : dataset) {
    std::vector<float>& line = lines.emplace_back();
    for (const Tensor& tensor : element)
      for (const float value : cast(tensor, float32).to_vector<float>()) line.push_back(value);
  }
  return lines;
}
using Lines = std::vector<std::vector<float>>;

}  // namespace

TEST_CASE("IDX files of all types are read as slices") {
  const TemporaryFolder folder;
  const auto first = [&](char type, const std::string& elements) {
    const std::string path = folder.write("a.idx", idx(type, {2}, elements));
    return all_of(Dataset::from_idx({path}))[1][0];
  };
  CHECK(first(8, "\x01\xff").item<uint8_t>() == 255);
  CHECK(first(9, "\x01\xff").item<int32_t>() == -1);
  CHECK(first(11, std::string("\0\1\xff\xfe", 4)).item<int32_t>() == -2);
  CHECK(first(12, std::string("\0\0\0\0\0\0\1\2", 8)).item<int32_t>() == 258);
  CHECK(first(13, std::string("\0\0\0\0\x3f\xc0\0\0", 8)).item<float>() == 1.5f);
  CHECK(first(14, std::string("\0\0\0\0\0\0\0\0\xbf\xe0\0\0\0\0\0\0", 16)).item<double>() == -0.5);
  const std::string images = folder.write("x", idx(8, {3, 1, 2}, "abcdef")),
                    labels = folder.write("y", idx(8, {3}, "\1\2\3"));
  const auto elements = all_of(Dataset::from_idx({images, labels}));
  REQUIRE(elements.size() == 3);
  CHECK(elements[2][0].shape() == Shape({1, 2}));
  CHECK(elements[2][1].item<uint8_t>() == 3);
}

TEST_CASE("files that are no IDX are refused") {
  const TemporaryFolder folder;
  const auto refused = [&](const std::string& bytes) {
    CHECK_THROWS_AS(Dataset::from_idx({folder.write("a", bytes)}), FileError);
  };
  CHECK_THROWS_AS(Dataset::from_idx({folder / ""}), FileError);
  CHECK_THROWS_WITH(Dataset::from_idx({folder / ""}), Contains("it is a folder"));
  refused("");
  refused("hello, world");
  refused(idx(10, {2}, "ab"));
  refused(idx(8, {3}, "ab"));
  refused(idx(8, {1}, "ab"));
  refused(idx(12, {2}, "abcd"));
  refused(std::string{0, 0, 8, 9} + std::string(100, 1));
  refused(std::string{0, 0, 8, 2, 0, 0});
  refused(idx(8, {127, 127, 127, 127}, "a"));
  CHECK_THROWS_WITH(Dataset::from_idx({folder / "none"}), Contains("none"));
  CHECK_THROWS_AS(Dataset::from_idx({}), ValueError);
}

TEST_CASE("npy files are read as slices") {
  const TemporaryFolder folder;
  save_npy(folder / "x.npy", constant({{1.f, 2.f}, {3.f, 4.f}}));
  save_npy(folder / "y.npy", constant({5, 6}));
  CHECK(lines_of(Dataset::from_npy({folder / "x.npy", folder / "y.npy"})) == Lines{{1, 2, 5}, {3, 4, 6}});
  save_npy(folder / "z.npy", constant({5, 6, 7}));
  CHECK_THROWS_AS(Dataset::from_npy({folder / "x.npy", folder / "z.npy"}), ShapeError);
  CHECK_THROWS_AS(Dataset::from_npy({folder / "none.npy"}), FileError);
}

TEST_CASE("records of several TFRecord files follow each other, and are resumed") {
  const TemporaryFolder folder;
  for (const char* name : {"a", "b"}) {
    io::TFRecordWriter writer(folder / name);
    writer.write(std::string(name) + "1");
    writer.write(std::string(name) + "22");
    writer.close();
  }
  const Dataset dataset = Dataset::from_tfrecord({folder / "a", folder / "b"});
  const auto records = all_of(dataset);
  REQUIRE(records.size() == 4);
  CHECK(records[3][0].to_vector<uint8_t>() == std::vector<uint8_t>{'b', '2', '2'});
  DatasetIterator iterator = dataset.shuffle(3, {.seed = 1}).iterator();
  iterator.next();
  DatasetIterator other = dataset.shuffle(3, {.seed = 2}).iterator();
  other.restore(iterator.state());
  CHECK((*other.next())[0].to_vector<uint8_t>() == (*iterator.next())[0].to_vector<uint8_t>());
  CHECK_THROWS_AS(Dataset::from_tfrecord({folder / "a", folder / "none"}), FileError);
  CHECK_THROWS_AS(Dataset::from_tfrecord({}), ValueError);
}

TEST_CASE("a TFRecord file that ends within a record is an error at that place") {
  const TemporaryFolder folder;
  {
    io::TFRecordWriter writer(folder / "a");
    writer.write("first");
    writer.write("second");
    writer.close();
  }
  std::filesystem::resize_file(folder / "a", std::filesystem::file_size(folder / "a") - 3);
  DatasetIterator iterator = Dataset::from_tfrecord({folder / "a"}).iterator();
  iterator.next();
  CHECK_THROWS_WITH(iterator.next(), Contains("ends within a record"));
}

TEST_CASE("the walk goes on behind damaged TFRecord files") {
  const TemporaryFolder folder;
  for (const char* name : {"short", "damaged", "whole"}) {
    io::TFRecordWriter writer(folder / name);
    writer.write("first");
    writer.write("second");
    writer.close();
  }
  std::filesystem::resize_file(folder / "short", std::filesystem::file_size(folder / "short") - 3);
  constexpr int record_size = 8 + 4 + 5 + 4;  // of "first"
  std::fstream(folder / "damaged", std::ios::in | std::ios::out | std::ios::binary).seekp(record_size).put('x');
  const Dataset dataset = Dataset::from_tfrecord({folder / "short", folder / "damaged", folder / "whole"});
  DatasetIterator iterator = dataset.iterator();
  CHECK(iterator.next());
  CHECK_THROWS_WITH(iterator.next(), Contains("short") && Contains("ends within a record"));
  CHECK(iterator.next());
  CHECK_THROWS_WITH(iterator.next(), Contains("damaged") && Contains("checksum of its length"));
  DatasetIterator restored = dataset.iterator();
  restored.restore(iterator.state());
  for (DatasetIterator walk : {iterator, restored}) {
    CHECK((*walk.next())[0].size() == 5);
    CHECK((*walk.next())[0].size() == 6);
    CHECK(!walk.next());
  }
}

// ---- CSV --------------------------------------------------------------------------------------------------------

TEST_CASE("CSV columns are scalars, by default all of them as float32") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "x,y\r\n1,2.5\r\n\r\n -3e2 ,+4\n");
  const Dataset dataset = Dataset::from_csv(path);
  CHECK(lines_of(dataset) == Lines{{1, 2.5}, {-300, 4}});
  CHECK(all_of(dataset)[0].size() == 2);
  CHECK(lines_of(dataset.repeat(2).skip(1).take(2)) == Lines{{-300, 4}, {1, 2.5}});
}

TEST_CASE("lines of a CSV file may end with a carriage return alone") {
  const TemporaryFolder folder;
  CHECK(lines_of(Dataset::from_csv(folder.write("a.csv", "x,y\r1,2\r\r3,4"))) == Lines{{1, 2}, {3, 4}});
  DatasetIterator iterator = Dataset::from_csv(folder.write("b.csv", "x\r1\r\nbad\r2")).iterator();
  CHECK((*iterator.next())[0].item<float>() == 1);
  CHECK_THROWS_WITH(iterator.next(), Contains("line 3"));
  CHECK((*iterator.next())[0].item<float>() == 2);
  CHECK(!iterator.next());
  CHECK(!iterator.next());
}

TEST_CASE("numbers of a CSV file that are too small or too large are 0 or infinite") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "x,y\n1e-50,1e-400\n-1e50,+1e400\n1e-40,4e-324\n");
  const auto elements = all_of(Dataset::from_csv(path, {.columns = {{.name = "x"}, {.name = "y", .dtype = float64}}}));
  CHECK(elements[0][0].item<float>() == 0);
  CHECK(elements[0][1].item<double>() == 0);
  CHECK(elements[1][0].item<float>() == -INFINITY);
  CHECK(elements[1][1].item<double>() == INFINITY);
  CHECK(elements[2][0].item<float>() == 1e-40f);
  CHECK(elements[2][1].item<double>() == 4e-324);
  CHECK_THROWS_AS(all_of(Dataset::from_csv(folder.write("b.csv", "x\n1e-50z\n"))), FileError);
  CHECK_THROWS_AS(all_of(Dataset::from_csv(folder.write("c.csv", "x\n300\n"), {.columns = {{"x", uint8}}})), FileError);
}

TEST_CASE("numbers that a CSV column's dtype does not hold are refused at once") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "x,y\n1,2\n");
  const auto default_value = [&](DType dtype, double value) {
    return Dataset::from_csv(path, {.columns = {{.name = "y", .dtype = dtype, .default_value = value}}});
  };
  CHECK_THROWS_WITH(default_value(uint8, -1),
                    Contains("column 'y'") && Contains("default_value is -1") && Contains("uint8"));
  CHECK_THROWS_AS(default_value(int32, 1e30), ValueError);
  CHECK_THROWS_AS(default_value(int64, 0x1p63), ValueError);
  CHECK_THROWS_AS(default_value(int32, 0.5), ValueError);
  CHECK_THROWS_AS(default_value(int32, NAN), ValueError);
  CHECK_THROWS_AS(default_value(boolean, 2), ValueError);
  CHECK_THROWS_AS(default_value(float32, 1e300), ValueError);
  CHECK_NOTHROW(default_value(float32, NAN));
  CHECK_NOTHROW(default_value(int32, INT32_MIN));
  const auto with_words = [&](size_t count) {
    return Dataset::from_csv(
        path, {.columns = {{.name = "x", .dtype = uint8, .vocabulary = std::vector<std::string>(count, "word")}}});
  };
  CHECK_THROWS_WITH(with_words(257), Contains("column 'x'") && Contains("number 256"));
  CHECK_NOTHROW(with_words(256));
}

TEST_CASE("CSV columns are chosen by name, with dtypes, defaults and vocabularies") {
  const TemporaryFolder folder;
  const std::string path = folder.write(
      "a.csv", "\xEF\xBB\xBFid,kind,ok,price\n7,\"INLAND\",true,\n9,\"NEAR \"\"BAY\"\"\",0,NA\n8,INLAND,1,3\n");
  const Dataset dataset =
      Dataset::from_csv(path, {.columns = {{.name = "price", .dtype = float64, .default_value = -1},
                                           {.name = "kind", .dtype = int64, .vocabulary = {"NEAR \"BAY\"", "INLAND"}},
                                           {.name = "ok", .dtype = boolean},
                                           {.name = "id", .dtype = uint8}},
                               .na_value = "NA"});
  CHECK(lines_of(dataset) == Lines{{-1, 1, 1, 7}, {-1, 0, 0, 9}, {3, 1, 1, 8}});
  CHECK(all_of(dataset)[0][1].dtype() == int64);
}

TEST_CASE("the label comes last, and features may stand in one tensor") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "a,label,b\n1,2,3\n4,5,6\n");
  CHECK(lines_of(Dataset::from_csv(path, {.label_name = "label"})) == Lines{{1, 3, 2}, {4, 6, 5}});
  const auto element = all_of(Dataset::from_csv(path, {.label_name = "label", .stack_features = true}))[0];
  REQUIRE(element.size() == 2);
  CHECK(element[0].shape() == Shape({2}));
  CHECK(element[1].shape() == Shape({}));
  CHECK(all_of(Dataset::from_csv(path, {.stack_features = true}))[0][0].shape() == Shape({3}));
}

TEST_CASE("without a header columns go by their places") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "1;2\n3;4\n");
  CHECK(lines_of(Dataset::from_csv(path, {.header = false, .field_delim = ';'})) == Lines{{1, 2}, {3, 4}});
  CHECK(
      lines_of(Dataset::from_csv(
          path, {.header = false, .columns = {{.name = "y"}, {.name = "x"}}, .label_name = "y", .field_delim = ';'})) ==
      Lines{{2, 1}, {4, 3}});
  CHECK_THROWS_WITH(Dataset::from_csv(path, {.header = false, .columns = {{.name = "y"}}, .field_delim = ';'}),
                    Contains("2 columns") && Contains("describe 1"));
}

TEST_CASE("quoted fields hold delimiters and line ends, and lines are counted in the file") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "a,b\n\"x,\ny\",1\nz,bad\n");
  DatasetIterator iterator =
      Dataset::from_csv(path, {.columns = {{.name = "a", .dtype = int32, .vocabulary = {"x,\ny", "z"}}, {.name = "b"}}})
          .iterator();
  CHECK((*iterator.next())[0].item<int32_t>() == 0);
  CHECK_THROWS_WITH(iterator.next(), path + ": line 4, column 'b': expected a number of dtype float32; received 'bad'");
}

TEST_CASE("bad lines name file, line and column, and the walk goes on behind them") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "a,b\n1\n,2\n300,4\n1.5,4\nx\"y,1\n\"x\"y,1\n5,6\n7,\"8\n");
  DatasetIterator iterator =
      Dataset::from_csv(path, {.columns = {{.name = "a", .dtype = uint8}, {.name = "b"}}}).iterator();
  CHECK_THROWS_WITH(iterator.next(), path + ": line 2: expected 2 fields; received 1");
  CHECK_THROWS_WITH(iterator.next(), Contains("line 3, column 'a'") && Contains("default_value"));
  CHECK_THROWS_WITH(iterator.next(), Contains("line 4, column 'a'") && Contains("300"));
  CHECK_THROWS_WITH(iterator.next(), Contains("line 5, column 'a'") && Contains("1.5"));
  CHECK_THROWS_WITH(iterator.next(), Contains("line 6: ") && Contains("quote"));
  CHECK_THROWS_WITH(iterator.next(), Contains("line 7: ") && Contains("quote"));
  CHECK((*iterator.next())[0].item<uint8_t>() == 5);
  CHECK_THROWS_WITH(iterator.next(), Contains("line 9: the quotes that begin here do not end"));
  CHECK_FALSE(iterator.next());
  const std::string words = folder.write("b.csv", "a\nother\n");
  CHECK_THROWS_WITH(Dataset::from_csv(words, {.columns = {{.name = "a", .vocabulary = {"one"}}}}).iterator().next(),
                    Contains("line 2, column 'a': 'other' is no word"));
}

TEST_CASE("CSV files and columns that are not there are refused at once") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "rooms,price\n1,2\n");
  CHECK_THROWS_WITH(Dataset::from_csv(folder / "none.csv"), Contains("none.csv"));
  CHECK_THROWS_AS(Dataset::from_csv(folder.string()), FileError);
  CHECK_THROWS_WITH(Dataset::from_csv(folder.write("empty.csv", "")), Contains("is empty"));
  CHECK_THROWS_WITH(Dataset::from_csv(path, {.columns = {{.name = "room"}}}),
                    Contains("'room'") && Contains("'rooms'"));
  CHECK_THROWS_WITH(Dataset::from_csv(path, {.label_name = "prize"}), Contains("'price'"));
  CHECK_THROWS_AS(
      Dataset::from_csv(path, {.columns = {{.name = "price"}}, .label_name = "price", .stack_features = true}),
      ValueError);
  CHECK_THROWS_AS(Dataset::from_csv(path, {.columns = {{.name = "price"}, {.name = "rooms", .dtype = int32}},
                                           .stack_features = true}),
                  ValueError);
}

TEST_CASE("a walk over a CSV file is resumed, bad lines included") {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "a\n1\nbad\n2\n3\n4\n");
  const Dataset dataset = Dataset::from_csv(path);
  DatasetIterator iterator = dataset.iterator();
  iterator.next();
  CHECK_THROWS_AS(iterator.next(), FileError);
  iterator.next();
  DatasetIterator other = dataset.iterator();
  other.restore(iterator.state());
  CHECK((*other.next())[0].item<float>() == 3);
}
