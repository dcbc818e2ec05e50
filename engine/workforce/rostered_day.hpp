#pragma once
// A roster as what handlers do at its times, in place of what they did on a recorded day. Pure.
//
// At the beginning of a shift the phone is there, the handler signs on and is ready; in a planned break not ready, and ready again
// at its end; at the shift's end signed off. In a call each takes effect when the call is over: a break that a call outlasts is
// lost, and its end is where it was planned. Shifts of one handler that touch or overlap are one. Nobody is late, away or
// idle at a console: what `pledge adherence` finds beside a plan is not in it.
#include <map>
#include <vector>

#include "workforce/adherence.hpp"
#include "workforce/learner.hpp"

namespace pledge::workforce {

// What a roster replaces of a recorded day: sign-ons, ready and not-ready, phones and consoles that come and go, whoever asked.
bool is_presence(const core::Event& event);

// Roles in which handlers first signed on that day.
std::map<core::HandlerId, core::RoleId> roles_of(const std::vector<RecordedEvent>& day);

// Ascending, within [day.from, day.to); who is in a shift at the beginning signs on then. Requests are without an id. The
// reason of a break is "break" where `reasons` allow it (none = every reason), else the first of them.
std::vector<RecordedEvent> rostered_events(std::vector<PlannedShift> shifts, core::Interval day,
                                           const std::map<core::HandlerId, core::RoleId>& roles,
                                           const std::vector<std::string>& reasons);

}  // namespace pledge::workforce
