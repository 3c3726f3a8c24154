// C++ numbers beside tensors: they take the dtype of the tensor, and never wrap into it.
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include <cornu/cornu.h>

using namespace cornu;
using Catch::Contains;

namespace {

constexpr int64_t beyond_int32 = 3000000000;
constexpr uint64_t beyond_int64 = 18446744073709551615ULL;
const Tensor bytes = constant<uint8_t>({44, 200});

std::vector<bool> truth(const Tensor& x) { return x.to_vector<bool>(); }

}  // namespace

TEST_CASE("numbers that a dtype has not are refused, not wrapped") {
  CHECK_THROWS_WITH(bytes + 300, Contains("Add") && Contains("uint8") && Contains("300"));
  CHECK_THROWS_AS(maximum(bytes, -1), ValueError);
  CHECK_THROWS_AS(clip_by_value(bytes, -5, 300), ValueError);
  CHECK_THROWS_AS(where(bytes > 50, bytes, 256), ValueError);
  CHECK_THROWS_AS(constant({1, 2}) + beyond_int32, ValueError);
  CHECK_THROWS_WITH(zeros({1}, int64) + beyond_int64, Contains("1.84467e+19"));
  CHECK((bytes + 55).to_vector<uint8_t>() == std::vector<uint8_t>{99, 255});
  CHECK((constant({1}) - 2147483647).item<int32_t>() == -2147483646);
  CHECK((zeros({1}, int64) + std::numeric_limits<int64_t>::max()).item<int64_t>() ==
        std::numeric_limits<int64_t>::max());
  CHECK((zeros({1}, int64) + std::numeric_limits<int64_t>::min()).item<int64_t>() ==
        std::numeric_limits<int64_t>::min());
}

TEST_CASE("comparisons with such numbers compare the values") {
  CHECK(truth(bytes < 300) == std::vector<bool>{true, true});
  CHECK(truth(equal(bytes, 300)) == std::vector<bool>{false, false});
  CHECK(truth(-1 < bytes) == std::vector<bool>{true, true});
  CHECK(truth(constant({1, 2}) < beyond_int32) == std::vector<bool>{true, true});
  CHECK(truth(zeros({1}, int64) >= beyond_int64) == std::vector<bool>{false});
  CHECK(truth(bytes > 43.5) == std::vector<bool>{true, true});
}

TEST_CASE("variables take only numbers of their dtype, and keep their value otherwise") {
  const Variable count(3, {.name = "count"}), byte(constant<uint8_t>(7));
  CHECK_THROWS_WITH(count.assign(2.7), Contains("assign of variable 'count'") && Contains("whole") && Contains("2.7"));
  CHECK_THROWS_AS(count.assign(2.7), DTypeError);
  CHECK_THROWS_AS(count.assign(1e30), ValueError);
  CHECK_THROWS_AS(count.assign(std::nan("")), ValueError);
  CHECK_THROWS_AS(count.assign_add(beyond_int32), ValueError);
  CHECK_THROWS_AS(byte.assign_add(300), ValueError);
  CHECK(count.value().item<int32_t>() == 3);
  CHECK(byte.value().item<uint8_t>() == 7);
  count.assign(4.0);
  CHECK(count.value().item<int32_t>() == 4);
}

TEST_CASE("full takes only numbers of its dtype") {
  CHECK_THROWS_AS(full({1}, std::nan(""), int64), ValueError);
  CHECK_THROWS_AS(full({1}, 1e30, int32), ValueError);
  CHECK_THROWS_AS(full({2}, -1, uint8), ValueError);
  CHECK_THROWS_AS(full({2}, 0.5, int32), DTypeError);
  CHECK_THROWS_AS(full({1}, 9223372036854775808., int64), ValueError);
  CHECK(full({1}, -9223372036854775808., int64).item<int64_t>() == std::numeric_limits<int64_t>::min());
  CHECK(std::isnan(full({1}, std::nan("")).item<float>()));
  CHECK_THROWS_AS(pad(constant({1}), {{1, 0}}, PadMode::constant, 0.5), DTypeError);
}
