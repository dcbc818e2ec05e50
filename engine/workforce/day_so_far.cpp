#include "workforce/day_so_far.hpp"

#include <algorithm>

#include "workforce/half_hours.hpp"

namespace pledge::workforce {

namespace {

using core::ContactEnd;
using core::ContactState;
using core::HandlerState;
using core::seconds;
using core::Time;

bool works(HandlerState state) { return state != HandlerState::signed_off && state != HandlerState::not_ready; }

}  // namespace

void DaySoFar::begin_run(Time started, Time ended) {
  for (auto& [name, handler] : handlers_)
    if (handler.state != HandlerState::signed_off)
      note(std::min(ended, started), name, handler, HandlerState::signed_off, "the engine ended");
  calls_.clear();
  from_ = std::min(from_, started);
}

void DaySoFar::observe(Time now, const core::Action& action) {
  from_ = std::min(from_, now);
  std::visit([&](const auto& a) { on(now, a); }, action);
}

SeenHalfHour& DaySoFar::half_hour(const core::QueueId& queue, Time at) {
  auto& seen = queues_[queue];
  while (!seen.empty() && seen.begin()->first < at - kept_of_day) seen.erase(seen.begin());
  return seen[half_hour_of(at)];
}

// Calls from here are nobody's arrival.
void DaySoFar::on(Time now, const core::ContactChanged& change) {
  if (change.outgoing || change.queue.value.empty()) return;
  if (change.state == ContactState::ended) return ended(now, change);
  const auto [at, is_new] = calls_.try_emplace(change.contact, Call{change.queue, now});
  if (is_new) ++half_hour(change.queue, now).offered;
  if (change.state == ContactState::talking && at->second.answered == core::never) {
    at->second.answered = now;
    half_hour(at->second.queue, now).waited += seconds(now - at->second.entered);
  }
}

void DaySoFar::ended(Time now, const core::ContactChanged& change) {
  const auto found = calls_.find(change.contact);
  if (found == calls_.end()) return;
  const Call call = found->second;
  calls_.erase(found);
  auto& seen = half_hour(call.queue, now);
  if (call.answered != core::never) {
    const double talk = seconds(now - call.answered);
    ++seen.handled;
    seen.talk += talk;
    seen.talk_squared += talk * talk;
  } else if (change.end == ContactEnd::abandoned) {
    ++seen.abandoned;
    seen.waited += seconds(now - call.entered);
  }
}

void DaySoFar::on(Time now, const core::HandlerChanged& change) {
  auto& handler = handlers_[change.handler.value];
  if (handler.state == HandlerState::wrap_up && change.state != HandlerState::wrap_up && !handler.queue.value.empty()) {
    auto& seen = half_hour(handler.queue, now);
    ++seen.wrapped;
    seen.wrap_up += seconds(now - handler.since);
  }
  if (handler.state != change.state) handler.since = now;
  if (const auto call = calls_.find(change.contact); change.state == HandlerState::talking && call != calls_.end())
    handler.queue = call->second.queue;
  note(now, change.handler.value, handler, change.state, change.reason);
}

// Between states of work there is nothing to judge: only the first of a stretch is kept.
void DaySoFar::note(Time now, const std::string& name, Handler& handler, HandlerState state, const std::string& reason) {
  handler.state = state;
  auto& changes = handler.changes;
  const bool alike = !changes.empty() && works(changes.back().state) == works(state) &&
                     (works(state) || (changes.back().state == state && changes.back().reason == reason));
  if (!alike) changes.push_back({name, now, state, reason});
  // The one in force at the beginning of what is kept stays.
  while (changes.size() > most_changes || (changes.size() > 1 && changes[1].at < now - kept_of_day)) changes.pop_front();
}

SeenDay DaySoFar::seen(Time now) const {
  SeenDay out;
  if (from_ == core::never) return out;
  out.known = {std::max(from_, now - kept_of_day), now};
  out.queues = queues_;
  for (const auto& [contact, call] : calls_) ++(call.answered == core::never ? out.waiting : out.talking)[call.queue];
  for (const auto& [name, handler] : handlers_) {
    out.changes.insert(out.changes.end(), handler.changes.begin(), handler.changes.end());
    if (handler.state != HandlerState::signed_off) out.handlers[name] = handler.state;
  }
  return out;
}

}  // namespace pledge::workforce
