#include "workforce/roster_rules.hpp"

#include <algorithm>
#include <cstdio>

#include "workforce/local_clock.hpp"

namespace pledge::workforce {

namespace {

unsigned overlap(unsigned from, unsigned to, unsigned other_from, unsigned other_to) {
  const unsigned begin = std::max(from, other_from), end = std::min(to, other_to);
  return end > begin ? end - begin : 0;
}

ShiftType typed(const ShiftPattern& pattern, unsigned start, const std::vector<Break>& breaks) {
  ShiftType type;
  type.start = start;
  type.end = start + pattern.length;
  type.paid = pattern.paid;
  for (unsigned from = type.first_slot() * half_hour_minutes; from < type.end; from += half_hour_minutes) {
    unsigned at_work = overlap(from, from + half_hour_minutes, type.start, type.end);
    for (const Break& b : breaks)
      at_work -= overlap(from, from + half_hour_minutes, start + b.after, start + b.after + b.length);
    type.minutes.push_back(static_cast<std::uint8_t>(at_work));
  }
  return type;
}

std::string two_digits(unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

std::vector<ShiftType> shift_types(const RosterRules& rules) {
  std::vector<ShiftType> types;
  for (std::size_t p = 0; p < rules.patterns.size(); ++p) {
    const auto& pattern = rules.patterns[p];
    for (unsigned start = pattern.earliest; start <= pattern.latest; start += pattern.step)
      for (std::size_t b = 0; b < pattern.breaks.size(); ++b) {
        types.push_back(typed(pattern, start, pattern.breaks[b]));
        types.back().pattern = p;
        types.back().breaks = b;
      }
  }
  return types;
}

unsigned leave_credit(const RosterRules& rules, const RosterHandler& handler, unsigned week) {
  const auto from = handler.leave.begin() + week * days_a_week;
  const auto days = static_cast<unsigned>(std::count(from, from + days_a_week, true));
  const unsigned least = rules.contracts[handler.contract].week_least;
  return std::min(least, (least + 4) / 5 * days);
}

WeekHours week_hours(const RosterRules& rules, const RosterHandler& handler, unsigned week) {
  const auto& contract = rules.contracts[handler.contract];
  const unsigned credit = leave_credit(rules, handler, week);
  return {contract.week_least - credit, contract.week_most - credit};
}

std::string clock_text(unsigned minute) {
  minute %= minutes_a_day;
  return two_digits(minute / 60) + ":" + two_digits(minute % 60);
}

std::string stamp_text(Day day, unsigned minute) {
  return to_text(day + std::chrono::days{minute / minutes_a_day}) + "T" + clock_text(minute);
}

std::string hours_text(unsigned minutes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", minutes / 60.0);
  return text;
}

std::string breaks_text(const std::vector<Break>& breaks) {
  std::string text;
  for (const Break& b : breaks)
    text += (text.empty() ? "" : " ") + std::to_string(b.after / 60) + ":" + two_digits(b.after % 60) + "+" +
            std::to_string(b.length);
  return text;
}

unsigned minutes_between(const RosterRules& rules, unsigned from, unsigned to) {
  if (to <= from) return 0;
  if (rules.offsets.empty()) return to - from;
  const auto real = time_of_clock(rules.need.first, to, rules.offsets) - time_of_clock(rules.need.first, from, rules.offsets);
  return static_cast<unsigned>(std::max<std::int64_t>(0, real / std::chrono::minutes{1}));
}

std::vector<SkippedTime> skipped_times(const RosterRules& rules) {
  constexpr std::int64_t second = 1'000'000'000, seconds_a_minute = 60;
  std::vector<SkippedTime> days(rules.need.days);
  const std::int64_t first = std::chrono::minutes{rules.need.first.time_since_epoch()}.count();
  for (std::size_t i = 1; i < rules.offsets.size(); ++i) {
    const std::int64_t before = rules.offsets[i - 1].seconds, jump = rules.offsets[i].seconds - before;
    const std::int64_t at = (rules.offsets[i].from.ns / second + before) / seconds_a_minute - first;
    if (jump <= 0 || at < 0 || at >= std::int64_t{rules.need.days} * minutes_a_day) continue;
    days[static_cast<std::size_t>(at / minutes_a_day)] = {static_cast<unsigned>(at % minutes_a_day),
                                                          static_cast<unsigned>(jump / seconds_a_minute)};
  }
  return days;
}

}  // namespace pledge::workforce
