#pragma once
// Weekly hours, holidays and time zones → UTC intervals. Summer time is right by construction: local times of day are
// mapped through the zone's own rules, for each day.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/options.hpp"

namespace pledge::settings {

struct Date {
  int year = 0;
  unsigned month = 0, day = 0;
  friend auto operator<=>(const Date&, const Date&) = default;
};
std::optional<Date> parse_date(std::string_view text);  // "2026-12-25"; only dates that exist

// "mon-fri 08:00-18:00", "sat,sun 10:00-16:00", "daily 22:00-06:00" (into the next day), "fri-mon 00:00-24:00".
struct Hours {
  bool days[7] = {};                  // Monday first
  std::chrono::minutes from{}, to{};  // local; `to` beyond 24 h reaches into the next day
};
std::optional<Hours> parse_hours(std::string_view text);

// "a0001-a2000" → a0001, a0002 ... a2000.
struct NameRange {
  std::string prefix;
  std::size_t digits = 0;
  std::uint32_t first = 0, last = 0;
  std::string at(std::uint32_t number) const;
};
std::optional<NameRange> parse_range(std::string_view text);

bool zone_exists(std::string_view zone);

// The hours within [from, to), minus the days of `holidays` (a period belongs to the day on which it begins).
// Ascending, disjoint, joined where they touch. In the spring gap a time that does not exist is the moment of the
// change; in the autumn a time that comes twice is its first coming for a beginning, its second for an end, so that
// a service is open rather than closed.
std::vector<core::Interval> expand(std::string_view zone, const std::vector<Hours>& hours,
                                   const std::vector<Date>& holidays, core::Interval within);

// What `within` holds besides `intervals`.
std::vector<core::Interval> complement(const std::vector<core::Interval>& intervals, core::Interval within);

// The zone's offset at within.from (entry dated there) and each change until within.to.
std::vector<core::UtcOffset> utc_offsets(std::string_view zone, core::Interval within);

}  // namespace pledge::settings
