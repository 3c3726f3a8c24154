#pragma once
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <cornu/core/data/dataset.h>

namespace cornu::datasets {

/// The lines of a CSV file as lists of fields (RFC 4180; empty lines are passed over). A line ends with \n, \r\n or \r.
class CsvLines {
 public:
  /// Throws FileError if the file cannot be read.
  CsvLines(const std::string& path, char delimiter, bool has_quotes);

  /// Reads the fields of the next line; false at the end. Throws FileError for quotes that do not fit; the next call
  /// goes on with the line behind.
  bool next(std::vector<std::string>& fields);
  /// The number of the line that was read, counted from 1; the first one of several that quotes hold together.
  int64_t number() const { return first_line_; }
  /// Throws FileError: "PATH: line N: MESSAGE", with `column` where it is not empty.
  [[noreturn]] void fail(const std::string& message, const std::string& column = "") const;

 private:
  bool read_line();
  void read_quoted(size_t& position, std::string& field);
  void read_plain(size_t& position, std::string& field) const;

  std::string path_;
  char delimiter_;
  bool has_quotes_;
  std::ifstream file_;
  std::string lines_;     // read from the file, up to its next \n
  size_t next_line_ = 0;  // in those; their end: there are no more
  std::string line_;
  char line_end_ = '\n';
  int64_t line_number_ = 0, first_line_ = 0;
};

}  // namespace cornu::datasets
