#pragma once
// How many handlers of a kind (same contract, same skills) begin which shift on which day: a linear program that knows of
// cover, hours a week, leave, days off and rest between neighbouring days in sum, not person by person. What it relaxes makes
// its bound a bound on every roster: no roster costs less.
#include <map>
#include <vector>

#include "workforce/linear_program.hpp"
#include "workforce/roster.hpp"

namespace pledge::workforce {

struct RosterPlan {
  double bound = 0;  // paid hours and missing handlers, as CoverCosts has them
  bool found = false;
  std::vector<std::size_t> kind_of;                // by handler
  std::vector<std::vector<double>> beginning;      // by kind: [day * types + type] handlers
};

RosterPlan plan_roster(const RosterRules& rules, const std::vector<ShiftType>& types, const CoverCosts& costs,
                       const SolveLinear& solve, double seconds);

// The program itself, for whoever wants to try another solver on it.
LinearProgram roster_program(const RosterRules& rules, const std::vector<ShiftType>& types, const CoverCosts& costs);

}  // namespace pledge::workforce
