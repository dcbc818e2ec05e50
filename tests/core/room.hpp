#pragma once
// A contact centre on a virtual clock: the core, a small configuration, and the wire and consoles in shorthand.
#include <catch2/catch.hpp>

#include "core/core.hpp"
#include "core/render.hpp"

namespace pledge::core::test {

inline constexpr Time start{1'700'000'000'000'000'000};

inline QueueOptions queue(const std::string& id, const std::string& service_class, Duration within) {
  QueueOptions queue;
  queue.id = {id};
  queue.service_class = {service_class};
  queue.target_within = within;
  return queue;
}

inline TriageRule rule(const std::string& id, const std::string& dialled, const std::string& queue) {
  TriageRule rule;
  rule.id = id;
  if (!dialled.empty()) rule.dialled = {dialled};
  rule.queue = {queue};
  return rule;
}

inline HandlerOptions handler(const std::string& id) {
  HandlerOptions handler;
  handler.id = {id};
  handler.pool = {"room"};
  handler.roles = {{"all"}};
  handler.phone = "sip:" + id + "@192.0.2.1";
  return handler;
}

// 999 → emergency, anything else → general; handlers h1 … hN of one pool serve both, and "manager", who may
// supervise; no reserve; wrap-up none.
inline Options small_room(int handlers = 2) {
  Options options;
  options.classes = {{{"emergency"}, {}}, {{"general"}, {}}};
  options.queues = {queue("emergency", "emergency", 10s), queue("general", "general", 30s)};
  options.queues[1].waiting = Waiting::answer;
  options.triage = {rule("999", "999", "emergency"), rule("other", "", "general")};
  options.roles = {{{"all"}, {{"emergency"}, {"general"}}, false}, {{"general"}, {{"general"}}, false}, {{"manager"}, {}, true}};
  PoolOptions pool;
  pool.id = {"room"};
  pool.reserve.kind = ReserveKind::off;
  options.pools = {pool};
  for (int i = 1; i <= handlers; ++i) options.handlers.push_back(handler("h" + std::to_string(i)));
  options.handlers.push_back(handler("manager"));
  options.handlers.back().roles.push_back({"manager"});
  return options;
}

class Room {
 public:
  explicit Room(const Options& options = small_room()) { configure(options); }

  const Actions& configure(const Options& options) { return event(Configured{std::make_shared<const Options>(options), {}}); }

  // Applies one event now, then whatever is due at once; checks the invariants; keeps all actions since the last call.
  const Actions& event(const Event& e) {
    actions_.clear();
    apply(e);
    drain();
    core.check_invariants();
    return actions_;
  }
  // Advances the clock, serving due timers one at a time at their own moments.
  const Actions& pass(Duration d) {
    actions_.clear();
    const Time until = now + d;
    while (wake_ <= until) {
      now = std::max(now, wake_);
      apply(TimerDue{});
      core.check_invariants();
    }
    now = until;
    return actions_;
  }

  // ---- shorthand
  LegId call(const std::string& dialled, const std::string& caller = "+442079460001") {
    CallFacts facts;
    facts.trunk = {"network"};
    facts.trusted = true;
    facts.dialled = dialled;
    facts.caller = caller;
    facts.provenance = Provenance::from;
    return call(facts);
  }
  LegId call(const CallFacts& facts) {
    const LegId leg{next_leg_ += 2};
    event(CallArrived{leg, facts});
    return leg;
  }
  void sign_on(const std::string& id, const std::string& role = "all") {
    event(SignOn{request(id), {id}, {role}, "console-" + id, false});
    REQUIRE(replied() == Refusal::none);
  }
  void ready(const std::string& id) {
    event(GoReady{request(id), {id}});
    REQUIRE(replied() == Refusal::none);
  }
  void staff(const std::string& id, const std::string& role = "all") {
    sign_on(id, role);
    ready(id);
  }
  Request request(const std::string& actor) { return {{++next_request_}, actor, 0}; }

  // ---- what came out of the last event or passage of time
  template <class A>
  std::vector<A> all() const {
    std::vector<A> found;
    for (const Action& action : actions_)
      if (const A* a = std::get_if<A>(&action)) found.push_back(*a);
    return found;
  }
  template <class A>
  A one() const {
    const auto found = all<A>();
    REQUIRE(found.size() == 1);
    return found.front();
  }
  template <class A>
  bool none() const { return all<A>().empty(); }
  Refusal replied() const { return one<Replied>().refusal; }
  LegId rung(const std::string& id) const {
    for (const RingPhone& ring : all<RingPhone>())
      if (ring.handler.value == id) return ring.leg;
    return {};
  }
  HandlerState state(const std::string& id) const { return core.handler({id})->now.state; }
  std::string reason(const std::string& id) const { return core.handler({id})->now.reason; }
  std::uint32_t waiting(const std::string& id) const { return core.queue({id})->waiting; }
  const Actions& actions() const { return actions_; }

  Core core;
  Time now = start;
  bool answers_leave = true;  // a 200 leaves at once, as with a fast disk; else the test says when
  std::function<void(const Action&)> observer;  // told of each action, at its moment

 private:
  void apply(const Event& e) {
    std::vector<LegId> answers;
    for (const Action& action : core.step(now, e)) {
      if (const AnswerLeg* answer = std::get_if<AnswerLeg>(&action)) answers.push_back(answer->leg);
      if (const WakeAt* wake = std::get_if<WakeAt>(&action)) wake_ = wake->due;
      if (observer) observer(action);
      actions_.push_back(action);
    }
    if (!answers_leave) return;
    for (const LegId leg : answers) apply(AnswerSent{leg});
  }
  void drain() {
    while (wake_ <= now) apply(TimerDue{});
  }

  Actions actions_;
  Time wake_ = never;
  std::uint64_t next_leg_ = 0, next_request_ = 0;
};

}  // namespace pledge::core::test
