// A configuration comes into force: at start, or by a reload in mid-service.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

void Core::State::on(const Configured& event) {
  const bool first = handlers.empty() && next_contact == 1 && announced_wake == never;
  directory.load(event.options);
  const Options& options = directory.options();
  if (first) random = options.seed;
  const auto& states = options.service_states;
  if (std::find(states.begin(), states.end(), service_state) == states.end())
    service_state = states.empty() ? "normal" : states.front();
  waiting.resize(directory.queues().size());
  choose_wordings();
  pools.resize(directory.pools().size());
  held.assign(pools.size(), 0);
  plan_reserves();
  load_handlers();
  rebuild_index();
  timers.cancel(reserve_timer);
  reserve_timer = timers.arm(now, TimerKind::reserve, 0);
  emit(ServiceStateChanged{service_state, draining});
  tell_wordings();
  rearrange_listened_to();
}

// A handler keeps state, call and idle time; one who is no longer configured is signed off, after a call if in one.
void Core::State::load_handlers() {
  for (Handler& handler : handlers) handler.configured = false;
  for (const HandlerOptions& options : directory.options().handlers) {
    const auto [at, fresh] = handler_of.emplace(options.id.value, static_cast<HandlerIndex>(handlers.size()));
    if (fresh) {
      handlers.emplace_back();
      handlers.back().since = now;
    }
    handlers[at->second].configured = true;
    handlers[at->second].options = options;
  }
}

void Core::State::rebuild_index() {
  std::vector<CallSlot> calls;
  for (WaitingQueue& queue : waiting) {
    for (const auto& grade : queue.by_grade)
      grade.for_each_while([&](const WaitingCall& call) {
        calls.push_back(call.slot);
        return true;
      });
    RateMeter answers = queue.answers;  // go on being measured
    queue = {};
    queue.answers = answers;
  }
  index.reset(directory.class_of_queue(), directory.by_occupancy());
  for (Pool& pool : pools) {
    pool.idle = 0;
    pool.holding = false;
  }
  std::vector<CallSlot> requeued;
  for (const CallSlot slot : calls) {
    Contact& contact = contacts[slot];
    contact.indexed = false;
    if (directory.queue(contact.queue).configured) continue;
    if (contact.consults) {  // another queue is not whom the handler asked for
      end(contact, ContactEnd::withdrawn, queue_removed);
      continue;
    }
    requeue(contact);
    requeued.push_back(slot);
  }
  rearm_waiting_calls();
  for (const CallSlot slot : calls)
    if (contacts[slot].id) index_call(contacts[slot]);
  for (const CallSlot slot : requeued) play_waiting(contacts[slot]);  // which may tell the position
  rejoin_handlers();
  for (QueueIndex queue = 0; queue < waiting.size(); ++queue) start_sweep(queue);
}

// Widening, overflow and starvation follow the new rules from now on, counted from the same clocks.
void Core::State::rearm_waiting_calls() {
  for (Contact& contact : contacts)
    if (contact.id && (contact.state == ContactState::waiting || contact.state == ContactState::offered))
      arm_waiting_timers(contact);
}

// All who stay are in the index before the first looks for a call, so that reserves count them.
void Core::State::rejoin_handlers() {
  for (Handler& handler : handlers) {
    handler.group = no_index;
    handler.idle = false;
  }
  for (HandlerIndex at = 0; at < handlers.size(); ++at) {
    Handler& handler = handlers[at];
    if (handler.state == HandlerState::signed_off) continue;
    const bool in_call = handler.state == HandlerState::talking || handler.state == HandlerState::offered;
    if (!handler.configured && !in_call) {
      sign_off(at, removed);
      continue;
    }
    std::erase_if(handler.assigned, [&](QueueIndex queue) { return !directory.queue(queue).configured; });
    const auto served = handler.serves;
    join(at);
    if (handler.serves != served) {  // screens and statistics learn of it
      ++handler.version;
      changed(handler);
    }
    refresh_idle(at, false);
    settle_line(at);
  }
  for (HandlerIndex at = 0; at < handlers.size(); ++at)
    if (handlers[at].idle) match_handler(at);
}

// The new rules say where it goes now; failing that, the first queue of its class, failing that the first queue. Place
// and clock stay.
void Core::State::requeue(Contact& contact) {
  const TriageRule* rule = directory.triage().match(contact.facts, {now, service_state, std::nullopt});
  QueueIndex to = rule && rule->kind == TriageKind::enqueue ? directory.find_queue(rule->queue.value) : no_index;
  const auto rank = directory.queue(contact.queue).class_rank;
  for (QueueIndex at = 0; at < waiting.size() && to == no_index; ++at)
    if (directory.queue(at).configured && directory.queue(at).class_rank == rank) to = at;
  for (QueueIndex at = 0; at < waiting.size() && to == no_index; ++at)
    if (directory.queue(at).configured) to = at;
  if (to == no_index) return;
  contact.queue = to;
  contact.nobody_checked = contact.late_taken = false;
  explain(contact, DecisionKind::moved, queue_removed);
  changed(contact);
}

}  // namespace pledge::core
