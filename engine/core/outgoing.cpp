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
    return refuse(Refusal::number_not_allowed, event.number + " is not among the numbers that may be called: [call_control] numbers names them");
  if (!reachable(*handler)) return refuse(Refusal::handler_not_free, "end the call or the wrap-up first; the phone must be there");
  if (slot_of.size() >= directory.options().limits.contacts) return refuse(Refusal::queue_full, "the limit of live contacts is reached");
  CallFacts facts;
  facts.caller = facts.dialled = event.number;
  Contact& contact = create({}, facts);
  contact.outgoing = true;
  contact.rule = "call out";
  contact.queue = queue_of_call_out(*handler);
  contact.admitted = contact.accepted = true;
  contact.queued = now;
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

// Whose wrap-up and recording hold for it: of the queues that the handler serves one of the last class.
QueueIndex Core::State::queue_of_call_out(const Handler& handler) const {
  const auto earlier = [&](QueueIndex a, QueueIndex b) { return directory.queue(a).class_rank < directory.queue(b).class_rank; };
  const auto last = std::max_element(handler.serves.begin(), handler.serves.end(), earlier);
  return last == handler.serves.end() ? 0 : *last;
}

// The handler hears the ringing tone until then.
void Core::State::call_number(Contact& contact) {
  contact.state = ContactState::calling;
  contact.caller_leg = new_leg({contact.id, no_index});
  emit(DialOut{contact.caller_leg, contact.id, {}, contact.facts.caller, directory.queue(contact.queue).options.shown_number});
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
  forget_ring_back(contact);
  // Who was reached and calls again begins anew.
  if (const auto caller = callers.find(contact.facts.caller); caller != callers.end()) caller->second.abandoned = {0};
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
    else alarm("ring_back.to_close", "call " + std::to_string(contact.id.value) + ": " + contact.facts.caller + " was not reached in " +
                                         std::to_string(contact.tries) + " tries: a person has to close it with a reason");
    changed(contact);
  }
  if (handler != no_index) finish_call(handler, queue, Counts::no);
}

void Core::State::on(const NotReached& event) {
  Contact* contact = call_for_request(event.request, event.handler, event.contact);
  if (!contact) return;
  if (!contact->ring_back)
    return reply(event.request, Refusal::wrong_state, "only of a call that is rung back can that be said",
                 handlers[contact->handler].version);
  note(*contact, "who answered is not the caller", event.request.actor);
  stop_recording(*contact);
  release_parties(*contact, "not the caller");
  contact->answered = never;
  contact->caller_answer = CallerAnswer::none;
  ring_backs.emplace(contact->facts.caller, contact->id);
  outgoing_over(*contact, "not the caller", true);
  reply(event.request, Refusal::none, {}, handlers[find(event.handler)].version);
}

// ---- callers who abandoned ------------------------------------------------------------------------------------------

// One for a number, with what is known and at the caller's place: the promise of the queue is not kept yet.
void Core::State::ring_back(const Contact& caller) {
  const CallFacts& facts = caller.facts;
  if (caller.queue == no_index || caller.outgoing || !directory.queue(caller.queue).options.ring_back) return;
  if (facts.caller.empty())
    return alarm("ring_back.no_number", "call " + std::to_string(caller.id.value) + " was abandoned and cannot be rung back: its number is withheld");
  if (ring_backs.contains(facts.caller)) return;
  if (!room_for_ring_back())
    return alarm("ring_back.full", facts.caller + " abandoned and is not rung back: too many are to be already (limits ring_backs)");
  try_again(take_place_of(caller, "ring back", "abandoned"));
}

bool Core::State::room_for_ring_back() const {
  const Limits& limits = directory.options().limits;
  return ring_backs.size() < limits.ring_backs && slot_of.size() < limits.contacts;
}

void Core::State::forget_ring_back(const Contact& contact) {
  const auto task = ring_backs.find(contact.facts.caller);
  if (task != ring_backs.end() && task->second == contact.id) ring_backs.erase(task);
}

// With what is known of the caller, and the place and clock of the former call. The order of arrival is its own: two calls
// are never of the same rank.
Contact& Core::State::take_place_of(const Contact& gone, std::string_view what, std::string_view says) {
  const Contact former = gone;
  CallFacts known = former.facts;
  known.network_handover.reset();
  known.sip_call_id.clear();  // that dialog is over
  known.operator_present = false;
  Contact& contact = create({}, known);
  contact.outgoing = contact.ring_back = true;
  contact.rule = std::string{what} + ": " + former.rule;
  contact.labels = former.labels;
  label(contact, says);
  contact.extra_skills = former.extra_skills;
  contact.grade = former.grade;
  contact.handed_over = former.handed_over;
  contact.place = former.place;
  contact.queue = former.queue;
  contact.queued = former.queued;
  contact.admitted = contact.accepted = true;
  succeed(contact, former.id);
  ring_backs.emplace(known.caller, contact.id);
  explain(contact, DecisionKind::triaged, contact.rule);
  return contact;
}

// Nobody is on the line: the queue's bound, which is for callers, is not for it.
void Core::State::try_again(Contact& contact) {
  timers.cancel(contact.retry_timer);
  contact.state = ContactState::waiting;
  changed(contact);
  arm_waiting_timers(contact);
  wait(contact);
}

// Who calls again is one promise, not two, and comes at the place of the first. A call of a lower class does not keep what was
// promised to an abandoned emergency call: that one is rung back all the same.
void Core::State::settle_ring_back(Contact& caller) {
  const auto at = ring_backs.find(caller.facts.caller);
  if (at == ring_backs.end()) return;
  Contact* contact = find(at->second);
  if (contact && directory.queue(caller.queue).class_rank > directory.queue(contact->queue).class_rank)
    return note(*contact, "the caller has called again, in " + directory.queue(caller.queue).options.id.value + ": call " + std::to_string(caller.id.value));
  ring_backs.erase(at);
  if (!contact) return;
  contact->superseded = true;
  if (contact->caller_leg) return;  // is being called, or talks
  if (contact->queue == caller.queue && contact->place < caller.place) {
    caller.place = contact->place;
    caller.order = contact->order;
    label(caller, "redial");
  }
  if (contact->state == ContactState::offered) withdraw_offer(*contact);
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
  const bool nobody_rings = contact->state == ContactState::waiting || contact->state == ContactState::unreached;
  if (!nobody_rings || contact->caller_leg)
    return refuse(Refusal::wrong_state, contact->caller_leg ? "the caller is on the line" : "a handler is ringing this caller back: wait for the outcome");
  unindex_call(*contact);
  note(*contact, "closed: " + event.reason, event.request.actor);
  end(*contact, ContactEnd::withdrawn, event.reason);
  reply(event.request, Refusal::none);
}

}  // namespace pledge::core
