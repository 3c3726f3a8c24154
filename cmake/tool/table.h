#pragma once
#include <string>
#include <vector>

namespace tool {

/// A table on the output: a heading, and a line a row, in columns as wide as their widest cell. Nothing without rows.
void print_table(const std::string& heading, const std::vector<std::vector<std::string>>& rows);

/// "1 entry", "2 entries".
std::string counted(size_t count, const std::string& one, const std::string& many);
/// "640 bytes", "1.5 MiB".
std::string bytes_text(double bytes);

}  // namespace tool
