#pragma once
// A change that somebody asks for, held against rules and need: what it would break that is not broken already.
#include <string>
#include <vector>

#include "workforce/roster.hpp"

namespace pledge::workforce {

struct RosterChange {
  std::vector<std::string> reasons;  // against it: rules, half-hours that would lack handlers; empty = it may be made
  Roster roster;                     // with it
  bool accepted() const { return reasons.empty(); }
};

// A handler's shift that begins on a day.
struct ShiftOf {
  std::size_t handler = 0;
  unsigned day = 0;
};

// Each takes the other's shift.
RosterChange swap_shifts(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster, ShiftOf one,
                         ShiftOf other);

// The handler is away on these days, both included: the shifts that begin on them are taken out, the leave is put into
// `rules`. Nobody is put in their place.
RosterChange take_leave(RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster, std::size_t handler,
                        std::pair<unsigned, unsigned> days);

}  // namespace pledge::workforce
