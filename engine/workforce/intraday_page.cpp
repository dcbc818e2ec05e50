// The rest of a day as a page.
#include <cmath>
#include <cstdio>

#include "workforce/intraday_plan.hpp"
#include "workforce/local_clock.hpp"
#include "workforce/plot.hpp"

namespace pledge::workforce {

namespace {

constexpr std::size_t half_hours_a_tick = 2, most_forbidden = 6;

std::string number(double value, const char* format = "%.1f") {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}
std::string with_interval(const Estimate& e, double times, const char* format) {
  if (std::isnan(e.mean)) return "–";
  return number(times * e.mean, format) + (e.interval ? " ± " + number(times * *e.interval, "%.1f") : "");
}

Plot by_half_hour(const IntradayPlan& plan, const std::vector<core::UtcOffset>& offsets, std::string title, std::string unit) {
  Plot plot;
  plot.title = std::move(title);
  plot.unit = std::move(unit);
  for (std::size_t i = 0; i < plan.ahead.from.size(); ++i) {
    plot.labels.push_back(clock_of(plan.ahead.from[i], offsets));
    if (i % half_hours_a_tick != 0) continue;
    plot.ticks.push_back(i);
    plot.tick_names.push_back(plot.labels.back());
  }
  return plot;
}

template <class Value>
std::vector<double> of_gaps(const IntradayPlan& plan, Value value) {
  std::vector<double> out;
  for (const auto& gap : plan.gaps.half_hours) out.push_back(value(gap));
  return out;
}

PageTable options_table(const IntradayPlan& plan, const std::vector<core::UtcOffset>& offsets) {
  PageTable table{"What can be done, by what it gains", {"option", "who", "handler hours", "calls within target"}, {}};
  for (const auto& made : plan.ahead.classes) table.names.push_back(made.name + ", points");
  table.names.push_back("forbidden by a rule");
  for (const auto& judged : plan.options) {
    std::string who, forbidden;
    for (const auto& change : judged.option.changes) who += (who.empty() ? "" : "; ") + change;
    for (std::size_t i = 0; i < judged.option.forbidden.size() && i < most_forbidden; ++i)
      forbidden += (i ? "; " : "") + judged.option.forbidden[i].handler + " " + judged.option.forbidden[i].rule;
    if (judged.option.forbidden.size() > most_forbidden)
      forbidden += "; and " + std::to_string(judged.option.forbidden.size() - most_forbidden) + " more";
    std::vector<std::string> row{to_text(judged.option, plan.ahead, offsets), who, number(judged.option.hours, "%+.1f"),
                                 judged.simulated ? with_interval(judged.calls, 1, "%+.1f") : "–"};
    for (std::size_t c = 0; c < plan.ahead.classes.size(); ++c)
      row.push_back(judged.simulated ? with_interval(judged.difference[c], 100, "%+.1f") : "–");
    row.push_back(forbidden);
    table.rows.push_back(std::move(row));
  }
  return table;
}

PageTable levels_table(const IntradayPlan& plan) {
  PageTable table{"From now to the end of the day", {"class", "calls to come", "target", "answered within it, as the roster is"}, {}};
  for (std::size_t c = 0; c < plan.ahead.classes.size(); ++c) {
    const auto& made = plan.ahead.classes[c];
    double calls = 0;
    for (std::size_t i = 0; i < made.calls.size(); ++i) calls += made.calls[i] * plan.ahead.left(i);
    table.rows.push_back({made.name, number(calls, "%.0f"),
                          number(100 * made.target_share, "%.0f") + " % within " + number(made.target_within, "%.0f") + " s",
                          with_interval(plan.levels[c], 100, "%.1f") + " %"});
  }
  return table;
}

Plot handlers_plot(const IntradayPlan& plan, const std::vector<core::UtcOffset>& offsets) {
  auto plot = by_half_hour(plan, offsets, "Handlers", "handlers");
  plot.lines.push_back({"needed", of_gaps(plan, [](const HandlerGap& g) {
                          double sum = 0;
                          for (const auto n : g.needed) sum += n;
                          return sum;
                        }), LineStyle::steps});
  plot.lines.push_back({"by the roster", of_gaps(plan, [](const HandlerGap& g) { return g.rostered; }), LineStyle::dashed});
  plot.lines.push_back({"to be expected", of_gaps(plan, [](const HandlerGap& g) { return g.expected; }), LineStyle::steps});
  plot.lines.push_back({"missing", of_gaps(plan, [](const HandlerGap& g) { return std::max(0.0, g.missing); }), LineStyle::steps});
  return plot;
}

}  // namespace

std::string clock_of(core::Time at, const std::vector<core::UtcOffset>& offsets) {
  return clock_text(static_cast<unsigned>(clock_seconds(at, offsets) / 60 % minutes_a_day));
}

std::string to_text(const DayOption& option, const DayAhead& ahead, const std::vector<core::UtcOffset>& offsets) {
  const auto count = option.handlers.empty() ? option.other.handlers : option.handlers.size();
  return clock_of(option.during.from, offsets) + " to " + clock_of(option.during.to, offsets) + ": " + std::string(name(option.kind)) +
         (option.kind == OptionKind::time_off ? "" : " for " + names_of(ahead, option.classes)) + ", " +
         (count == 0 ? "nobody may" : std::to_string(count) + (count == 1 ? " handler" : " handlers"));
}

std::string intraday_page(const IntradayPlan& plan, const std::vector<core::UtcOffset>& offsets) {
  std::vector<Plot> plots{handlers_plot(plan, offsets)};
  for (std::size_t c = 0; c < plan.ahead.classes.size(); ++c) {
    const auto& made = plan.ahead.classes[c];
    plots.push_back(by_half_hour(plan, offsets, "Class " + made.name + ": calls a half-hour", "calls"));
    plots.back().lines.push_back({"re-forecast", made.calls, LineStyle::line});
    plots.back().lines.push_back({"forecast the day before", made.planned, LineStyle::dashed});
    plots.push_back(by_half_hour(plan, offsets, "Class " + made.name + ": answered within " + number(made.target_within, "%.0f") +
                                                    " s, simulated, as the roster is", "%"));
    auto share = plan.shares[c];
    for (double& s : share) s *= 100;
    plots.back().lines.push_back({"answered in time", std::move(share), LineStyle::line});
    plots.back().lines.push_back({"target", std::vector<double>(plan.ahead.from.size(), 100 * made.target_share), LineStyle::dashed});
  }
  std::vector<std::string> remarks{"Made at " + stamp_text(std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds{
                                                   std::chrono::seconds{clock_seconds(plan.ahead.now, offsets)}}),
                                               static_cast<unsigned>(clock_seconds(plan.ahead.now, offsets) / 60 % minutes_a_day)) +
                                   "; signed on " + std::to_string(plan.staff.signed_on) + ", at work " +
                                   std::to_string(plan.staff.at_work) + "."};
  for (const auto& text : plan.remarks) remarks.push_back(text + ".");
  return page("The rest of the day", remarks, {levels_table(plan), options_table(plan, offsets)}, plots);
}

}  // namespace pledge::workforce
