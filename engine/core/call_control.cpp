// What a handler, or a supervisor, does with a call in progress. The caller is never dropped by any of it: whoever cannot
// go on to where they were to go is back at the former place of the queue.
#include <algorithm>

#include "core/state.hpp"
#include "core/triage.hpp"

namespace pledge::core {

namespace {
bool names_one(const CallTarget& to) { return to.handler.empty() + to.queue.empty() + to.number.empty() == 2; }
bool names_none(const CallTarget& to) { return to == CallTarget{}; }
}  // namespace

void Core::State::note(const Contact& contact, std::string text, const std::string& actor) {
  emit(CallNote{contact.id, std::move(text), actor});
}

// The handler who has the call, with a caller who hears it.
Contact* Core::State::call_for_request(const Request& request, const HandlerId& id, ContactId wanted) {
  Handler* handler = for_request(request, id);
  if (!handler) return nullptr;
  Contact* contact = find(handler->contact);
  const bool has_it = contact && contact->id == wanted && contact->handler == index_of(*handler);
  if (has_it && contact->state == ContactState::talking && contact->answered != never) return contact;
  reply(request, Refusal::not_in_call,
        has_it ? "the caller is not on the line yet" : "this call is over, or another handler has it", handler->version);
  return nullptr;
}

bool Core::State::reachable(const Handler& handler) const {
  const bool free = handler.state == HandlerState::ready || handler.state == HandlerState::not_ready;
  const bool phone = !handler.options.phone.empty() || handler.phone_bound;
  const bool console = handler.options.phone_mode == PhoneMode::ring || !handler.console_lost;
  const bool line = handler.options.phone_mode != PhoneMode::nailed_up || handler.nailed_up;
  return free && phone && console && line && !handler.monitors;
}

bool Core::State::may_call(const std::string& number) const {
  const auto& allowed = directory.options().call_control.numbers;
  return std::any_of(allowed.begin(), allowed.end(), [&](const auto& pattern) { return number_matches(pattern, number); });
}

std::optional<Place> Core::State::place_for_request(const Request& request, const Contact& contact, const CallTarget& to) {
  const std::uint64_t version = handlers[contact.handler].version;
  const auto refuse = [&](Refusal refusal, std::string detail) {
    reply(request, refusal, std::move(detail), version);
    return std::nullopt;
  };
  if (!names_one(to)) return refuse(Refusal::bad_target, "name a handler, a queue or a number: one of them");
  if (!to.number.empty()) {
    if (!may_call(to.number))
      return refuse(Refusal::number_not_allowed, to.number + " is not among the numbers that may be called: [call_control] numbers names them");
    return Place{no_index, no_index, to.number};
  }
  if (!to.queue.empty()) {
    const QueueIndex queue = directory.find_queue(to.queue.value);
    if (queue == no_index) return refuse(Refusal::unknown_queue, "no queue " + to.queue.value + " is configured");
    if (is_full(queue)) return refuse(Refusal::queue_full, "queue " + to.queue.value + " is full");
    return Place{no_index, queue, {}};
  }
  const HandlerIndex at = find(to.handler);
  if (at == no_index || !handlers[at].configured)
    return refuse(Refusal::unknown_handler, "no handler " + to.handler.value + " is configured");
  if (at == contact.handler || !reachable(handlers[at]))
    return refuse(Refusal::handler_not_free, to.handler.value + " is not free: " +
                                                 (at == contact.handler ? "has this call" : std::string{name(handlers[at].state)}));
  return Place{at, no_index, {}};
}

// ---- hold and mute ------------------------------------------------------------------------------------------------

void Core::State::on(const HoldCall& event) {
  Contact* contact = call_for_request(event.request, event.handler, event.contact);
  if (!contact) return;
  const std::uint64_t version = handlers[contact->handler].version;
  if (!event.on && consulted(*contact))
    return reply(event.request, Refusal::wrong_state, "another is being consulted: join, transfer or end that first", version);
  if (contact->held != event.on) {
    if (contact->asked_for_keys) stop_asking(*contact, "put on hold");
    contact->held = event.on;
    note(*contact, event.on ? "on hold" : "off hold", event.request.actor);
    rearrange(*contact);
    if (!event.on) listen_again(*contact);
  }
  reply(event.request, Refusal::none, {}, version);
}

void Core::State::on(const MuteCall& event) {
  Contact* contact = call_for_request(event.request, event.handler, event.contact);
  if (!contact) return;
  if (contact->muted != event.on) {
    contact->muted = event.on;
    note(*contact, event.on ? "muted" : "not muted any more", event.request.actor);
    rearrange(*contact);
  }
  reply(event.request, Refusal::none, {}, handlers[contact->handler].version);
}

// ---- consultation, transfer, conference ---------------------------------------------------------------------------

void Core::State::on(const ConsultCall& event) {
  Contact* contact = call_for_request(event.request, event.handler, event.contact);
  if (!contact) return;
  const std::uint64_t version = handlers[contact->handler].version;
  if (consulted(*contact))
    return reply(event.request, Refusal::wrong_state, "another is being consulted already: join, transfer or end that first", version);
  if (contact->parties.size() + 1 >= directory.options().call_control.parties_at_most)
    return reply(event.request, Refusal::too_many_parties, "no more can take part in this call", version);
  const auto place = place_for_request(event.request, *contact, event.to);
  if (!place) return;
  if (place->queue != no_index && !anyone_to_consult(*contact, place->queue))
    return reply(event.request, Refusal::handler_not_free, "nobody else is signed on for queue " + event.to.queue.value, version);
  if (place->queue != no_index && slot_of.size() >= directory.options().limits.contacts)
    return reply(event.request, Refusal::queue_full, "the limit of live contacts is reached", version);
  consult(*contact, *place);
  const Party& aside = *consulted(*contact);
  note(*contact, "consults " + who(aside) + (aside.waits_as ? ": contact " + std::to_string(aside.waits_as.value) : ""),
       event.request.actor);
  reply(event.request, Refusal::none, {}, handlers[find(event.handler)].version);
}

// A caller among others goes on talking to them; one alone is on hold.
void Core::State::consult(Contact& contact, const Place& to) {
  if (contact.asked_for_keys) stop_asking(contact, "another is consulted");
  if (!joined(contact)) contact.held = true;
  if (to.queue != no_index) return consult_queue(contact, to.queue);
  if (to.handler != no_index) {
    ring_consulted(contact, to.handler);
  } else {
    const LegId leg = new_leg({contact.id, no_index});
    contact.parties.push_back({leg, PartyRole::consulted, no_index, to.number, false, MonitorMode::off, {}});
    emit(DialOut{leg, contact.id, {}, to.number, directory.queue(contact.queue).options.shown_number});  // the other sees the centre
  }
  rearrange(contact);
}

void Core::State::on(const TransferCall& event) {
  Contact* contact = call_for_request(event.request, event.handler, event.contact);
  if (!contact) return;
  const std::uint64_t version = handlers[contact->handler].version;
  Party* aside = consulted(*contact);
  if (names_none(event.to)) {
    if (!aside || !aside->answered)
      return reply(event.request, Refusal::wrong_state,
                   aside ? "who is consulted has not answered yet: wait, or transfer there directly" : "nobody is being consulted: name whom to transfer to",
                   version);
    note(*contact, "transferred to " + who(*aside), event.request.actor);
    const LegId to = aside->leg;
    release_phone(contact->other_leg, contact->handler, "transferred");
    hand_over(*contact, to);
    return reply(event.request, Refusal::none, {}, handlers[find(event.handler)].version);
  }
  if (aside)
    return reply(event.request, Refusal::wrong_state, "another is being consulted: join, transfer there or end that first", version);
  const auto place = place_for_request(event.request, *contact, event.to);
  if (!place) return;
  transfer(*contact, *place, event.request.actor);
  reply(event.request, Refusal::none, {}, handlers[find(event.handler)].version);
}

// The handler is out of the call; the caller is nobody's for the moment.
void Core::State::detach_handler(Contact& contact, std::string_view why) {
  stop_recording(contact);
  const HandlerIndex handler = contact.handler;
  const Counts counts = contact.outgoing ? Counts::no : Counts::yes;
  emit(MixToLeg{contact.caller_leg, {}});  // nobody of the former call, whatever its queue lets be heard
  release_phone(contact.other_leg, handler, why);
  release_parties(contact, why);
  timers.cancel(contact.silent_timer);
  contact.handler = no_index;
  contact.sound.clear();
  contact.told_first = false;
  finish_call(handler, contact.queue, counts);
}

// Waits anew, as far as the statistics go, and at the place of old, as far as the order of service goes.
void Core::State::wait_again(Contact& contact) {
  contact.state = ContactState::waiting;
  contact.answered = never;
  contact.queued = now;
  contact.failed_offers = 0;
  contact.late_taken = contact.nobody_checked = false;
  play_waiting(contact);
  arm_waiting_timers(contact);
  changed(contact);
}

void Core::State::return_caller(Contact& contact, std::string_view why) {
  note(contact, "back to the queue: " + std::string{why});
  place_first([&] {
    detach_handler(contact, why);
    tell_first(contact, directory.options().call_control.returned_sound, Keys::no);
    wait_again(contact);
    explain(contact, DecisionKind::returned, why);
    wait(contact);
  });
}

// Who has joined cannot be kept: the caller may have to wait, with nobody of the centre in the call.
void Core::State::transfer(Contact& contact, const Place& to, const std::string& actor) {
  std::string where = to.number;
  if (to.handler != no_index) where = handlers[to.handler].options.id.value;
  else if (to.queue != no_index) where = directory.queue(to.queue).options.id.value;
  note(contact, "transferred to " + where, actor);
  for (const Party& p : contact.parties) note(contact, who(p) + " leaves with the handler");
  place_first([&] {
    detach_handler(contact, "transferred");
    if (!to.number.empty()) {
      play(contact, "ringback");
      contact.other_number = to.number;
      return dial_out(contact, to.number, "transferred");
    }
    if (to.queue != no_index) contact.queue = to.queue;
    wait_again(contact);
    if (to.handler != no_index && reachable(handlers[to.handler])) return offer(contact, to.handler);
    if (to.queue != no_index) explain(contact, DecisionKind::moved, "transferred");
    wait(contact);
  });
}

void Core::State::on(const JoinCall& event) {
  Contact* contact = call_for_request(event.request, event.handler, event.contact);
  if (!contact) return;
  Party* aside = consulted(*contact);
  const std::uint64_t version = handlers[contact->handler].version;
  if (!aside || !aside->answered)
    return reply(event.request, Refusal::wrong_state, aside ? "who is consulted has not answered yet" : "nobody is being consulted", version);
  aside->role = PartyRole::joined;
  contact->held = false;
  note(*contact, who(*aside) + " joins", event.request.actor);
  rearrange(*contact);
  reply(event.request, Refusal::none, {}, version);
}

void Core::State::on(const DropParty& event) {
  Contact* contact = call_for_request(event.request, event.handler, event.contact);
  if (!contact) return;
  const std::uint64_t version = handlers[contact->handler].version;
  // A part that is offered at a console has no leg yet: there is at most one, and no other leg is meant by none.
  Party* leaving = event.leg ? party(*contact, event.leg) : consulted(*contact);
  if (!leaving || leaving->role == PartyRole::monitor)
    return reply(event.request, Refusal::wrong_state, "nobody by that leg takes part in this call", version);
  note(*contact, who(*leaving) + (leaving->waits_as ? " is consulted no more" : " leaves"), event.request.actor);
  drop_party(*contact, *leaving, OfferEnd::withdrawn, "dropped by the handler");
  rearrange(*contact);
  reply(event.request, Refusal::none, {}, version);
}

// ---- supervisors --------------------------------------------------------------------------------------------------

void Core::State::on(const MonitorCall& event) {
  Handler* supervisor = for_request(event.request, event.handler);
  if (!supervisor) return;
  const HandlerIndex at = index_of(*supervisor);
  const auto answer = [&](Refusal refusal, std::string detail) {
    reply(event.request, refusal, std::move(detail), supervisor->version);
  };
  Contact* contact = find(event.contact);
  if (!contact) return answer(Refusal::unknown_contact, "no such call, or it has ended");
  Party* present = party(*contact, at);
  if (present && present->role != PartyRole::monitor) return answer(Refusal::wrong_state, "takes part in this call already");
  if (event.mode == MonitorMode::off) {
    if (!present) return answer(Refusal::wrong_state, "is not listening to this call");
    note(*contact, who(*present) + " stops listening", event.request.actor);
    drop_party(*contact, *present, OfferEnd::withdrawn, "stops listening");
    rearrange(*contact);
    return answer(Refusal::none, {});
  }
  const RoleOptions* role = directory.find_role(supervisor->role);
  if (!role || !role->supervisor) return answer(Refusal::role_not_allowed, "only who is signed on as a supervisor may listen to a call");
  if (event.reason.empty()) return answer(Refusal::reason_required, "say why: who listened and why is kept with the call");
  if (contact->state != ContactState::talking || contact->answered == never) return answer(Refusal::wrong_state, "nobody talks in this call");
  const auto kept = [&] {
    note(*contact, event.handler.value + " " + std::string{name(event.mode)} + "s: " + event.reason, event.request.actor);
  };
  if (present) {
    kept();
    present->mode = event.mode;
    rearrange(*contact);
    return answer(Refusal::none, {});
  }
  if (supervisor->state != HandlerState::not_ready || !reachable(*supervisor))
    return answer(Refusal::handler_not_free, "go not-ready first, with a phone that is there: it is rung to listen");
  if (contact->parties.size() + 1 >= directory.options().call_control.parties_at_most)
    return answer(Refusal::too_many_parties, "no more can take part in this call");
  kept();
  supervisor->monitors = contact->id;
  changed(*supervisor);
  Party added{{}, PartyRole::monitor, at, {}, false, event.mode, {}};
  const bool nailed = supervisor->options.phone_mode == PhoneMode::nailed_up;
  if (nailed) legs[supervisor->nailed_leg].contact = contact->id;
  added.leg = nailed ? supervisor->nailed_leg : ring(*contact, *supervisor, supervisor->options.phone_mode == PhoneMode::accept_first);
  contact->parties.push_back(added);
  if (nailed) party_answered(*contact, contact->parties.back());
  else rearrange(*contact);
  answer(Refusal::none, {});
}

// The phone of someone who takes part is there no more, though the others are heard: the caller must not be left with it.
void Core::State::on(const MediaTimeout& event) {
  const auto at = legs.find(event.leg);
  Contact* contact = at == legs.end() ? nullptr : find(at->second.contact);
  if (!contact) return;
  if (event.leg == contact->caller_leg && contact->spare.leg && contact->state == ContactState::talking)
    return change_legs(*contact, "nothing is heard of the caller");
  if (event.leg == contact->caller_leg) return note(*contact, "nothing is heard of the caller");
  if (Party* silent = party(*contact, event.leg)) {
    const HandlerIndex whose = silent->handler;
    note(*contact, who(*silent) + ": nothing is heard of this phone any more");
    if (whose != no_index) pause(whose, "phone lost");
    drop_party(*contact, *silent, OfferEnd::unreachable, "phone lost");
    rearrange(*contact);
    return let_go_of_line(whose, event.leg);
  }
  if (contact->other_leg != event.leg || contact->state != ContactState::talking || contact->answered == never) return;
  const HandlerIndex handler = contact->handler;
  pause(handler, "phone lost");  // before the end of this call makes room for another
  if (joined(*contact)) {
    const LegId next = joined(*contact)->leg;
    release_phone(contact->other_leg, handler, "phone lost");
    hand_over(*contact, next);
  } else {
    return_caller(*contact, "nothing is heard of the handler's phone any more");
  }
  let_go_of_line(handler, event.leg);
}

// A line held for the shift, of a phone that is not there.
void Core::State::let_go_of_line(HandlerIndex at, LegId line) {
  if (at == no_index || handlers[at].nailed_leg != line) return;
  emit(ReleaseLeg{line, "phone lost"});
  nailed_leg_lost(at);
}

}  // namespace pledge::core
