#pragma once
// Pages for people: one self-contained HTML document of plots (inline SVG), each with its figures as a table below it.
// Pure text; nothing is fetched when it is opened.
#include <cstdint>
#include <string>
#include <vector>

namespace pledge::workforce {

enum class LineStyle : std::uint8_t { line, steps, dashed };

struct PlotLine {
  std::string name;
  std::vector<double> values;  // one a position; NaN = a break
  LineStyle style = LineStyle::line;
};

struct Plot {
  std::string title;
  std::string unit;                 // of the vertical axis, which starts at 0
  std::vector<std::string> labels;  // of the positions, as in the table's first column
  std::vector<std::size_t> ticks;   // positions that the axis names
  std::vector<std::string> tick_names;
  std::vector<PlotLine> lines;
  std::vector<double> low, high;  // a band behind the lines; empty = none
  std::string band_name;
  unsigned decimals = 1;  // in the table
  bool bars = false;      // the first line as bars
};

// The plot as an SVG element, with a legend.
std::string svg(const Plot& plot);

struct PageTable {
  std::string title;
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> rows;
};

// The document: title, opening lines, tables, plots. All text is escaped.
std::string page(const std::string& title, const std::vector<std::string>& remarks,
                 const std::vector<PageTable>& tables, const std::vector<Plot>& plots);

}  // namespace pledge::workforce
