// What the wire reports of the legs.
#include "core/state.hpp"

namespace pledge::core {

LegId Core::State::new_leg(LegOwner owner) {
  const LegId leg{next_leg++ * 2 + 1};
  legs.emplace(leg, owner);
  return leg;
}

void Core::State::forget_leg(LegId& leg) {
  if (leg) legs.erase(leg);
  leg = {};
}

void Core::State::on(const LegAnswered& event) {
  const auto at = legs.find(event.leg);
  if (at == legs.end()) return;
  if (at->second.handler != no_index) {
    handlers[at->second.handler].nailed_up = true;
    return refresh_idle(at->second.handler);
  }
  Contact* contact = find(at->second.contact);
  if (!contact) return;
  if (contact->caller_leg == event.leg && contact->state == ContactState::calling) return number_answered(*contact);
  if (Party* rung = party(*contact, event.leg)) return party_answered(*contact, *rung);
  if (contact->other_leg != event.leg) return;
  if (contact->state == ContactState::offered) return accepted(*contact);
  if (contact->state != ContactState::dialling_out) return;
  contact->state = ContactState::outside;
  answer_caller(*contact, CallerAnswer::asked_to_talk);
  emit(ConnectLegs{contact->caller_leg, contact->other_leg});
  if (contact->answered == never) return credit_answer(*contact);
  changed(*contact);  // who transferred it there has answered it
  if (contact->caller_answer == CallerAnswer::sent) start_recording(*contact);
}

void Core::State::on(const AnswerSent& event) {
  const auto at = legs.find(event.leg);
  Contact* contact = at == legs.end() ? nullptr : find(at->second.contact);
  if (contact && contact->spare.leg == event.leg) contact->spare.answer = CallerAnswer::sent;
  if (!contact || contact->caller_leg != event.leg) return;
  contact->caller_answer = CallerAnswer::sent;
  if (contact->state == ContactState::menu) return present(*contact);
  if (waits(contact->state)) return listen_while_waiting(*contact);
  if (contact->state != ContactState::talking && contact->state != ContactState::outside) return;
  if (contact->answered == never) credit_answer(*contact);
  else attend(*contact);
}

namespace {
OfferEnd outcome(LegFailure cause) {
  switch (cause) {
    case LegFailure::no_answer: return OfferEnd::no_answer;
    case LegFailure::declined: return OfferEnd::declined;
    case LegFailure::busy: return OfferEnd::busy;
    default: return OfferEnd::unreachable;
  }
}
}  // namespace

void Core::State::on(const LegFailed& event) {
  const auto at = legs.find(event.leg);
  if (at == legs.end()) return;
  const LegOwner owner = at->second;
  if (owner.handler != no_index) return nailed_leg_lost(owner.handler);
  Contact* contact = find(owner.contact);
  if (!contact) return;
  if (contact->caller_leg == event.leg && contact->state == ContactState::calling) {
    forget_leg(contact->caller_leg);
    return outgoing_over(*contact, name(event.cause), true);
  }
  if (Party* rung = party(*contact, event.leg)) return party_gone(*contact, *rung, outcome(event.cause), name(event.cause));
  if (contact->other_leg != event.leg) return;
  forget_leg(contact->other_leg);
  // Want of media ports is the engine's fault: it sets no handler not-ready.
  if (contact->state == ContactState::offered)
    return offer_failed(*contact, outcome(event.cause), event.cause != LegFailure::no_port);
  if (contact->state == ContactState::dialling_out) dial_out_failed(*contact, event.cause);
}

void Core::State::on(const LegEnded& event) {
  const auto at = legs.find(event.leg);
  if (at == legs.end()) return;
  const LegOwner owner = at->second;
  if (farewells.contains(event.leg)) return farewell_over(event.leg, true);
  Contact* contact = find(owner.contact);
  if (contact && contact->spare.leg == event.leg) return spare_left(*contact);
  if (contact && contact->caller_leg == event.leg) {
    if (contact->spare.leg) return go_on_with_spare(*contact, name(event.cause));
    if (contact->state != ContactState::calling) return caller_left(*contact, event.cause);
    forget_leg(contact->caller_leg);
    return outgoing_over(*contact, name(event.cause), true);
  }
  if (owner.handler != no_index) {
    // Before the end of the call frees the handler for the next.
    handlers[owner.handler].nailed_up = false;
    legs.erase(at);
    if (Party* part = contact ? party(*contact, event.leg) : nullptr) party_gone(*contact, *part, OfferEnd::unreachable, name(event.cause));
    else if (contact) other_left(*contact, event.cause);
    return nailed_leg_lost(owner.handler);
  }
  if (!contact) return;
  if (Party* part = party(*contact, event.leg)) return party_gone(*contact, *part, OfferEnd::unreachable, name(event.cause));
  if (contact->other_leg != event.leg) return;
  if (contact->state == ContactState::dialling_out) return on(LegFailed{event.leg, LegFailure::unreachable, 0});
  if (contact->state != ContactState::offered) return other_left(*contact, event.cause);
  forget_leg(contact->other_leg);
  offer_failed(*contact, OfferEnd::unreachable);
}

void Core::State::caller_left(Contact& contact, LegEnd cause) {
  // A caller who goes before the 200 has left never heard the handler who had just answered.
  const bool unheard = contact.answered == never;
  switch (contact.state) {
    case ContactState::talking: {
      const HandlerIndex handler = contact.handler;
      const bool nailed = contact.other_leg == handlers[handler].nailed_leg;
      if (nailed) leave_line(contact, contact.other_leg);
      else emit(ReleaseLeg{contact.other_leg, "caller hung up"});
      if (nailed) contact.other_leg = {};
      const QueueIndex queue = contact.queue;
      const Counts counts = contact.outgoing ? Counts::no : Counts::yes;
      if (unheard) remember_abandon(contact);
      if (unheard) end(contact, ContactEnd::abandoned, name(cause));
      else end(contact, ContactEnd::completed, cause == LegEnd::lost ? "caller lost" : "caller hung up");
      return finish_call(handler, queue, counts);
    }
    case ContactState::outside:
      emit(ReleaseLeg{contact.other_leg, "caller hung up"});
      return end(contact, unheard ? ContactEnd::abandoned : ContactEnd::completed, "caller hung up");
    case ContactState::arrived:
      return end(contact, contact.caller_answer != CallerAnswer::none ? ContactEnd::tested : ContactEnd::abandoned, name(cause));
    case ContactState::menu:
      return end(contact, contact.menu.informed ? ContactEnd::informed : ContactEnd::abandoned, name(cause));
    case ContactState::dialling_out:
      if (contact.answered == never) return abandon(contact, cause);
      emit(ReleaseLeg{contact.other_leg, "caller hung up"});  // on the way from one who answered to another
      return end(contact, ContactEnd::completed, "caller hung up");
    default: return abandon(contact, cause);
  }
}

// The handler's (or outside) leg is gone; its own release, if any, was asked for by the one who calls this.
void Core::State::other_left(Contact& contact, LegEnd cause) {
  if (contact.state == ContactState::calling) {
    if (contact.other_leg != handlers[contact.handler].nailed_leg) forget_leg(contact.other_leg);
    return outgoing_over(contact, "given up by the handler", false);
  }
  if (contact.state != ContactState::talking && contact.state != ContactState::outside) return;
  if (contact.answered == never) return take_back_answer(contact);
  if (const Party* next = joined(contact)) return hand_over(contact, next->leg);
  if (contact.state == ContactState::talking && (contact.held || consulted(contact))) {
    if (contact.other_leg != handlers[contact.handler].nailed_leg) forget_leg(contact.other_leg);
    return return_caller(contact, "the handler hung up while the caller was on hold");
  }
  if (contact.spare.leg) return return_spare(contact, cause == LegEnd::lost ? "handler lost" : "handler hung up");
  const HandlerIndex handler = contact.state == ContactState::talking ? contact.handler : no_index;
  const QueueIndex queue = contact.queue;
  const Counts counts = contact.outgoing ? Counts::no : Counts::yes;
  release_caller(contact, "handler hung up");
  if (handler != no_index && contact.other_leg == handlers[handler].nailed_leg) contact.other_leg = {};
  end(contact, ContactEnd::completed, cause == LegEnd::lost ? "handler lost" : "handler hung up");
  if (handler != no_index) finish_call(handler, queue, counts);
}

void Core::State::nailed_leg_lost(HandlerIndex at) {
  Handler& handler = handlers[at];
  forget_leg(handler.nailed_leg);
  handler.nailed_up = false;
  if (handler.state == HandlerState::offered) offer_over(at, OfferEnd::unreachable);
  if (handler.state == HandlerState::signed_off) return;
  pause(at, "phone lost");
  refresh_idle(at);
}

}  // namespace pledge::core
