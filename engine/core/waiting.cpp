// A call's stay in a queue: its place, its timers, and where it goes when the queue cannot serve it.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr std::uint32_t most_overflows = 8;  // queues that overflow into each other end here
constexpr std::uint32_t service_unavailable = 503;
}  // namespace

// ---- the index ----------------------------------------------------------------------------------------------------

Need Core::State::need_of(const Contact& contact, std::uint32_t widened) {
  const Queue& queue = directory.queue(contact.queue);
  const auto step = std::min<std::size_t>(widened, queue.needs.size() - 1);
  Need need{contact.queue, contact.lifted, queue.needs[step]};
  if (contact.extra_skills.empty()) return need;
  for (const SkillLevel& extra : directory.skills(contact.extra_skills)) {
    const auto same = [&](const SkillLevel& s) { return s.skill == extra.skill; };
    const auto at = std::find_if(need.skills.begin(), need.skills.end(), same);
    if (at == need.skills.end()) need.skills.push_back(extra);
    else at->level = std::max(at->level, extra.level);
  }
  std::sort(need.skills.begin(), need.skills.end());
  return need;
}

void Core::State::index_call(Contact& contact) {
  const Queue& queue = directory.queue(contact.queue);
  contact.key = index.key(need_of(contact, contact.widened));
  contact.rank = {grade_rank(contact.grade), contact.place + queue.options.target_within, contact.order};
  index.add_call(contact.key, contact.rank, contact.slot);
  auto& here = waiting[contact.queue];
  here.by_grade[contact.rank.grade].insert(waiting_call(contact));
  ++here.size;
  contact.indexed = true;
  ++waiting_total;
}

void Core::State::unindex_call(Contact& contact) {
  if (!contact.indexed) return;
  index.remove_call(contact.key, contact.rank);
  auto& here = waiting[contact.queue];
  here.by_grade[contact.rank.grade].erase(waiting_call(contact));
  --here.size;
  contact.indexed = false;
  --waiting_total;
}

// Calls of the same queue that are served first.
std::uint32_t Core::State::ahead_of(const Contact& contact) const {
  if (!contact.indexed) return 0;
  const auto& by_grade = waiting[contact.queue].by_grade;
  std::uint32_t ahead = by_grade[contact.rank.grade].rank(waiting_call(contact));
  for (std::uint32_t grade = 0; grade < contact.rank.grade; ++grade)
    ahead += static_cast<std::uint32_t>(by_grade[grade].size());
  return ahead;
}

// ---- time in the queue --------------------------------------------------------------------------------------------

void Core::State::arm_waiting_timers(Contact& contact) {
  cancel_waiting_timers(contact);
  const Queue& queue = directory.queue(contact.queue);
  const auto& options = queue.options;
  if (!options.widening.empty())
    contact.widen_timer = timers.arm(contact.queued + options.widening[0].after, TimerKind::widen, contact.id.value);
  if (options.overflow_after > Duration{} && options.late.kind != OverflowKind::wait)
    contact.late_timer = timers.arm(contact.queued + options.overflow_after, TimerKind::late, contact.id.value);
  if (queue.starvation_bound > Duration{} && queue.class_rank > 0)
    contact.starvation_timer =
        timers.arm(std::max(now, contact.place + queue.starvation_bound), TimerKind::starvation, contact.id.value);
}

void Core::State::cancel_waiting_timers(Contact& contact) {
  timers.cancel(contact.widen_timer);
  timers.cancel(contact.late_timer);
  timers.cancel(contact.starvation_timer);
}

void Core::State::widen(Contact& contact) {
  const auto& steps = directory.queue(contact.queue).options.widening;
  ++contact.widened;
  if (contact.widened < steps.size())
    contact.widen_timer = timers.arm(contact.queued + steps[contact.widened].after, TimerKind::widen, contact.id.value);
  if (!contact.indexed) return;
  unindex_call(contact);
  index_call(contact);
  match_call(contact);
}

void Core::State::lift(Contact& contact) {
  contact.lifted = true;
  if (!contact.indexed) return;
  unindex_call(contact);
  index_call(contact);
  match_call(contact);
}

void Core::State::late(Contact& contact) {
  // While it is being offered the overflow waits for the outcome.
  if (contact.state == ContactState::offered)
    contact.late_timer = timers.arm(now + 1s, TimerKind::late, contact.id.value);
  if (contact.state == ContactState::waiting)
    overflow(contact, directory.queue(contact.queue).options.late, "waited too long");
}

// ---- overflow -----------------------------------------------------------------------------------------------------

void Core::State::overflow(Contact& contact, const Overflow& rule, std::string_view why) {
  if (rule.kind == OverflowKind::wait) return;
  if (++contact.overflows > most_overflows) {
    alarm("overflow.loop", "contact " + std::to_string(contact.id.value) + " overflowed too often; it stays where it is");
    if (!contact.indexed) reject(contact, service_unavailable, "overflow loop", ContactEnd::overflowed);
    return;
  }
  switch (rule.kind) {
    case OverflowKind::wait: break;
    case OverflowKind::queue: return overflow_to_queue(contact, rule.target, why);
    case OverflowKind::number: return dial_out(contact, rule.target, why);
    case OverflowKind::announcement: return announce(contact, rule.target, why);
    case OverflowKind::reject: return reject(contact, rule.status, why, ContactEnd::overflowed);
  }
}

void Core::State::overflow_to_queue(Contact& contact, const std::string& target, std::string_view why) {
  const QueueIndex queue = directory.find_queue(target);
  if (queue == no_index) {
    alarm("overflow.no_queue", "an overflow names the queue " + target + ", which is not configured");
    if (!contact.indexed) reject(contact, service_unavailable, why, ContactEnd::overflowed);
    return;
  }
  explain(contact, DecisionKind::overflowed, why);
  unindex_call(contact);
  cancel_waiting_timers(contact);
  enter(contact, queue);
}

void Core::State::announce(Contact& contact, const std::string& sound, std::string_view why) {
  explain(contact, DecisionKind::overflowed, why);
  if (!contact.caller_answered) emit(AnswerLeg{contact.caller_leg});
  contact.caller_answered = true;
  emit(PlayToLeg{contact.caller_leg, sound});
}

void Core::State::dial_out(Contact& contact, const std::string& number, std::string_view why) {
  explain(contact, DecisionKind::overflowed, why);
  unindex_call(contact);
  cancel_waiting_timers(contact);
  contact.state = ContactState::dialling_out;
  contact.other_leg = new_leg({contact.id, no_index});
  emit(DialOut{contact.other_leg, contact.id, contact.caller_leg, number});
  changed(contact);
}

// The queue's rule for "nobody signed on", once per stay in it.
void Core::State::check_nobody(Contact& contact) {
  const Queue& queue = directory.queue(contact.queue);
  if (queue.options.nobody.kind == OverflowKind::wait || contact.nobody_checked) return;
  for (std::uint32_t step = 0; step < queue.needs.size(); ++step)
    if (index.anyone_signed_on(need_of(contact, step))) return;
  contact.nobody_checked = true;
  overflow(contact, queue.options.nobody, "nobody signed on");
}

void Core::State::start_sweep(QueueIndex queue) {
  if (directory.queue(queue).options.nobody.kind == OverflowKind::wait || waiting[queue].sweeping) return;
  if (waiting[queue].size == 0) return;
  waiting[queue].sweeping = true;
  timers.arm(now, TimerKind::sweep, queue);
}

// A few calls at a time, so that one sign-off never stalls the loop.
void Core::State::sweep(QueueIndex queue) {
  constexpr std::size_t at_once = 32;
  waiting[queue].sweeping = false;
  std::vector<ContactId> unchecked;
  for (const auto& calls : waiting[queue].by_grade)
    calls.for_each_while([&](const WaitingCall& call) {
      if (!contacts[call.slot].nobody_checked) unchecked.push_back(contacts[call.slot].id);
      return unchecked.size() < at_once;
    });
  bool progress = false;
  for (const ContactId id : unchecked) {
    if (Contact* contact = find(id); contact && contact->indexed && contact->queue == queue) check_nobody(*contact);
    const Contact* after = find(id);
    progress = progress || !after || after->nobody_checked || after->queue != queue;
  }
  if (unchecked.size() >= at_once && progress) start_sweep(queue);
}

}  // namespace pledge::core
