// Pages: whole by themselves, every figure of a plot in the table below it, text that cannot become markup.
#include "workforce/plot.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace pledge::workforce;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

Plot plot() {
  Plot p;
  p.title = "Calls <of> \"a\" & b";
  p.unit = "calls";
  p.labels = {"00:00", "00:30", "01:00"};
  p.ticks = {0, 2};
  p.tick_names = {"00:00", "01:00"};
  p.lines = {{"counted", {1, std::nan(""), 3}, LineStyle::line}, {"forecast", {2, 2.5, 30}, LineStyle::dashed}};
  p.low = {1, std::nan(""), 2};
  p.high = {3, std::nan(""), 40};
  p.band_name = "80 % band";
  return p;
}

}  // namespace

TEST_CASE("a page opens without anything else, its text escaped") {
  const auto text = page("Plan <1>", {"a & b"}, {{"T", {"x", "y"}, {{"1", "<script>"}}}}, {plot()});
  CHECK(text.starts_with("<!DOCTYPE html>"));
  CHECK(count(text, "http") == 0);
  CHECK(count(text, "<script>") == 0);
  CHECK(count(text, "Calls &lt;of&gt; &quot;a&quot; &amp; b") == 2);  // heading and the drawing's label
  CHECK(count(text, "<svg") == 1);
  CHECK(count(text, "<table>") == 2);
}

TEST_CASE("every figure stands in the table, what is not known as a dash") {
  const auto text = page("P", {}, {}, {plot()});
  CHECK(count(text, "<tr>") == 4);
  CHECK(text.find("<tr><td>01:00</td><td>3.0</td><td>30.0</td><td>2.0</td><td>40.0</td></tr>") != std::string::npos);
  CHECK(text.find("<tr><td>00:30</td><td>–</td><td>2.5</td><td>–</td><td>–</td></tr>") != std::string::npos);
}

TEST_CASE("what is not known breaks a line and a band, and draws no nan") {
  const auto text = svg(plot());
  CHECK(count(text, "nan") == 0);
  CHECK(count(text, "class=\"band\"") == 3);  // two pieces and the legend's
  CHECK(count(text, "class=\"line\"") == 4);
  Plot empty;
  CHECK(svg(empty).find("nan") == std::string::npos);
}
