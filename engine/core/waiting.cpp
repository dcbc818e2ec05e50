// A call's stay in a queue: its place, its timers, and where it goes when the queue cannot serve it.
#include <algorithm>

#include "core/state.hpp"

namespace pledge::core {

namespace {
constexpr Duration after_offer = 1s, for_room = 10s;  // an overflow that must wait is tried again
}  // namespace

// ---- the index ----------------------------------------------------------------------------------------------------

Need Core::State::need_of(const Contact& contact, std::uint32_t widened) {
  const bool more = !contact.extra_skills.empty();
  Need need = need_in(contact.queue, more ? directory.skills(contact.extra_skills) : std::vector<SkillLevel>{}, widened);
  need.lifted = contact.lifted;
  return need;
}

Need Core::State::need_in(QueueIndex at, const std::vector<SkillLevel>& extra_skills, std::uint32_t widened) const {
  const Queue& queue = directory.queue(at);
  const auto step = std::min<std::size_t>(widened, queue.needs.size() - 1);
  Need need{at, false, queue.needs[step]};
  if (extra_skills.empty()) return need;
  for (const SkillLevel& extra : extra_skills) {
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
  here.tasks += !contact.caller_leg;
  contact.indexed = true;
}

void Core::State::unindex_call(Contact& contact) {
  if (!contact.indexed) return;
  index.remove_call(contact.key, contact.rank);
  auto& here = waiting[contact.queue];
  here.by_grade[contact.rank.grade].erase(waiting_call(contact));
  --here.size;
  here.tasks -= !contact.caller_leg;
  contact.indexed = false;
  if (contact.said != DecisionKind::held_back) return;
  for (Pool& pool : pools) pool.held_back_left = true;
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
  contact.widened = 0;
  for (const Widening& step : options.widening) contact.widened += contact.queued + step.after <= now;
  if (contact.widened < options.widening.size())
    contact.widen_timer =
        timers.arm(contact.queued + options.widening[contact.widened].after, TimerKind::widen, contact.id.value);
  if (!contact.outgoing && options.overflow_after > Duration{} && options.late.kind != OverflowKind::wait && !contact.late_taken)
    contact.late_timer =
        timers.arm(std::max(now, contact.queued + options.overflow_after), TimerKind::late, contact.id.value);
  if (queue.starvation_bound > Duration{} && queue.class_rank > 0 && !contact.lifted)
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
  const Overflow& rule = directory.queue(contact.queue).options.late;
  const QueueIndex to = rule.kind == OverflowKind::queue ? directory.find_queue(rule.target) : no_index;
  // While it is being offered the overflow waits for the outcome; and a call that has a place never leaves it for a
  // queue without room.
  const bool offered = contact.state == ContactState::offered;
  if (offered || (to != no_index && is_full(to))) {
    contact.late_timer = timers.arm(now + (offered ? after_offer : for_room), TimerKind::late, contact.id.value);
    return;
  }
  contact.late_taken = true;
  overflow(contact, rule, "waited too long");
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
  if (!contact.indexed) {
    explain(contact, DecisionKind::overflowed, why);
    return enter(contact, queue);
  }
  // It has a place already: neither a full queue nor a drain may cost it that.
  if (is_full(queue)) return explain(contact, DecisionKind::waits, "the queue to overflow to is full");
  explain(contact, DecisionKind::overflowed, why);
  unindex_call(contact);
  contact.queue = queue;
  contact.queued = now;
  place_in_queue(contact);
}

void Core::State::announce(Contact& contact, const std::string& sound, std::string_view why) {
  explain(contact, DecisionKind::overflowed, why);
  answer_caller(contact, CallerAnswer::asked_while_waiting);
  if (!contact.asked_for_keys) play(contact, sound);  // else the caller has been asked for more than patience
}

void Core::State::dial_out(Contact& contact, const std::string& number, std::string_view why) {
  explain(contact, DecisionKind::overflowed, why);
  unindex_call(contact);
  cancel_waiting_timers(contact);
  cut_asking(contact, "a number is called: asked no longer");
  contact.state = ContactState::dialling_out;
  if (contact.listened_to) play(contact, "ringback");  // the menu, or the asking, is over
  contact.other_leg = new_leg({contact.id, no_index});
  emit(DialOut{contact.other_leg, contact.id, contact.caller_leg, number, {}});
  changed(contact);
}

// Back to its place; a call that never had one is in the same position as a new one.
void Core::State::dial_out_failed(Contact& contact, LegFailure cause) {
  if (contact.answered == never) alarm("overflow.failed", "the outside number of an overflow did not answer: " + std::string{name(cause)});
  else note(contact, "the number did not answer: " + std::string{name(cause)});
  contact.other_number.clear();
  explain(contact, DecisionKind::returned, name(cause));
  const Closed closed = contact.admitted || contact.accepted ? Closed::no : closed_to(contact.queue, false);
  if (closed != Closed::no) return reject(contact, service_unavailable, name(closed), ContactEnd::overflowed);
  if (!contact.admitted) return place_in_queue(contact);
  if (contact.answered != never) contact.queued = now;  // a transfer that came to nothing: waits anew
  contact.answered = never;
  contact.state = ContactState::waiting;
  contact.nobody_checked = true;
  contact.sound.clear();  // the end of a message may have passed meanwhile
  play_waiting(contact);
  listen_while_waiting(contact);
  arm_waiting_timers(contact);
  changed(contact);
  wait(contact);
}

// The queue's rule for "nobody signed on", once per stay in it.
void Core::State::check_nobody(Contact& contact) {
  const Queue& queue = directory.queue(contact.queue);
  if (queue.options.nobody.kind == OverflowKind::wait || contact.nobody_checked || contact.outgoing) return;
  if (index.count_eligible(contact.key).signed_on > 0) return;
  for (std::uint32_t step = 0; step < queue.needs.size(); ++step)
    if (index.anyone_signed_on(need_of(contact, step))) return;
  contact.nobody_checked = true;
  overflow(contact, queue.options.nobody, "nobody signed on");
}

// Somebody signed off or serves other queues: all calls of the queue are looked at, those looked at before as well.
void Core::State::start_sweep(QueueIndex queue) {
  WaitingQueue& here = waiting[queue];
  if (directory.queue(queue).options.nobody.kind == OverflowKind::wait || here.size == 0) return;
  here.swept_grade = 0;
  here.swept.reset();
  if (here.sweeping) return;
  here.sweeping = true;
  timers.arm(now, TimerKind::sweep, queue);
}

// A few calls at a time, so that one sign-off never stalls the loop.
void Core::State::sweep(QueueIndex queue) {
  constexpr std::size_t at_once = 32;
  WaitingQueue& here = waiting[queue];
  std::vector<ContactId> next;
  const auto take = [&](const WaitingCall& call) {
    next.push_back(contacts[call.slot].id);
    here.swept = call;
    return next.size() < at_once;
  };
  while (next.size() < at_once && here.swept_grade < here.by_grade.size()) {
    const auto& calls = here.by_grade[here.swept_grade];
    if (const auto swept = here.swept) calls.for_each_after_while(*swept, take);
    else calls.for_each_while(take);
    if (next.size() < at_once) {
      ++here.swept_grade;
      here.swept.reset();
    }
  }
  here.sweeping = next.size() == at_once;
  if (here.sweeping) timers.arm(now, TimerKind::sweep, queue);
  for (const ContactId id : next)
    if (Contact* contact = find(id); contact && contact->indexed && contact->queue == queue) check_nobody(*contact);
}

}  // namespace pledge::core
