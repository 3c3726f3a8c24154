#include <cmath>

#include <catch2/catch.hpp>

#include <cornu/core/config/fields.h>
#include <cornu/core/config/integers.h>
#include <cornu/core/config/numbers.h>

using namespace cornu;
using Catch::Contains;

namespace {

struct OvenOptions {
  double heat = 180;
  int64_t trays = 1;
  bool fan = false;
  std::string mode = "bake";
  std::optional<double> minutes = {};
  std::vector<double> stages = {};
  Shape size = {};
  DType dtype = float32;
  Integers axis = -1;
  Numbers weights = {};
  IntegerPair racks = 2;
  void describe(Fields& fields) {
    fields("heat", heat, between(0, 300));
    fields("trays", trays, at_least(1));
    fields("fan", fan);
    fields("mode", mode, one_of({"bake", "grill"}));
    fields("minutes", minutes, above(0));
    fields("stages", stages, half_open(0, 1));
    fields("size", size);
    fields("dtype", dtype);
    fields("axis", axis);
    fields("weights", weights);
    fields("racks", racks, at_least(1));
  }
};

OvenOptions read(const std::string& json) { return read_options<OvenOptions>("Oven", Config::parse(json)); }

}  // namespace

TEST_CASE("options are read from a configuration; those left out keep their defaults") {
  const OvenOptions options = read(R"({"heat": 200, "fan": true, "mode": "grill", "minutes": 2.5, "stages": [0, 0.5],
                                       "size": [null, 3], "dtype": "int32", "axis": [1, 2], "weights": [0.5, 2], "racks": [3, 4]})");
  CHECK(options.heat == 200);
  CHECK(options.trays == 1);
  CHECK(options.fan);
  CHECK(options.mode == "grill");
  CHECK(options.minutes == 2.5);
  CHECK(options.stages == std::vector<double>{0, 0.5});
  CHECK(options.size == Shape{-1, 3});
  CHECK(options.dtype == int32);
  CHECK(options.axis.values() == std::vector<int64_t>{1, 2});
  CHECK(options.weights.values == std::vector<double>{0.5, 2});
  CHECK(options.racks == IntegerPair(3, 4));
  CHECK(read(R"({"racks": 5})").racks == IntegerPair(5));
  CHECK_FALSE(read(R"({"racks": null})").racks.defined());
  CHECK_FALSE(read(R"({"minutes": null})").minutes.has_value());
  CHECK(read(R"({"stages": 0.25, "added_by_keras_later": null})").stages == std::vector<double>{0.25});
}

TEST_CASE("options are written as they are read") {
  const std::string json = write_options(OvenOptions{.minutes = 3, .size = {-1, 2}}).dump();
  CHECK(json == R"({"heat":180.0,"trays":1,"fan":false,"mode":"bake","minutes":3.0,"stages":[],"size":[null,2],)"
                R"("dtype":"float32","axis":-1,"weights":null,"racks":[2,2]})");
  CHECK(write_options(read(json)).dump() == json);
}

TEST_CASE("numbers out of their range are value errors that name class, option, range and number") {
  CHECK_THROWS_AS(read(R"({"heat": 301})"), ValueError);
  CHECK_THROWS_WITH(read(R"({"heat": 301})"), "Oven: heat: must be at least 0 and at most 300; received 301");
  CHECK_THROWS_WITH(read(R"({"trays": 0})"), "Oven: trays: must be at least 1; received 0");
  CHECK_THROWS_WITH(read(R"({"minutes": 0})"), "Oven: minutes: must be above 0; received 0");
  CHECK_THROWS_WITH(read(R"({"stages": [0.5, 1]})"), "Oven: stages: must be at least 0 and below 1; received 1");
  CHECK_THROWS_WITH(read(R"({"mode": "fry"})"), "Oven: mode: must be one of 'bake', 'grill'; received 'fry'");
  CHECK_THROWS_WITH(checked_options("Oven", OvenOptions{.trays = -2}), Contains("trays") && Contains("-2"));
  CHECK_THROWS_WITH(checked_options("Oven", OvenOptions{.heat = std::nan("")}),
                    "Oven: heat: must be a number; received nan");
  CHECK(checked_options("Oven", OvenOptions{.heat = 300}).heat == 300);
  CHECK_THROWS_WITH(checked_options("Oven", OvenOptions{.weights = {1, std::nan("")}}),
                    "Oven: weights: must be a number; received nan");
}

TEST_CASE("numbers may have to be finite") {
  double number = 0;
  const auto check = [&](double value, const Check& check) {
    number = value;
    Fields("Oven")("heat", number, check);
  };
  for (const double value : {-1., 0., 1e300}) CHECK_NOTHROW(check(value, finite()));
  CHECK_THROWS_WITH(check(INFINITY, finite()), "Oven: heat: must be finite; received inf");
  CHECK_THROWS_WITH(check(-INFINITY, finite()), "Oven: heat: must be finite; received -inf");
  CHECK_THROWS_WITH(check(std::nan(""), finite()), "Oven: heat: must be a number; received nan");
  CHECK_NOTHROW(check(2, finite_at_least(2)));
  CHECK_THROWS_WITH(check(INFINITY, finite_at_least(2)), "Oven: heat: must be at least 2 and finite; received inf");
  CHECK_THROWS_AS(check(1, finite_at_least(2)), ValueError);
}

TEST_CASE("a dtype that there is not is a dtype error") {
  CHECK_THROWS_AS(checked_options("Oven", OvenOptions{.dtype = static_cast<DType>(44)}), DTypeError);
  CHECK_THROWS_WITH(checked_options("Oven", OvenOptions{.dtype = static_cast<DType>(44)}),
                    "Oven: dtype: there is no dtype of number 44");
}

TEST_CASE("values of another type are value errors that name class, option and value") {
  CHECK_THROWS_WITH(read(R"({"heat": "hot"})"), "Oven: heat: expected a number; received \"hot\"");
  CHECK_THROWS_WITH(read(R"({"trays": 1.5})"), "Oven: trays: expected an integer; received 1.5");
  CHECK_THROWS_WITH(read(R"({"trays": 9223372036854775808})"),
                    "Oven: trays: expected an integer below 2^63; received 9223372036854775808");
  CHECK(read(R"({"trays": 9223372036854775807})").trays == INT64_MAX);
  CHECK_THROWS_WITH(read(R"({"fan": 1})"), "Oven: fan: expected true or false; received 1");
  CHECK_THROWS_WITH(read(R"({"mode": 1})"), "Oven: mode: expected a text; received 1");
  CHECK_THROWS_WITH(read(R"({"heat": null})"), Contains("heat") && Contains("null"));
  CHECK_THROWS_WITH(read(R"({"size": "big"})"), Contains("size") && Contains("a list"));
  CHECK_THROWS_WITH(read(R"({"dtype": "float31"})"), Contains("dtype") && Contains("float31"));
  CHECK_THROWS_WITH(read(R"({"axis": [1, "x"]})"), Contains("axis") && Contains("\"x\""));
  CHECK_THROWS_WITH(read(R"({"racks": [1, 2, 3]})"), Contains("racks") && Contains("[1,2,3]"));
  CHECK_THROWS_WITH(read(R"({"racks": [1, 0]})"), "Oven: racks: must be at least 1; received 0");
  CHECK_THROWS_WITH(read(R"({"weights": ["x"]})"), Contains("weights") && Contains("\"x\""));
}

TEST_CASE("unknown options are value errors that suggest a known one") {
  CHECK_THROWS_AS(read(R"({"haet": 1})"), ValueError);
  CHECK_THROWS_WITH(read(R"({"haet": 1})"), "Oven: there is no option 'haet'; did you mean 'heat'?");
  CHECK_THROWS_WITH(read("[]"), "Oven: expected an object of options; received []");
}

TEST_CASE("configurations refuse what they are not") {
  CHECK_THROWS_AS(Config::parse("{"), ValueError);
  CHECK_THROWS_WITH(Config::parse("{"), Contains("JSON"));
  CHECK_THROWS_WITH(Config("text").at("name"), Contains("'name'") && Contains("\"text\""));
  CHECK_THROWS_AS(Config(true).names(), ValueError);
  CHECK_THROWS_AS(Config().elements(), ValueError);
  CHECK_THROWS_AS(Config(1.5).set("a", Config()), ValueError);
}

TEST_CASE("unknown options may be ignored for a while") {
  {
    const IgnoreUnknownOptions newer_versions;
    CHECK(read(R"({"heat": 200, "steam": true})").heat == 200);
    CHECK_THROWS_AS(read(R"({"heat": 1000})"), ValueError);
  }
  CHECK_THROWS_AS(read(R"({"steam": true})"), ValueError);
}

TEST_CASE("options that are null may be left out, and those that are absent are written as null") {
  struct Options {
    std::optional<double> minutes = {};
    void describe(Fields& fields) {
      fields.if_set("minutes", minutes);
      fields.absent("quantization");
    }
  };
  CHECK(write_options(Options{}).dump() == R"({"quantization":null})");
  CHECK(write_options(Options{.minutes = 2}).dump() == R"({"minutes":2.0,"quantization":null})");
  const Options read = read_options<Options>("Oven", Config::parse(R"({"minutes": 3, "quantization": null})"));
  CHECK(read.minutes == 3);
  CHECK_THROWS_WITH(read_options<Options>("Oven", Config::parse(R"({"quantization": 8})")),
                    Contains("Oven: quantization: must be null") && Contains("received 8"));
}

TEST_CASE("a configuration that is nested too deep is a value error") {
  CHECK_THROWS_WITH(Config::parse(std::string(1'000'000, '[')), Contains("nested over 500 deep"));
  CHECK_THROWS_AS(Config::parse(std::string(501, '[') + std::string(501, ']')), ValueError);
  CHECK(Config::parse(std::string(400, '[') + std::string(400, ']')).is_list());
  CHECK(Config::parse(R"({"text": "\"[[[["})").at("text").text() == "\"[[[[");
}
