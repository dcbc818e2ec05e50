#pragma once
// What was planned, as the Workforce service says it. Part of the composition root; `pledge intraday` prints the same messages.
#include "pledge/v1/workforce.pb.h"
#include "workforce/day_to_come.hpp"
#include "workforce/intraday_plan.hpp"
#include "workforce/roster_request.hpp"
#include "workforce/whatif.hpp"

namespace pledge {

v1::GetIntradayResponse to_wire(const workforce::IntradayPlan& plan, const std::vector<core::UtcOffset>& offsets);

// Of a plan for which nothing was simulated.
v1::GetStaffingResponse staffing_to_wire(const workforce::IntradayPlan& plan);

v1::SimulateResponse to_wire(const workforce::DayToCome& day);

// Of the calls that would have fared differently, and of what was not possible, at most `most`.
v1::GetWhatIfResponse to_wire(const workforce::WhatIf& result, std::size_t most);

v1::GetRosterResponse to_wire(const std::vector<workforce::ShiftText>& shifts, const v1::GetRosterRequest& request);

v1::CheckRosterChangeResponse to_wire(const workforce::AskedAnswer& answer);

v1::GetAdherenceResponse to_wire(const workforce::Adherence& judged, core::Interval known, const v1::GetAdherenceRequest& request);

}  // namespace pledge
