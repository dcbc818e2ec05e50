// What supervisors and operators change while everything goes on.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

Contact* Core::State::waiting_for_request(const Request& request, ContactId id, const std::string& reason) {
  Contact* contact = find(id);
  if (!contact) {
    reply(request, Refusal::unknown_contact, "no such call, or it has ended");
    return nullptr;
  }
  Refusal refusal = Refusal::none;
  std::string detail;
  if (!is_supervisor(request.actor)) {
    refusal = Refusal::role_not_allowed;
    detail = supervisors_only;
  } else if (reason.empty()) {
    refusal = Refusal::reason_required;
    detail = "say why: the reason is kept with the decision";
  } else if (request.expected_version != 0 && request.expected_version != contact->version) {
    refusal = Refusal::stale_version;
    detail = "the call has changed since: look again";
  } else if (contact->state != ContactState::waiting && contact->state != ContactState::offered &&
             contact->state != ContactState::menu) {
    refusal = Refusal::not_waiting;
    detail = "the call is not waiting any more";
  }
  if (refusal == Refusal::none) return contact;
  reply(request, refusal, std::move(detail), contact->version);
  return nullptr;
}

void Core::State::on(const Reprioritise& event) {
  Contact* contact = waiting_for_request(event.request, event.contact, event.reason);
  if (!contact) return;
  const bool indexed = contact->indexed;
  unindex_call(*contact);
  contact->grade = event.grade;
  contact->graded_by_hand = true;
  explain(*contact, DecisionKind::graded, event.reason, event.request.actor);
  changed(*contact);
  if (indexed) wait(*contact);
  const Contact* after = find(event.contact);
  reply(event.request, Refusal::none, {}, after ? after->version : 0);
}

void Core::State::on(const MoveContact& event) {
  Contact* contact = waiting_for_request(event.request, event.contact, event.reason);
  if (!contact) return;
  const QueueIndex queue = directory.find_queue(event.queue.value);
  if (queue == no_index)
    return reply(event.request, Refusal::unknown_queue, "no queue " + event.queue.value + " is configured", contact->version);
  if (is_full(queue))
    return reply(event.request, Refusal::queue_full, "queue " + event.queue.value + " is full", contact->version);
  const ContactId id = contact->id;
  place_first([&] {
    if (contact->state == ContactState::offered) withdraw_offer(*contact);
    unindex_call(*contact);
    if (contact->state == ContactState::menu) close_menu(*contact);
    contact->queue = queue;
    contact->queued = now;
    explain(*contact, DecisionKind::moved, event.reason, event.request.actor);
    place_in_queue(*contact);
  });
  const Contact* after = find(id);
  reply(event.request, Refusal::none, {}, after ? after->version : 0);
}

void Core::State::on(const WithdrawContact& event) {
  Contact* contact = waiting_for_request(event.request, event.contact, event.reason);
  if (!contact) return;
  if (contact->state == ContactState::offered) withdraw_offer(*contact);
  note(*contact, "withdrawn", event.request.actor);
  constexpr std::uint32_t temporarily_unavailable = 480;
  reject(*contact, temporarily_unavailable, event.reason, ContactEnd::withdrawn);
  reply(event.request, Refusal::none);
}

void Core::State::on(const AssignHandler& event) {
  Handler* handler = for_request(event.request, event.handler);
  if (!handler) return;
  if (!is_supervisor(event.request.actor))
    return reply(event.request, Refusal::role_not_allowed, supervisors_only, handler->version);
  if (event.reason.empty())
    return reply(event.request, Refusal::reason_required, "say why: it is kept in the journal", handler->version);
  std::vector<QueueIndex> queues;
  for (const QueueId& queue : event.queues) {
    const QueueIndex at = directory.find_queue(queue.value);
    if (at == no_index)
      return reply(event.request, Refusal::unknown_queue, "no queue " + queue.value + " is configured", handler->version);
    queues.push_back(at);
  }
  const auto before = queues_of(*handler);
  handler->assigned = std::move(queues);
  ++handler->version;
  changed(*handler);
  regroup(index_of(*handler));
  for (const QueueIndex queue : before) start_sweep(queue);
  reply(event.request, Refusal::none, {}, handler->version);
}

void Core::State::on(const SetServiceState& event) {
  const auto& states = directory.options().service_states;
  if (std::find(states.begin(), states.end(), event.state) == states.end())
    return reply(event.request, Refusal::unknown_service_state, "no service state \"" + event.state + "\" is configured");
  service_state = event.state;
  emit(ServiceStateChanged{service_state, draining});
  if (choose_wordings()) tell_wordings();
  reply(event.request, Refusal::none);
}

void Core::State::on(const Drain& event) {
  draining = event.on;
  emit(ServiceStateChanged{service_state, draining});
  reply(event.request, Refusal::none);
}

}  // namespace pledge::core
