#pragma once
// The need, the rules of a roster and the roster itself as tables of text. Each reader tells every fault of its table; what it
// refers to in another (contracts name patterns) is looked up in `rules`, so that they are read in the order below.
#include <string>
#include <vector>

#include "workforce/roster.hpp"
#include "workforce/table.hpp"

namespace pledge::workforce {

// timestamp, class, and rostered or else handlers: what `pledge staff` prints. Complete by half-hour, whole weeks from the
// first day on, the same for each class; at most most_groups classes.
void read_need(const Table& table, RosterRules& rules, std::vector<TextFault>& faults);

// pattern, hours (from beginning to end), paid_h, earliest, latest (06:30), step_min, breaks: "4:00+30" = after 4 h, 30
// minutes; several apart by a space; alternatives apart by "|".
void read_shift_patterns(const Table& table, RosterRules& rules, std::vector<TextFault>& faults);

// contract, week_least_h, week_most_h, rest_h, days_in_row, days_off (a week), cost (of a paid hour), patterns (apart by a
// space; empty = all).
void read_contracts(const Table& table, RosterRules& rules, std::vector<TextFault>& faults);

// handler, contract, skills: classes of the need, apart by a space; empty = all.
void read_roster_handlers(const Table& table, RosterRules& rules, std::vector<TextFault>& faults);

// handler, from, to: days, both included. Days outside the roster are no fault.
void read_leave(const Table& table, RosterRules& rules, std::vector<TextFault>& faults);

// handler, start, end (2026-11-30T06:30), pattern, breaks: as roster_table writes them; other columns are not read.
Roster read_roster(const Table& table, const RosterRules& rules, const std::vector<ShiftType>& types,
                   std::vector<TextFault>& faults);
std::string roster_table(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster);

// What `pledge simulate --staff` reads: from_s (from the first day's start), group (the skills, joined by +), handlers.
std::string staff_table(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster);

}  // namespace pledge::workforce
