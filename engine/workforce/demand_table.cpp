#include "workforce/demand_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <set>

namespace pledge::workforce {

namespace {

constexpr NumberRange count_range{"count", 0, 1e9};
constexpr auto most_days = 100 * 366;

std::optional<unsigned> digits(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "14:30", 0..1440 minutes.
std::optional<unsigned> minute_of(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = digits(text.substr(0, 2)), minute = digits(text.substr(3));
  if (!hour || !minute || *minute > 59 || *hour > 24 || (*hour == 24 && *minute)) return std::nullopt;
  return *hour * 60 + *minute;
}

struct Counted {
  Stamp at;
  double count = 0;
  const Row* row = nullptr;
  std::uint32_t column = 0;
};

using ByClass = std::map<std::string, std::vector<Counted>>;

ByClass counted(const Table& table, std::vector<TextFault>& faults) {
  ByClass found;
  const auto before = faults.size();
  const auto columns = require_columns(table, {"timestamp", "count"}, faults);
  const auto classes = table.column("class");
  if (faults.size() > before) return found;
  for (const auto& row : table.rows) {
    const auto& when = row.cells[columns[0]];
    const auto at = parse_stamp(when.text);
    if (!at) {
      faults.push_back({row.line, when.column, "timestamp \"" + when.text.substr(0, 40) + "\"",
                        "not a local date and time", "write it as 2026-11-25T14:30"});
      continue;
    }
    double count = std::nan("");
    const auto& cell = row.cells[columns[1]];
    if (!cell.text.empty()) {
      const auto value = parse_number(row, cell, count_range, faults);
      if (!value) continue;
      count = *value;
    }
    found[classes ? row.cells[*classes].text : "all"].push_back({*at, count, &row, when.column});
  }
  return found;
}

// Minutes of an interval: the greatest of 60, 30 and 15 on whose grid all times lie.
unsigned interval_of(const ByClass& classes, std::vector<TextFault>& faults) {
  unsigned interval = 60;
  for (const auto& [name, rows] : classes)
    for (const auto& row : rows)
      while (row.at.minute % interval) {
        if (interval == 15) {
          faults.push_back({row.row->line, row.column, "a time at minute " + std::to_string(row.at.minute % 60),
                            "intervals are 15, 30 or 60 minutes, from the full hour",
                            "add the counts up to one of these"});
          return 0;
        }
        interval /= 2;
      }
  return interval;
}

double* slot_of(Demand& demand, const Counted& row) {
  const auto day = static_cast<std::size_t>((row.at.day - demand.first).count());
  return &demand.counts[day][row.at.minute / (minutes_a_day / demand.slots)];
}

Demand filled(const std::string& name, const std::vector<Counted>& rows, unsigned slots, const ClockChanges& changes,
              DemandReading& reading, std::vector<TextFault>& faults) {
  const auto [first, last] =
      std::minmax_element(rows.begin(), rows.end(), [](auto& a, auto& b) { return a.at.day < b.at.day; });
  Demand demand{name, first->at.day, slots, {}};
  const auto days = (last->at.day - first->at.day).count() + 1;
  if (days > most_days) {
    faults.push_back({last->row->line, last->column, "a time " + std::to_string(days / 366) + " years after the first",
                      "more than this can plan with", "correct the year"});
    return demand;
  }
  demand.counts.assign(static_cast<std::size_t>(days), DayCounts(slots, std::nan("")));
  std::set<double*> given;
  for (const auto& row : rows) {
    auto* count = slot_of(demand, row);
    if (given.insert(count).second) {
      *count = row.count;
      continue;
    }
    const auto change = changes.find(row.at.day);
    const auto slot = row.at.minute / (minutes_a_day / slots);
    if (change != changes.end() && change->second.contains(slot) && change->second.at(slot) > 1) {
      *count += row.count;
      ++reading.merged;
    } else {
      faults.push_back({row.row->line, row.column, "this time of class \"" + name + "\" a second time",
                        "each interval has one count", "remove one; if the clock was put back then, give --zone"});
    }
  }
  return demand;
}

std::vector<Gap> gaps_of(const Demand& demand, const ClockChanges& changes) {
  std::vector<Gap> gaps;
  const auto all = demand.counts.size() * demand.slots;
  const auto known = [&](std::size_t at) { return !std::isnan(demand.counts[at / demand.slots][at % demand.slots]); };
  std::size_t from = 0, to = all;
  while (from < to && !known(from)) ++from;
  while (to > from && !known(to - 1)) --to;
  bool open = false;
  for (auto at = from; at < to; ++at) {
    const Day day = demand.first + std::chrono::days{at / demand.slots};
    const auto slot = static_cast<unsigned>(at % demand.slots);
    const auto change = changes.find(day);
    const bool skipped = change != changes.end() && change->second.contains(slot) && change->second.at(slot) <= 0;
    if (known(at) || skipped) {
      open = open && skipped;
    } else {
      if (!open) gaps.push_back({day, slot, 0});
      ++gaps.back().slots;
      open = true;
    }
  }
  return gaps;
}

}  // namespace

ClockChanges clock_changes(const std::vector<core::UtcOffset>& offsets, unsigned slots) {
  constexpr std::int64_t seconds_a_day = minutes_a_day * 60;
  const std::int64_t seconds_a_slot = seconds_a_day / slots;
  ClockChanges changes;
  for (std::size_t i = 1; i < offsets.size(); ++i) {
    const std::int64_t utc = offsets[i].from.ns / 1'000'000'000;
    const std::int64_t jump = offsets[i].seconds - offsets[i - 1].seconds;
    // Skipped or repeated local time, from its first second.
    const std::int64_t from = utc + std::min(offsets[i].seconds, offsets[i - 1].seconds);
    const std::int64_t to = from + std::abs(jump);
    for (std::int64_t at = from; at < to;) {
      const std::int64_t slot = at / seconds_a_slot, end = std::min(to, (slot + 1) * seconds_a_slot);
      const double part = static_cast<double>(end - at) / static_cast<double>(seconds_a_slot);
      auto& length = changes[Day{std::chrono::days{slot / slots}}]
                         .try_emplace(static_cast<unsigned>(slot % slots), 1.0)
                         .first->second;
      length += jump > 0 ? -part : part;
      at = end;
    }
  }
  return changes;
}

std::optional<unsigned> slots_seen(const Demand& demand, const DemandCalendar& calendar) {
  const auto& last = demand.counts.back();
  unsigned seen = demand.slots;
  while (seen > 0 && std::isnan(last[seen - 1])) --seen;
  for (unsigned s = seen; s < demand.slots; ++s) {
    if (calendar.length(demand.end() - std::chrono::days{1}, s) <= 0) continue;
    for (std::size_t back = 7; back <= 28 && back < demand.counts.size(); back += 7)
      if (!std::isnan(demand.counts[demand.counts.size() - 1 - back][s])) return seen;
  }
  return std::nullopt;
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2)), day = digits(text.substr(8));
  if (!year || !month || !day || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                                         std::chrono::day{*day}};
  if (!date.ok()) return std::nullopt;
  return Day{date};
}

std::optional<Stamp> parse_stamp(std::string_view text) {
  if (text.size() < 16 || (text[10] != 'T' && text[10] != ' ')) return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  const auto minute = minute_of(text.substr(11, 5));
  auto rest = text.substr(16);
  if (rest.starts_with(":00")) rest.remove_prefix(3);
  const bool offset = rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && minute_of(rest.substr(1));
  if (!day || !minute || *minute == minutes_a_day || !(rest.empty() || offset)) return std::nullopt;
  return Stamp{*day, *minute};
}

std::string time_of(unsigned slot, unsigned slots) {
  const unsigned minute = slot * (minutes_a_day / slots);
  char text[16];
  std::snprintf(text, sizeof text, "%02u:%02u", minute / 60, minute % 60);
  return text;
}

DemandReading read_demand(const Table& table, const ClockChangesFor& changes, std::vector<TextFault>& faults) {
  DemandReading reading;
  const auto before = faults.size();
  const auto classes = counted(table, faults);
  const auto interval = interval_of(classes, faults);
  if (faults.size() > before || interval == 0) return reading;
  if (classes.empty())
    faults.push_back({0, 0, "no counts", "there is no row below the names", "give at least 35 days"});
  const auto clock = changes(minutes_a_day / interval);
  for (const auto& [name, rows] : classes) {
    reading.series.push_back(filled(name, rows, minutes_a_day / interval, clock, reading, faults));
    reading.gaps.push_back(gaps_of(reading.series.back(), clock));
  }
  return reading;
}

}  // namespace pledge::workforce
