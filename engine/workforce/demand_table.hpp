#pragma once
// Counts and calendars as tables of text.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "workforce/demand.hpp"
#include "workforce/table.hpp"

namespace pledge::workforce {

// Where the local clock jumps: the length of the slots concerned (DemandCalendar), by the number of slots a day.
using ClockChanges = std::map<Day, std::map<unsigned, double>>;

// Of a zone: its offsets from UTC, in order. A jump of half a slot lengthens or shortens that slot by a half.
ClockChanges clock_changes(const std::vector<core::UtcOffset>& offsets, unsigned slots);

// A run of slots that no row gives.
struct Gap {
  Day day{};
  unsigned slot = 0;
  std::size_t slots = 0;
};

struct DemandReading {
  std::vector<Demand> series;          // one a class, in alphabetical order
  std::vector<std::vector<Gap>> gaps;  // of each, between its first and its last row, but for skipped slots
  unsigned merged = 0;                 // rows of a repeated hour, added to the other of the same time
};

// Columns: timestamp (2026-11-25T14:30, local clock; seconds and an offset may follow), count (empty = not known), and
// class, which may be absent. Rows in any order. The intervals are 15, 30 or 60 minutes: the shortest between two rows.
// A time given twice is a fault unless the clock repeats it; then the counts are added.
using ClockChangesFor = std::function<ClockChanges(unsigned slots)>;
DemandReading read_demand(const Table& table, const ClockChangesFor& changes, std::vector<TextFault>& faults);

// How many slots of the last day are counted when it is not over: those after them were counted on the same weekday of
// one of the four weeks before. None if the day is complete.
std::optional<unsigned> slots_seen(const Demand& demand, const DemandCalendar& calendar);

// Columns: day (2026-12-25, mon..sun or daily), kind (holiday, closed, event), name; and, which may be absent, from and
// to (18:00, 24:00; closed hours, empty = all day) and factor (event: forecasts are multiplied by it, empty = 1).
void read_calendar(const Table& table, unsigned slots, DemandCalendar& calendar, std::vector<TextFault>& faults);

// 2026-11-25; none if it is no date.
std::optional<Day> parse_day(std::string_view text);

// 2026-11-25T14:30 of the local clock; ":00" and an offset may follow. None if it is no such time.
struct Stamp {
  Day day{};
  unsigned minute = 0;  // of the day
};
std::optional<Stamp> parse_stamp(std::string_view text);

// 14:30 of a slot.
std::string time_of(unsigned slot, unsigned slots);

}  // namespace pledge::workforce
