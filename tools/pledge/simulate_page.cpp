#include "tools/pledge/simulate_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "workforce/plot.hpp"

namespace pledge {

namespace {

using namespace workforce;

constexpr double band_low = 0.1, band_high = 0.9;  // of the days
constexpr std::size_t percentiles = 100;
constexpr std::size_t half_hours_a_tick = 4, percentiles_a_tick = 10;

// Nearest rank.
template <class T>
double at_share(const std::vector<T>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

Plot by_half_hour(std::string title, std::string unit) {
  Plot plot;
  plot.title = std::move(title);
  plot.unit = std::move(unit);
  for (std::size_t i = 0; i < half_hours_a_day; ++i) {
    plot.labels.push_back(fmt::format("{:02}:{:02}", i / 2, i % 2 * 30));
    if (i % half_hours_a_tick != 0) continue;
    plot.ticks.push_back(i);
    plot.tick_names.push_back(plot.labels.back());
  }
  return plot;
}

// All days together; a break where no call came.
std::vector<double> levels(const std::vector<DayFigures>& days, std::size_t of_class) {
  std::vector<double> result;
  for (std::size_t h = 0; h < half_hours_a_day; ++h) {
    double offered = 0, on_time = 0;
    for (const DayFigures& day : days) {
      offered += day[of_class].offered_in[h];
      on_time += day[of_class].on_time_in[h];
    }
    result.push_back(offered > 0 ? 100 * on_time / offered : std::nan(""));
  }
  return result;
}

void add_band(Plot& plot, const std::vector<DayFigures>& days, std::size_t of_class) {
  for (std::size_t h = 0; h < half_hours_a_day; ++h) {
    std::vector<double> by_day;
    for (const DayFigures& day : days)
      if (day[of_class].offered_in[h] > 0) by_day.push_back(100 * day[of_class].on_time_in[h] / day[of_class].offered_in[h]);
    std::sort(by_day.begin(), by_day.end());
    plot.low.push_back(by_day.empty() ? std::nan("") : at_share(by_day, band_low));
    plot.high.push_back(by_day.empty() ? std::nan("") : at_share(by_day, band_high));
  }
}

Plot level_plot(const SimulatedStudy& study, std::size_t of_class) {
  const RoomClass& named = study.room.classes[of_class];
  Plot plot = by_half_hour(fmt::format("Class {}: answered within {:g} s, by half-hour of arrival", named.name, named.target), "%");
  for (std::size_t p = 0; p < study.policies.size(); ++p)
    plot.lines.push_back({study.policies[p].name, levels(study.figures[p], of_class), LineStyle::line});
  plot.lines.push_back({"target", std::vector<double>(half_hours_a_day, 100 * named.target_share), LineStyle::dashed});
  if (study.figures[0].size() > 1) {
    add_band(plot, study.figures[0], of_class);
    plot.band_name = fmt::format("80 % of days, {}", study.policies[0].name);
  }
  return plot;
}

Plot waits_plot(const SimulatedStudy& study, std::size_t of_class) {
  Plot plot;
  plot.title = fmt::format("Class {}: waits to the answer or the abandonment, in order", study.room.classes[of_class].name);
  plot.unit = "s";
  for (std::size_t i = 1; i <= percentiles; ++i) {
    plot.labels.push_back(fmt::format("{} % of calls", i));
    if (i % percentiles_a_tick != 0) continue;
    plot.ticks.push_back(i - 1);
    plot.tick_names.push_back(fmt::format("{} %", i));
  }
  for (std::size_t p = 0; p < study.policies.size(); ++p) {
    std::vector<float> waits;
    for (const DayFigures& day : study.figures[p]) waits.insert(waits.end(), day[of_class].waits.begin(), day[of_class].waits.end());
    std::sort(waits.begin(), waits.end());
    PlotLine line{study.policies[p].name, {}, LineStyle::line};
    for (std::size_t i = 1; i <= percentiles; ++i)
      line.values.push_back(waits.empty() ? std::nan("") : at_share(waits, static_cast<double>(i) / percentiles));
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

// Mean number of handlers on in each half-hour of the counted days.
Plot staff_plot(const SimulatedStudy& study) {
  Plot plot = by_half_hour("Handlers on, by half-hour", "handlers");
  plot.lines = {{"handlers on", std::vector<double>(half_hours_a_day, 0), LineStyle::steps}};
  const auto days = static_cast<double>(study.days_a_run);
  for (const Shift& shift : study.shifts) {
    const double from = std::max(0.0, static_cast<double>(shift.from.count()) / 1e9 - study.from);
    const double to = std::min(days * seconds_a_day, static_cast<double>(shift.to.count()) / 1e9 - study.from);
    for (auto h = static_cast<std::size_t>(from / seconds_a_half_hour); static_cast<double>(h) * seconds_a_half_hour < to; ++h) {
      const double begins = static_cast<double>(h) * seconds_a_half_hour;
      const double overlap = std::min(to, begins + seconds_a_half_hour) - std::max(from, begins);
      plot.lines[0].values[h % half_hours_a_day] += overlap / seconds_a_half_hour / days;
    }
  }
  return plot;
}

Plot calls_plot(const SimulatedStudy& study) {
  Plot plot = by_half_hour("Calls a day, by half-hour of arrival", "calls");
  const auto& days = study.figures[0];
  for (std::size_t c = 0; c < study.room.classes.size(); ++c) {
    PlotLine line{study.room.classes[c].name, std::vector<double>(half_hours_a_day, 0), LineStyle::line};
    for (const DayFigures& day : days)
      for (std::size_t h = 0; h < half_hours_a_day; ++h) line.values[h] += day[c].offered_in[h] / static_cast<double>(days.size());
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

std::string percent(const Estimate& estimate) {
  if (std::isnan(estimate.mean)) return "–";
  return fmt::format("{:.2f}{} %", 100 * estimate.mean, estimate.interval ? fmt::format(" ± {:.2f}", 100 * *estimate.interval) : "");
}

std::string seconds(double wait) { return std::isnan(wait) ? "–" : fmt::format("{:.1f} s", wait); }

std::string p99_text(const ClassSummary& s) {
  return seconds(s.p99) + (s.p99_between ? fmt::format(" ({:.1f} to {:.1f})", s.p99_between->low, s.p99_between->high) : "");
}

PageTable summary_table(const SimulatedStudy& study) {
  PageTable table{"Figures by policy and class",
                  {"policy", "class", "calls a day", "answered in time", "difference to the first", "worst half-hour", "abandoned",
                   "p50", "p99 (95 % interval)", "longest", "occupancy"},
                  {}};
  for (std::size_t p = 0; p < study.policies.size(); ++p) {
    const auto summary = summarise(study.figures[p], study.figures[0]);
    const auto busy = percent(occupancy(study.figures[p], study.handler_hours));
    for (std::size_t c = 0; c < summary.size(); ++c) {
      const ClassSummary& s = summary[c];
      table.rows.push_back({study.policies[p].name, study.room.classes[c].name, fmt::format("{:.1f}", s.offered_a_day),
                            percent(s.service_level), p == 0 ? "–" : percent(s.difference), percent(s.worst_half_hour),
                            percent(s.abandoned), seconds(s.p50), p99_text(s), seconds(s.longest), c == 0 ? busy : ""});
    }
  }
  return table;
}

}  // namespace

std::string simulate_page(const SimulatedStudy& study) {
  std::vector<Plot> plots;
  for (std::size_t c = 0; c < study.room.classes.size(); ++c) {
    plots.push_back(level_plot(study, c));
    plots.push_back(waits_plot(study, c));
  }
  plots.push_back(staff_plot(study));
  plots.push_back(calls_plot(study));
  const std::size_t days = study.figures[0].size();
  return page("Simulation",
              {fmt::format("{} simulated day{}, seed {}: the same calls under each policy, through the core that runs live. Abandoned calls "
                           "count as missed; ± is the 95 % interval over days.",
                           days, days == 1 ? "" : "s", study.seed)},
              {summary_table(study)}, plots);
}

}  // namespace pledge
