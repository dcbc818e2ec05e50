#include "workforce/roster.hpp"

#include <algorithm>
#include <cstdio>

namespace pledge::workforce {

Cover::Cover(const RosterNeed& need, const CoverCosts& costs)
    : costs_(costs), slots_(need.slots()), sets_(std::size_t{1} << need.groups.size()), wanted_(slots_ * sets_),
      knee_(slots_) {
  for (std::size_t slot = 0; slot < slots_; ++slot) {
    for (std::size_t set = 1; set < sets_; ++set)
      for (std::size_t group = 0; group < need.groups.size(); ++group)
        if (set >> group & 1) wanted_[slot * sets_ + set] += static_cast<int>(need.handlers[group][slot] * half_hour_minutes);
    knee_[slot] = static_cast<int>(costs.more_from * wanted_[slot * sets_ + sets_ - 1]);
  }
}

void Cover::change(unsigned day, const ShiftType& type, std::uint32_t skills, int sign) {
  std::size_t slot = day * half_hours_a_day + type.first_slot();
  for (std::size_t i = 0; i < type.minutes.size() && slot < slots_; ++i, ++slot)
    for (std::size_t set = 1; set < sets_; ++set)
      if (set & skills) wanted_[slot * sets_ + set] -= sign * type.minutes[i];
}

int Cover::missing_with(std::size_t slot, std::uint32_t skills, int minutes) const {
  int most = 0;
  for (std::size_t set = 1; set < sets_; ++set)
    most = std::max(most, wanted_[slot * sets_ + set] - (set & skills ? minutes : 0));
  return most;
}

unsigned Cover::missing(std::size_t slot) const { return static_cast<unsigned>(missing_with(slot, 0, 0)); }

std::vector<std::size_t> Cover::lacking(std::size_t slot) const {
  const int most = missing_with(slot, 0, 0);
  std::vector<std::size_t> groups;
  for (std::size_t set = 1; most > 0 && set < sets_ && groups.empty(); ++set)
    for (std::size_t group = 0; wanted_[slot * sets_ + set] == most && set >> group; ++group)
      if (set >> group & 1) groups.push_back(group);
  return groups;
}

double Cover::cost_of(std::size_t slot, int minutes) const {
  const int more = std::max(0, minutes - knee_[slot]);
  return (costs_.missing * minutes + (costs_.missing_more - costs_.missing) * more) / 60;
}

double Cover::cost() const {
  double sum = 0;
  for (std::size_t slot = 0; slot < slots_; ++slot) sum += cost_of(slot, missing_with(slot, 0, 0));
  return sum;
}

double Cover::saved(unsigned day, const ShiftType& type, std::uint32_t skills) const {
  double sum = 0;
  std::size_t slot = day * half_hours_a_day + type.first_slot();
  for (std::size_t i = 0; i < type.minutes.size() && slot < slots_; ++i, ++slot) {
    const int before = missing_with(slot, 0, 0);
    if (before > 0) sum += cost_of(slot, before) - cost_of(slot, missing_with(slot, skills, type.minutes[i]));
  }
  return sum;
}

Cover cover_of(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster,
               const CoverCosts& costs) {
  Cover cover{rules.need, costs};
  for (const auto& shift : roster) cover.add(shift.day, types[shift.type], rules.handlers[shift.handler].skills);
  return cover;
}

double paid_cost(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster) {
  double sum = 0;
  for (const auto& shift : roster)
    sum += rules.contracts[rules.handlers[shift.handler].contract].cost * types[shift.type].paid / 60;
  return sum;
}

std::vector<Uncovered> uncovered(const RosterRules& rules, const Cover& cover) {
  std::vector<Uncovered> gaps;
  for (std::size_t slot = 0; slot < rules.need.slots(); ++slot) {
    Uncovered gap{slot, cover.missing(slot), 0, cover.lacking(slot)};
    if (gap.minutes == 0) continue;
    for (const auto group : gap.groups) gap.needed += rules.need.handlers[group][slot];
    gaps.push_back(std::move(gap));
  }
  return gaps;
}

std::string to_text(const RosterNeed& need, const Uncovered& gap) {
  std::string groups;
  for (const auto group : gap.groups) groups += (groups.empty() ? "" : "+") + need.groups[group];
  char there[32];
  std::snprintf(there, sizeof there, "%.4g", gap.needed - gap.minutes / double{half_hour_minutes});
  const auto minute = static_cast<unsigned>(gap.slot % half_hours_a_day) * half_hour_minutes;
  return stamp_text(need.first + std::chrono::days{gap.slot / half_hours_a_day}, minute) + " " + groups + ": " + there +
         " of " + std::to_string(gap.needed) + " handlers";
}

}  // namespace pledge::workforce
