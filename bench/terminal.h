#pragma once

// What the place that a table is printed to can show.

#include <cstddef>
#include <string>
#include <string_view>

namespace rdna1conv::bench {

// Of a file or a pipe: nothing but plain text, as long as it likes.
struct Terminal {
  bool colour = false;
  bool bars = false;      // UTF-8, whose block elements bars are made of
  std::size_t width = 0;  // columns; 0: no limit
};

// Of a file descriptor: colour on a terminal, unless NO_COLOR (https://no-color.org) is set and not
// empty or TERM is "dumb"; bars where the locale's encoding is UTF-8; the window's width, or
// COLUMNS.
Terminal terminal_of(int descriptor);

enum class Style { kPlain, kHeading, kGood, kBad, kDoubtful, kQuiet, kBar };

// `text` in the colours of a style; as it is where there are none.
std::string styled(std::string_view text, Style style, const Terminal& terminal);

// A share of 0 to 1, more shown as 1, as a bar of at most `cells` columns; eighths of a column
// count.
std::string bar_of(double share, std::size_t cells);

// Columns that UTF-8 text of one-column characters takes.
std::size_t columns_of(std::string_view text);

// At most `columns` of the text, its end replaced by one mark where it is longer.
std::string cut_to(const std::string& text, std::size_t columns, const Terminal& terminal);

}  // namespace rdna1conv::bench
