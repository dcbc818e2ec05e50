#pragma once
// A swap or a leave that somebody asks for of the roster in force: held against every rule, and against the need of the days that it
// touches, as forecast now (handler_gaps.hpp). Pure.
#include <functional>
#include <variant>

#include "workforce/day_ahead.hpp"
#include "workforce/roster.hpp"

namespace pledge::workforce {

inline constexpr unsigned most_days_asked = 28;  // of a leave: each is forecast

// A handler's shift that begins on a day.
struct AskedShift {
  std::string handler;
  Day day{};
};
struct AskedSwap {
  AskedShift one, other;  // each takes the other's
};
struct AskedLeave {
  std::string handler;
  Day from{}, to{};  // both included
};
using AskedChange = std::variant<AskedSwap, AskedLeave>;

struct AskedInput {
  core::Time now;
  const PlannedDay& plan;  // with rules
  const core::Options& options;
  AheadOptions ahead;
};

struct AskedAnswer {
  std::vector<std::string> faults;   // for a person; if any, nothing was judged
  bool stopped = false;              // likewise
  std::vector<std::string> reasons;  // against it: rules, half-hours that would lack handlers; none: it may be made
  std::vector<std::string> remarks;  // what was assumed
};
// Only of days after today. `stop` is asked between days.
AskedAnswer judge_change(const AskedInput& input, const AskedChange& asked, const std::function<bool()>& stop);

// The shifts of a roster that begin on days from `from` to before `to`, by time and handler, with their local times.
struct ShiftText {
  std::string handler, start, end, pattern, breaks;  // as `pledge roster` writes them
};
std::vector<ShiftText> shifts_between(const PlannedDay& plan, Day from, Day to);

}  // namespace pledge::workforce
