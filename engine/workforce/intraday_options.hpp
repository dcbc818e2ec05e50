#pragma once
// What can be done about the half-hours of a day that lack handlers, or have some to spare: changes of the roster, held against its
// rules. Pure.
//
//   move breaks   out of half-hours that lack handlers into those that have some to spare; with rules to another of the pattern's
//                 alternatives, without to at most most_moved earlier or later. A break that has begun stays.
//   overtime      shifts that end before the half-hours do go on, at most most_overtime. Rules: rest before the next shift, paid
//                 hours of the week (roster_rules.hpp); without rules 11 h of rest (Working Time Regulations 1998, reg. 10).
//   call another centre   whose handlers take calls of the classes that lack them.
//   voluntary time off    shifts that end within half-hours that have handlers to spare end as soon as these begin.
//
// Nobody is asked for more than is missing, nobody with less than `notice`.
#include <optional>
#include <string>
#include <vector>

#include "workforce/handler_gaps.hpp"
#include "workforce/room_ahead.hpp"

namespace pledge::workforce {

inline constexpr core::Duration most_moved = std::chrono::hours{1}, most_overtime = std::chrono::hours{2},
                                notice = std::chrono::minutes{15}, usual_rest = std::chrono::hours{11},
                                usual_week_rest = std::chrono::hours{24};
inline constexpr std::size_t most_blocks = 3;       // runs of half-hours that lack handlers, the worst first
inline constexpr double worth_an_option = 0.5;      // handlers missing in a half-hour, at least

enum class OptionKind : std::uint8_t { move_breaks, overtime, another_centre, time_off };
constexpr std::string_view name(OptionKind kind) {
  constexpr std::string_view names[] = {"move breaks", "overtime", "call another centre", "voluntary time off"};
  return names[static_cast<std::size_t>(kind)];
}

struct Forbidden {
  std::string handler, rule;
};
struct DayOption {
  OptionKind kind = OptionKind::move_breaks;
  core::Interval during;              // the half-hours that it is for
  std::uint32_t classes = 0;          // that lack handlers then
  std::vector<std::string> handlers;  // asked; empty for another centre, or where rules forbid everybody
  std::vector<std::string> changes;   // of each, in words
  std::vector<Forbidden> forbidden;
  double hours = 0;                   // of handlers, paid in addition; negative: saved
  std::vector<PlannedShift> roster;   // with it
  OtherCentre other;
};

// A run of half-hours, all with handlers missing or all with some to spare.
struct Block {
  std::size_t first = 0, last = 0;  // of the half-hours ahead, both included
  double most = 0, sum = 0;         // handlers missing: the most, and handler half-hours. Negative sum: to spare; `most`: the least spare
  std::uint32_t classes = 0;        // of the worst half-hour
};
std::vector<Block> short_blocks(const HandlerGaps& gaps);  // the worst first, at most most_blocks
std::optional<Block> spare_block(const HandlerGaps& gaps);

struct OptionsInput {
  const PlannedDay& plan;
  const DayAhead& ahead;
  const HandlerGaps& gaps;
  const StaffAhead& staff;
  const std::map<std::string, std::uint32_t>& skills;
};
// Where nobody can be asked and no rule is why, there is no option.
std::vector<DayOption> day_options(const OptionsInput& input);

// Why a shift may not last until `to` (nothing: it may).
std::optional<std::string> overtime_refusal(const PlannedDay& plan, const PlannedShift& shift, core::Time to);

}  // namespace pledge::workforce
