#pragma once
#include <string>
#include <vector>

#include <cornu/core/export.h>

namespace cornu {

enum class Align { left, right, center };

struct TextColumn {
  std::string title;
  double end;  ///< where the column ends, as a part of the line
  Align align = Align::left;
};

/// A table with rules between its rows, as rich draws it for Keras: cells are wrapped between words, and words that are
/// too long end with an ellipsis. `length` is the number of characters of a line.
CORNU_API std::string text_table(const std::vector<TextColumn>& columns,
                                 const std::vector<std::vector<std::string>>& rows, int64_t length);

/// The number of columns of the terminal on the standard output; `otherwise` if it is none.
CORNU_API int64_t terminal_columns(int64_t otherwise);

}  // namespace cornu
