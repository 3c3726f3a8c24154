#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>

#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/models/training/progress_bar.h>

namespace cornu {

namespace {

constexpr int bar_width = 20;
constexpr double seconds_between_drawings = 0.05;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string repeated(const char* text, int64_t count) {
  std::string result;
  for (int64_t i = 0; i < count; ++i) result += text;
  return result;
}

/// Seconds as Keras writes them: "5s", "1:05", "1:02:03".
std::string duration(double seconds) {
  const auto whole = static_cast<int64_t>(seconds);
  char text[32];
  if (whole >= 3600)
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", static_cast<long long>(whole / 3600),
                  static_cast<long long>(whole / 60 % 60), static_cast<long long>(whole % 60));
  else if (whole >= 60)
    std::snprintf(text, sizeof text, "%lld:%02lld", static_cast<long long>(whole / 60),
                  static_cast<long long>(whole % 60));
  else
    std::snprintf(text, sizeof text, "%llds", static_cast<long long>(whole));
  return text;
}

std::string per_step(double seconds) {
  char text[32];
  if (seconds >= 1 || seconds == 0)
    std::snprintf(text, sizeof text, "%.0fs/step", seconds);
  else if (seconds >= 1e-3)
    std::snprintf(text, sizeof text, "%.0fms/step", seconds * 1e3);
  else
    std::snprintf(text, sizeof text, "%.0fus/step", seconds * 1e6);
  return text;
}

std::string value_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, std::fabs(value) > 1e-3 ? "%.4f" : "%.4e", value);
  return text;
}

}  // namespace

ProgressBar::ProgressBar(int64_t target, int verbose, std::ostream* out)
    : target_(target),
      verbose_(verbose),
      out_(out ? *out : std::cout),
      in_place_(!out && isatty(STDOUT_FILENO)),
      start_(now()),
      last_drawn_(start_ - 1) {
  if (verbose < 0 || verbose > 2)
    throw ValueError("ProgressBar: verbose must be 0, 1 or 2; received " + std::to_string(verbose));
}

std::string ProgressBar::line(int64_t step, double seconds, const Values& values) const {
  const std::string total = std::to_string(target_), done = std::to_string(step);
  std::string text = std::string(total.size() > done.size() ? total.size() - done.size() : 0, ' ') + done + "/" + total;
  if (verbose_ == 1) {
    const int64_t filled = target_ > 0 ? std::min<int64_t>(bar_width, bar_width * step / target_) : bar_width;
    // On a terminal what is done is green and what remains is grey.
    text += in_place_ ? " \x1b[32m" + repeated("━", filled) + "\x1b[37m" + repeated("━", bar_width - filled) + "\x1b[0m"
                      : " " + repeated("━", filled) + repeated(" ", bar_width - filled);
  } else {
    text += " -";
  }
  const double each = step > 0 ? seconds / static_cast<double>(step) : 0;
  const bool finished = step >= target_;
  text += " " + duration(finished ? seconds : each * static_cast<double>(target_ - step)) + " " + per_step(each);
  for (const auto& [name, value] : values) text += " - " + name + ": " + value_text(value);
  return text;
}

void ProgressBar::update(int64_t step, const Values& values) {
  if (verbose_ == 0) return;
  const bool finished = step >= target_;
  const double time = now();
  if (!finished && (!in_place_ || verbose_ == 2 || time - last_drawn_ < seconds_between_drawings)) return;
  last_drawn_ = time;
  const std::string text = line(step, time - start_, values);
  if (in_place_ && verbose_ == 1)
    out_ << '\r' << text << std::string(drawn_width_ > text.size() ? drawn_width_ - text.size() : 0, ' ');
  else if (finished)
    out_ << text;
  drawn_width_ = text.size();
  if (finished) out_ << '\n';
  out_.flush();
}

}  // namespace cornu
