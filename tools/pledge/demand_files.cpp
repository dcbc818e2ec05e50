#include "tools/pledge/demand_files.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <cmath>

#include "settings/calendar.hpp"
#include "tools/pledge/planning.hpp"
#include "workforce/forecast.hpp"

namespace pledge {

namespace {

using workforce::TextFault;

constexpr workforce::Day zones_from = std::chrono::sys_days{std::chrono::year{1970} / 1 / 1};
constexpr workforce::Day zones_to = std::chrono::sys_days{std::chrono::year{2100} / 1 / 1};

core::Time start_of(workforce::Day day) { return {std::chrono::nanoseconds{day.time_since_epoch()}.count()}; }

workforce::ClockChanges changes_of(const std::string& zone, unsigned slots) {
  if (zone.empty()) return {};
  return workforce::clock_changes(settings::utc_offsets(zone, {start_of(zones_from), start_of(zones_to)}), slots);
}

bool too_short(const std::string& path, const LoadedDemand& series) {
  const auto days = series.demand.counts.size();
  if (days >= workforce::least_history) return false;
  print_faults(path,
               {{0, 0, fmt::format("class \"{}\" has {} complete days", series.demand.name, days),
                 fmt::format("a forecast needs {}: four weeks for the week's profile and one to choose a method by",
                             workforce::least_history),
                 fmt::format("give {} more; 400 to know the time of year", workforce::least_history - days)}});
  return true;
}

LoadedDemand complete(workforce::Demand demand, std::vector<workforce::Gap> gaps,
                      const workforce::DemandCalendar& calendar) {
  LoadedDemand loaded{std::move(demand), std::move(gaps), {}, 0, {}};
  if (const auto seen = workforce::slots_seen(loaded.demand, calendar)) {
    loaded.seen = *seen;
    loaded.today = std::move(loaded.demand.counts.back());
    loaded.demand.counts.pop_back();
  }
  return loaded;
}

bool add_calendar(const std::string& path, unsigned slots, workforce::DemandCalendar& calendar) {
  if (path.empty()) return true;
  const auto text = read_file(path);
  if (!text) return false;
  std::vector<TextFault> faults;
  workforce::read_calendar(workforce::parse_table(*text, faults), slots, calendar, faults);
  return !print_faults(path, faults);
}

}  // namespace

void add_demand_options(CLI::App& command, DemandFiles& files) {
  command.add_option("--class", files.only, "only this class of the counts (default: every one)")->type_name("NAME");
  command
      .add_option("--zone", files.zone, "zone of the local clock, for the hours it skips and repeats (Europe/London)")
      ->type_name("ZONE");
  command.add_option("--calendar", files.calendar, "holidays, closed hours, events: day,from,to,kind,name,factor")
      ->type_name("FILE");
}

std::optional<LoadedFiles> load(const DemandFiles& files) {
  if (!files.zone.empty() && !known_zone(files.zone)) return std::nullopt;
  const auto text = read_file(files.counts);
  if (!text) return std::nullopt;
  std::vector<TextFault> faults;
  const auto table = workforce::parse_table(*text, faults);
  auto reading = workforce::read_demand(
      table, [&](unsigned slots) { return changes_of(files.zone, slots); }, faults);
  auto handling = workforce::read_handling(table, faults);
  if (print_faults(files.counts, faults)) return std::nullopt;
  LoadedFiles loaded;
  loaded.merged = reading.merged;
  const auto slots = reading.series.front().slots;
  loaded.calendar.lengths = changes_of(files.zone, slots);
  if (!add_calendar(files.calendar, slots, loaded.calendar)) return std::nullopt;
  std::string names;
  for (std::size_t i = 0; i < reading.series.size(); ++i) {
    const std::string name = reading.series[i].name;
    names += " " + name;
    if (!files.only.empty() && name != files.only) continue;
    loaded.series.push_back(complete(std::move(reading.series[i]), std::move(reading.gaps[i]), loaded.calendar));
    loaded.series.back().handled = std::move(handling[name]);
  }
  if (loaded.series.empty()) {
    fmt::print(stderr, "--class {}: no such class in {}; it has{}\n", files.only, files.counts, names);
    return std::nullopt;
  }
  bool good = true;
  for (const auto& series : loaded.series) good = !too_short(files.counts, series) && good;
  return good ? std::optional(std::move(loaded)) : std::nullopt;
}

std::string stamp(workforce::Day day, unsigned slot, unsigned slots) {
  return workforce::to_text(day) + "T" + workforce::time_of(slot, slots);
}

void tell_gaps(const LoadedFiles& files) {
  constexpr std::size_t most_told = 5;
  for (const auto& series : files.series) {
    std::size_t slots = 0;
    for (const auto& gap : series.gaps) slots += gap.slots;
    if (slots == 0) continue;
    fmt::print(stderr, "class {}: {} intervals are not given and were not learned from:", series.demand.name, slots);
    for (std::size_t i = 0; i < std::min(most_told, series.gaps.size()); ++i)
      fmt::print(stderr, " {} ({})", stamp(series.gaps[i].day, series.gaps[i].slot, series.demand.slots),
                 series.gaps[i].slots);
    fmt::print(stderr, "{}\n", series.gaps.size() > most_told ? " ..." : "");
  }
  if (files.merged)
    fmt::print(stderr, "{} counts of repeated hours were added to the other of the same time\n", files.merged);
}

}  // namespace pledge
