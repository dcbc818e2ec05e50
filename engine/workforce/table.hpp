#pragma once
// A table of text, comma-separated with a line of names (RFC 4180), and what is wrong with it, where. Pure: the caller
// reads the file.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pledge::workforce {

// Lines and columns count from 1; line 0 = the whole table.
struct TextFault {
  std::uint32_t line = 0, column = 0;
  std::string what, why, remedy;
};

struct Cell {
  std::string text;          // without its quotes
  std::uint32_t column = 0;  // where it starts in its line
};

struct Row {
  std::uint32_t line = 0;
  std::vector<Cell> cells;  // as many as the table has names
};

struct Table {
  std::vector<Cell> names;
  std::vector<Row> rows;
  std::optional<std::size_t> column(std::string_view name) const;
};

// Empty lines are skipped, rows with too few or too many cells are faults and left out. Lines end with LF or CR LF; a
// byte-order mark is skipped; a quoted cell may hold commas and doubled quotes, but no line end.
Table parse_table(std::string_view text, std::vector<TextFault>& faults);

// The columns with these names, in their order; each absent one is a fault that names the columns there are.
std::vector<std::size_t> require_columns(const Table& table, const std::vector<std::string>& names,
                                         std::vector<TextFault>& faults);

// A finite number, or a fraction such as 1/18. None, and a fault that says what `name` may be, for anything else or
// outside least..most.
struct NumberRange {
  const char* name;
  double least, most;
};
std::optional<double> parse_number(const Row& row, const Cell& cell, const NumberRange& range,
                                   std::vector<TextFault>& faults);

// A cell to write: names are the operator's, so that one with a comma or a quote is quoted (RFC 4180).
std::string cell_text(const std::string& text);

}  // namespace pledge::workforce
