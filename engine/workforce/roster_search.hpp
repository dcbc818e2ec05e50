#pragma once
// Finds a roster: every rule kept, cost near the least. First a plan for kinds of handlers (roster_plan), then each handler's
// tour along it (tours), then handlers re-planned one by one, and a few at a time, against what the others cover. Each
// step is the exact optimum for the handler in hand, so that the roster only ever gets better and may be stopped at any time.
#include <functional>
#include <string>
#include <vector>

#include "workforce/roster.hpp"
#include "workforce/roster_plan.hpp"
#include "workforce/tours.hpp"

namespace pledge::workforce {

struct RosterOptions {
  CoverCosts costs;
  double plan_share = 0.4;      // of the time, at most, for the plan
  unsigned give_up_after = 40;  // rounds of changes without any gain
  std::uint64_t seed = 1;       // of the order in which handlers are taken
};

// Seconds since the search began; the caller has the clock.
using Elapsed = std::function<double()>;

struct RosterResult {
  std::vector<std::string> conflicts;  // handlers whose contract cannot be kept; if any there is no roster
  Roster roster;
  double paid = 0, missing = 0;  // cost of the hours worked, of what is not covered
  double bound = 0;              // no roster costs less
  double gap() const { return bound > 0 ? (paid + missing) / bound - 1 : 0; }  // 0 also where no bound was found
};

RosterResult find_roster(const RosterRules& rules, const RosterOptions& options, const SolveLinear& solve, double seconds,
                         const Elapsed& elapsed);

}  // namespace pledge::workforce
