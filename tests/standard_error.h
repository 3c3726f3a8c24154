#pragma once
#include <iostream>
#include <sstream>
#include <string>

/// What is written to standard error while it lives.
class StandardError {
 public:
  StandardError() : before_(std::cerr.rdbuf(text_.rdbuf())) {}
  ~StandardError() { std::cerr.rdbuf(before_); }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};
