#pragma once
// The planner's input of `pledge roster` and `pledge adherence`: a need, a folder of rules, a roster.
#include <optional>
#include <string>
#include <vector>

#include "workforce/roster_tables.hpp"

namespace pledge {

struct RosterFiles {
  std::string need;   // file
  std::string rules;  // folder: shifts.csv, contracts.csv, handlers.csv, and leave.csv where somebody is away
};

// None, with every fault of every file on standard error, if they cannot be used.
std::optional<workforce::RosterRules> load(const RosterFiles& files);

std::optional<workforce::Roster> load_roster(const std::string& path, const workforce::RosterRules& rules,
                                             const std::vector<workforce::ShiftType>& types);

// HANDLER:DAY, HANDLER:FROM:TO: the last `count` parts between colons, and before them the name, which may hold colons. Empty: too few.
std::vector<std::string> parts(const std::string& text, std::size_t count);

}  // namespace pledge
