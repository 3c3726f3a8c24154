#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <cornu/core/data/internal/csv_lines.h>
#include <cornu/core/error.h>

namespace cornu::datasets {

CsvLines::CsvLines(const std::string& path, char delimiter, bool has_quotes)
    : path_(path), delimiter_(delimiter), has_quotes_(has_quotes), file_(path, std::ios::binary) {
  std::error_code ignored;
  if (!file_) throw FileError(path + ": cannot be read: " + std::strerror(errno));
  if (std::filesystem::is_directory(path, ignored)) throw FileError(path + ": cannot be read: it is a folder");
}

void CsvLines::fail(const std::string& message, const std::string& column) const {
  throw FileError(path_ + ": line " + std::to_string(first_line_) +
                  (column.empty() ? "" : ", column '" + column + "'") + ": " + message);
}

bool CsvLines::read_line() {
  if (next_line_ == lines_.size()) {
    lines_.clear();
    next_line_ = 0;
    if (!std::getline(file_, lines_)) return false;
    if (line_number_ == 0 && lines_.starts_with("\xEF\xBB\xBF")) lines_.erase(0, 3);  // a byte order mark
    if (lines_.ends_with('\r')) lines_.pop_back();
  }
  ++line_number_;
  const size_t end = std::min(lines_.find('\r', next_line_), lines_.size());
  line_.assign(lines_, next_line_, end - next_line_);
  line_end_ = end == lines_.size() ? '\n' : '\r';
  next_line_ = std::min(end + 1, lines_.size());
  return true;
}

bool CsvLines::next(std::vector<std::string>& fields) {
  do {
    if (!read_line()) return false;
  } while (line_.empty());
  first_line_ = line_number_;
  fields.clear();
  for (size_t position = 0;; ++position) {
    std::string& field = fields.emplace_back();
    if (has_quotes_ && position < line_.size() && line_[position] == '"')
      read_quoted(position, field);
    else
      read_plain(position, field);
    if (position >= line_.size()) return true;
  }
}

void CsvLines::read_plain(size_t& position, std::string& field) const {
  const size_t end = std::min(line_.find(delimiter_, position), line_.size());
  field = line_.substr(position, end - position);
  position = end;
  if (has_quotes_ && field.find('"') != std::string::npos)
    fail("a field has a quote in it but does not begin with one: " + field);
}

void CsvLines::read_quoted(size_t& position, std::string& field) {
  for (++position;;) {
    const size_t quote = line_.find('"', position);
    if (quote == std::string::npos) {  // the field goes on in the next line
      field += line_.substr(position) + line_end_;
      if (!read_line()) fail("the quotes that begin here do not end");
      position = 0;
      continue;
    }
    field += line_.substr(position, quote - position);
    position = quote + 1;
    if (position == line_.size() || line_[position] == delimiter_) return;
    if (line_[position] != '"') fail("behind the quote that ends a field there must be a delimiter or the line's end");
    field += '"';
    ++position;
  }
}

}  // namespace cornu::datasets
