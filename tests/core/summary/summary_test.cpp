#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/io/png_pixels.h"
#include "core/summary/event_files.h"
#include <cornu/core/autodiff/gradient_tape.h>
#include <cornu/core/error.h>
#include <cornu/core/graph/control_flow.h>
#include <cornu/core/graph/function.h>
#include <cornu/core/ops/creation.h>
#include <cornu/core/ops/logic.h>
#include <cornu/core/ops/math.h>
#include <cornu/core/ops/reduce.h>
#include <cornu/core/ops/shape_ops.h>
#include <cornu/core/summary/summary.h>

using namespace cornu;
using Catch::Contains;

namespace {

/// A writer that is the default, and what it has written.
struct Written {
  TemporaryFolder folder;
  summary::FileWriter writer{folder.path(), {.max_queue = 1'000'000}};
  summary::WriterScope scope = writer.as_default();

  std::vector<proto::Summary_Value> values() {
    writer.flush();
    return read_values(writer.path());
  }
  proto::Summary_Value only() {
    const auto all = values();
    REQUIRE(all.size() == 1);
    return all[0];
  }
  std::vector<int64_t> steps() {
    writer.flush();
    return read_steps(writer.path());
  }
};

}  // namespace

TEST_CASE("a scalar is a float32 tensor for the plugin scalars") {
  Written written;
  CHECK(summary::scalar("loss", 2.5, 7, {.description = "the *loss*"}));
  const proto::Summary_Value value = written.only();
  CHECK(value.tag() == "loss");
  CHECK(value.tensor().dtype() == proto::DT_FLOAT);
  CHECK(shape_of(value.tensor()).empty());
  CHECK(scalar_of(value) == 2.5f);
  CHECK(value.metadata().plugin_data().plugin_name() == "scalars");
  CHECK(value.metadata().plugin_data().content().empty());
  CHECK(value.metadata().summary_description() == "the *loss*");
  CHECK(value.metadata().data_class() == proto::DATA_CLASS_SCALAR);
  CHECK(written.steps() == std::vector<int64_t>{7});
}

TEST_CASE("the bytes of a scalar's event are those of TensorFlow's messages") {
  Written written;
  summary::scalar("loss", 1, 300);
  written.writer.flush();
  io::TFRecordReader records(written.writer.path());
  (void)records.next();
  const std::string event = *records.next();
  // Each field as number * 8 + wire type (0: an integer, 1: 8 bytes, 2: bytes with their length).
  const std::string tensor("\x08\x01\x12\x00\x22\x04\x00\x00\x80\x3f", 10);  // dtype 1, shape 2, content 4
  const std::string plugin("\x0a\x07scalars", 9);                            // plugin_name 1
  const std::string metadata = "\x0a\x09" + plugin + "\x20\x01";             // plugin_data 1, data_class 4
  const std::string value = std::string("\x0a\x04loss") + "\x42\x0a" + tensor + "\x4a\x0d" + metadata;  // 1, 8, 9
  const std::string summary = std::string("\x0a") + static_cast<char>(value.size()) + value;            // value 1
  CHECK(event.substr(0, 1) == "\x09");                                                                  // wall_time 1
  CHECK(event.substr(9) == std::string("\x10\xac\x02\x2a") + static_cast<char>(summary.size()) + summary);  // 2, 5
}

TEST_CASE("scalars are numbers, tensors and variables of any dtype") {
  Written written;
  const Variable variable(3.f);
  summary::scalar("a", 1, 0);
  summary::scalar("b", constant(2.5), 1);
  summary::scalar("c", variable, 2);
  summary::scalar("d", constant({{int64_t{4}}}), int64_t{1} << 40);
  summary::scalar("e", true, 4);
  std::vector<float> numbers;
  for (const auto& value : written.values()) numbers.push_back(scalar_of(value));
  CHECK(numbers == std::vector<float>{1, 2.5, 3, 4, 1});
  CHECK(written.steps() == std::vector<int64_t>{0, 1, 2, int64_t{1} << 40, 4});
  CHECK_THROWS_AS(summary::scalar("f", ones({2}), 0), ShapeError);
  CHECK_THROWS_WITH(summary::scalar("f", ones({2}), 0), Contains("'f'") && Contains("(2,)"));
  CHECK_THROWS_AS(summary::scalar("f", Tensor(), 0), StateError);
}

TEST_CASE("a histogram is a [buckets, 3] tensor for the plugin histograms") {
  Written written;
  Variable w(constant({0.f, 1.f, 2.f, 4.f}));
  summary::histogram("w", w, 0, {.buckets = 2});
  w.assign(zeros({4}));  // later changes do not matter
  const proto::Summary_Value value = written.only();
  CHECK(value.tensor().dtype() == proto::DT_DOUBLE);
  CHECK(shape_of(value.tensor()) == std::vector<int64_t>{2, 3});
  CHECK(content_of<double>(value.tensor()) == std::vector<double>{0, 2, 2, 2, 4, 2});
  CHECK(value.metadata().plugin_data().plugin_name() == "histograms");
  CHECK(value.metadata().data_class() == proto::DATA_CLASS_TENSOR);
  CHECK_THROWS_AS(summary::histogram("w", w, 0, {.buckets = -1}), ValueError);
}

TEST_CASE("images are width, height and PNG files for the plugin images") {
  Written written;
  // 0, a half, 1, and what lies outside, in two rows of three grey pixels.
  const Tensor data = constant({0.f, 0.5f, 1.f, -1.f, 2.f, 0.25f});
  summary::image("grey", reshape(data, {1, 2, 3, 1}), 0);
  const proto::Summary_Value value = written.only();
  CHECK(value.tensor().dtype() == proto::DT_STRING);
  CHECK(shape_of(value.tensor()) == std::vector<int64_t>{3});
  CHECK(value.tensor().string_val(0) == "3");
  CHECK(value.tensor().string_val(1) == "2");
  const PngPixels read = read_png(value.tensor().string_val(2));
  CHECK(read.height == 2);
  CHECK(read.width == 3);
  CHECK(read.pixels == std::vector<uint8_t>{0, 127, 255, 0, 255, 63});  // x * 255.5, cut off
  CHECK(value.metadata().plugin_data().plugin_name() == "images");
  CHECK(value.metadata().data_class() == proto::DATA_CLASS_BLOB_SEQUENCE);
}

TEST_CASE("of a batch of images at most max_outputs are written, each with its own pixels") {
  Written written;
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 5 * 2 * 2 * 3; ++i) bytes.push_back(static_cast<uint8_t>(i));
  const Tensor batch = Tensor::from_span<uint8_t>(bytes, {5, 2, 2, 3});
  summary::image("default", batch, 0);
  summary::image("one", batch, 0, {.max_outputs = 1});
  summary::image("all", batch, 0, {.max_outputs = 100});
  summary::image("none", batch, 0, {.max_outputs = 0});
  const auto values = written.values();
  REQUIRE(values.size() == 4);
  CHECK(values[0].tensor().string_val_size() == 2 + 3);
  CHECK(values[1].tensor().string_val_size() == 2 + 1);
  CHECK(values[2].tensor().string_val_size() == 2 + 5);
  CHECK(values[3].tensor().string_val_size() == 2);
  const PngPixels third = read_png(values[0].tensor().string_val(4));
  CHECK(third.channels == 3);
  CHECK(third.pixels == std::vector<uint8_t>(bytes.begin() + 24, bytes.begin() + 36));
}

TEST_CASE("what is no batch of pictures is refused at the call") {
  Written written;
  CHECK_THROWS_AS(summary::image("a", ones({2, 2, 3}), 0), ShapeError);
  CHECK_THROWS_AS(summary::image("a", ones({1, 2, 2, 5}), 0), ShapeError);
  CHECK_THROWS_AS(summary::image("a", ones({1, 0, 2, 3}), 0), ShapeError);
  CHECK_THROWS_AS(summary::image("a", ones({1, 2, 2, 3}, int32), 0), DTypeError);
  CHECK_THROWS_AS(summary::image("a", ones({1, 2, 2, 3}), 0, {.max_outputs = -1}), ValueError);
  CHECK(written.values().empty());
}

TEST_CASE("texts are strings, lists and tables for the plugin text") {
  Written written;
  summary::text("one", "half *way*", 0);
  summary::text("list", std::vector<std::string>{"a", "b"}, 0);
  summary::text("table", summary::TextTable{{"name", "value"}, {"units", "100"}}, 0);
  const auto values = written.values();
  REQUIRE(values.size() == 3);
  CHECK(shape_of(values[0].tensor()).empty());
  CHECK(values[0].tensor().string_val(0) == "half *way*");
  CHECK(values[0].metadata().plugin_data().plugin_name() == "text");
  CHECK(values[0].metadata().data_class() == proto::DATA_CLASS_TENSOR);
  CHECK(shape_of(values[1].tensor()) == std::vector<int64_t>{2});
  CHECK(shape_of(values[2].tensor()) == std::vector<int64_t>{2, 2});
  CHECK(values[2].tensor().string_val(3) == "100");
  const summary::TextTable ragged = {{"a"}, {"b", "c"}};
  CHECK_THROWS_AS(summary::text("ragged", ragged, 0), ValueError);
}

TEST_CASE("sounds are WAV files with labels for the plugin audio") {
  Written written;
  summary::audio("sound", reshape(constant({0.f, 1.f, -1.f, 0.5f}), {2, 2, 1}), 8000, 0, {.max_outputs = 1});
  const proto::Summary_Value value = written.only();
  CHECK(shape_of(value.tensor()) == std::vector<int64_t>{1, 2});
  const std::string& file = value.tensor().string_val(0);
  CHECK(file.substr(0, 4) == "RIFF");
  CHECK(file.substr(44) == std::string("\0\0\xff\x7f", 4));
  CHECK(value.tensor().string_val(1).empty());
  CHECK(value.metadata().plugin_data().plugin_name() == "audio");
  CHECK(value.metadata().plugin_data().content() == "\x10\x0b");  // field 2, an integer: 11, WAV
  CHECK_THROWS_AS(summary::audio("sound", ones({2, 2}), 8000, 0), ShapeError);
  CHECK_THROWS_AS(summary::audio("sound", ones({1, 2, 1}, int32), 8000, 0), DTypeError);
  CHECK_THROWS_AS(summary::audio("sound", ones({1, 2, 1}), 0, 0), ValueError);
}

TEST_CASE("any tensor is written with the metadata that its plugin wants") {
  Written written;
  summary::write("tag", constant({{1, 2}, {3, 4}}), 3,
                 {.plugin_name = "mine", .content = "abc", .display_name = "Mine", .description = "what it is"});
  summary::write("bare", constant({1.5, 2.5}), 4);
  const auto values = written.values();
  REQUIRE(values.size() == 2);
  CHECK(values[0].tensor().dtype() == proto::DT_INT32);
  CHECK(content_of<int32_t>(values[0].tensor()) == std::vector<int32_t>{1, 2, 3, 4});
  CHECK(values[0].metadata().plugin_data().plugin_name() == "mine");
  CHECK(values[0].metadata().plugin_data().content() == "abc");
  CHECK(values[0].metadata().display_name() == "Mine");
  CHECK(values[0].metadata().summary_description() == "what it is");
  CHECK_FALSE(values[1].has_metadata());
  CHECK(values[1].tensor().dtype() == proto::DT_DOUBLE);
}

TEST_CASE("the default step is a number, a variable, or the scope's") {
  Written written;
  CHECK_FALSE(summary::get_step());
  CHECK_THROWS_AS(summary::scalar("a", 1), ValueError);
  CHECK_THROWS_WITH(summary::scalar("a", 1), Contains("set_step"));
  summary::set_step(5);
  summary::scalar("a", 1);
  const Variable iterations(int64_t{10});
  summary::experimental::set_step(iterations);
  summary::scalar("a", 1);
  iterations.assign_add(1);
  summary::scalar("a", 1);
  {
    const auto scope = written.writer.as_default(20);
    summary::scalar("a", 1);
    summary::set_step(21);
    summary::scalar("a", 1);
  }
  summary::scalar("a", 1);
  summary::scalar("a", 1, constant({int64_t{30}}));
  CHECK(summary::get_step() == 11);
  summary::set_step({});
  CHECK_FALSE(summary::get_step());
  CHECK(written.steps() == std::vector<int64_t>{5, 10, 11, 20, 21, 11, 30});
  CHECK_THROWS_AS(summary::Step(constant(1.f)), ValueError);
  CHECK_THROWS_AS(summary::Step(constant({1, 2})), ValueError);
}

TEST_CASE("record_if lets through what its condition does; the innermost counts") {
  Written written;
  int64_t step = 0;
  {
    const auto sometimes = summary::record_if([&] { return step % 3 == 0; });
    for (; step < 10; ++step) CHECK(summary::scalar("a", 1, step) == (step % 3 == 0));
    const auto always = summary::record_if(true);
    CHECK(summary::scalar("a", 1, 100));
    const auto never = summary::record_if(false);
    CHECK_FALSE(summary::should_record_summaries());
    CHECK_FALSE(summary::scalar("a", 1));  // not even a step is needed
  }
  CHECK(summary::should_record_summaries());
  CHECK(written.steps() == std::vector<int64_t>{0, 3, 6, 9, 100});
  CHECK_THROWS_AS(summary::record_if(std::function<bool()>()), ValueError);
}

// ---- within traced functions ------------------------------------------------------------------------------------

TEST_CASE("a summary in a traced function is recorded at each run, for the writer of that run") {
  Written written;
  const Variable iterations(int64_t{0});
  const Function f = function([&](const Tensor& x) {
    iterations.assign_add(1);
    const Tensor loss = reduce_sum(x);
    summary::scalar("loss", loss, iterations);
    summary::histogram("x", x, iterations, {.buckets = 1});
    summary::text("note", "traced", iterations);
    return loss * 2.f;
  });
  for (int i = 1; i <= 3; ++i) CHECK(f(ones({4}) * static_cast<float>(i)).item<float>() == 8.f * static_cast<float>(i));
  CHECK(f.trace_count() == 1);
  const auto values = written.values();
  REQUIRE(values.size() == 9);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(scalar_of(values[3 * i]) == 4.f * static_cast<float>(i + 1));
    CHECK(content_of<double>(values[3 * i + 1].tensor())[2] == 4);
    CHECK(content_of<double>(values[3 * i + 1].tensor())[0] == static_cast<double>(i + 1));  // the run's own values
    CHECK(values[3 * i + 2].tensor().string_val(0) == "traced");
  }
  CHECK(written.steps() == std::vector<int64_t>{1, 1, 1, 2, 2, 2, 3, 3, 3});

  Written other;
  f(ones({4}));
  CHECK(other.values().size() == 3);
  CHECK(written.values().size() == 9);
  {
    const auto never = summary::record_if(false);
    f(ones({4}));
  }
  CHECK(other.values().size() == 3);
}

TEST_CASE("a function that was traced without a writer records once there is one") {
  const Function f = function([](const Tensor& x, const Tensor& step) {
    summary::scalar("x", x, step);
    return x + 1.f;
  });
  f(constant(1.f), constant(int64_t{0}));
  Written written;
  f(constant(2.f), constant(int64_t{8}));
  CHECK(scalar_of(written.only()) == 2);
  CHECK(written.steps() == std::vector<int64_t>{8});
}

TEST_CASE("traced summaries take the default step, a number of the trace, or say that there is none") {
  Written written;
  const Function with_default = function([](const Tensor& x) {
    summary::scalar("x", x);
    return x + 1.f;
  });
  CHECK_THROWS_AS(with_default(constant(1.f)), ValueError);
  summary::set_step(4);
  with_default(constant(1.f));
  summary::set_step({});
  const Function with_number = function([](const Tensor& x) {
    summary::scalar("x", x, 9);
    return x + 1.f;
  });
  with_number(constant(1.f));
  CHECK(written.steps() == std::vector<int64_t>{4, 9});
}

TEST_CASE("a tape around a traced summary records it once, and the gradient is the same") {
  Written written;
  const Variable w(3.f);
  const Function f = function([&](const Tensor& x) {
    const Tensor y = w * x;
    summary::scalar("y", y, 0);
    return y * y;
  });
  GradientTape tape;
  const Tensor loss = f(constant(2.f));
  CHECK(tape.gradient(loss, w).item<float>() == 24);  // 2 w x^2
  CHECK(scalar_of(written.only()) == 6);
}

TEST_CASE("traced images are checked while tracing") {
  Written written;
  const Function f = function([](const Tensor& x) {
    summary::image("x", x, 0);
    return x + 1.f;
  });
  CHECK_THROWS_AS(f(ones({2, 2})), ShapeError);
  f(ones({1, 2, 2, 1}));
  CHECK(written.only().tensor().string_val_size() == 3);
}

TEST_CASE("a summary in a branch is recorded where the branch is taken, also under a tape") {
  Written written;
  const Variable w(2.f);
  const Function f = function([&](const Tensor& x) {
    return cond(
        x > 0.f,
        [&] {
          summary::scalar("positive", x, 0);
          return x * w;
        },
        [&] { return x - w; });
  });
  CHECK(f(constant(3.f)).item<float>() == 6);
  CHECK(f(constant(-3.f)).item<float>() == -5);
  CHECK(scalar_of(written.only()) == 3);
  GradientTape tape;
  const Tensor y = f(constant(4.f));
  CHECK(tape.gradient(y, w).item<float>() == 4);
  CHECK(written.values().size() == 2);
}
