#include "workforce/roster_changes.hpp"

#include <algorithm>
#include <set>

namespace pledge::workforce {

namespace {

std::set<std::string> words(const std::vector<RosterBreach>& breaches) {
  std::set<std::string> all;
  for (const auto& breach : breaches) all.insert(breach.what);
  return all;
}

// Rules broken and half-hours short now that were not in the roster before.
std::vector<std::string> worse(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& before,
                               const Roster& after) {
  std::vector<std::string> reasons;
  const auto known = words(breaches(rules, types, before));
  for (const auto& breach : breaches(rules, types, after))
    if (!known.contains(breach.what)) reasons.push_back(breach.what);
  const Cover cover = cover_of(rules, types, before);
  for (const auto& gap : uncovered(rules, cover_of(rules, types, after)))
    if (gap.minutes > cover.missing(gap.slot)) reasons.push_back("not covered: " + to_text(rules.need, gap));
  return reasons;
}

std::string name(const RosterRules& rules, const ShiftOf& shift) {
  return "handler " + rules.handlers[shift.handler].name + " has no shift on " +
         to_text(rules.need.first + std::chrono::days{shift.day});
}

Roster::iterator find(Roster& roster, const ShiftOf& wanted) {
  return std::find_if(roster.begin(), roster.end(),
                      [&](const RosterShift& s) { return s.handler == wanted.handler && s.day == wanted.day; });
}

}  // namespace

RosterChange swap_shifts(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster, ShiftOf one,
                         ShiftOf other) {
  RosterChange change{{}, roster};
  const auto first = find(change.roster, one), second = find(change.roster, other);
  if (first == change.roster.end()) change.reasons.push_back(name(rules, one));
  if (second == change.roster.end()) change.reasons.push_back(name(rules, other));
  if (!change.reasons.empty()) return change;
  std::swap(first->handler, second->handler);
  std::sort(change.roster.begin(), change.roster.end());
  change.reasons = worse(rules, types, roster, change.roster);
  return change;
}

RosterChange take_leave(RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster, std::size_t handler,
                        std::pair<unsigned, unsigned> days) {
  RosterChange change{{}, {}};
  for (const auto& shift : roster)
    if (shift.handler != handler || shift.day < days.first || shift.day > days.second) change.roster.push_back(shift);
  for (unsigned day = days.first; day <= days.second; ++day) rules.handlers[handler].leave[day] = true;
  change.reasons = worse(rules, types, roster, change.roster);
  return change;
}

}  // namespace pledge::workforce
