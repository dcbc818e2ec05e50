#include "workforce/plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace pledge::workforce {

namespace {

constexpr double width = 960, height = 300, left = 72, right = 16, top = 34, bottom = 30;
constexpr const char* colours[] = {"#1f5fa8", "#c2410c", "#3f7d20", "#6b21a8", "#0f766e", "#8a5a00"};
constexpr std::size_t colour_count = 6;

std::string number(double value, unsigned decimals) {
  if (std::isnan(value)) return "–";
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", static_cast<int>(decimals), value);
  return text;
}
std::string at(double x, double y) { return number(x, 1) + "," + number(y, 1); }

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

// The least of 1, 2, 5 times a power of ten that makes at most five steps up to `most`.
double step_for(double most) {
  double step = std::pow(10, std::floor(std::log10(most / 5)));
  for (const double factor : {1.0, 2.0, 5.0, 10.0})
    if (most / (step * factor) <= 5) return step * factor;
  return step * 10;
}

class Drawing {
 public:
  explicit Drawing(const Plot& plot) : plot_(plot), count_(plot.labels.size()) {
    for (const auto& line : plot.lines) raise(line.values);
    raise(plot.high);
    step_ = step_for(most_);
    top_value_ = step_ * std::ceil(most_ / step_);
  }
  std::string text() {
    out_ = "<svg viewBox=\"0 0 " + number(width, 0) + " " + number(height, 0) + "\" role=\"img\" aria-label=\"" +
           escaped(plot_.title) + "\">\n";
    axes();
    band();
    for (std::size_t i = 0; i < plot_.lines.size(); ++i)
      i == 0 && plot_.bars ? bars(plot_.lines[i]) : line(plot_.lines[i], colours[i % colour_count]);
    legend();
    return out_ + "</svg>\n";
  }

 private:
  void raise(const std::vector<double>& values) {
    for (const double v : values)
      if (std::isfinite(v)) most_ = std::max(most_, v);
  }
  double slot() const { return (width - left - right) / static_cast<double>(std::max<std::size_t>(count_, 1)); }
  double x(std::size_t i) const { return left + (static_cast<double>(i) + 0.5) * slot(); }
  double y(double value) const { return height - bottom - (height - top - bottom) * value / top_value_; }

  void put(double px, double py, const char* anchor, const std::string& text) {
    out_ += "<text x=\"" + number(px, 1) + "\" y=\"" + number(py, 1) + "\" text-anchor=\"" + anchor + "\">" +
            escaped(text) + "</text>\n";
  }
  void axes() {
    for (double value = 0; value <= top_value_ * 1.0001; value += step_) {
      out_ += "<path class=\"grid\" d=\"M" + at(left, y(value)) + "H" + number(width - right, 1) + "\"/>\n";
      put(left - 6, y(value) + 4, "end", number(value, step_ < 1 ? 1 : 0));
    }
    for (std::size_t i = 0; i < plot_.ticks.size(); ++i) {
      const double px = x(plot_.ticks[i]);
      out_ += "<path class=\"grid\" d=\"M" + at(px, height - bottom) + "v5\"/>\n";
      put(px, height - 10, "middle", plot_.tick_names[i]);
    }
    put(left - 6, 16, "end", plot_.unit);
  }
  void band() {
    if (plot_.high.empty()) return;
    for (std::size_t from = 0; from < count_;) {
      std::size_t to = from;
      while (to < count_ && !std::isnan(plot_.low[to])) ++to;
      if (to > from) {
        std::string d;
        for (std::size_t i = from; i < to; ++i) d += (i == from ? "M" : "L") + at(x(i), y(plot_.high[i]));
        for (std::size_t i = to; i-- > from;) d += "L" + at(x(i), y(plot_.low[i]));
        out_ += "<path class=\"band\" d=\"" + d + "Z\"/>\n";
      }
      from = to + 1;
    }
  }
  void bars(const PlotLine& line) {
    for (std::size_t i = 0; i < line.values.size(); ++i)
      if (std::isfinite(line.values[i]))
        out_ += "<path class=\"bar\" d=\"M" + at(x(i) - 0.4 * slot(), y(0)) + "V" + number(y(line.values[i]), 1) + "h" +
                number(0.8 * slot(), 1) + "V" + number(y(0), 1) + "Z\"/>\n";
  }
  void line(const PlotLine& line, const char* colour) {
    std::string d;
    bool open = false;
    for (std::size_t i = 0; i < line.values.size(); ++i) {
      const double value = line.values[i];
      if (!std::isfinite(value)) {
        open = false;
      } else if (line.style == LineStyle::steps) {
        d += (open ? "L" : "M") + at(x(i) - slot() / 2, y(value)) + "h" + number(slot(), 2);
        open = true;
      } else {
        d += (open ? "L" : "M") + at(x(i), y(value));
        open = true;
      }
    }
    out_ += std::string("<path class=\"line\" stroke=\"") + colour + "\"" +
            (line.style == LineStyle::dashed ? " stroke-dasharray=\"5 4\"" : "") + " d=\"" + d + "\"/>\n";
  }
  void legend() {
    double px = left + 8;
    const auto entry = [&](const std::string& mark, const std::string& name) {
      out_ += "<path " + mark + "/>\n";
      put(px + 26, 16, "start", name);
      px += 26 + 7.2 * static_cast<double>(name.size()) + 22;
    };
    for (std::size_t i = 0; i < plot_.lines.size(); ++i) {
      if (i == 0 && plot_.bars) entry("class=\"bar\" d=\"M" + at(px, 7) + "h20v9h-20Z\"", plot_.lines[i].name);
      else
        entry(std::string("class=\"line\" stroke=\"") + colours[i % colour_count] + "\"" +
                  (plot_.lines[i].style == LineStyle::dashed ? " stroke-dasharray=\"5 4\"" : "") + " d=\"M" +
                  at(px, 12) + "h20\"",
              plot_.lines[i].name);
    }
    if (!plot_.high.empty()) entry("class=\"band\" d=\"M" + at(px, 7) + "h20v9h-20Z\"", plot_.band_name);
  }

  const Plot& plot_;
  std::size_t count_;
  double most_ = 1e-9, step_ = 1, top_value_ = 1;
  std::string out_;
};

constexpr const char* style =
    "body{font:15px/1.45 system-ui,sans-serif;max-width:1000px;margin:24px auto;padding:0 16px;color:#1b1b1b}"
    "h1{font-size:24px}h2{font-size:18px;margin:32px 0 4px}svg{width:100%;height:auto}svg "
    "text{font-size:12px;fill:#444}"
    ".grid{stroke:#ddd;fill:none}.line{fill:none;stroke-width:1.6}.band{fill:#1f5fa8;fill-opacity:.16}.bar{fill:#"
    "9db8d6}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:2px "
    "10px;text-align:right;border-bottom:1px solid #e5e5e5}"
    "td{white-space:nowrap}td:first-child,th:first-child{text-align:left}summary{cursor:pointer;color:#1f5fa8}"
    "@media print{@page{margin:12mm}body{max-width:none;font-size:11px}details{display:none}tr,svg{break-inside:avoid}}";

std::string row_of(const std::vector<std::string>& cells, const char* tag) {
  std::string out = "<tr>";
  for (const auto& cell : cells) out += std::string("<") + tag + ">" + escaped(cell) + "</" + tag + ">";
  return out + "</tr>\n";
}

std::string table_of(const PageTable& table) {
  std::string out = "<table>\n<thead>" + row_of(table.names, "th") + "</thead>\n<tbody>\n";
  for (const auto& row : table.rows) out += row_of(row, "td");
  return out + "</tbody>\n</table>\n";
}

PageTable figures_of(const Plot& plot) {
  PageTable table;
  table.names = {""};
  for (const auto& line : plot.lines) table.names.push_back(line.name);
  if (!plot.high.empty()) table.names.insert(table.names.end(), {plot.band_name + ", from", "to"});
  for (std::size_t i = 0; i < plot.labels.size(); ++i) {
    table.rows.push_back({plot.labels[i]});
    for (const auto& line : plot.lines) table.rows.back().push_back(number(line.values[i], plot.decimals));
    if (!plot.high.empty())
      table.rows.back().insert(table.rows.back().end(),
                               {number(plot.low[i], plot.decimals), number(plot.high[i], plot.decimals)});
  }
  return table;
}

}  // namespace

std::string svg(const Plot& plot) { return Drawing{plot}.text(); }

std::string page(const std::string& title, const std::vector<std::string>& remarks,
                 const std::vector<PageTable>& tables, const std::vector<Plot>& plots) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + escaped(title) +
                    "</title>\n<style>" + style + "</style>\n</head>\n<body>\n<h1>" + escaped(title) + "</h1>\n";
  for (const auto& remark : remarks) out += "<p>" + escaped(remark) + "</p>\n";
  for (const auto& table : tables) out += "<h2>" + escaped(table.title) + "</h2>\n" + table_of(table);
  for (const auto& plot : plots)
    out += "<h2>" + escaped(plot.title) + "</h2>\n" + svg(plot) +
           "<details><summary>The figures as a table</summary>\n" + table_of(figures_of(plot)) + "</details>\n";
  return out + "</body>\n</html>\n";
}

}  // namespace pledge::workforce
