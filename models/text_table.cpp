#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>

#include <sys/ioctl.h>
#include <unistd.h>

#include <cornu/models/internal/text_table.h>

namespace cornu {

namespace {

/// Characters, not bytes, of UTF-8.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string first_characters(const std::string& text, size_t count) {
  size_t at = 0;
  for (; at < text.size(); ++at)
    if ((text[at] & 0xc0) != 0x80 && count-- == 0) break;
  return text.substr(0, at);
}

/// The widths of the columns' contents. What the borders and the space beside them need is taken from all columns
/// alike, as rich does.
std::vector<size_t> content_widths(const std::vector<TextColumn>& columns, int64_t length) {
  std::vector<int64_t> widths;
  int64_t begin = 0, sum = 0;
  for (const TextColumn& column : columns) {
    const auto end = static_cast<int64_t>(column.end * static_cast<double>(length));
    widths.push_back(end - begin + 2);
    sum += widths.back();
    begin = end;
  }
  const auto count = static_cast<int64_t>(columns.size());
  int64_t excess = sum - (length - count - 1);
  std::vector<size_t> contents;
  for (int64_t i = 0; i < count; ++i) {
    // Halves go to the even number.
    const auto share =
        static_cast<int64_t>(std::nearbyint(static_cast<double>(excess) / static_cast<double>(count - i)));
    const int64_t reduction = std::clamp<int64_t>(share, 0, widths[static_cast<size_t>(i)] - 3);
    excess -= reduction;
    contents.push_back(static_cast<size_t>(widths[static_cast<size_t>(i)] - reduction - 2));
  }
  return contents;
}

std::vector<std::string> wrapped(const std::string& text, size_t width) {
  std::vector<std::string> lines{""};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (width_of(word) > width) word = first_characters(word, width - 1) + "…";
    std::string& line = lines.back();
    if (line.empty())
      line = word;
    else if (width_of(line) + 1 + width_of(word) <= width)
      line += " " + word;
    else
      lines.push_back(word);
  }
  // Indentation stays.
  const size_t indent = text.find_first_not_of(' ');
  if (indent != std::string::npos && indent > 0) lines[0] = std::string(indent, ' ') + lines[0];
  return lines;
}

std::string repeated(const char* text, size_t count) {
  std::string result;
  while (count-- > 0) result += text;
  return result;
}

class Drawing {
 public:
  Drawing(const std::vector<TextColumn>& columns, int64_t length)
      : columns_(columns), widths_(content_widths(columns, length)) {}

  std::string rule(const char* left, const char* line, const char* cross, const char* right) const {
    std::string text = left;
    for (size_t i = 0; i < widths_.size(); ++i) text += (i ? cross : "") + repeated(line, widths_[i] + 2);
    return text + right + "\n";
  }

  std::string row(const std::vector<std::string>& cells, const char* border) const {
    std::vector<std::vector<std::string>> lines;
    size_t height = 0;
    for (size_t i = 0; i < cells.size(); ++i) {
      lines.push_back(wrapped(cells[i], widths_[i]));
      height = std::max(height, lines.back().size());
    }
    std::string text;
    for (size_t line = 0; line < height; ++line) {
      text += border;
      for (size_t i = 0; i < cells.size(); ++i)
        text += " " + aligned(line < lines[i].size() ? lines[i][line] : "", i) + " " + border;
      text += "\n";
    }
    return text;
  }

 private:
  std::string aligned(const std::string& text, size_t column) const {
    const size_t width = width_of(text);
    const size_t space = widths_[column] > width ? widths_[column] - width : 0;
    const Align align = columns_[column].align;
    const size_t before = align == Align::left ? 0 : align == Align::right ? space : space / 2;
    return std::string(before, ' ') + text + std::string(space - before, ' ');
  }

  const std::vector<TextColumn>& columns_;
  std::vector<size_t> widths_;
};

}  // namespace

std::string text_table(const std::vector<TextColumn>& columns, const std::vector<std::vector<std::string>>& rows,
                       int64_t length) {
  const Drawing drawing(columns, length);
  std::vector<std::string> titles;
  for (const TextColumn& column : columns) titles.push_back(column.title);
  std::string text = drawing.rule("┏", "━", "┳", "┓") + drawing.row(titles, "┃") + drawing.rule("┡", "━", "╇", "┩");
  for (size_t i = 0; i < rows.size(); ++i)
    text += (i ? drawing.rule("├", "─", "┼", "┤") : "") + drawing.row(rows[i], "│");
  return text + drawing.rule("└", "─", "┴", "┘");
}

int64_t terminal_columns(int64_t otherwise) {
  winsize size{};
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return otherwise;
  return size.ws_col;
}

}  // namespace cornu
