#include "workforce/day_log.hpp"

#include <algorithm>

namespace pledge::workforce {

using namespace std::chrono_literals;
using core::HandlerState;
using core::Time;

core::Duration CallLog::wait(Time now) const {
  const Time from = queued == core::never ? arrived : queued;
  return std::min({answered, ended, now}) - from;
}

double HandlerTime::occupancy() const {
  const auto at_work = static_cast<double>((busy + ready).count());
  return at_work > 0 ? static_cast<double>(busy.count()) / at_work : 0;
}

DayLog::DayLog(const core::Options& targets, Time from, core::Duration length) : statistics_({length + 1h, 15s}) {
  statistics_.configure(from, targets);
}

void DayLog::observe(Time now, const core::Event& event, const core::Actions& actions, const core::Core& core) {
  for (const core::Action& action : actions) {
    if (const auto* contact = std::get_if<core::ContactChanged>(&action)) on(now, *contact, event);
    else if (const auto* handler = std::get_if<core::HandlerChanged>(&action)) on(now, *handler, core);
    else if (const auto* decision = std::get_if<core::Decision>(&action)) on(now, *decision, event);
  }
}

const CallLog* DayLog::call(core::ContactId contact) const {
  const auto at = by_contact_.find(contact);
  return at == by_contact_.end() ? nullptr : at->second;
}

const CallLog* DayLog::call(core::LegId leg) const {
  const auto at = by_leg_.find(leg);
  return at == by_leg_.end() ? nullptr : at->second;
}

// An arrival tells of one contact that was not there before: its own.
CallLog* DayLog::find(core::ContactId contact, const core::Event& event) {
  if (const auto at = by_contact_.find(contact); at != by_contact_.end()) return at->second;
  const auto* arrival = std::get_if<core::CallArrived>(&event);
  if (!arrival || by_leg_.contains(arrival->leg) || outgoing_.contains(contact)) return nullptr;
  CallLog& call = calls_.emplace_back();
  call.leg = arrival->leg;
  call.contact = contact;
  call.dialled = arrival->facts.dialled;
  call.sip_call_id = arrival->facts.sip_call_id;
  by_contact_[contact] = by_leg_[arrival->leg] = &call;
  return &call;
}

void DayLog::on(Time now, const core::ContactChanged& change, const core::Event& event) {
  statistics_.observe(now, change);
  if (change.outgoing) return void(outgoing_.insert(change.contact));
  CallLog* call = find(change.contact, event);
  if (!call) return;
  call->arrived = change.arrived;
  call->state = change.state;
  call->queue = change.queue;
  if (!change.queue.empty()) {
    call->queued = change.queued;
    call->entered = std::min(call->entered, change.queued);
  }
  if (change.answered != core::never && !call->was_answered()) {
    call->handler = change.handler;
    if (!change.handler.empty()) ++handlers_[change.handler].total.calls;
  }
  call->answered = change.answered;
  if (change.state != core::ContactState::ended) return;
  call->ended = now;
  call->end = change.end;
}

void DayLog::on(Time now, const core::HandlerChanged& change, const core::Core& core) {
  const auto view = core.handler(change.handler);
  statistics_.observe(now, change, view ? view->queues : std::vector<core::QueueId>{});
  Handler& handler = handlers_[change.handler];
  count(handler, now);
  handler.state = change.state;
}

void DayLog::on(Time now, const core::Decision& decision, const core::Event& event) {
  statistics_.observe(now, decision);
  CallLog* call = find(decision.contact, event);
  if (call && call->decisions.size() < most_decisions) call->decisions.push_back({now, decision});
}

void DayLog::count(Handler& handler, Time now) {
  const core::Duration passed = now - handler.since;
  if (handler.state != HandlerState::signed_off) handler.total.signed_on += passed;
  if (handler.state == HandlerState::ready) handler.total.ready += passed;
  if (handler.state == HandlerState::offered || handler.state == HandlerState::talking || handler.state == HandlerState::wrap_up)
    handler.total.busy += passed;
  handler.since = now;
}

std::map<core::HandlerId, HandlerTime> DayLog::handlers(Time now) const {
  std::map<core::HandlerId, HandlerTime> result;
  for (auto [id, handler] : handlers_) {
    count(handler, now);
    if (handler.total.signed_on > core::Duration{}) result.emplace(id, handler.total);
  }
  return result;
}

}  // namespace pledge::workforce
