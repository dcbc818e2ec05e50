// The pages of `pledge forecast --html`.
#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "tools/pledge/forecast_report.hpp"

namespace pledge {

namespace {

using workforce::Day;
using workforce::DayCounts;
using workforce::Plot;

double total(const DayCounts& counts) {
  double sum = 0;
  for (const double c : counts) sum += std::isnan(c) ? 0 : c;
  return sum;
}

// Names every `each`th position by its label without the year.
void add_ticks(Plot& plot, std::size_t each) {
  for (std::size_t i = 0; i < plot.labels.size(); i += each) {
    plot.ticks.push_back(i);
    plot.tick_names.push_back(plot.labels[i].substr(plot.labels[i].size() >= 10 ? 5 : 0, 5));
  }
}

Plot days_plot(const ClassForecast& one) {
  constexpr std::size_t shown_before = 56;
  const auto& demand = one.series.demand;
  Plot plot;
  plot.title = fmt::format("Class {}: calls a day, counted and forecast", demand.name);
  plot.unit = "calls";
  plot.decimals = 0;
  plot.lines = {{"counted", {}, workforce::LineStyle::line}, {"forecast", {}, workforce::LineStyle::dashed}};
  const auto before = std::min(shown_before, demand.counts.size());
  for (std::size_t i = demand.counts.size() - before; i < demand.counts.size(); ++i) {
    plot.labels.push_back(workforce::to_text(demand.first + std::chrono::days{i}));
    plot.lines[0].values.push_back(total(demand.counts[i]));
    plot.lines[1].values.push_back(std::nan(""));
  }
  for (const auto& day : one.days) {
    plot.labels.push_back(workforce::to_text(day.day));
    plot.lines[0].values.push_back(std::nan(""));
    plot.lines[1].values.push_back(total(day.counts));
  }
  add_ticks(plot, std::max<std::size_t>(7, plot.labels.size() / 84 * 7));
  return plot;
}

Plot slots_plot(const ClassForecast& one) {
  constexpr std::size_t most_days = 7;
  const auto slots = one.series.demand.slots;
  Plot plot;
  plot.title = fmt::format("Class {}: the first days, every {} minutes", one.series.demand.name,
                           workforce::minutes_a_day / slots);
  plot.unit = "calls";
  plot.lines = {{"forecast", {}, workforce::LineStyle::line}};
  plot.band_name = "80 % band";
  for (std::size_t d = 0; d < std::min(most_days, one.days.size()); ++d) {
    const auto& day = one.days[d];
    plot.ticks.push_back(plot.labels.size() + slots / 2);
    plot.tick_names.push_back(workforce::to_text(day.day).substr(5));
    for (unsigned s = 0; s < slots; ++s) {
      plot.labels.push_back(stamp(day.day, s, slots));
      plot.lines[0].values.push_back(day.counts[s]);
      plot.low.push_back(day.low.empty() ? std::nan("") : day.low[s]);
      plot.high.push_back(day.high.empty() ? std::nan("") : day.high[s]);
    }
  }
  return plot;
}

workforce::PageTable days_table(const std::vector<ClassForecast>& classes) {
  workforce::PageTable table{"Days", {"day", "class", "calls", "busiest interval", "its calls", "method"}, {}};
  for (const auto& one : classes)
    for (const auto& day : one.days) {
      const auto peak = std::max_element(day.counts.begin(), day.counts.end());
      const auto slot = static_cast<unsigned>(peak - day.counts.begin());
      table.rows.push_back({workforce::to_text(day.day), one.series.demand.name,
                            fmt::format("{:.0f}", total(day.counts)), workforce::time_of(slot, one.series.demand.slots),
                            fmt::format("{:.1f}", *peak), day.method});
    }
  return table;
}

Plot evaluated_days(const workforce::RollingForecast& rolling, const Window& window) {
  const auto& demand = rolling.demand();
  Plot plot;
  plot.title = fmt::format("Class {}: calls a day, counted and forecast {} day{} before", demand.name, window.lead,
                           window.lead == 1 ? "" : "s");
  plot.unit = "calls";
  plot.decimals = 0;
  plot.lines = {{"counted", {}, workforce::LineStyle::line}, {"forecast", {}, workforce::LineStyle::line}};
  for (Day day = window.from; day <= window.to; day += std::chrono::days{1}) {
    const auto* made = rolling.made(day);
    plot.labels.push_back(workforce::to_text(day));
    plot.lines[0].values.push_back(total(demand.counts[static_cast<std::size_t>((day - demand.first).count())]));
    plot.lines[1].values.push_back(made ? total(made->counts) : std::nan(""));
  }
  add_ticks(plot, std::max<std::size_t>(1, plot.labels.size() / 12));
  return plot;
}

// The last week of the window.
Plot evaluated_slots(const workforce::RollingForecast& rolling, const Window& window) {
  const auto& demand = rolling.demand();
  Plot plot;
  plot.title = fmt::format("Class {}: the last week of it, every {} minutes", demand.name,
                           workforce::minutes_a_day / demand.slots);
  plot.unit = "calls";
  plot.lines = {{"counted", {}, workforce::LineStyle::line}, {"forecast", {}, workforce::LineStyle::line}};
  plot.band_name = "80 % band";
  for (Day day = std::max(window.from, window.to - std::chrono::days{6}); day <= window.to;
       day += std::chrono::days{1}) {
    const auto* made = rolling.made(day);
    plot.ticks.push_back(plot.labels.size() + demand.slots / 2);
    plot.tick_names.push_back(workforce::to_text(day).substr(5));
    for (unsigned s = 0; s < demand.slots; ++s) {
      plot.labels.push_back(stamp(day, s, demand.slots));
      plot.lines[0].values.push_back(demand.counts[static_cast<std::size_t>((day - demand.first).count())][s]);
      plot.lines[1].values.push_back(made ? made->counts[s] : std::nan(""));
      plot.low.push_back(made && !made->low.empty() ? made->low[s] : std::nan(""));
      plot.high.push_back(made && !made->high.empty() ? made->high[s] : std::nan(""));
    }
  }
  return plot;
}

Plot errors_plot(const workforce::Demand& demand, const workforce::Evaluation& evaluation) {
  Plot plot;
  plot.title = fmt::format("Class {}: error by time of day", demand.name);
  plot.unit = "WAPE, %";
  plot.lines = {{"Σ|count − forecast| ÷ Σ count", evaluation.wape_by_slot, workforce::LineStyle::line}};
  plot.bars = true;
  for (unsigned s = 0; s < demand.slots; ++s) plot.labels.push_back(workforce::time_of(s, demand.slots));
  add_ticks(plot, demand.slots / 12);
  return plot;
}

}  // namespace

std::string forecast_page(const std::vector<ClassForecast>& classes) {
  std::vector<Plot> plots;
  for (const auto& one : classes) {
    plots.push_back(days_plot(one));
    plots.push_back(slots_plot(one));
  }
  const auto& days = classes.front().days;
  return workforce::page(
      fmt::format("Forecast, {} to {}", workforce::to_text(days.front().day), workforce::to_text(days.back().day)),
      {"Each day's method is the one whose forecasts, made as far ahead, had the least error over the last 84 days."},
      {days_table(classes)}, plots);
}

void add_evaluation(const workforce::RollingForecast& rolling, const workforce::Evaluation& evaluation,
                    const Window& window, std::vector<workforce::PageTable>& tables,
                    std::vector<workforce::Plot>& plots) {
  workforce::PageTable table{fmt::format("Class {}: lead {}; floor {:.2f} %; the 80 % band held {:.1f} %",
                                         rolling.demand().name, window.lead, evaluation.floor, evaluation.inside),
                             {"method", "WAPE, %", "bias, %", "days chosen"},
                             {}};
  for (const auto& row : evaluation.rows)
    table.rows.push_back({row.method, fmt::format("{:.2f}", row.wape), fmt::format("{:+.2f}", row.bias),
                          std::to_string(row.days_chosen)});
  tables.push_back(std::move(table));
  plots.push_back(evaluated_days(rolling, window));
  plots.push_back(evaluated_slots(rolling, window));
  plots.push_back(errors_plot(rolling.demand(), evaluation));
}

}  // namespace pledge
