#pragma once
// A roster for people: one page to print, and a calendar for each handler.
#include <string>
#include <vector>

#include "core/options.hpp"
#include "workforce/roster_search.hpp"

namespace pledge::workforce {

// A week a table, handlers down and days across; need against cover as a plot, a week each; what is not covered.
std::string roster_page(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster,
                        const std::vector<std::string>& remarks);

// RFC 5545: one event a shift, in UTC by the zone's offsets (ascending; before the first it holds too), breaks described in
// local time. The UID is the handler's name and the shift's day, so that a later roster replaces the event of an earlier one.
struct CalendarClock {
  std::vector<core::UtcOffset> offsets;
  core::Time made;  // DTSTAMP
};
std::string roster_calendar(const RosterRules& rules, const std::vector<ShiftType>& types, const Roster& roster,
                            std::size_t handler, const CalendarClock& clock);

}  // namespace pledge::workforce
