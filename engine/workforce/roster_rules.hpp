#pragma once
// What a roster is made of: shift patterns, contracts with their rest rules, handlers, leave, and the need by half-hour.
// Times are minutes of the local clock; a shift may reach into the next day. A week is seven days from the need's first.
// A shift over a clock change lasts by the wall clock, so that it is an hour shorter or longer than its pattern says. Rest is
// counted in real minutes where the clock's offsets are given.
#include <cstdint>
#include <string>
#include <vector>

#include "core/options.hpp"
#include "workforce/demand.hpp"
#include "workforce/half_hours.hpp"

namespace pledge::workforce {

inline constexpr unsigned days_a_week = 7;
inline constexpr std::size_t most_groups = 6;  // cover is counted for every set of groups: 2^6
inline constexpr unsigned most_roster_weeks = 18;

struct Break {
  unsigned after = 0, length = 0;  // minutes; from the shift's beginning
  friend bool operator==(const Break&, const Break&) = default;
};

struct ShiftPattern {
  std::string name;
  unsigned length = 0;                      // minutes from beginning to end, at most 24 h
  unsigned paid = 0;                        // minutes of it that count towards the contract
  unsigned earliest = 0, latest = 0;        // beginning, minute of the day
  unsigned step = half_hour_minutes;        // between possible beginnings
  std::vector<std::vector<Break>> breaks;   // alternatives, at least one (which may be empty)
};

struct Contract {
  std::string name;
  unsigned week_least = 0, week_most = 0;  // paid minutes a week, leave included
  unsigned rest = 11 * 60;                 // minutes between two shifts (Working Time Regulations 1998, reg. 10)
  unsigned days_in_row = 6;                // at most
  unsigned days_off = 1;                   // a week, at least; a day is worked if a shift begins on it
  double cost = 1;                         // of a paid hour, in any currency
  std::vector<std::size_t> patterns;       // that it allows
  // Minutes without a break between the shift before a day off and the one after it: without them it is no day off. Reg. 11 (1): 24 h
  // in each seven days; (7): the daily rest beside them, so 35 h where no reason of the work's organisation justifies less. Not less
  // than `rest` and at most a day more.
  unsigned week_rest = 24 * 60;
};

struct RosterHandler {
  std::string name;
  std::size_t contract = 0;
  std::uint32_t skills = 0;  // bit g: answers group g
  std::vector<bool> leave;   // by day
};

struct RosterNeed {
  Day first{};
  unsigned days = 0;  // whole weeks
  std::vector<std::string> groups;
  std::vector<std::vector<unsigned>> handlers;  // by group and half-hour
  std::size_t slots() const { return std::size_t{days} * half_hours_a_day; }
};

struct RosterRules {
  std::vector<ShiftPattern> patterns;
  std::vector<Contract> contracts;
  std::vector<RosterHandler> handlers;
  RosterNeed need;
  std::vector<core::UtcOffset> offsets;  // of the local clock, ascending; none: all days have 24 h
};

// Real minutes from one time to a later one, both minutes of the local clock from the need's first day on; 0 if it is not later.
unsigned minutes_between(const RosterRules& rules, unsigned from, unsigned to);

// What the clock skips on a day of the need.
struct SkippedTime {
  unsigned at = 0, minutes = 0;  // from this minute of the day on; 0 minutes: nothing
};
std::vector<SkippedTime> skipped_times(const RosterRules& rules);  // by day

// One way to work a pattern: when it begins, which breaks.
struct ShiftType {
  std::size_t pattern = 0, breaks = 0;
  unsigned start = 0, end = 0, paid = 0;  // minutes from the day's beginning; paid: minutes
  std::vector<std::uint8_t> minutes;      // at work in each half-hour from `start / 30` on
  unsigned first_slot() const { return start / half_hour_minutes; }
};
std::vector<ShiftType> shift_types(const RosterRules& rules);

// A day of leave counts for a fifth of the contract's least week, five of them or more for all of it. Minutes.
unsigned leave_credit(const RosterRules& rules, const RosterHandler& handler, unsigned week);

// Paid minutes to be worked in the week, with leave taken into account.
struct WeekHours {
  unsigned least = 0, most = 0;
};
WeekHours week_hours(const RosterRules& rules, const RosterHandler& handler, unsigned week);

// "06:30"; minutes from 24:00 on are of the next day.
std::string clock_text(unsigned minute);
// "2026-11-30T06:30"
std::string stamp_text(Day day, unsigned minute);
// 37.5 of 2,250 minutes.
std::string hours_text(unsigned minutes);
// "2:00+15 4:30+30"; a text that read_shift_patterns takes.
std::string breaks_text(const std::vector<Break>& breaks);

}  // namespace pledge::workforce
