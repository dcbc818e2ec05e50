// Matching of pairs, and the life of an offer.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr std::uint32_t alarming_offers = 5;  // offers of one call that came to nothing
constexpr double shortest_target = 0.001;     // seconds: what a target of none counts as
}

double Core::State::draw_reserve(const Pool& pool) {
  const double whole = std::floor(pool.reserve), part = pool.reserve - whole;
  if (pool.by_wait || part <= 0) return whole;
  const bool one_more = static_cast<double>(draw() >> 11) * 0x1p-53 < part;
  return whole + (one_more ? 1 : 0);
}

double Core::State::reserve_against(const Pool& pool, const Contact& contact) const {
  const Queue& queue = directory.queue(contact.queue);
  if (!pool.by_wait || queue.class_rank == 0) return pool.reserve;
  return pool.waits.against(seconds(now - contact.place), seconds(queue.options.target_within));
}

// A call is held back while the pool's idle handlers, able to serve the first class, do not exceed the reserve.
bool Core::State::holds_back(const Pool& pool, double drawn, const Contact& contact) const {
  const double reserve = pool.by_wait ? reserve_against(pool, contact) : drawn;
  return !contact.lifted && reserve > 0 && pool.idle <= reserve;
}

// The best call of the class for this group, or failing that the best of those whose wait lifted the reserve.
BestCall Core::State::best_beside_reserve(GroupIndex group, std::uint32_t rank, const Pool& pool, double drawn) {
  const auto best = index.best_call(group, rank, false);
  if (!best || !holds_back(pool, drawn, contacts[best->call])) return {best, {}};
  if (const auto lifted = index.best_call(group, rank, true)) return {lifted, {}};
  return {{}, best};
}

// Held back: the pool is searched again when handlers come free, when the reserve is computed anew, and by itself when
// a reserve that falls with the wait lets this call go.
void Core::State::hold(PoolIndex at, const Contact& contact) {
  Pool& pool = pools[at];
  pool.holding = true;
  if (!pool.by_wait) return;
  const double target = seconds(directory.queue(contact.queue).options.target_within);
  const auto wait = pool.waits.lets_go_at(pool.idle, target);
  if (!wait) return;
  constexpr Duration past = 1us;  // so that the idle handlers exceed the reserve, whatever the rounding
  const Time due = contact.place + duration(*wait) + past;
  if (due <= now || (pool.lets_go > now && pool.lets_go <= due)) return;
  timers.cancel(pool.let_go_timer);
  pool.let_go_timer = timers.arm(due, TimerKind::let_go, at);
  pool.lets_go = due;
}

void Core::State::match_call(Contact& contact) {
  const Queue& queue = directory.queue(contact.queue);
  const bool strict = directory.options().selection.order == Order::strict;
  const bool may_hold = strict && queue.class_rank > 0 && !contact.lifted;
  bool any_held = false;
  for (PoolIndex pool = 0; pool < pools.size(); ++pool) {
    held[pool] = may_hold && (pools[pool].holding || holds_back(pools[pool], draw_reserve(pools[pool]), contact));
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
    hold(pool, contact);
    match_pool(pool);
  }
  if (contact.indexed)
    say_waiting(contact, DecisionKind::held_back, pools[directory.pool(handlers[reserved->handler].options.pool)]);
}

// Why it waits; said again only when the reason changes.
void Core::State::say_waiting(Contact& contact, DecisionKind kind, const Pool& pool) {
  if (contact.said == kind) return;
  contact.said = kind;
  if (!explains) return;
  Decision why = decision(contact, kind, contact.rule);
  why.reserve = kind == DecisionKind::held_back ? reserve_against(pool, contact) : pool.reserve;
  why.pool_idle = pool.idle;
  emit(std::move(why));
}

// Seconds by which a call is behind another under an order that is not strict.
double Core::State::measure_of(QueueIndex at, const CallRank& rank) const {
  const Queue& queue = directory.queue(at);
  const auto& [order, head_start] = directory.options().selection;
  const double until_deadline = seconds(rank.deadline - now);
  const double target = seconds(queue.options.target_within);
  switch (order) {
    case Order::strict: return queue.class_rank;
    case Order::first_come: return until_deadline - target;
    case Order::head_start:
      return until_deadline - target - (queue.class_rank == 0 ? seconds(head_start) : 0);
    case Order::deadline: return until_deadline;
    case Order::wait_over_target: return until_deadline / std::max(target, shortest_target);
  }
  return 0;
}

void Core::State::match_handler(HandlerIndex handler) {
  const GroupIndex group = handlers[handler].group;
  if (directory.options().selection.order != Order::strict) {
    const auto measure = [&](QueueIndex queue, const CallRank& rank) { return measure_of(queue, rank); };
    if (const auto call = index.least_call(group, measure)) offer(contacts[call->call], handler);
    return;
  }
  const PoolIndex pool = directory.pool(handlers[handler].options.pool);
  const bool first_class = index.serves_first_class(group);
  if (const auto call = index.best_call(group, 0, false)) return offer(contacts[call->call], handler);
  const bool low_waiting = index.waiting() > index.waiting_in_class(0);
  if (!low_waiting) return;
  const double drawn = first_class ? draw_reserve(pools[pool]) : 0;
  bool held_any = false;
  for (std::uint32_t rank = 1; rank < index.classes(); ++rank) {
    const auto [call, held_back] = first_class ? best_beside_reserve(group, rank, pools[pool], drawn)
                                               : BestCall{index.best_call(group, rank, false), {}};
    if (call) return offer(contacts[call->call], handler);
    if (!held_back) continue;
    hold(pool, contacts[held_back->call]);
    held_any = true;
    say_waiting(contacts[held_back->call], DecisionKind::held_back, pools[pool]);
  }
  // One more idle handler may let another of the pool take a call held back before.
  if (first_class && pools[pool].holding && (!held_any || pools[pool].by_wait)) match_pool(pool);
}

void Core::State::look_for_freed() {
  for (const HandlerIndex at : std::exchange(freed, {}))
    if (handlers[at].idle) match_handler(at);
}

// The reserve by wait against the call behind may be less than that against the one held back before it.
void Core::State::look_behind_held_back() {
  for (PoolIndex pool = 0; pool < pools.size(); ++pool)
    if (std::exchange(pools[pool].held_back_left, false) && pools[pool].by_wait && pools[pool].holding) match_pool(pool);
}

// Serves calls held back in the pool for as long as its idle handlers exceed the reserve.
void Core::State::match_pool(PoolIndex pool) {
  while (serve_best_low_class(pool)) {}
  pools[pool].held_back_left = false;
}

bool Core::State::serve_best_low_class(PoolIndex pool) {
  const double drawn = draw_reserve(pools[pool]);
  std::optional<MatchIndex::Call> best;
  std::vector<CallSlot> held_back;
  std::uint32_t best_rank = 0;
  index.for_each_idle_first_class_group(pool, [&](GroupIndex group) {
    for (std::uint32_t rank = 1; rank < index.classes(); ++rank) {
      const auto [call, kept] = best_beside_reserve(group, rank, pools[pool], drawn);
      if (kept) held_back.push_back(kept->call);
      if (!call) continue;
      if (!best || rank < best_rank || (rank == best_rank && call->rank < best->rank)) {
        best = call;
        best_rank = rank;
      }
      break;
    }
  });
  if (!best) {
    pools[pool].holding = false;
    for (const CallSlot slot : held_back) hold(pool, contacts[slot]);
    return false;
  }
  Contact& contact = contacts[best->call];
  const bool least_occupied = directory.queue(contact.queue).options.choice == Choice::least_occupied;
  std::vector<char> others(pools.size(), 1);
  others[pool] = 0;
  offer(contact, index.best_handler(contact.key, least_occupied, others)->handler);
  return true;
}

void Core::State::offer(Contact& contact, HandlerIndex to) {
  Handler& handler = handlers[to];
  Decision why;
  if (explains) {
    const Pool& pool = pools[directory.pool(handler.options.pool)];
    why = decision(contact, DecisionKind::offered, contact.rule);
    why.handler = handler.options.id;
    why.reserve = reserve_against(pool, contact);
    why.pool_idle = pool.idle;
    why.handler_idle = now - handler.idle_since;
  }
  unindex_call(contact);
  contact.state = ContactState::offered;
  contact.handler = to;
  const Time expires = begin_offer(contact, to);
  contact.offer = handler.offer;
  if (explains) emit(std::move(why));
  if (handler.offered_mode == PhoneMode::ring) contact.other_leg = ring(contact, handler, false);
  tell_offer(contact, handler, expires);
  changed(contact);
}

// Of a whole call, or of a part in one. Who was not ready is so again afterwards. Returns when it expires.
Time Core::State::begin_offer(const Contact& contact, HandlerIndex to) {
  Handler& handler = handlers[to];
  if (handler.state == HandlerState::not_ready) handler.pause = handler.reason;
  handler.offer = {next_offer++};
  handler.contact = contact.id;
  handler.accepted = false;
  handler.offered_mode = handler.options.phone_mode;
  set_state(handler, HandlerState::offered);
  refresh_idle(to, false);
  const Time expires = now + directory.queue(contact.queue).options.offer_timeout;
  handler.offer_timer = timers.arm(expires, TimerKind::offer, to);
  return expires;
}

void Core::State::tell_offer(const Contact& contact, const Handler& handler, Time expires) {
  emit(OfferMade{handler.offer, contact.id, handler.options.id, directory.queue(contact.queue).options.id, handler.offered_mode, expires});
}

void Core::State::close_offer(Handler& handler, OfferEnd how) {
  timers.cancel(handler.offer_timer);
  emit(OfferEnded{handler.offer, handler.contact, handler.options.id, how});
  handler.offer = {};
  handler.accepted = false;
}

LegId Core::State::ring(const Contact& contact, Handler& handler, bool auto_answer) {
  const Contact* about = find(contact.consults);
  handler.leg = new_leg({contact.id, no_index});
  emit(RingPhone{handler.leg, contact.id, (about ? *about : contact).caller_leg, handler.options.id, handler.options.phone, auto_answer});
  return handler.leg;
}

void Core::State::end_offer(Contact& contact, OfferEnd how) {
  close_offer(handlers[contact.handler], how);
  contact.offer = {};
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
  if (contact.outgoing && !contact.ring_back && !contact.consults && !contact.caller_leg) {  // whose own phone was not answered
    handlers[handler].contact = {};
    contact.handler = no_index;
    end(contact, ContactEnd::unreached, name(why));
    return free_again(handler);
  }
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
  if (contact.triage_due && triage_again(contact)) return;
  if (const auto pressed = std::exchange(contact.pressed, std::nullopt)) {
    const ContactId id = contact.id;
    choose_waiting(contact, *pressed);
    if (!find(id) || contact.indexed || contact.state != ContactState::waiting) return;
  }
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
  if (contact.consults) return consultation_answered(contact);
  Handler& handler = handlers[contact.handler];
  end_offer(contact, OfferEnd::accepted);
  cancel_waiting_timers(contact);
  handler.busy_from = now;
  handler.leg = contact.other_leg;
  if (!contact.caller_leg) {
    set_state(handler, HandlerState::talking);
    return call_number(contact);
  }
  contact.state = ContactState::talking;
  contact.told_first = false;
  contact.pressed.reset();
  cut_asking(contact, "a handler answers: asked no longer");
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
  count_answer(contact);
  if (contact.state == ContactState::talking) {
    Handler& handler = handlers[contact.handler];
    handler.misses = 0;
    ++handler.calls;
  }
  changed(contact);
  start_recording(contact);
  listen_to_caller(contact);
}

// The other end answered and is gone before the caller could hear it. The caller has been promised nothing yet and goes on
// waiting; that the phone was lifted makes it no answered call, of the caller or of the handler. The leg is gone already,
// or its release asked for.
void Core::State::take_back_answer(Contact& contact) {
  constexpr std::string_view why = "gone before the caller could hear the answer";
  timers.cancel(contact.silent_timer);
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
  contact.sound.clear();  // cut off when the two were connected
  contact.told_first = false;
  play_waiting(contact);
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
  Party* part = contact->handler == index_of(*handler) ? nullptr : party(*contact, index_of(*handler));
  LegId& leg = part ? part->leg : contact->other_leg;
  if (handler->offered_mode == PhoneMode::nailed_up) {
    leg = handler->nailed_leg;
    legs[handler->nailed_leg].contact = contact->id;
    if (part) party_answered(*contact, *part);
    else accepted(*contact);
  } else if (!handler->accepted) {
    handler->accepted = true;
    // Accepted in time: the phone has as long to answer as any other.
    timers.cancel(handler->offer_timer);
    handler->offer_timer =
        timers.arm(now + directory.queue(contact->queue).options.offer_timeout, TimerKind::offer, index_of(*handler));
    leg = ring(*contact, *handler, true);
  }
  reply(event.request, Refusal::none, {}, handler->version);
}

void Core::State::on(const DeclineOffer& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  Contact* contact = find(handler->contact);
  if (handler->state != HandlerState::offered || handler->offer != event.offer || !contact)
    return reply(event.request, Refusal::offer_gone, "this offer is over", handler->version);
  offer_over(index_of(*handler), OfferEnd::declined);
  reply(event.request, Refusal::none, {}, handler->version);
}

}  // namespace pledge::core
