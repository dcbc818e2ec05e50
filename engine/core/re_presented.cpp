// The same emergency call by another route. A network whose first way to us fails, or seems to, presents the call again: it is one
// contact, with the place and the clocks of its first arrival, and counted once.
//
// Which of the two legs the caller is on only the network knows. So neither is released for the other's sake: the one that is not in use
// is kept beside, as a caller who waits or whose phone rings, until the network ends it; and it comes into use when the other is lost,
// falls silent, or has been served. Should it after all be another caller with the same number, that one is heard too.
#include <utility>

#include "core/state.hpp"
#include "core/triage.hpp"

namespace pledge::core {

namespace {
constexpr int most_looked_at = 4;  // live calls of one number, newest first

bool another_route(const CallFacts& facts, const TrunkId& trunk, const std::string& dialled) {
  return facts.trunk != trunk || facts.dialled != dialled;
}
bool may_take_a_leg(ContactState state) {
  return state == ContactState::waiting || state == ContactState::offered || state == ContactState::talking ||
         state == ContactState::outside || state == ContactState::dialling_out;
}
bool is_served(ContactState state) { return state == ContactState::talking || state == ContactState::outside; }
}  // namespace

bool Core::State::presents_again(const CallFacts& facts) const {
  return directory.options().emergency.re_presented_within > Duration{} && facts.trusted && facts.caller.starts_with('+') &&
         facts.provenance != Provenance::withheld && !is_test_call(facts);
}

Contact* Core::State::presented_before(const CallFacts& facts) {
  if (!presents_again(facts)) return nullptr;
  const Duration within = directory.options().emergency.re_presented_within;
  const auto newest = newest_of.find(facts.caller);
  Contact* contact = newest == newest_of.end() ? nullptr : find(newest->second);
  for (int i = 0; contact && i < most_looked_at; ++i, contact = find(contact->older)) {
    const bool known = !contact->outgoing && contact->facts.trusted && !contact->spare.leg && now - contact->presented <= within;
    if (!known || !may_take_a_leg(contact->state) || !another_route(facts, contact->facts.trunk, contact->facts.dialled)) continue;
    if (directory.queue(contact->queue).class_rank == 0 && is_first_class(now, facts)) return contact;
  }
  return nullptr;
}

bool Core::State::is_first_class(Time at, const CallFacts& facts) const {
  const auto remembered = callers.find(facts.caller);
  const auto last_call = remembered == callers.end() ? std::nullopt : std::optional{remembered->second.last_call};
  const TriageRule* rule = directory.triage().match(facts, {at, service_state, last_call});
  if (!rule || rule->kind != TriageKind::enqueue || !rule->menu.empty()) return false;
  const QueueIndex queue = directory.find_queue(rule->queue.value);
  return queue != no_index && directory.queue(queue).class_rank == 0;
}

// Of one whose leg ended before anybody answered.
bool Core::State::is_re_presented(const Contact& contact, const Remembered& former) const {
  return !contact.outgoing && presents_again(contact.facts) && former.trusted && former.contact != contact.id &&
         another_route(contact.facts, former.trunk, former.dialled) && directory.queue(contact.queue).class_rank == 0 &&
         directory.queue(former.queue).class_rank == 0 &&
         contact.arrived - former.abandoned <= directory.options().emergency.re_presented_within;
}

// What only the new leg tells of the caller is known from now on; what only the former one told still is.
void Core::State::present_again(Contact& contact, const CallArrived& event) {
  const CallFacts& told = event.facts;
  CallFacts& known = contact.facts;
  add_locations(contact, told.locations);
  // That of the number alone says less than that of a location.
  const bool better = !told.place.empty() && told.place != known.place && (!told.locations.empty() || known.place.empty());
  if (better) known.place = told.place;
  if (!told.body_parts.empty()) known.body_parts = told.body_parts;
  if (!told.additional_items.empty()) known.additional_items = told.additional_items;
  contact.presented = now;
  contact.spare = {event.leg, told.trunk, told.dialled, told.sip_call_id, CallerAnswer::none, false, told.operator_present};
  legs[event.leg] = {contact.id, no_index};
  label(contact, "re-presented");
  explain(contact, DecisionKind::re_presented, contact.rule);
  note(contact, "the same call again, by " + told.trunk.value + " to " + told.dialled + "; before by " + known.trunk.value + " to " + known.dialled);
  emit(FactsChanged{contact.id, told.sip_call_id});
  if (is_served(contact.state)) {
    emit(AlertLeg{event.leg});
    contact.spare.alerted = true;
  } else {
    swap_legs(contact);
    use_leg(contact);
    if (contact.spare.answer != CallerAnswer::none) emit(PlayToLeg{contact.spare.leg, "ringback"});
  }
  changed(contact);
  if (better) place_is_known(contact);
}

void Core::State::swap_legs(Contact& contact) {
  CallerLegState& spare = contact.spare;
  std::swap(contact.caller_leg, spare.leg);
  std::swap(contact.facts.trunk, spare.trunk);
  std::swap(contact.facts.dialled, spare.dialled);
  std::swap(contact.facts.sip_call_id, spare.sip_call_id);
  std::swap(contact.caller_answer, spare.answer);
  std::swap(contact.alerted, spare.alerted);
  std::swap(contact.operator_present, spare.operator_present);
}

void Core::State::use_leg(Contact& contact) {
  cut_asking(contact, "the caller's leg has changed");
  if (is_served(contact.state)) {
    stop_recording(contact);
    contact.spoke = false;
    answer_caller(contact, CallerAnswer::asked_to_talk);
    if (contact.hearing.empty()) emit(ConnectLegs{contact.caller_leg, contact.other_leg});
    else rearrange(contact);
    if (contact.caller_answer != CallerAnswer::sent) return;
    return contact.answered == never ? credit_answer(contact) : attend(contact);
  }
  contact.voice_while_waiting = false;
  contact.sound.clear();
  contact.told_first = false;
  contact.listened_to = contact.may_choose = false;
  receive(contact);
}

void Core::State::attend(Contact& contact) {
  if (contact.recording.id.empty()) start_recording(contact);
  listen_to_caller(contact);
}

void Core::State::go_on_with_spare(Contact& contact, std::string_view why) {
  forget_leg(contact.caller_leg);
  swap_legs(contact);
  contact.spare = {};
  note(contact, "goes on with the caller's other leg: " + std::string{why});
  emit(FactsChanged{contact.id, {}});
  use_leg(contact);
  changed(contact);
}

// Nobody has heard this leg yet: it waits at the place of the call, and with its clock.
void Core::State::return_spare(Contact& contact, std::string_view why) {
  const HandlerIndex handler = contact.state == ContactState::talking ? contact.handler : no_index;
  const QueueIndex queue = contact.queue;
  stop_recording(contact);
  release_parties(contact, why);
  timers.cancel(contact.silent_timer);
  release_caller(contact, why);
  if (handler != no_index && contact.other_leg == handlers[handler].nailed_leg) contact.other_leg = {};
  forget_leg(contact.other_leg);
  forget_leg(contact.caller_leg);
  swap_legs(contact);
  contact.spare = {};
  contact.handler = no_index;
  contact.other_number.clear();
  note(contact, "the caller's other leg goes back to the queue: it has not been heard yet");
  emit(FactsChanged{contact.id, {}});
  contact.sound.clear();
  contact.told_first = contact.spoke = false;
  contact.served_before = now;
  receive(contact);
  place_first([&] {
    wait_again(contact);
    explain(contact, DecisionKind::returned, why);
    wait(contact);
    if (handler != no_index) finish_call(handler, queue);
  });
}

// The network ends the other leg of a call that was served when it learns of the end. Who stays for longer is another caller.
bool Core::State::ends_with_served(const Contact& contact) const {
  constexpr Duration network_ends_within = 10s;
  return contact.served_before != never && now - contact.served_before <= network_ends_within;
}

void Core::State::spare_left(Contact& contact) {
  if (is_served(contact.state) && contact.spoke && contact.spare.answer == CallerAnswer::none)
    alarm("emergency.unheard_leg", "a second leg of call " + std::to_string(contact.id.value) +
                                       " ended and was never heard; ask its caller whether another person called from the same number");
  forget_leg(contact.spare.leg);
  contact.spare = {};
  note(contact, "the caller's other leg has ended");
}

// The leg is not released: it may be the right one.
void Core::State::change_legs(Contact& contact, std::string_view why) {
  constexpr std::uint32_t most_changes = 6;  // neither is heard any more: the handler has listened on both
  if (contact.leg_changes++ >= most_changes) return note(contact, std::string{why});
  if (contact.hearing.empty()) emit(DisconnectLegs{contact.caller_leg, contact.other_leg});
  swap_legs(contact);
  note(contact, "goes on with the caller's other leg: " + std::string{why});
  emit(FactsChanged{contact.id, {}});
  use_leg(contact);
  emit(PlayToLeg{contact.spare.leg, directory.options().call_control.hold_sound});
  changed(contact);
}

}  // namespace pledge::core
