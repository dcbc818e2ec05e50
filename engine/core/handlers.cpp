// A handler's shift: sign-on, ready and not-ready, after-call work, lost consoles and phones.
#include <algorithm>
#include <utility>

#include "core/state.hpp"

namespace pledge::core {

HandlerIndex Core::State::find(const HandlerId& id) const {
  const auto at = handler_of.find(id.value);
  return at == handler_of.end() ? no_index : at->second;
}

// The handler of a console's request, signed on and of the version the actor saw; otherwise the refusal is sent. One who
// was removed from the configuration in a call is served until the sign-off after it.
Handler* Core::State::for_request(const Request& request, const HandlerId& id) {
  const HandlerIndex index = find(id);
  if (index == no_index || (!handlers[index].configured && handlers[index].state == HandlerState::signed_off)) {
    reply(request, Refusal::unknown_handler, "no handler " + id.value + " is configured");
    return nullptr;
  }
  Handler& handler = handlers[index];
  if (handler.state == HandlerState::signed_off) {
    reply(request, Refusal::not_signed_on, id.value + " is not signed on: sign on first", handler.version);
    return nullptr;
  }
  if (request.expected_version != 0 && request.expected_version != handler.version) {
    reply(request, Refusal::stale_version, id.value + " has changed since: look again", handler.version);
    return nullptr;
  }
  return &handler;
}

void Core::State::changed(const Handler& handler) { emit(snapshot(handler)); }

void Core::State::set_state(Handler& handler, HandlerState state, std::string reason) {
  handler.state = state;
  handler.reason = std::move(reason);
  handler.since = now;
  ++handler.version;
  changed(handler);
}

// ---- who may be offered a call ------------------------------------------------------------------------------------

bool Core::State::offerable(const Handler& handler) const {
  if (handler.state != HandlerState::ready || handler.backing_off) return false;
  const bool phone = !handler.options.phone.empty() || handler.phone_bound;
  const bool console = handler.options.phone_mode == PhoneMode::ring || !handler.console_lost;
  const bool line = handler.options.phone_mode != PhoneMode::nailed_up || handler.nailed_up;
  return phone && console && line;
}

// Share of the sign-on spent on calls, in parts per million.
std::uint64_t Core::State::occupancy(const Handler& handler) const {
  const auto elapsed = std::max<std::int64_t>(1, (now - handler.signed_on_at).count() / 1000);
  return static_cast<std::uint64_t>(handler.busy.count() / 1000 * 1'000'000 / elapsed);
}

void Core::State::refresh_idle(HandlerIndex at, bool seek) {
  Handler& handler = handlers[at];
  if (handler.group == no_index) return;
  const bool should = offerable(handler);
  Pool& pool = pools[directory.pool(handler.options.pool)];
  const bool counted = index.serves_first_class(handler.group);
  if (handler.idle && !should) {
    index.clear_idle(handler.group, at, handler.idle_since, handler.occupancy_key);
    if (counted) --pool.idle;
  }
  if (!handler.idle && should) {
    handler.occupancy_key = occupancy(handler);
    index.set_idle(handler.group, at, handler.idle_since, handler.occupancy_key);
    if (counted) ++pool.idle;
  }
  const bool fresh = should && !handler.idle;
  handler.idle = should;
  if (fresh && seek) placing > 0 ? freed.push_back(at) : match_handler(at);
}

std::vector<QueueIndex> Core::State::queues_of(const Handler& handler) const {
  if (!handler.assigned.empty()) return handler.assigned;
  std::vector<QueueIndex> queues;
  if (const RoleOptions* role = directory.find_role(handler.role))
    for (const QueueId& queue : role->queues)
      if (const QueueIndex at = directory.find_queue(queue.value); at != no_index) queues.push_back(at);
  return queues;
}

void Core::State::join(HandlerIndex at) {
  Handler& handler = handlers[at];
  Capability capability{queues_of(handler), directory.skills(handler.options.skills), directory.pool(handler.options.pool)};
  std::sort(capability.queues.begin(), capability.queues.end());
  capability.queues.erase(std::unique(capability.queues.begin(), capability.queues.end()), capability.queues.end());
  handler.serves = capability.queues;
  handler.group = index.join(capability);
}

void Core::State::leave(HandlerIndex at) {
  Handler& handler = handlers[at];
  if (handler.group == no_index) return;
  if (handler.idle) {
    index.clear_idle(handler.group, at, handler.idle_since, handler.occupancy_key);
    if (index.serves_first_class(handler.group)) --pools[directory.pool(handler.options.pool)].idle;
    handler.idle = false;
  }
  index.leave(handler.group);
  handler.group = no_index;
}

// Queues or skills changed: the handler's state and idle time do not.
void Core::State::regroup(HandlerIndex at) {
  leave(at);
  join(at);
  refresh_idle(at);
}

// ---- sign-on and sign-off --------------------------------------------------------------------------------------------

void Core::State::on(const SignOn& event) {
  const HandlerIndex at = find(event.handler);
  if (at == no_index || !handlers[at].configured)
    return reply(event.request, Refusal::unknown_handler, "no handler " + event.handler.value + " is configured");
  Handler& handler = handlers[at];
  const auto& roles = handler.options.roles;
  const std::string role = event.role.empty() && !roles.empty() ? roles.front().value : event.role.value;
  if (!directory.find_role(role))
    return reply(event.request, Refusal::unknown_role, "no role \"" + role + "\" is configured", handler.version);
  if (std::none_of(roles.begin(), roles.end(), [&](const RoleId& r) { return r.value == role; }))
    return reply(event.request, Refusal::role_not_allowed, event.handler.value + " may not sign on as " + role, handler.version);
  if (handler.state != HandlerState::signed_off) {
    if (handler.session != event.session && !event.takeover)
      return reply(event.request, Refusal::already_signed_on,
                   event.handler.value + " is signed on at another console: sign on with takeover to move here", handler.version);
    if (!event.role.empty() && role != handler.role)
      return reply(event.request, Refusal::wrong_state,
                   event.handler.value + " is signed on as " + handler.role + ": sign off first to change the role", handler.version);
    if (handler.session != event.session) move_session(at, event.session);
    return reply(event.request, Refusal::none, "session continued", handler.version);
  }
  handler.role = role;
  handler.session = event.session;
  handler.signed_on_at = handler.idle_since = now;
  handler.busy = {};
  handler.calls = 0;
  handler.misses = 0;
  handler.console_lost = handler.backing_off = false;
  join(at);
  hold_line(at);
  set_state(handler, HandlerState::not_ready, "signed on");
  reply(event.request, Refusal::none, {}, handler.version);
}

// To another console, which answers for the handler from now on, whatever became of the former one.
void Core::State::move_session(HandlerIndex at, const std::string& session) {
  Handler& handler = handlers[at];
  handler.session = session;
  handler.console_attached = handler.console_lost = false;
  timers.cancel(handler.console_timer);
  refresh_idle(at);
}

void Core::State::sign_off(HandlerIndex at, std::string reason) {
  Handler& handler = handlers[at];
  const auto queues = queues_of(handler);
  timers.cancel(handler.wrap_up_timer);
  timers.cancel(handler.backoff_timer);
  timers.cancel(handler.console_timer);
  timers.cancel(handler.phone_timer);
  leave(at);
  if (Contact* heard = find(handler.monitors))
    if (Party* listening = party(*heard, at)) {
      drop_party(*heard, *listening, OfferEnd::withdrawn, "signed off");
      rearrange(*heard);
    }
  if (legs.contains(handler.nailed_leg)) emit(ReleaseLeg{handler.nailed_leg, "signed off"});
  forget_leg(handler.nailed_leg);
  handler.nailed_up = handler.backing_off = handler.console_attached = handler.console_lost = false;
  handler.session.clear();
  handler.leaving.clear();
  handler.pause.clear();
  handler.assigned.clear();
  handler.contact = {};
  handler.wrap_up_ends = never;
  set_state(handler, HandlerState::signed_off, std::move(reason));
  for (const QueueIndex queue : queues) start_sweep(queue);
}

void Core::State::on(const SignOff& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  if (event.request.actor != event.handler.value && !is_supervisor(event.request.actor))
    return reply(event.request, Refusal::role_not_allowed, supervisors_only, handler->version);
  const std::string reason = event.reason.empty() ? "signed off" : event.reason;
  if (handler->state == HandlerState::talking) {
    handler->leaving = reason;
    return reply(event.request, Refusal::none, "signs off when the call has ended", handler->version);
  }
  if (handler->state == HandlerState::offered) {
    handler->leaving = reason;
    offer_over(index_of(*handler), OfferEnd::declined);
  } else {
    sign_off(index_of(*handler), reason);
  }
  reply(event.request, Refusal::none, {}, handler->version);
}

// ---- ready and not ready -----------------------------------------------------------------------------------------------

void Core::State::on(const GoReady& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  const HandlerIndex at = index_of(*handler);
  if (handler->options.phone.empty() && !handler->phone_bound)
    return reply(event.request, Refusal::phone_not_registered, "the desk phone is not registered: check the phone", handler->version);
  if (handler->options.phone_mode == PhoneMode::nailed_up && !handler->nailed_up) {
    hold_line(at);
    return reply(event.request, Refusal::phone_not_registered, "the held line is not up yet: answer the phone, then try again", handler->version);
  }
  if (handler->options.phone_mode != PhoneMode::ring && handler->console_lost)
    return reply(event.request, Refusal::console_not_attached,
                 "offers are accepted at the console, and its connection is lost: open the console again, then try again",
                 handler->version);
  if (handler->monitors)
    return reply(event.request, Refusal::wrong_state, "listening to a call: stop listening first", handler->version);
  handler->pause.clear();
  if (handler->state == HandlerState::wrap_up) {
    finish_wrap_up(at);
  } else if (handler->state == HandlerState::not_ready) {
    handler->misses = 0;
    handler->backing_off = false;
    timers.cancel(handler->backoff_timer);
    set_state(*handler, HandlerState::ready);
    refresh_idle(at);
  }
  reply(event.request, Refusal::none, {}, handler->version);
}

void Core::State::pause(HandlerIndex at, std::string reason) {
  Handler& handler = handlers[at];
  switch (handler.state) {
    case HandlerState::signed_off: break;
    case HandlerState::not_ready: set_state(handler, HandlerState::not_ready, std::move(reason)); break;
    case HandlerState::offered:
    case HandlerState::talking:
    case HandlerState::wrap_up: handler.pause = std::move(reason); break;
    case HandlerState::ready:
      handler.backing_off = false;
      timers.cancel(handler.backoff_timer);
      set_state(handler, HandlerState::not_ready, std::move(reason));
      refresh_idle(at);
      break;
  }
}

// The grace time is over. Whoever is not-ready already, or will be after the call, keeps the reason they gave. A caller on hold
// has nobody any more to take the call up again, nor to end the wait for somebody of a queue.
void Core::State::lose(HandlerIndex at, std::string reason) {
  const Handler& handler = handlers[at];
  if (handler.state != HandlerState::not_ready && handler.pause.empty()) pause(at, std::move(reason));
  Contact* contact = handler.state == HandlerState::talking && handler.console_lost ? find(handler.contact) : nullptr;
  const bool on_hold = contact && contact->handler == at && contact->held && (!consulted(*contact) || consulted(*contact)->waits_as);
  if (on_hold) return_caller(*contact, "the handler's console was lost while the caller was on hold");
}

void Core::State::on(const GoNotReady& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  const auto& allowed = directory.options().not_ready_reasons;
  if (event.reason.empty())
    return reply(event.request, Refusal::reason_required, "say why: not-ready needs a reason", handler->version);
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), event.reason) == allowed.end())
    return reply(event.request, Refusal::unknown_reason, "no not-ready reason \"" + event.reason + "\" is configured", handler->version);
  const HandlerIndex at = index_of(*handler);
  const bool offered = handler->state == HandlerState::offered;
  pause(at, event.reason);
  if (offered) offer_over(at, OfferEnd::declined);
  reply(event.request, Refusal::none, {}, handler->version);
}

namespace {
Duration backoff_of(OfferEnd why, const OfferOptions& options) {
  switch (why) {
    case OfferEnd::no_answer: return options.backoff_no_answer;
    case OfferEnd::declined: return options.backoff_declined;
    case OfferEnd::busy: return options.backoff_busy;
    default: return options.backoff_unreachable;
  }
}
}  // namespace

// After an offer that came to nothing. The idle time is not touched: neither a decline nor a miss improves it.
void Core::State::back_off(HandlerIndex at, OfferEnd why, bool blame) {
  Handler& handler = handlers[at];
  if (!handler.configured || !handler.leaving.empty() || !handler.pause.empty()) return free_again(at);
  const OfferOptions& options = directory.options().offers;
  if (blame) ++handler.misses;
  if (blame && options.not_ready_after > 0 && handler.misses >= options.not_ready_after) {
    alarm("handler.missed_offers", handler.options.id.value + " let " + std::to_string(handler.misses) +
                                       " offers go by and was set not-ready");
    set_state(handler, HandlerState::not_ready, "missed offers");
    return refresh_idle(at);
  }
  handler.backing_off = true;
  timers.cancel(handler.backoff_timer);
  handler.backoff_timer = timers.arm(now + backoff_of(why, options), TimerKind::backoff, at);
  set_state(handler, HandlerState::ready);
  refresh_idle(at);
}

// ---- after the call --------------------------------------------------------------------------------------------------

void Core::State::finish_call(HandlerIndex at, QueueIndex queue_index, Counts counts) {
  Handler& handler = handlers[at];
  if (const auto line = legs.find(handler.nailed_leg); line != legs.end()) line->second.contact = {};
  handler.leg = {};
  const Queue& queue = directory.queue(queue_index);
  const Duration talked = now - handler.busy_from;
  if (counts == Counts::yes)
    (queue.class_rank == 0 ? rates.first_handled : rates.other_handled)
        .count(now, measured_over(), talked + (queue.options.wrap_up_until_done ? Duration{} : queue.options.wrap_up));
  if (queue.options.wrap_up <= Duration{} && !queue.options.wrap_up_until_done) return finish_wrap_up(at);
  handler.wrap_up_ends = never;
  if (!queue.options.wrap_up_until_done) {
    handler.wrap_up_ends = now + queue.options.wrap_up;
    handler.wrap_up_timer = timers.arm(handler.wrap_up_ends, TimerKind::wrap_up, at);
  }
  set_state(handler, HandlerState::wrap_up);
}

void Core::State::finish_wrap_up(HandlerIndex at) {
  Handler& handler = handlers[at];
  timers.cancel(handler.wrap_up_timer);
  handler.wrap_up_ends = never;
  handler.busy += now - handler.busy_from;
  handler.idle_since = now;
  handler.contact = {};
  free_again(at);
}

// No call any more: what was asked for meanwhile takes effect.
void Core::State::free_again(HandlerIndex at) {
  Handler& handler = handlers[at];
  if (!handler.configured) return sign_off(at, removed);
  if (!handler.leaving.empty()) return sign_off(at, std::exchange(handler.leaving, {}));
  if (!handler.pause.empty()) set_state(handler, HandlerState::not_ready, std::exchange(handler.pause, {}));
  else set_state(handler, HandlerState::ready);
  settle_line(at);
  refresh_idle(at);
}

// One of several leaves the others to go on; the last one ends the call.
void Core::State::release_call(Contact& contact, HandlerIndex at) {
  if (Party* part = contact.handler == at ? nullptr : party(contact, at)) {
    note(contact, who(*part) + " leaves");
    drop_party(contact, *part, OfferEnd::withdrawn, "released by handler");
    return rearrange(contact);
  }
  const LegId leg = contact.other_leg;
  if (leg == handlers[at].nailed_leg) leave_line(contact, leg);
  else emit(ReleaseLeg{leg, "released by handler"});
  contact.held = false;  // the call is to end
  if (Party* aside = consulted(contact)) drop_party(contact, *aside, OfferEnd::withdrawn, "released by handler");
  other_left(contact, LegEnd::hung_up);
}

void Core::State::on(const ReleaseCall& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  Contact* contact = find(handler->contact);
  if (handler->state != HandlerState::talking || !contact || contact->id != event.contact)
    return reply(event.request, Refusal::not_in_call, "this call is over", handler->version);
  release_call(*contact, index_of(*handler));
  reply(event.request, Refusal::none, {}, handler->version);
}

void Core::State::on(const ExtendWrapUp& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  if (handler->state != HandlerState::wrap_up || event.by <= Duration{})
    return reply(event.request, Refusal::wrong_state, "only wrap-up can be extended, by a positive time", handler->version);
  if (handler->wrap_up_ends != never) {
    timers.cancel(handler->wrap_up_timer);
    handler->wrap_up_ends = handler->wrap_up_ends + event.by;
    handler->wrap_up_timer = timers.arm(handler->wrap_up_ends, TimerKind::wrap_up, index_of(*handler));
    ++handler->version;
    changed(*handler);
  }
  reply(event.request, Refusal::none, {}, handler->version);
}

void Core::State::on(const FinishWrapUp& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  if (handler->state != HandlerState::wrap_up)
    return reply(event.request, Refusal::wrong_state, "not in wrap-up", handler->version);
  finish_wrap_up(index_of(*handler));
  reply(event.request, Refusal::none, {}, handler->version);
}

}  // namespace pledge::core
