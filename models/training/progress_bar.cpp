#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

#include <sys/ioctl.h>
#include <unistd.h>

#include <cornu/core/error.h>
#include <cornu/models/training/internal/seconds_now.h>
#include <cornu/models/training/progress_bar.h>

namespace cornu {

namespace {

constexpr int64_t bar_width = 20;
constexpr double seconds_between_drawings = 0.05;

std::string repeated(const char* text, int64_t count) {
  std::string result;
  for (int64_t i = 0; i < count; ++i) result += text;
  return result;
}

/// Seconds as Keras writes them: "5s", "1:05", "1:02:03".
std::string duration(double seconds) {
  const auto whole = static_cast<long long>(std::llround(seconds));
  char text[48];
  if (whole > 3600)
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
  else if (whole > 60)
    std::snprintf(text, sizeof text, "%lld:%02lld", whole / 60, whole % 60);
  else
    std::snprintf(text, sizeof text, "%llds", whole);
  return text;
}

std::string per_step(double seconds) {
  char text[48];
  if (seconds >= 1 || seconds == 0)
    std::snprintf(text, sizeof text, "%.0fs/step", seconds);
  else if (seconds >= 1e-3)
    std::snprintf(text, sizeof text, "%.0fms/step", seconds * 1e3);
  else
    std::snprintf(text, sizeof text, "%.0fus/step", seconds * 1e6);
  return text;
}

std::string value_text(double value) {
  if (std::isnan(value)) return "nan";
  char text[64];
  std::snprintf(text, sizeof text, std::fabs(value) > 1e-3 ? "%.4f" : "%.4e", value);
  return text;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// Splits off what is seen as one character: a character of UTF-8, or a control sequence, which has no width.
struct Piece {
  size_t length;
  int64_t width;
};
Piece piece_at(const std::string& text, size_t at) {
  size_t end = at + 1;
  if (text[at] == '\x1b') {
    end = text.find('m', at);
    return {(end == std::string::npos ? text.size() : end + 1) - at, 0};
  }
  while (end < text.size() && is_continuation(text[end])) ++end;
  return {end - at, 1};
}

/// The text cut to `columns` characters; control sequences behind the cut stay.
std::string cut(const std::string& text, int64_t columns, int64_t& width) {
  std::string result;
  width = 0;
  for (size_t at = 0; at < text.size();) {
    const Piece piece = piece_at(text, at);
    if (width + piece.width <= columns || piece.width == 0) {
      result.append(text, at, piece.length);
      width += piece.width;
    }
    at += piece.length;
  }
  return result;
}

}  // namespace

ProgressBar::ProgressBar(std::optional<int64_t> target, int verbose, std::ostream* out)
    : target_(target),
      verbose_(verbose),
      out_(out ? *out : std::cout),
      in_place_(!out && isatty(STDOUT_FILENO)),
      start_(seconds_now()),
      last_drawn_(start_ - 1) {
  if (verbose < 0 || verbose > 2)
    throw ValueError("ProgressBar: verbose must be 0, 1 or 2; received " + std::to_string(verbose));
}

void ProgressBar::draw_in_place(int64_t columns) {
  in_place_ = true;
  columns_ = columns;
}

int64_t ProgressBar::columns() const {
  if (columns_) return *columns_;
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 1 << 20;
}

std::string ProgressBar::counted(int64_t step) const {
  char text[64];
  if (!target_) {
    std::snprintf(text, sizeof text, "%7lld/Unknown", static_cast<long long>(step));
    return text;
  }
  const std::string total = std::to_string(*target_), done = std::to_string(step);
  return std::string(total.size() > done.size() ? total.size() - done.size() : 0, ' ') + done + "/" + total;
}

std::string ProgressBar::bar(int64_t step) const {
  if (!target_) return counted(step);
  const int64_t filled = *target_ > 0 ? std::min(bar_width, bar_width * step / *target_) : bar_width;
  if (!in_place_) return counted(step) + " " + repeated("━", filled) + repeated(" ", bar_width - filled);
  const std::string done = filled > 0 ? "\x1b[32m" + repeated("━", filled) + "\x1b[0m" : "";
  return "\x1b[1m" + counted(step) + "\x1b[0m " + done + "\x1b[37m" + repeated("━", bar_width - filled) + "\x1b[0m";
}

std::string ProgressBar::line(int64_t step, bool is_last, const Values& values) const {
  const double time = seconds_now();
  // The first step builds and traces; the others tell how long a step takes.
  const double each = step > 1 && after_first_step_ ? (time - *after_first_step_) / static_cast<double>(step - 1)
                      : step > 0                    ? (time - start_) / static_cast<double>(step)
                                                    : 0;
  const bool has_left = target_ && !is_last;
  std::string clock = duration(has_left ? each * static_cast<double>(*target_ - step) : time - start_);
  if (in_place_ && verbose_ == 1) clock = "\x1b[1m" + clock + "\x1b[0m";
  std::string text = verbose_ == 1 ? bar(step) + " " + clock + " " + per_step(each)
                                   : counted(step) + " - " + clock + " - " + per_step(each);
  for (const auto& [name, value] : values) text += " - " + name + ": " + value_text(value);
  return text;
}

bool ProgressBar::is_due(int64_t step) {
  if (verbose_ != 1 && after_first_step_) return false;
  const double time = seconds_now();
  if (step == 1 && !after_first_step_) after_first_step_ = time;
  return verbose_ == 1 && in_place_ && time - last_drawn_ >= seconds_between_drawings;
}

void ProgressBar::draw(int64_t step, const Values& values) { write(step, false, values); }

void ProgressBar::finish(int64_t step, const Values& values) {
  if (!target_ || step > *target_) target_ = step;
  if (verbose_ != 0) write(step, true, values);
}

void ProgressBar::write(int64_t step, bool is_last, const Values& values) {
  last_drawn_ = seconds_now();
  const std::string text = line(step, is_last, values);
  if (in_place_ && verbose_ == 1) {
    int64_t width = 0;
    const std::string shown = cut(text, is_last ? static_cast<int64_t>(text.size()) : columns() - 1, width);
    out_ << '\r' << shown << std::string(static_cast<size_t>(std::max<int64_t>(0, drawn_width_ - width)), ' ');
    drawn_width_ = width;
  } else {
    out_ << text;
  }
  if (is_last) out_ << '\n';
  out_.flush();
}

void ProgressBar::update(int64_t step, const Values& values) {
  if (verbose_ == 0) return;
  const bool is_drawn = is_due(step);
  if (target_ && step >= *target_)
    finish(step, values);
  else if (is_drawn)
    draw(step, values);
}

}  // namespace cornu
