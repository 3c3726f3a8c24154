#include <algorithm>
#include <cmath>
#include <regex>
#include <sstream>

#include "training_models.h"
#include <cornu/models/training/callbacks/progbar_logger.h>
#include <cornu/models/training/progress_bar.h>
#include <cornu/optimizers/sgd.h>

using namespace cornu;
using Catch::Contains;
using training_models::linear_model;
using training_models::LinearData;

namespace {

/// What stays on the screen: characters that are seen, control sequences and what was overwritten left out.
std::string seen(const std::string& text) {
  const std::string plain = std::regex_replace(text, std::regex("\x1b\\[[0-9]*m"), "");
  const size_t start = plain.rfind('\r');
  return start == std::string::npos ? plain : plain.substr(start + 1);
}

int64_t characters(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80 && c != '\n'; });
}

std::string fit_output(const FitOptions& given) {
  const LinearData data;
  auto model = linear_model();
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse", .metrics = {"mae"}});
  std::ostringstream out;
  FitOptions options = given;
  options.callbacks = {callbacks::ProgbarLogger(&out)};
  model.fit(data.x, data.y, options);
  return out.str();
}

}  // namespace

TEST_CASE("on a terminal the bar is drawn as Keras draws it") {
  std::ostringstream out;
  ProgressBar bar(422, 1, &out);
  bar.draw_in_place(200);
  bar.draw(12, {{"loss", 0.5}});
  std::string text = out.str();
  CHECK_THAT(text, Catch::StartsWith("\r\x1b[1m 12/422\x1b[0m \x1b[37m") && Contains("\x1b[0m \x1b[1m"));
  CHECK_THAT(text, Contains("/step - loss: 0.5000") && !Contains("\n"));
  out.str("");
  bar.draw(211, {});
  std::string half;
  for (int i = 0; i < 10; ++i) half += "━";
  CHECK_THAT(out.str(), Contains("\x1b[1m211/422\x1b[0m \x1b[32m" + half + "\x1b[0m\x1b[37m" + half + "\x1b[0m"));
  out.str("");
  bar.finish(422, {{"loss", 0.0005}, {"big", 12.}});
  CHECK_THAT(out.str(), Contains("422/422") && Contains(" - loss: 5.0000e-04 - big: 12.0000") && Catch::EndsWith("\n"));
}

TEST_CASE("a narrow terminal cuts the line, and what was longer before is wiped out") {
  std::ostringstream out;
  ProgressBar bar(10, 1, &out);
  bar.draw_in_place(40);
  bar.draw(3, {{"a_long_name", 0.5}, {"another_one", 0.25}});
  CHECK(characters(seen(out.str())) == 39);
  bar.finish(10, {{"a_long_name", 0.5}, {"another_one", -std::nan("")}});
  CHECK_THAT(seen(out.str()), Contains("a_long_name: 0.5000 - another_one: nan"));
  out.str("");
  ProgressBar wide(10, 1, &out);
  wide.draw_in_place(200);
  wide.draw(1, {{"loss", 0.5}});
  const int64_t before = characters(seen(out.str()));
  wide.draw(2, {});
  CHECK(characters(seen(out.str())) == before);
}

TEST_CASE("an unknown number of steps, and verbose 2") {
  std::ostringstream out;
  ProgressBar bar(std::nullopt, 1, &out);
  bar.draw_in_place(200);
  bar.draw(7, {});
  CHECK_THAT(out.str(), Catch::StartsWith("\r      7/Unknown "));
  out.str("");
  ProgressBar lines(5, 2, &out);
  for (int i = 1; i <= 5; ++i) lines.update(i, {{"loss", 0.25}});
  CHECK(std::regex_match(out.str(), std::regex("5/5 - 0s - \\d+(us|ms|s)/step - loss: 0\\.2500\n")));
}

TEST_CASE("into a file fit writes a line an epoch, without control characters") {
  const std::string text = fit_output({.batch_size = 16, .epochs = 2, .validation_split = 0.5});
  std::istringstream lines(text);
  std::string line;
  for (const char* epoch : {"Epoch 1/2", "Epoch 2/2"}) {
    std::getline(lines, line);
    CHECK(line == epoch);
    std::getline(lines, line);
    CHECK(std::regex_match(
        line,
        std::regex("2/2 (━){20} \\d+s \\d+(us|ms|s)/step - loss: \\S+ - mae: \\S+ - val_loss: \\S+ - val_mae: \\S+")));
  }
  CHECK_FALSE(std::getline(lines, line));
  CHECK_THAT(text, !Contains("\x1b") && !Contains("\r"));
}

TEST_CASE("verbose 2 and 0, and a single epoch") {
  const std::string text = fit_output({.batch_size = 16, .verbose = 2});
  CHECK(std::regex_match(text, std::regex("4/4 - \\d+s - \\d+(us|ms|s)/step - loss: \\S+ - mae: \\S+\n")));
  CHECK(fit_output({.batch_size = 16, .epochs = 3, .verbose = 0}).empty());
}
