#pragma once
// A roster: who works which shift; what it covers, what it costs, and every rule that it breaks.
#include <optional>
#include <string>
#include <vector>

#include "workforce/roster_rules.hpp"

namespace pledge::workforce {

struct RosterShift {
  std::size_t handler = 0;
  unsigned day = 0;      // from the need's first
  std::size_t type = 0;  // of shift_types
  friend auto operator<=>(const RosterShift&, const RosterShift&) = default;
};
using Roster = std::vector<RosterShift>;  // by handler, then by day

// What a missing handler costs beside a paid hour: 10 hours for each hour up to a tenth of the need, 30 beyond. So no
// shift is saved that the need wants, and what cannot be covered is spread thin.
struct CoverCosts {
  double missing = 10, missing_more = 30;  // for an hour of one handler
  double more_from = 0.1;                  // share of the half-hour's need
};

// Minutes at work against minutes needed. Handlers with several skills stand wherever they help most: a half-hour lacks
// max over sets A of groups of need(A) - minutes of those with a skill in A (max-flow min-cut: Ford & Fulkerson 1956).
class Cover {
 public:
  Cover(const RosterNeed& need, const CoverCosts& costs);

  void add(unsigned day, const ShiftType& type, std::uint32_t skills) { change(day, type, skills, 1); }
  void remove(unsigned day, const ShiftType& type, std::uint32_t skills) { change(day, type, skills, -1); }

  unsigned missing(std::size_t slot) const;             // minutes
  std::vector<std::size_t> lacking(std::size_t slot) const;  // the groups that lack them together; empty = none
  double cost() const;                                  // of all that is missing
  // Of what is missing, less by one handler's shift.
  double saved(unsigned day, const ShiftType& type, std::uint32_t skills) const;

 private:
  void change(unsigned day, const ShiftType& type, std::uint32_t skills, int sign);
  int missing_with(std::size_t slot, std::uint32_t skills, int minutes) const;
  double cost_of(std::size_t slot, int minutes) const;

  CoverCosts costs_;
  std::size_t slots_, sets_;
  std::vector<int> wanted_;  // by slot and set of groups: minutes needed less minutes at work
  std::vector<int> knee_;    // by slot: minutes from which missing_more holds
};

Cover cover_of(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster,
               const CoverCosts& costs = {});

// Of the hours worked; what is missing is Cover's.
double paid_cost(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster);

// A rule that a roster breaks, in words that name handler, day and rule.
struct RosterBreach {
  std::size_t handler = 0;
  unsigned day = 0;
  std::string what;
};
std::vector<RosterBreach> breaches(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster);

// A half-hour with fewer handlers than needed.
struct Uncovered {
  std::size_t slot = 0;
  unsigned minutes = 0;             // missing
  unsigned needed = 0;              // handlers, of these groups together
  std::vector<std::size_t> groups;
};
std::vector<Uncovered> uncovered(const RosterRules& rules, const Cover& cover);
// "2026-11-30T06:30 999: 11 of 13 handlers"
std::string to_text(const RosterNeed& need, const Uncovered& gap);

}  // namespace pledge::workforce
