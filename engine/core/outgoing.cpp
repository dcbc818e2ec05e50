// Calls from here: a handler calls a number, or a caller who abandoned is rung back. Both are contacts whose handler is on
// the line first; then the number is called, and answers as the caller's leg.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

void Core::State::on(const CallOut& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  const HandlerIndex at = index_of(*handler);
  const auto refuse = [&](Refusal refusal, std::string detail) {
    reply(event.request, refusal, std::move(detail), handler->version);
  };
  if (event.number.empty()) return refuse(Refusal::bad_target, "say which number to call");
  if (!may_call(event.number))
    return refuse(Refusal::number_not_allowed, event.number + " is not among the numbers that may be called (call_control numbers)");
  if (!reachable(*handler)) return refuse(Refusal::handler_not_free, "end the call or the wrap-up first; the phone must be there");
  if (slot_of.size() >= directory.options().limits.contacts) return refuse(Refusal::queue_full, "the limit of live contacts is reached");
  CallFacts facts;
  facts.caller = facts.dialled = event.number;
  Contact& contact = create({}, facts);
  contact.outgoing = true;
  contact.rule = "call out";
  contact.queue = handler->serves.empty() ? 0 : handler->serves.front();  // whose wrap-up and recording hold for it
  contact.queued = now;
  if (handler->state == HandlerState::not_ready) handler->pause = handler->reason;
  note(contact, "calls " + event.number, event.request.actor);
  offer(contact, at);
  if (handler->offered_mode == PhoneMode::accept_first) {  // who asked for it has accepted
    handler->accepted = true;
    contact.other_leg = ring(contact, *handler, true);
  } else if (handler->offered_mode == PhoneMode::nailed_up) {
    contact.other_leg = handler->nailed_leg;
    legs[handler->nailed_leg].contact = contact.id;
    accepted(contact);
  }
  reply(event.request, Refusal::none, {}, handlers[at].version);
}

// The handler hears the ringing tone until then.
void Core::State::call_number(Contact& contact) {
  contact.state = ContactState::calling;
  contact.caller_leg = new_leg({contact.id, no_index});
  emit(DialOut{contact.caller_leg, contact.id, {}, contact.facts.caller});
  emit(PlayToLeg{contact.other_leg, "ringback"});
  changed(contact);
}

void Core::State::number_answered(Contact& contact) {
  contact.state = ContactState::talking;
  contact.caller_answer = CallerAnswer::sent;
  emit(ConnectLegs{contact.caller_leg, contact.other_leg});
  contact.answered = now;
  handlers[contact.handler].misses = 0;
  ++handlers[contact.handler].calls;
  if (contact.ring_back) ring_backs.erase(contact.facts.caller);
  changed(contact);
  start_recording(contact);
}

// Nobody was reached. What is left of the legs is released. A call to ring back is tried again, and then waits for a person
// to close it; any other ends. `tried`: the number was called.
void Core::State::outgoing_over(Contact& contact, std::string_view why, bool tried) {
  const HandlerIndex handler = contact.handler;
  const QueueIndex queue = contact.queue;
  release_phone(contact.other_leg, handler, why);
  if (contact.caller_leg) emit(ReleaseLeg{contact.caller_leg, std::string{why}});
  forget_leg(contact.caller_leg);
  contact.handler = no_index;
  const CallControlOptions& options = directory.options().call_control;
  contact.tries += tried;
  if (!contact.ring_back || contact.superseded) {
    end(contact, contact.superseded ? ContactEnd::completed : ContactEnd::unreached, contact.superseded ? "the caller has called again" : why);
  } else {
    contact.state = ContactState::unreached;
    const bool again = contact.tries < options.ring_back_tries;
    note(contact, "try " + std::to_string(contact.tries) + ": " + std::string{why} +
                      (again ? "" : "; no further try: to be closed with a reason"));
    if (again) contact.retry_timer = timers.arm(now + options.ring_back_pause, TimerKind::retry, contact.id.value);
    changed(contact);
  }
  if (handler != no_index) finish_call(handler, queue);
}

// ---- callers who abandoned ------------------------------------------------------------------------------------------

// One for a number, with what is known and at the caller's place: the promise of the queue is not kept yet.
void Core::State::ring_back(const Contact& caller) {
  const CallFacts& facts = caller.facts;
  if (caller.queue == no_index || caller.outgoing || !directory.queue(caller.queue).options.ring_back) return;
  if (facts.caller.empty() || ring_backs.contains(facts.caller)) return;
  if (slot_of.size() >= directory.options().limits.contacts)
    return alarm("ring_back.full", "the limit of live contacts is reached: " + facts.caller + " abandoned and is not rung back");
  take_place_of(caller, "ring back", "abandoned");
}

void Core::State::take_place_of(const Contact& gone, std::string_view what, std::string_view says) {
  const Contact former = gone;
  CallFacts known = former.facts;
  known.network_handover.reset();
  Contact& contact = create({}, known);
  contact.outgoing = contact.ring_back = true;
  contact.rule = std::string{what} + ": " + former.rule;
  contact.labels = former.labels;
  label(contact, says);
  contact.extra_skills = former.extra_skills;
  contact.grade = former.grade;
  contact.handed_over = former.handed_over;
  contact.place = former.place;
  contact.order = former.order;
  contact.queue = former.queue;
  contact.admitted = contact.accepted = true;
  ring_backs.emplace(known.caller, contact.id);
  explain(contact, DecisionKind::triaged, contact.rule);
  try_again(contact);
}

// Into its queue; at the queue's bound, later.
void Core::State::try_again(Contact& contact) {
  if (contact.superseded) return end(contact, ContactEnd::completed, "the caller has called again");
  contact.queued = now;
  contact.state = is_full(contact.queue) ? ContactState::unreached : ContactState::waiting;
  changed(contact);
  if (contact.state == ContactState::waiting) return arm_waiting_timers(contact), wait(contact);
  contact.retry_timer = timers.arm(now + directory.options().call_control.ring_back_pause, TimerKind::retry, contact.id.value);
}

void Core::State::settle_ring_back(const Contact& caller) {
  const auto at = ring_backs.find(caller.facts.caller);
  if (at == ring_backs.end()) return;
  Contact* contact = find(at->second);
  ring_backs.erase(at);
  if (!contact) return;
  contact->superseded = true;
  if (contact->state != ContactState::waiting && contact->state != ContactState::unreached) return;
  unindex_call(*contact);
  end(*contact, ContactEnd::completed, "the caller has called again");
}

void Core::State::on(const CloseTask& event) {
  const HandlerIndex actor = find(HandlerId{event.request.actor});
  const bool signed_on = actor != no_index && handlers[actor].state != HandlerState::signed_off;
  Contact* contact = find(event.contact);
  const auto refuse = [&](Refusal refusal, std::string detail) {
    reply(event.request, refusal, std::move(detail), contact ? contact->version : 0);
  };
  if (!signed_on && !is_supervisor(event.request.actor))
    return refuse(Refusal::role_not_allowed, "only who is signed on, or a supervisor, may close a call to ring back");
  if (!contact || !contact->ring_back) return refuse(Refusal::unknown_contact, "no such call to ring back, or it is over");
  if (event.reason.empty()) return refuse(Refusal::reason_required, "say why nobody needs to ring this caller back");
  if (contact->state != ContactState::waiting && contact->state != ContactState::unreached)
    return refuse(Refusal::wrong_state, "a handler is ringing this caller back: wait for the outcome");
  unindex_call(*contact);
  note(*contact, "closed: " + event.reason, event.request.actor);
  end(*contact, ContactEnd::withdrawn, event.reason);
  reply(event.request, Refusal::none);
}

}  // namespace pledge::core
