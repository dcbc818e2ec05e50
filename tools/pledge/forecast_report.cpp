#include "tools/pledge/forecast_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "tools/pledge/json.hpp"

namespace pledge {

namespace {

using workforce::Day;

// Published for one series of counts: methods of the literature, rolled through 2019 by the same protocol.
struct Reference {
  const char* method;
  double lead_1, lead_7;
};
constexpr const char* reference_file = "nyc_ems_hourly_2010_2019.csv";
constexpr std::array references{
    Reference{"seasonal naive, 7 d", 10.65, 10.65},        Reference{"mean of 4 same weekdays", 8.65, 8.65},
    Reference{"mean of 8 same weekdays", 8.28, 8.28},      Reference{"STL + SES", 9.62, 9.68},
    Reference{"double-seasonal Holt-Winters", 8.22, 8.73}, Reference{"Poisson GLM + level", 7.90, 8.23},
    Reference{"SVD-3 (Shen-Huang)", 7.76, 8.06},           Reference{"mean of four methods", 7.74, 8.06}};

bool has_references(const Window& window) {
  return std::filesystem::path(window.file).filename() == reference_file &&
         workforce::to_text(window.from) == "2019-01-01" && workforce::to_text(window.to) == "2019-12-31" &&
         (window.lead == 1 || window.lead == 7);
}

std::string array_of(const workforce::DayCounts& counts) {
  std::string out;
  for (const double c : counts) out += (out.empty() ? "" : ",") + fmt::format("{:.2f}", c);
  return "[" + out + "]";
}

// By interval of the day; null: not known.
std::string handling_of(const workforce::HandlingForecast& handling, Day day, unsigned slots) {
  if (handling.level <= 0) return "null";
  workforce::DayCounts seconds;
  for (unsigned s = 0; s < slots; ++s) seconds.push_back(handling.at(day, s * 24 / slots));
  return array_of(seconds);
}

void print_rows(const workforce::Evaluation& evaluation, const Window& window) {
  const bool known = has_references(window);
  fmt::print("{:32}{:>8}{:>8}{:>13}{}\n", "method", "WAPE", "bias", "days chosen", known ? "  reference" : "");
  const auto reference_of = [&](const std::string& method) {
    for (const auto& r : references)
      if (known && method == r.method) return fmt::format("{:11.2f}", window.lead == 1 ? r.lead_1 : r.lead_7);
    return std::string();
  };
  for (const auto& row : evaluation.rows)
    fmt::print("{:32}{:8.2f}{:+8.2f}{:13}{}\n", row.method, row.wape, row.bias, row.days_chosen,
               reference_of(row.method));
  for (const auto& r : references) {
    const bool ours = std::any_of(evaluation.rows.begin(), evaluation.rows.end(),
                                  [&](const auto& row) { return row.method == r.method; });
    if (known && !ours)
      fmt::print("{:32}{:>8}{:>8}{:>13}{:11.2f}\n", r.method, "", "", "", window.lead == 1 ? r.lead_1 : r.lead_7);
  }
}

}  // namespace

void print_forecast(const ClassForecast& forecast, bool json) {
  const auto slots = forecast.series.demand.slots;
  const auto handling = [&](workforce::Day day, unsigned slot) {
    return forecast.handling.level > 0 ? fmt::format("{:.1f}", forecast.handling.at(day, slot * 24 / slots)) : std::string{};
  };
  for (const auto& day : forecast.days) {
    if (json) {
      fmt::print(R"({{"class":{},"day":"{}","minutes":{},"method":{},"counts":{},"low":{},"high":{},"handling_s":{}}})"
                 "\n",
                 json_quoted(forecast.series.demand.name), workforce::to_text(day.day),
                 workforce::minutes_a_day / slots, json_quoted(day.method), array_of(day.counts), array_of(day.low),
                 array_of(day.high), handling_of(forecast.handling, day.day, slots));
      continue;
    }
    for (unsigned s = 0; s < slots; ++s)
      fmt::print("{},{},{:.2f},{},{},{},{}\n", forecast.series.demand.name, stamp(day.day, s, slots), day.counts[s],
                 day.low.empty() ? "" : fmt::format("{:.2f}", day.low[s]),
                 day.high.empty() ? "" : fmt::format("{:.2f}", day.high[s]), '"' + day.method + '"', handling(day.day, s));
  }
}

void print_evaluation(const std::string& name, const workforce::Evaluation& evaluation, const Window& window,
                      bool json) {
  if (!json) {
    fmt::print("class {}, {} to {}, lead {} day{}: {} days, {} intervals\n", name, workforce::to_text(window.from),
               workforce::to_text(window.to), window.lead, window.lead == 1 ? "" : "s", evaluation.days,
               evaluation.slots);
    print_rows(evaluation, window);
    fmt::print("{:32}{:8.2f}\n", "floor: the Poisson rate known", evaluation.floor);
    fmt::print("the 80 % band held {:.1f} % of counts\n", evaluation.inside);
    return;
  }
  std::string rows;
  for (const auto& row : evaluation.rows)
    rows += (rows.empty() ? "" : ",") + fmt::format(R"({{"method":{},"wape":{:.4f},"bias":{:.4f},"days_chosen":{}}})",
                                                    json_quoted(row.method), row.wape, row.bias, row.days_chosen);
  std::string published;
  if (has_references(window))
    for (const auto& r : references)
      published += (published.empty() ? "" : ",") + fmt::format(R"({{"method":{},"wape":{}}})", json_quoted(r.method),
                                                                window.lead == 1 ? r.lead_1 : r.lead_7);
  fmt::print(
      R"({{"class":{},"from":"{}","to":"{}","lead":{},"days":{},"intervals":{},"methods":[{}],"wape":{:.4f},"floor":{:.4f},"band_held":{:.2f},"references":[{}]}})"
      "\n",
      json_quoted(name), workforce::to_text(window.from), workforce::to_text(window.to), window.lead, evaluation.days,
      evaluation.slots, rows, evaluation.rows.back().wape, evaluation.floor, evaluation.inside, published);
}

void print_intraday(const std::string& name, const std::string& at, const workforce::IntradayEvaluation& e, bool json) {
  if (json)
    fmt::print(R"({{"class":{},"at":"{}","days":{},"wape_before":{:.4f},"wape_after":{:.4f},"band_held":{:.2f}}})"
               "\n",
               json_quoted(name), at, e.days, e.wape_before, e.wape_after, e.inside);
  else
    fmt::print(
        "class {}: the rest of {} days from {} on: WAPE {:.2f} as forecast the days before, {:.2f} re-forecast then; "
        "the 80 % band held {:.1f} %\n",
        name, e.days, at, e.wape_before, e.wape_after, e.inside);
}

}  // namespace pledge
