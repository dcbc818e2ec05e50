#include "main/workforce_wire.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/render.hpp"
#include "runtime/sentences.hpp"
#include "service/convert.hpp"

namespace pledge {
namespace {

using service::put;
using workforce::DayAhead;
using workforce::IntradayPlan;

void put(v1::StaffingInterval& to, const IntradayPlan& plan, std::size_t slot) {
  const auto& gap = plan.gaps.half_hours[slot];
  put(to.mutable_from(), gap.from);
  for (std::size_t c = 0; c < plan.ahead.classes.size(); ++c) {
    const auto& made = plan.ahead.classes[c];
    auto& one = *to.add_classes();
    one.set_class_name(made.name);
    one.set_calls(made.calls[slot] * plan.ahead.left(slot));
    one.set_forecast(made.planned[slot] * plan.ahead.left(slot));
    one.set_needed(gap.needed[c]);
    if (!std::isnan(plan.shares[c][slot])) one.set_within_target(plan.shares[c][slot]);
    if (gap.classes >> c & 1) to.add_lacking(made.name);
  }
  to.set_needed(gap.needed_together);
  to.set_rostered(gap.rostered);
  to.set_expected(gap.expected);
  to.set_missing(gap.missing);
}

template <class Response>
void put_staffing(Response& to, const IntradayPlan& plan) {
  for (std::size_t i = 0; i < plan.gaps.half_hours.size(); ++i) put(*to.add_intervals(), plan, i);
  auto& presence = *to.mutable_presence();
  presence.set_signed_on(plan.staff.signed_on);
  presence.set_at_work(plan.staff.at_work);
  for (const auto& handler : plan.staff.absent) presence.add_absent(handler);
  for (const auto& handler : plan.staff.unplanned) presence.add_unplanned(handler);
  for (const auto& remark : plan.remarks) to.add_remarks(remark);
}

void put(v1::Estimate& to, const workforce::Estimate& from) {
  to.set_mean(from.mean);
  to.set_interval(from.interval.value_or(0));
}

void put(v1::ClassLevel& to, const workforce::ClassAhead& made, const workforce::Estimate& level) {
  to.set_class_name(made.name);
  put(*to.mutable_within_target(), level);
  to.set_target_share(made.target_share);
  to.set_target_within_s(made.target_within);
}

void put(v1::SimulatedClass& to, const workforce::DayToCome& day, std::size_t of_class) {
  put(*to.mutable_in_force(), day.ahead.classes[of_class], day.in_force.levels[of_class]);
  if (day.other) {
    put(*to.mutable_other(), day.other->levels[of_class]);
    put(*to.mutable_difference(), day.gain.shares[of_class]);
  }
  for (std::size_t i = 0; i < day.ahead.from.size(); ++i) {
    auto& half_hour = *to.add_half_hours();
    put(half_hour.mutable_from(), day.ahead.from[i]);
    half_hour.set_calls(day.ahead.classes[of_class].calls[i]);
    half_hour.set_needed(day.gaps.half_hours[i].needed[of_class]);
    if (!std::isnan(day.in_force.shares[of_class][i])) half_hour.set_in_force(day.in_force.shares[of_class][i]);
    if (day.other && !std::isnan(day.other->shares[of_class][i])) half_hour.set_other(day.other->shares[of_class][i]);
  }
}

void put(v1::WhatIfSide& to, const workforce::QueueSide& side) {
  to.set_offered(side.offered);
  to.set_answered(side.answered);
  to.set_abandoned(side.abandoned);
  to.set_within_target(side.within);
  to.set_share(side.share);
  if (side.worst) {
    put(to.mutable_worst_half_hour(), side.worst->from);
    to.set_worst_share(side.worst->share());
  }
  to.set_longest_wait_s(core::seconds(side.longest));
  to.set_occupancy(side.occupancy);
}

void put(v1::WhatIfOutcome& to, const workforce::CallLog& call, core::Duration wait) {
  to.set_queue(call.queue.value);
  to.set_handler(call.handler.value);
  to.set_answered(call.was_answered());
  to.set_wait_s(core::seconds(wait));
  for (const auto& said : call.decisions) to.add_decisions(runtime::sentence(said.decision));
}

void put(v1::IntradayOption& to, const workforce::JudgedOption& judged, const DayAhead& ahead, const std::vector<core::UtcOffset>& offsets) {
  const auto& option = judged.option;
  to.set_kind(static_cast<v1::IntradayOptionKind>(static_cast<int>(option.kind) + 1));
  to.set_text(workforce::to_text(option, ahead, offsets));
  to.set_hours(option.hours);
  for (const auto& handler : option.handlers) to.add_handlers(handler);
  for (const auto& change : option.changes) to.add_changes(change);
  for (const auto& [handler, rule] : option.forbidden) {
    to.add_forbidden()->set_handler(handler);
    to.mutable_forbidden()->rbegin()->set_rule(rule);
  }
  if (!judged.simulated) return;
  put(*to.mutable_calls(), judged.calls);
  for (std::size_t c = 0; c < ahead.classes.size(); ++c) put(*to.add_levels(), ahead.classes[c], judged.difference[c]);
}

void put(v1::AdherenceInterval& to, const workforce::AdherenceSlot& slot) {
  to.set_handler(slot.handler);
  put(to.mutable_from(), slot.from);
  to.set_planned_s(slot.planned);
  to.set_breaks_s(slot.breaks);
  to.set_worked_s(slot.worked);
  to.set_adherent_s(slot.adherent);
}

}  // namespace

v1::GetIntradayResponse to_wire(const IntradayPlan& plan, const std::vector<core::UtcOffset>& offsets) {
  v1::GetIntradayResponse to;
  put_staffing(to, plan);
  for (std::size_t c = 0; c < plan.ahead.classes.size(); ++c) put(*to.add_levels(), plan.ahead.classes[c], plan.levels[c]);
  for (const auto& judged : plan.options) put(*to.add_options(), judged, plan.ahead, offsets);
  return to;
}

v1::GetStaffingResponse staffing_to_wire(const IntradayPlan& plan) {
  v1::GetStaffingResponse to;
  put_staffing(to, plan);
  return to;
}

v1::SimulateResponse to_wire(const workforce::DayToCome& day) {
  v1::SimulateResponse to;
  for (std::size_t c = 0; c < day.ahead.classes.size(); ++c) put(*to.add_classes(), day, c);
  if (day.other) put(*to.mutable_calls(), day.gain.calls);
  for (const auto& remark : day.remarks) to.add_remarks(remark);
  return to;
}

v1::GetWhatIfResponse to_wire(const workforce::WhatIf& result, std::size_t most) {
  v1::GetWhatIfResponse to;
  put(to.mutable_from(), result.from);
  put(to.mutable_to(), result.to);
  to.set_calls(result.calls);
  to.set_same_options(result.same_options);
  for (const auto& row : result.queues) {
    auto& queue = *to.add_queues();
    queue.set_queue(row.queue.value);
    queue.set_target_share(row.target_share);
    queue.set_target_within_s(core::seconds(row.target));
    put(*queue.mutable_then(), row.then);
    put(*queue.mutable_now(), row.now);
  }
  for (std::size_t i = 0; i < workforce::fates; ++i) {
    if (result.by_fate[i] == 0 || static_cast<workforce::Fate>(i) == workforce::Fate::same) continue;
    auto& fate = *to.add_fates();
    fate.set_fate(std::string{name(static_cast<workforce::Fate>(i))});
    fate.set_calls(result.by_fate[i]);
  }
  for (std::size_t i = 0; i < std::min(most, result.differences.size()); ++i) {
    const auto& one = result.differences[i];
    auto& call = *to.add_differing();
    call.set_contact(one.then->contact.value);
    call.set_sip_call_id(one.then->sip_call_id);
    put(call.mutable_arrived(), one.then->arrived);
    call.set_dialled(one.then->dialled);
    call.set_fate(std::string{name(one.fate)});
    put(*call.mutable_then(), *one.then, one.wait_then);
    put(*call.mutable_now(), *one.now, one.wait_now);
  }
  for (std::size_t i = 0; i < std::min(most, result.not_possible.size()); ++i)
    to.add_not_possible(core::to_text(result.not_possible[i].event) + ": " + result.not_possible[i].detail);
  to.set_not_possible_in_all(result.not_possible.size());
  return to;
}

v1::GetAdherenceResponse to_wire(const workforce::Adherence& judged, core::Interval known, const v1::GetAdherenceRequest& request) {
  const std::set<std::string> only{request.handlers().begin(), request.handlers().end()};
  const auto wanted = [&](const std::string& handler) { return only.empty() || only.contains(handler); };
  v1::GetAdherenceResponse to;
  put(to.mutable_from(), known.from);
  put(to.mutable_to(), known.to);
  for (const auto& slot : request.totals() ? workforce::by_handler(judged.slots) : judged.slots)
    if (wanted(slot.handler)) put(*to.add_intervals(), slot);
  for (const auto& e : judged.episodes) {
    if (!wanted(e.handler)) continue;
    auto& one = *to.add_episodes();
    one.set_handler(e.handler);
    put(one.mutable_from(), e.from);
    put(one.mutable_to(), e.to);
    one.set_break_planned(e.break_planned);
    one.set_state(service::wire(e.state));
    one.set_reason(e.reason);
  }
  return to;
}

v1::GetRosterResponse to_wire(const std::vector<workforce::ShiftText>& shifts, const v1::GetRosterRequest& request) {
  v1::GetRosterResponse to;
  const auto& of = request.handlers();
  for (const auto& shift : shifts) {
    if (!of.empty() && std::find(of.begin(), of.end(), shift.handler) == of.end()) continue;
    auto& out = *to.add_shifts();
    out.set_handler(shift.handler);
    out.set_start(shift.start);
    out.set_end(shift.end);
    out.set_pattern(shift.pattern);
    out.set_breaks(shift.breaks);
  }
  return to;
}

v1::CheckRosterChangeResponse to_wire(const workforce::AskedAnswer& answer) {
  v1::CheckRosterChangeResponse to;
  to.set_accepted(answer.reasons.empty());
  for (const auto& reason : answer.reasons) to.add_reasons(reason);
  for (const auto& remark : answer.remarks) to.add_remarks(remark);
  return to;
}

}  // namespace pledge
