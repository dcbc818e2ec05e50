// Arrival, triage, the stay in a queue, and the end of a contact.
#include <algorithm>

#include "core/state.hpp"
#include "core/triage.hpp"

namespace pledge::core {

namespace {
// A hand-over time further back than this is a clock fault of the network, not a wait.
constexpr Duration oldest_handover = 1h;
constexpr Duration test_call_lasts = 10s;
}  // namespace

Contact* Core::State::find(ContactId id) {
  if (!id) return nullptr;
  const auto at = slot_of.find(id);
  return at == slot_of.end() ? nullptr : &contacts[at->second];
}

const Contact* Core::State::find(ContactId id) const {
  if (!id) return nullptr;
  const auto at = slot_of.find(id);
  return at == slot_of.end() ? nullptr : &contacts[at->second];
}

Contact& Core::State::create(LegId leg, const CallFacts& facts) {
  CallSlot slot = static_cast<CallSlot>(contacts.size());
  if (free_slots.empty()) {
    contacts.emplace_back();
  } else {
    slot = free_slots.back();
    free_slots.pop_back();
  }
  Contact& contact = contacts[slot];
  contact = Contact{};
  contact.id = {next_contact++};
  contact.slot = slot;
  contact.facts = facts;
  contact.caller_leg = leg;
  contact.arrived = contact.handed_over = contact.place = now;
  contact.order = next_order++;
  const auto& given = facts.network_handover;
  if (given && *given <= now && now - *given <= oldest_handover) contact.handed_over = *given;
  contact.presented = now;
  contact.operator_present = facts.operator_present;
  slot_of.emplace(contact.id, slot);
  link_caller(contact);
  if (leg) legs[leg] = {contact.id, no_index};
  return contact;
}

void Core::State::on(const CallArrived& event) {
  if (Contact* first = presented_before(event.facts)) return present_again(*first, event);
  if (slot_of.size() >= directory.options().limits.contacts) {
    emit(RejectLeg{event.leg, service_unavailable, "too many calls"});
    alarm("contacts.full", "the limit of live contacts is reached; calls are refused with 503");
    return;
  }
  Contact& contact = create(event.leg, event.facts);
  if (is_test_call(contact.facts)) {
    contact.rule = "test.sos";
    take_test_call(contact);
  } else {
    triage(contact);
  }
}

void Core::State::take_test_call(Contact& contact) {
  explain(contact, DecisionKind::triaged, contact.rule);
  changed(contact);
  answer_caller(contact, CallerAnswer::asked_while_waiting);
  emit(PlayToLeg{contact.caller_leg, "ringback"});
  contact.test_timer = timers.arm(now + test_call_lasts, TimerKind::test_call, contact.id.value);
}

void Core::State::triage(Contact& contact) {
  const auto remembered = callers.find(contact.facts.caller);
  if (remembered != callers.end()) contact.last_call = remembered->second.last_call;
  remember_call(contact);
  take_locations_of_former(contact);
  const TriageRule* rule = directory.triage().match(contact.facts, {now, service_state, contact.last_call});
  if (!rule) {
    alarm("triage.unmatched", "no triage rule for a call to " + contact.facts.dialled + "; it was refused with 404");
    return reject(contact, not_found, "no triage rule", ContactEnd::rejected);
  }
  contact.rule = rule->id;
  contact.labels = rule->labels;
  contact.grade = rule->grade;
  contact.extra_skills = rule->skills;
  if (rule->kind == TriageKind::test) return take_test_call(contact);
  if (rule->kind == TriageKind::reject) return reject(contact, rule->status, rule->id, ContactEnd::rejected);
  if (!rule->menu.empty()) return enter_menu(contact, rule->menu);
  const QueueIndex queue = directory.find_queue(rule->queue.value);
  if (queue == no_index) {
    alarm("triage.no_queue", "triage rule " + rule->id + " names a queue that is not configured");
    return reject(contact, service_unavailable, "no such queue", ContactEnd::rejected);
  }
  send_to(contact, queue);
}

void Core::State::send_to(Contact& contact, QueueIndex queue) {
  if (directory.queue(queue).class_rank == 0) first_class_arrived();
  else rates.other_arrivals.count(now, measured_over());
  enter(contact, queue);
}

void Core::State::enter(Contact& contact, QueueIndex index) {
  const QueueOptions& queue = directory.queue(index).options;
  contact.queue = index;
  contact.queued = now;
  contact.admitted = false;
  const Closed closed = closed_to(index, contact.accepted);
  if (closed == Closed::no) return place_in_queue(contact);
  contact.state = ContactState::arrived;
  explain(contact, DecisionKind::triaged, contact.rule);
  changed(contact);
  if (leads_elsewhere(queue.full, closed)) overflow(contact, queue.full, name(closed));
  else reject(contact, refusal_status(queue.full, closed), name(closed),
              closed == Closed::full ? ContactEnd::overflowed : ContactEnd::rejected);
}

// A drain turns away no call that has been taken on.
Closed Core::State::closed_to(QueueIndex index, bool taken_on) const {
  if (draining && !taken_on) return Closed::draining;
  return is_full(index) ? Closed::full : Closed::no;
}

void Core::State::place_in_queue(Contact& contact) {
  contact.admitted = true;
  contact.lifted = contact.nobody_checked = contact.late_taken = false;
  contact.state = ContactState::waiting;
  place_first([&] {
    if (!contact.outgoing) settle_ring_back(contact);
    take_former_place(contact);
    explain(contact, DecisionKind::triaged, contact.rule);
    if (contact.caller_leg) receive(contact);  // else it is to be rung back, and there is nobody to tell
    arm_waiting_timers(contact);
    changed(contact);
    wait(contact);
  });
}

void Core::State::receive(Contact& contact) {
  if (directory.queue(contact.queue).options.waiting == Waiting::answer && contact.caller_answer == CallerAnswer::none) {
    answer_caller(contact, CallerAnswer::asked_while_waiting);
  } else if (contact.caller_answer == CallerAnswer::none && !contact.alerted) {
    emit(AlertLeg{contact.caller_leg});
    contact.alerted = true;
  }
  play_waiting(contact);
  listen_while_waiting(contact);
}

void Core::State::wait(Contact& contact) {
  contact.said = DecisionKind::triaged;
  if (!directory.queue(contact.queue).configured) {  // removed while the call was offered or dialled out
    if (contact.consults) return end(contact, ContactEnd::withdrawn, queue_removed);
    requeue(contact);
    play_waiting(contact);
    arm_waiting_timers(contact);
  }
  index_call(contact);
  match_call(contact);
  if (contact.indexed) check_nobody(contact);
}

// ---- the end ------------------------------------------------------------------------------------------------------

void Core::State::reject(Contact& contact, std::uint32_t status, std::string_view why, ContactEnd how) {
  unindex_call(contact);
  if (contact.spare.leg && contact.spare.answer == CallerAnswer::none) {
    emit(RejectLeg{contact.spare.leg, status, std::string{why}});
    forget_leg(contact.spare.leg);
  }
  if (!contact.caller_leg) {
    // to be rung back: there is nobody to release
  } else if (contact.caller_answer != CallerAnswer::none) emit(ReleaseLeg{contact.caller_leg, std::string{why}});
  else emit(RejectLeg{contact.caller_leg, status, std::string{why}});
  end(contact, how, why);
}

void Core::State::release_caller(Contact& contact, std::string_view why) {
  emit(ReleaseLeg{contact.caller_leg, std::string{why}});
}

// Once: a caller who has been answered, or soon will be, needs no second 200.
void Core::State::answer_caller(Contact& contact, CallerAnswer why) {
  if (contact.caller_answer != CallerAnswer::none) return;
  contact.caller_answer = why;
  emit(AnswerLeg{contact.caller_leg});
}

void Core::State::play_waiting(Contact& contact) {
  if (contact.told_first || contact.asked_for_keys) return;  // to its end, first
  if (contact.caller_answer != CallerAnswer::none) play(contact, waiting_sound(contact.queue));
}

// What is heard already does not begin again.
void Core::State::play(Contact& contact, const std::string& sound) {
  contact.hears_waiting_sound = contact.queue != no_index && sound == waiting_sound(contact.queue);
  const bool chooses = has_choices(contact) && contact.hears_waiting_sound;
  if (contact.sound == sound && contact.may_choose == chooses && !contact.listened_to) return;
  contact.sound = sound;
  contact.listened_to = contact.told_first = false;
  contact.may_choose = chooses;
  if (const WaitMessage* message = directory.wait_message(sound)) return tell(contact, *message);
  PlayToLeg play{contact.caller_leg, sound};
  play.keys = chooses;
  if (play.keys) play.turn = ++contact.turn;
  emit(std::move(play));
}

void Core::State::abandon(Contact& contact, LegEnd cause) {
  if (asked_to_be_called_back(contact)) return give_way_to_call_back(contact);
  const bool served = ends_with_served(contact);
  if (!served) remember_abandon(contact);
  unindex_call(contact);
  if (contact.state == ContactState::offered) withdraw_offer(contact);
  if (contact.other_leg) {
    emit(ReleaseLeg{contact.other_leg, "caller gone"});
    forget_leg(contact.other_leg);
  }
  end(contact, served ? ContactEnd::withdrawn : ContactEnd::abandoned, served ? "the caller has been served" : name(cause));
}

void Core::State::end(Contact& contact, ContactEnd how, std::string_view why) {
  stop_recording(contact);
  release_parties(contact, why);
  if (contact.consults) consultation_ends(contact, why);
  explain(contact, DecisionKind::ended, why);
  contact.state = ContactState::ended;
  changed(contact, how);
  cancel_waiting_timers(contact);
  timers.cancel(contact.test_timer);
  timers.cancel(contact.menu_timer);
  timers.cancel(contact.message_timer);
  timers.cancel(contact.silent_timer);
  timers.cancel(contact.retry_timer);
  forget_ring_back(contact);
  contact.menu = {};
  forget_leg(contact.caller_leg);
  forget_leg(contact.other_leg);
  if (contact.spare.leg) emit(ReleaseLeg{contact.spare.leg, std::string{why}});
  forget_leg(contact.spare.leg);
  unlink_caller(contact);
  if (const auto at = successors.find(contact.continues); at != successors.end() && at->second == contact.id) successors.erase(at);
  slot_of.erase(contact.id);
  if (how == ContactEnd::abandoned) ring_back(contact);
  free_slots.push_back(contact.slot);
  contact.id = {};
}

void Core::State::changed(Contact& contact, ContactEnd how) {
  ++contact.version;
  emit(snapshot(contact, how));
  if (Contact* about = consulting(contact)) rearrange(*about);  // who asked is told how far it is
}

Decision Core::State::decision(const Contact& contact, DecisionKind kind, std::string_view rule) const {
  Decision decision;
  decision.contact = contact.id;
  decision.kind = kind;
  decision.rule = rule;
  decision.waiting = index.waiting();
  decision.waited = now - contact.arrived;
  if (contact.queue == no_index) return decision;
  decision.queue = directory.queue(contact.queue).options.id;
  if (!contact.indexed) return decision;
  const EligibleCount eligible = index.count_eligible(contact.key);
  decision.eligible_signed_on = eligible.signed_on;
  decision.eligible_idle = eligible.idle;
  decision.waiting_ahead = ahead_of(contact);
  return decision;
}

void Core::State::explain(const Contact& contact, DecisionKind kind, std::string_view rule, const std::string& actor) {
  if (!explains) return;
  Decision decision = this->decision(contact, kind, rule);
  decision.actor = actor;
  if (kind == DecisionKind::graded) decision.grade = contact.grade;
  emit(std::move(decision));
}

// ---- remembered callers ---------------------------------------------------------------------------------------------

void Core::State::remember_call(const Contact& contact) {
  const auto& caller = contact.facts.caller;
  if (!directory.remembers_callers() || caller.empty()) return;
  callers[caller].last_call = now;
  caller_age.emplace_back(caller, now);
  const std::size_t most = directory.options().limits.remembered_callers;
  while (callers.size() > most || caller_age.size() > 2 * most) {
    const auto oldest = callers.find(caller_age.front().first);
    if (oldest != callers.end() && oldest->second.last_call == caller_age.front().second) callers.erase(oldest);
    caller_age.pop_front();
  }
}

void Core::State::remember_abandon(const Contact& contact) {
  const auto at = callers.find(contact.facts.caller);
  if (at == callers.end() || contact.queue == no_index) return;
  Remembered& former = at->second;
  former.abandoned = now;
  former.place = contact.place;
  former.order = contact.order;
  former.queue = contact.queue;
  former.queued = contact.queued;
  former.handed_over = contact.handed_over;
  former.contact = contact.id;
  former.trunk = contact.facts.trunk;
  former.dialled = contact.facts.dialled;
  former.trusted = contact.facts.trusted;
}

void Core::State::take_former_place(Contact& contact) {
  const auto at = callers.find(contact.facts.caller);
  if (at == callers.end() || at->second.abandoned.ns == 0) return;
  Remembered& former = at->second;
  const Duration within = directory.queue(contact.queue).options.redial_keeps_place;
  const bool again = is_re_presented(contact, former);
  const bool redial = within > Duration{} && former.queue == contact.queue && contact.arrived - former.abandoned <= within;
  if (!again && !redial) return;
  if (former.place >= contact.place) return;  // a call that was moved here had been waiting for longer
  contact.place = former.place;
  contact.order = former.order;
  former.abandoned = {0};
  if (!again) return label(contact, "redial");
  contact.handed_over = former.handed_over;
  if (former.queue == contact.queue) contact.queued = former.queued;
  succeed(contact, former.contact);
  label(contact, "re-presented");
  explain(contact, DecisionKind::re_presented, contact.rule);
}

void Core::State::succeed(Contact& contact, ContactId former) {
  contact.continues = former;
  successors[former] = contact.id;
}

// ---- live contacts of one number ------------------------------------------------------------------------------------

void Core::State::link_caller(Contact& contact) {
  if (contact.facts.caller.empty()) return;
  const auto [at, first] = newest_of.try_emplace(contact.facts.caller, contact.id);
  if (first) return;
  contact.older = at->second;
  find(contact.older)->newer = contact.id;
  at->second = contact.id;
}

void Core::State::unlink_caller(Contact& contact) {
  if (contact.facts.caller.empty()) return;
  if (Contact* older = find(contact.older)) older->newer = contact.newer;
  if (Contact* newer = find(contact.newer)) newer->older = contact.older;
  else if (contact.older) newest_of[contact.facts.caller] = contact.older;
  else newest_of.erase(contact.facts.caller);
}

}  // namespace pledge::core
