// A call that did not happen, taken the way of a real one (contacts.cpp, menus.cpp, waiting.cpp) with nothing changed.
#include "core/state.hpp"
#include "core/triage.hpp"

namespace pledge::core {

class Core::State::ImaginedCall {
 public:
  ImaginedCall(const State& state, Time at, const CallFacts& facts) : state_(state), at_(at), facts_(facts) {}
  Routing take();

 private:
  void follow(const TriageRule& rule);
  void ask(const std::string& menu);
  void enter(QueueIndex queue);
  void stay_in(QueueIndex queue);
  void overflow(const Overflow& rule, QueueIndex from, std::string_view why);
  void refuse(std::uint32_t status, std::string_view why);
  void end(RoutingEnd how, std::string target) {
    routing_.end = how;
    routing_.target = std::move(target);
  }
  Need need_in(QueueIndex queue, std::uint32_t widened) const {
    return state_.need_in(queue, state_.directory.known_skills(routing_.skills), widened);
  }
  void decide(DecisionKind kind, std::string_view rule, QueueIndex queue = no_index);
  bool nobody_for(QueueIndex queue) const;

  const State& state_;
  const Time at_;
  const CallFacts& facts_;
  Routing routing_;
  std::string rule_;
  QueueIndex queue_ = no_index;  // that it is in, or was refused by
  std::uint32_t overflows_ = 0;
};

Routing Core::State::ImaginedCall::take() {
  if (state_.slot_of.size() >= state_.directory.options().limits.contacts) {
    refuse(service_unavailable, "too many calls");
  } else if (is_test_call(facts_)) {
    decide(DecisionKind::triaged, "test.sos");
    end(RoutingEnd::tested, {});
  } else {
    std::optional<Time> last_call;
    if (const auto caller = state_.callers.find(facts_.caller); caller != state_.callers.end()) last_call = caller->second.last_call;
    const TriageRule* rule = state_.directory.triage().match(facts_, {at_, state_.service_state, last_call});
    rule ? follow(*rule) : refuse(not_found, "no triage rule");
  }
  return std::move(routing_);
}

void Core::State::ImaginedCall::follow(const TriageRule& rule) {
  rule_ = rule.id;
  routing_.labels = rule.labels;
  routing_.grade = rule.grade;
  routing_.skills = rule.skills;
  if (rule.kind == TriageKind::test) {
    decide(DecisionKind::triaged, rule.id);
    return end(RoutingEnd::tested, {});
  }
  if (rule.kind == TriageKind::reject) return refuse(rule.status, rule.id);
  if (!rule.menu.empty()) return ask(rule.menu);
  enter(state_.directory.find_queue(rule.queue.value));
}

void Core::State::ImaginedCall::ask(const std::string& id) {
  const MenuOptions* menu = find_menu(state_.directory.options(), id);
  if (!menu) return refuse(service_unavailable, "no such menu");
  rule_ = way_to_menu(rule_, id);
  if (!state_.draining) {
    decide(DecisionKind::menu, rule_);
    return end(RoutingEnd::menu, id);
  }
  const QueueIndex humans = state_.queue_after_menu(menu->escape, menu->escape);
  humans == no_index ? refuse(service_unavailable, name(Closed::draining)) : enter(humans);
}

void Core::State::ImaginedCall::enter(QueueIndex at) {
  if (at == no_index) return refuse(service_unavailable, "no such queue");
  queue_ = at;
  decide(DecisionKind::triaged, rule_, at);
  const Closed closed = state_.closed_to(at, false);
  if (closed == Closed::no) return stay_in(at);
  const Overflow& rule = state_.directory.queue(at).options.full;
  if (leads_elsewhere(rule, closed)) return overflow(rule, at, name(closed));
  refuse(refusal_status(rule, closed), name(closed));
}

void Core::State::ImaginedCall::stay_in(QueueIndex at) {
  end(RoutingEnd::waits, state_.directory.queue(at).options.id.value);
  const Overflow& nobody = state_.directory.queue(at).options.nobody;
  if (nobody.kind != OverflowKind::wait && nobody_for(at)) overflow(nobody, at, "nobody signed on");
}

// Neither at once nor after any widening of what the queue asks for.
bool Core::State::ImaginedCall::nobody_for(QueueIndex at) const {
  for (std::uint32_t step = 0; step < state_.directory.queue(at).needs.size(); ++step)
    if (state_.index.anyone_signed_on(need_in(at, step))) return false;
  return true;
}

void Core::State::ImaginedCall::overflow(const Overflow& rule, QueueIndex from, std::string_view why) {
  const bool has_place = routing_.end == RoutingEnd::waits;
  if (++overflows_ > most_overflows) {
    if (!has_place) refuse(service_unavailable, "overflow loop");
    return;
  }
  if (rule.kind == OverflowKind::reject) return refuse(rule.status, why);
  const QueueIndex to = rule.kind == OverflowKind::queue ? state_.directory.find_queue(rule.target) : no_index;
  if (rule.kind == OverflowKind::queue && to == no_index) {
    if (!has_place) refuse(service_unavailable, why);
    return;
  }
  if (to != no_index && has_place && state_.is_full(to)) {
    decide(DecisionKind::waits, "the queue to overflow to is full", from);
    return;
  }
  decide(DecisionKind::overflowed, why, from);
  if (rule.kind == OverflowKind::number) return end(RoutingEnd::number, rule.target);
  if (rule.kind == OverflowKind::announcement) return end(RoutingEnd::announcement, rule.target);
  if (!has_place) return enter(to);
  queue_ = to;
  decide(DecisionKind::triaged, rule_, to);  // who has a place is turned away by no drain
  stay_in(to);
}

void Core::State::ImaginedCall::refuse(std::uint32_t status, std::string_view why) {
  decide(DecisionKind::ended, why, queue_);
  end(RoutingEnd::refused, {});
  routing_.status = status;
}

// In a queue with what it would find there as the last to come.
void Core::State::ImaginedCall::decide(DecisionKind kind, std::string_view rule, QueueIndex at) {
  Decision& decision = routing_.decisions.emplace_back();
  decision.kind = kind;
  decision.rule = rule;
  decision.waiting = state_.index.waiting();
  if (at == no_index) return;
  decision.queue = state_.directory.queue(at).options.id;
  const EligibleCount able = state_.index.count_able(need_in(at, 0));
  decision.eligible_signed_on = able.signed_on;
  decision.eligible_idle = able.idle;
  for (std::uint32_t rank = 0; rank <= grade_rank(routing_.grade); ++rank)
    decision.waiting_ahead += static_cast<std::uint32_t>(state_.waiting[at].by_grade[rank].size());
}

Routing Core::what_if(Time at, const CallFacts& facts) const { return State::ImaginedCall(*state_, at, facts).take(); }

}  // namespace pledge::core
