// What is known of a call only after it came: that the network's operator has left the line, where the caller is.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr std::size_t most_locations = 4;  // of one call; the last that came are kept

bool among(const std::vector<std::string>& labels, const std::string& label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

const TriageRule* find_rule(const std::vector<TriageRule>& rules, const std::string& id) {
  const auto at = std::find_if(rules.begin(), rules.end(), [&](const TriageRule& rule) { return rule.id == id; });
  return at == rules.end() ? nullptr : &*at;
}
}  // namespace

// ---- the operator of a hand-over trunk ----------------------------------------------------------------------------

void Core::State::operator_leaves(Contact& contact, const std::string& actor) {
  contact.operator_present = false;
  contact.operator_left = now;
  note(contact, "handed over: the operator has left the line", actor);
  listen_to_caller(contact);
  listen_while_waiting(contact);
  changed(contact);
}

void Core::State::on(const OperatorLeft& event) {
  const auto at = legs.find(event.leg);
  Contact* contact = at == legs.end() ? nullptr : find(at->second.contact);
  if (!contact) return;
  if (contact->spare.leg == event.leg) contact->spare.operator_present = false;
  if (contact->caller_leg == event.leg && contact->operator_present) operator_leaves(*contact, {});
}

void Core::State::on(const HandedOver& event) {
  Contact* contact = call_for_request(event.request, event.handler, event.contact);
  if (!contact) return;
  const std::uint64_t version = handlers[contact->handler].version;
  if (!contact->operator_present)
    return reply(event.request, Refusal::wrong_state, "no operator is on the line of this call, or has left it already", version);
  operator_leaves(*contact, event.request.actor);
  reply(event.request, Refusal::none, {}, version);
}

// ---- locations ----------------------------------------------------------------------------------------------------

Contact* Core::State::located(const LocationArrived& event) {
  if (event.contact) {
    if (Contact* contact = find(event.contact)) return contact;
    const auto next = successors.find(event.contact);
    return next == successors.end() ? nullptr : find(next->second);
  }
  // A call from here to the number is second to the caller's own.
  const auto newest = newest_of.find(event.caller);
  Contact* contact = newest == newest_of.end() ? nullptr : find(newest->second);
  Contact* const first = contact;
  while (contact && contact->outgoing && !contact->ring_back) contact = find(contact->older);
  return contact ? contact : first;
}

void Core::State::add_locations(Contact& contact, const std::vector<Location>& newest) {
  auto& known = contact.facts.locations;
  known.insert(known.begin(), newest.begin(), newest.end());
  if (known.size() > most_locations) known.resize(most_locations);
}

void Core::State::take_locations_of_former(Contact& contact) {
  const auto task = ring_backs.find(contact.facts.caller);
  const Contact* former = task == ring_backs.end() || contact.outgoing ? nullptr : find(task->second);
  if (!former || former->facts.locations.empty() || !contact.facts.locations.empty()) return;
  contact.facts.locations = former->facts.locations;
  contact.facts.place = former->facts.place;
  note(contact, "where the caller was is known of the former call");
  emit(FactsChanged{contact.id, {}});
}

void Core::State::place_is_known(Contact& contact) {
  if (contact.state == ContactState::waiting) triage_again(contact);
  else if (contact.state == ContactState::offered) contact.triage_due = true;  // if nobody takes it
}

void Core::State::on(const LocationArrived& event) {
  Contact* contact = located(event);
  if (!contact) {
    const std::string whom = event.contact ? "call " + std::to_string(event.contact.value) : event.caller;
    return reply(event.request, Refusal::unknown_contact, whom + " is neither in progress nor to be rung back");
  }
  add_locations(*contact, event.locations);
  const bool elsewhere = !event.place.empty() && event.place != contact->facts.place;
  if (elsewhere) contact->facts.place = event.place;
  note(*contact, event.place.empty() ? "a location came" : "a location came: " + event.place, event.request.actor);
  emit(FactsChanged{contact->id, {}});
  changed(*contact);
  const ContactId id = contact->id;
  const std::uint64_t version = contact->version;
  if (elsewhere) place_is_known(*contact);
  const Contact* after = find(id);
  reply(event.request, Refusal::none, {}, after ? after->version : version);
}

// By the rule that would have matched at its arrival, had the place been known and the state of service been what it is. The place in
// the order of service and the clock stay. Where a menu, a supervisor or an overflow has decided since, that stands.
bool Core::State::triage_again(Contact& contact) {
  contact.triage_due = false;
  const TriageRule* before = find_rule(directory.options().triage, contact.rule);
  const TriageRule* rule = directory.triage().match(contact.facts, {contact.arrived, service_state, contact.last_call});
  if (contact.outgoing || !before || !rule || rule == before || rule->kind != TriageKind::enqueue || !rule->menu.empty()) return false;
  if (directory.find_queue(before->queue.value) != contact.queue) return false;
  const QueueIndex to = directory.find_queue(rule->queue.value);
  if (to == no_index) return false;
  if (to != contact.queue && is_full(to))
    return note(contact, "stays in its queue: " + rule->queue.value + " is full"), false;
  unindex_call(contact);
  std::erase_if(contact.labels, [&](const std::string& label) { return among(before->labels, label); });
  for (const std::string& said : rule->labels) label(contact, said);
  contact.rule = rule->id;
  contact.extra_skills = rule->skills;
  if (!contact.graded_by_hand && contact.grade == before->grade) contact.grade = rule->grade;  // else a key changed it
  const bool elsewhere = to != contact.queue;
  contact.queue = to;
  explain(contact, DecisionKind::moved, rule->id + ": a location came");
  if (elsewhere) {
    contact.queued = now;
    place_in_queue(contact);
  } else {
    arm_waiting_timers(contact);
    changed(contact);
    wait(contact);
  }
  return true;
}

}  // namespace pledge::core
