#include "workforce/table.hpp"

#include <charconv>
#include <cmath>
#include <sstream>

namespace pledge::workforce {

namespace {

constexpr std::size_t shown = 40;  // characters of a bad cell in its fault

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, shown)) out += c >= ' ' && c != 127 ? c : '?';
  return out + (text.size() > shown ? "...\"" : "\"");
}

// One cell from `at` on, which is left at the comma or the end of the line. False if a quote does not close.
bool read_cell(std::string_view line, std::size_t& at, Cell& cell) {
  cell.column = static_cast<std::uint32_t>(at + 1);
  if (at >= line.size() || line[at] != '"') {
    const auto end = std::min(line.find(',', at), line.size());
    cell.text = line.substr(at, end - at);
    at = end;
    return true;
  }
  for (++at; at < line.size(); ++at) {
    if (line[at] != '"') cell.text += line[at];
    else if (at + 1 < line.size() && line[at + 1] == '"') cell.text += line[at++];
    else return ++at, at == line.size() || line[at] == ',';
  }
  return false;
}

bool read_row(std::string_view line, Row& row, std::vector<TextFault>& faults) {
  for (std::size_t at = 0;; ++at) {
    row.cells.emplace_back();
    if (!read_cell(line, at, row.cells.back())) {
      faults.push_back({row.line, row.cells.back().column, "a quoted cell that does not end",
                        "no quote stands before the next comma or the end of the line",
                        "close it with \", double the quotes inside"});
      return false;
    }
    if (at >= line.size()) return true;
  }
}

std::optional<double> decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string written(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

}  // namespace

std::optional<std::size_t> Table::column(std::string_view name) const {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i].text == name) return i;
  return std::nullopt;
}

Table parse_table(std::string_view text, std::vector<TextFault>& faults) {
  Table table;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::uint32_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.ends_with('\r')) content.remove_suffix(1);
    Row row{line, {}};
    if (content.empty() || !read_row(content, row, faults)) continue;
    if (table.names.empty()) {
      table.names = std::move(row.cells);
    } else if (row.cells.size() != table.names.size()) {
      faults.push_back({line, row.cells.back().column, std::to_string(row.cells.size()) + " cells",
                        "the first line names " + std::to_string(table.names.size()) + " columns",
                        "give each row a cell for every column, empty ones too"});
    } else {
      table.rows.push_back(std::move(row));
    }
  }
  if (table.names.empty())
    faults.push_back({0, 0, "no columns", "the table is empty", "start it with a line of column names"});
  return table;
}

std::vector<std::size_t> require_columns(const Table& table, const std::vector<std::string>& names,
                                         std::vector<TextFault>& faults) {
  std::vector<std::size_t> columns;
  std::string there;
  for (const auto& cell : table.names) there += (there.empty() ? "" : ",") + cell.text;
  for (const auto& name : names) {
    const auto column = table.column(name);
    if (!column && !table.names.empty())
      faults.push_back({1, 1, "no column " + in_quotes(name), "the first line names " + in_quotes(there),
                        "add the column, or rename the one that holds it"});
    columns.push_back(column.value_or(0));
  }
  return columns;
}

std::optional<double> parse_number(const Row& row, const Cell& cell, const NumberRange& range,
                                   std::vector<TextFault>& faults) {
  const std::string_view text = cell.text;
  const auto slash = text.find('/');
  auto value = decimal(text.substr(0, slash));
  if (value && slash != std::string_view::npos) {
    const auto divisor = decimal(text.substr(slash + 1));
    value = divisor && *divisor != 0 ? std::optional(*value / *divisor) : std::nullopt;
  }
  if (value && *value >= range.least && *value <= range.most) return value;
  faults.push_back({row.line, cell.column, std::string(range.name) + " " + in_quotes(text),
                    value ? "out of range" : "not a finite number",
                    "write a number from " + written(range.least) + " to " + written(range.most)});
  return std::nullopt;
}

std::string cell_text(const std::string& text) {
  if (text.find_first_of(",\"") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

}  // namespace pledge::workforce
