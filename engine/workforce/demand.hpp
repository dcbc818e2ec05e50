#pragma once
// Demand as it was counted, interval by interval on the local clock, and the calendar that explains some of it.
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pledge::workforce {

using Day = std::chrono::sys_days;      // a date of the local calendar
using DayCounts = std::vector<double>;  // one a slot; NaN = not known

inline constexpr unsigned minutes_a_day = 24 * 60;

struct Demand {
  std::string name;               // the class of calls
  Day first{};                    // of counts
  unsigned slots = 48;            // equal intervals a day: 24, 48 or 96
  std::vector<DayCounts> counts;  // one a day, without a gap between days
  Day end() const { return first + std::chrono::days{counts.size()}; }
};

unsigned weekday_of(Day day);  // 0 = Sunday
std::string to_text(Day day);  // 2026-11-25

// What is known of days beforehand. A slot's length counts in intervals: 0 when the clock skips it or the centre is
// closed, 2 when the clock repeats it, else 1. Counts are learned per length, forecasts multiplied by it.
struct DemandCalendar {
  std::map<Day, std::map<unsigned, double>> lengths;  // clock changes and closed hours of single days
  std::array<std::vector<unsigned>, 7> closed;        // slots closed in every week, by weekday
  std::map<Day, std::string> holidays;                // days of one name are expected to be alike
  std::map<Day, double> events;                       // one-off: not learned from; a forecast is multiplied by this
  double length(Day day, unsigned slot) const;
};

}  // namespace pledge::workforce
