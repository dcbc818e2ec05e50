// Matching of pairs, and the life of an offer.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr std::uint32_t alarming_offers = 5;  // offers of one call that came to nothing
}

// A call is held back while the pool's idle handlers, able to serve the first class, do not exceed the reserve.
bool Core::State::holds_back(PoolIndex index) {
  const Pool& pool = pools[index];
  if (pool.reserve <= 0) return false;
  const auto whole = static_cast<std::uint32_t>(pool.reserve);
  const double part = pool.reserve - whole;
  if (part <= 0) return pool.idle <= whole;
  const bool one_more = static_cast<double>(draw() >> 11) * 0x1p-53 < part;
  return pool.idle <= whole + (one_more ? 1 : 0);
}

void Core::State::match_call(Contact& contact) {
  const Queue& queue = directory.queue(contact.queue);
  const bool may_hold = queue.class_rank > 0 && !contact.lifted;
  bool any_held = false;
  for (PoolIndex pool = 0; pool < pools.size(); ++pool) {
    held[pool] = may_hold && (pools[pool].holding || holds_back(pool));
    any_held = any_held || held[pool];
  }
  const bool least_occupied = queue.options.choice == Choice::least_occupied;
  if (const auto best = index.best_handler(contact.key, least_occupied, held)) return offer(contact, best->handler);
  std::optional<MatchIndex::Handler> reserved;
  if (any_held) reserved = index.best_handler(contact.key, least_occupied, std::vector<char>(pools.size(), 0));
  if (!reserved) return say_waiting(contact, DecisionKind::waits, {});
  // Calls held back earlier come first: each pool is searched as a whole.
  for (PoolIndex pool = 0; pool < pools.size() && contact.indexed; ++pool) {
    if (!held[pool]) continue;
    pools[pool].holding = true;
    match_pool(pool);
  }
  if (contact.indexed)
    say_waiting(contact, DecisionKind::held_back, pools[directory.pool(handlers[reserved->handler].options.pool)]);
}

// Why it waits; said again only when the reason changes.
void Core::State::say_waiting(Contact& contact, DecisionKind kind, const Pool& pool) {
  if (contact.said == kind) return;
  contact.said = kind;
  Decision why = decision(contact, kind, contact.rule);
  why.reserve = pool.reserve;
  why.pool_idle = pool.idle;
  emit(std::move(why));
}

void Core::State::match_handler(HandlerIndex handler) {
  const GroupIndex group = handlers[handler].group;
  const PoolIndex pool = directory.pool(handlers[handler].options.pool);
  const bool first_class = index.serves_first_class(group);
  if (const auto call = index.best_call(group, 0, false)) return offer(contacts[call->call], handler);
  const bool low_waiting = waiting_total > index.waiting_in_class(0);
  if (!low_waiting) return;
  const bool hold = first_class && holds_back(pool);
  for (std::uint32_t rank = 1; rank < index.classes(); ++rank) {
    if (const auto call = index.best_call(group, rank, hold)) return offer(contacts[call->call], handler);
    if (!hold) continue;
    const auto held_back = index.best_call(group, rank, false);
    if (!held_back) continue;
    pools[pool].holding = true;
    say_waiting(contacts[held_back->call], DecisionKind::held_back, pools[pool]);
  }
  // One more idle handler may let another of the pool take a call held back before.
  if (first_class && !hold && pools[pool].holding) match_pool(pool);
}

// Serves calls held back in the pool for as long as its idle handlers exceed the reserve.
void Core::State::match_pool(PoolIndex pool) {
  while (serve_best_low_class(pool)) {}
}

bool Core::State::serve_best_low_class(PoolIndex pool) {
  const bool hold = holds_back(pool);
  std::optional<MatchIndex::Call> best;
  std::uint32_t best_rank = 0;
  index.for_each_idle_first_class_group(pool, [&](GroupIndex group) {
    for (std::uint32_t rank = 1; rank < index.classes(); ++rank) {
      const auto call = index.best_call(group, rank, hold);
      if (!call) continue;
      if (!best || rank < best_rank || (rank == best_rank && call->rank < best->rank)) {
        best = call;
        best_rank = rank;
      }
      break;
    }
  });
  if (!best && !hold) pools[pool].holding = false;
  if (!best) return false;
  Contact& contact = contacts[best->call];
  const bool least_occupied = directory.queue(contact.queue).options.choice == Choice::least_occupied;
  std::vector<char> others(pools.size(), 1);
  others[pool] = 0;
  offer(contact, index.best_handler(contact.key, least_occupied, others)->handler);
  return true;
}

void Core::State::offer(Contact& contact, HandlerIndex to) {
  Handler& handler = handlers[to];
  const PoolIndex pool = directory.pool(handler.options.pool);
  Decision why = decision(contact, DecisionKind::offered, contact.rule);
  why.handler = handler.options.id;
  why.reserve = pools[pool].reserve;
  why.pool_idle = pools[pool].idle;
  why.handler_idle = now - handler.idle_since;
  unindex_call(contact);
  contact.state = ContactState::offered;
  contact.handler = to;
  contact.offer = handler.offer = {next_offer++};
  handler.contact = contact.id;
  handler.accepted = false;
  handler.offered_mode = handler.options.phone_mode;
  set_state(handler, HandlerState::offered);
  refresh_idle(to, false);
  const QueueOptions& queue = directory.queue(contact.queue).options;
  const Time expires = now + queue.offer_timeout;
  handler.offer_timer = timers.arm(expires, TimerKind::offer, to);
  emit(std::move(why));
  if (handler.offered_mode == PhoneMode::ring) ring(contact, handler, false);
  emit(OfferMade{contact.offer, contact.id, handler.options.id, queue.id, handler.offered_mode, expires});
  changed(contact);
}

void Core::State::ring(Contact& contact, Handler& handler, bool auto_answer) {
  contact.other_leg = handler.leg = new_leg({contact.id, no_index});
  emit(RingPhone{handler.leg, contact.id, contact.caller_leg, handler.options.id, handler.options.phone, auto_answer});
}

void Core::State::end_offer(Contact& contact, OfferEnd how) {
  Handler& handler = handlers[contact.handler];
  timers.cancel(handler.offer_timer);
  emit(OfferEnded{contact.offer, contact.id, handler.options.id, how});
  contact.offer = handler.offer = {};
  handler.accepted = false;
}

void Core::State::offer_failed(Contact& contact, OfferEnd why, bool blame) {
  if (contact.state != ContactState::offered) return;
  const HandlerIndex handler = contact.handler;
  if (contact.other_leg) {
    emit(ReleaseLeg{contact.other_leg, "offer over"});
    forget_leg(contact.other_leg);
  }
  handlers[handler].leg = {};
  end_offer(contact, why);
  back_to_place(contact, why, blame, name(why));
}

// From its handler to its queue, at its place and with its clock, and on to the next handler at once.
void Core::State::back_to_place(Contact& contact, OfferEnd why, bool blame, std::string_view said) {
  const HandlerIndex handler = contact.handler;
  handlers[handler].contact = {};
  contact.handler = no_index;
  contact.state = ContactState::waiting;
  if (++contact.failed_offers == alarming_offers)
    alarm("contact.not_taken", "contact " + std::to_string(contact.id.value) + " was offered " +
                                   std::to_string(alarming_offers) + " times and not taken");
  back_off(handler, why, blame);
  changed(contact);
  explain(contact, DecisionKind::returned, said);
  wait(contact);
}

void Core::State::withdraw_offer(Contact& contact) {
  const HandlerIndex index = contact.handler;
  Handler& handler = handlers[index];
  if (contact.other_leg) {
    emit(ReleaseLeg{contact.other_leg, "call gone"});
    forget_leg(contact.other_leg);
  }
  handler.leg = {};
  end_offer(contact, OfferEnd::withdrawn);
  handler.contact = {};
  contact.handler = no_index;
  free_again(index);
}

void Core::State::accepted(Contact& contact) {
  Handler& handler = handlers[contact.handler];
  end_offer(contact, OfferEnd::accepted);
  cancel_waiting_timers(contact);
  handler.busy_from = now;
  handler.leg = contact.other_leg;
  contact.state = ContactState::talking;
  answer_caller(contact, CallerAnswer::asked_to_talk);
  emit(ConnectLegs{contact.caller_leg, contact.other_leg});
  set_state(handler, HandlerState::talking);
  credit_answer(contact);
}

// The promise is to the caller, and its clock runs until the caller hears the answer: a 200 still on its way (it waits for
// the disk) has answered nobody yet. Told once: the screens, the statistics and the caller agree.
void Core::State::credit_answer(Contact& contact) {
  if (contact.caller_answer != CallerAnswer::sent || contact.answered != never) return;
  contact.answered = now;
  if (contact.state == ContactState::talking) {
    Handler& handler = handlers[contact.handler];
    handler.misses = 0;
    ++handler.calls;
  }
  changed(contact);
}

// The other end answered and is gone before the caller could hear it. The caller has been promised nothing yet and goes on
// waiting; that the phone was lifted makes it no answered call, of the caller or of the handler. The leg is gone already,
// or its release asked for.
void Core::State::take_back_answer(Contact& contact) {
  constexpr std::string_view why = "gone before the caller could hear the answer";
  if (contact.caller_answer == CallerAnswer::asked_to_talk) {
    emit(WithdrawAnswer{contact.caller_leg});
    contact.caller_answer = CallerAnswer::none;
  }
  if (contact.state == ContactState::outside) {
    forget_leg(contact.other_leg);
    return dial_out_failed(contact, LegFailure::unreachable);
  }
  Handler& handler = handlers[contact.handler];
  if (contact.other_leg != handler.nailed_leg) forget_leg(contact.other_leg);
  else if (const auto line = legs.find(handler.nailed_leg); line != legs.end()) line->second.contact = {};
  contact.other_leg = handler.leg = {};
  handler.busy += now - handler.busy_from;
  const QueueOptions& queue = directory.queue(contact.queue).options;
  const bool plays = contact.caller_answer != CallerAnswer::none && queue.waiting == Waiting::answer;
  if (plays && !queue.waiting_sound.empty()) emit(PlayToLeg{contact.caller_leg, queue.waiting_sound});
  arm_waiting_timers(contact);
  back_to_place(contact, OfferEnd::unreachable, true, why);
}

void Core::State::on(const AcceptOffer& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  Contact* contact = find(handler->contact);
  if (handler->state != HandlerState::offered || handler->offer != event.offer || !contact)
    return reply(event.request, Refusal::offer_gone, "this offer is over: the call went elsewhere or ended", handler->version);
  if (handler->offered_mode == PhoneMode::ring)
    return reply(event.request, Refusal::accept_at_phone, "this desk answers at the phone: lift the receiver", handler->version);
  if (handler->offered_mode == PhoneMode::nailed_up) {
    contact->other_leg = handler->nailed_leg;
    legs[handler->nailed_leg].contact = contact->id;
    accepted(*contact);
  } else if (!handler->accepted) {
    handler->accepted = true;
    // Accepted in time: the phone has as long to answer as any other.
    timers.cancel(handler->offer_timer);
    handler->offer_timer =
        timers.arm(now + directory.queue(contact->queue).options.offer_timeout, TimerKind::offer, index_of(*handler));
    ring(*contact, *handler, true);
  }
  reply(event.request, Refusal::none, {}, handler->version);
}

void Core::State::on(const DeclineOffer& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  Contact* contact = find(handler->contact);
  if (handler->state != HandlerState::offered || handler->offer != event.offer || !contact)
    return reply(event.request, Refusal::offer_gone, "this offer is over", handler->version);
  offer_failed(*contact, OfferEnd::declined);
  reply(event.request, Refusal::none, {}, handler->version);
}

}  // namespace pledge::core
