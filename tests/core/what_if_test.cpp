// A call that did not happen is told what a real one then meets.
#include "core/menus.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

constexpr const char* outside = "+442079460999";

CallFacts call_to(const std::string& dialled) {
  CallFacts facts;
  facts.trunk = {"network"};
  facts.dialled = dialled;
  facts.caller = "+442079460077";
  facts.provenance = Provenance::from;
  return facts;
}

using Told = std::vector<std::string>;

// Who takes the call, or why it waits, comes after: neither is foretold.
Told told(const std::vector<Decision>& decisions) {
  Told all;
  for (const Decision& decision : decisions) {
    const bool after = decision.kind == DecisionKind::offered || decision.kind == DecisionKind::held_back ||
                       (decision.kind == DecisionKind::waits && decision.rule != "the queue to overflow to is full");
    if (!after) all.push_back(std::string{name(decision.kind)} + " " + decision.queue.value + " (" + decision.rule + ")");
  }
  return all;
}

struct Outcome {
  RoutingEnd end;
  std::string target;
  std::uint32_t status = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Outcome& o) { return out << name(o.end) << " " << o.target << " " << o.status; }
};

// Where the call is that has just come, by what is done with it.
Outcome of_real_call(const Room& room) {
  for (const RejectLeg& leg : room.all<RejectLeg>()) return {RoutingEnd::refused, {}, leg.status};
  for (const ReleaseLeg& leg : room.all<ReleaseLeg>())  // answered by its queue before it was turned away
    if (leg.leg) return {RoutingEnd::refused, {}, 480};
  for (const DialOut& dial : room.all<DialOut>()) return {RoutingEnd::number, dial.number};
  const auto now = room.all<ContactChanged>().back();
  if (now.state == ContactState::menu) return {RoutingEnd::menu, "101"};
  for (const PlayToLeg& play : room.all<PlayToLeg>())
    if (play.sound == "closed") return {RoutingEnd::announcement, "closed"};
  return now.queue.empty() ? Outcome{RoutingEnd::tested, {}} : Outcome{RoutingEnd::waits, now.queue.value};
}

// Asked twice, which changes nothing; then the call comes.
Routing foretold(Room& room, const CallFacts& facts) {
  const Routing routing = room.core.what_if(room.now, facts);
  CHECK(told(routing.decisions) == told(room.core.what_if(room.now, facts).decisions));
  room.call(facts);
  CHECK(told(routing.decisions) == told(room.all<Decision>()));
  CHECK(Outcome{routing.end, routing.target, routing.status} == of_real_call(room));
  return routing;
}

// 101 goes to `general`, which has room for one call.
Options tight_room() {
  Options options = small_room(1);
  options.queues[1].bound = 1;
  return options;
}

}  // namespace

TEST_CASE("what if: a rule, its queue, and what it gives the call") {
  Options options = small_room();
  options.triage[0].grade = Grade::immediate;
  options.triage[0].labels = {"marked"};
  options.triage[0].skills = {{{"welsh"}, 2}};
  options.handlers[0].skills = {{{"welsh"}, 3}};
  Room room{options};
  room.staff("h1");
  room.staff("h2");
  const Routing routing = foretold(room, call_to("999"));
  CHECK(routing.grade == Grade::immediate);
  CHECK(routing.labels == Told{"marked"});
  CHECK(routing.skills == options.triage[0].skills);
  CHECK(routing.decisions.back().eligible_signed_on == 1);  // one of the two speaks Welsh
  CHECK(routing.decisions.back().eligible_idle == 1);
}

TEST_CASE("what if: a skill that nobody has been heard of with") {
  Options options = small_room();
  options.triage[0].skills = {{{"manx"}, 1}};
  options.queues[0].nobody = {OverflowKind::queue, "general", 0};
  Room room{options};
  room.staff("h1");
  CHECK(foretold(room, call_to("999")).target == "general");
}

TEST_CASE("what if: calls of a better grade are ahead, others are not") {
  Options options = small_room(0);
  options.triage[0].grade = Grade::immediate;
  TriageRule later = rule("112", "112", "emergency");
  later.grade = Grade::resolution;
  options.triage.insert(options.triage.begin(), later);
  Room room{options};
  room.call("112");
  room.call("999");
  CHECK(room.core.what_if(room.now, call_to("999")).decisions.back().waiting_ahead == 1);
  CHECK(room.core.what_if(room.now, call_to("112")).decisions.back().waiting_ahead == 2);
}

TEST_CASE("what if: no rule, a refusing one, and tests") {
  Options options = small_room();
  options.triage = {rule("refused", "+442079460100", ""), rule("tested", "+442079460101", "")};
  options.triage[0].kind = TriageKind::reject;
  options.triage[0].status = 410;
  options.triage[1].kind = TriageKind::test;
  Room room{options};
  CHECK(foretold(room, call_to("101")).status == 404);
  CHECK(foretold(room, call_to("+442079460100")).status == 410);
  CHECK(foretold(room, call_to("+442079460101")).end == RoutingEnd::tested);
  CallFacts test = call_to("999");
  test.service_urn = "urn:service:test.sos";
  CHECK(foretold(room, test).end == RoutingEnd::tested);
}

TEST_CASE("what if: as many calls as the engine takes") {
  Options options = small_room(0);
  options.limits.contacts = 1;
  Room room{options};
  room.call("101");
  CHECK(room.core.what_if(room.now, call_to("101")).status == 503);
  room.call(call_to("101"));
  CHECK(room.one<RejectLeg>().status == 503);
}

TEST_CASE("what if: the queue is full") {
  Options options = tight_room();
  const auto full = GENERATE(Overflow{OverflowKind::reject, {}, 486}, Overflow{OverflowKind::queue, "emergency", 0},
                             Overflow{OverflowKind::queue, "none", 0}, Overflow{OverflowKind::number, outside, 0},
                             Overflow{OverflowKind::announcement, "closed", 0}, Overflow{});
  options.queues[1].full = full;
  Room room{options};
  room.call("101");
  if (GENERATE(false, true)) room.event(Drain{room.request("operator"), true});
  foretold(room, call_to("101"));
}

TEST_CASE("what if: full queues that overflow into each other") {
  Options options = tight_room();
  options.queues[0].bound = 0;
  options.queues[0].full = {OverflowKind::queue, "general", 0};
  options.queues[1].full = {OverflowKind::queue, "emergency", 0};
  Room room{options};
  room.call("101");
  CHECK(foretold(room, call_to("101")).status == 503);
}

TEST_CASE("what if: nobody is signed on") {
  Options options = small_room();
  options.queues[0].bound = 1;
  const auto nobody = GENERATE(Overflow{}, Overflow{OverflowKind::reject, {}, 480}, Overflow{OverflowKind::queue, "emergency", 0},
                               Overflow{OverflowKind::queue, "none", 0}, Overflow{OverflowKind::number, outside, 0},
                               Overflow{OverflowKind::announcement, "closed", 0});
  options.queues[1].nobody = nobody;
  const bool full_elsewhere = GENERATE(false, true);
  Room room{options};
  if (full_elsewhere) room.call("999");
  foretold(room, call_to("101"));
}

TEST_CASE("what if: the engine drains") {
  Options options = small_room();
  options.queues[1].full = GENERATE(Overflow{OverflowKind::reject, {}, 486}, Overflow{OverflowKind::queue, "emergency", 0},
                                    Overflow{OverflowKind::number, outside, 0});
  Room room{options};
  room.staff("h1");
  room.event(Drain{room.request("operator"), true});
  foretold(room, call_to("101"));
}

TEST_CASE("what if: a menu asks, and while the engine drains it is the humans' queue that turns the call away") {
  Options options = small_room();
  options.menus = two_menus();
  options.triage[1].queue = {};
  options.triage[1].menu = "101";
  Room room{options};
  if (GENERATE(false, true)) room.event(Drain{room.request("operator"), true});
  foretold(room, call_to("101"));
}

TEST_CASE("what if: the rules of another time, the service state and the former call of now") {
  Options options = small_room();
  TriageRule timed = rule("at night", "101", "emergency"), again = rule("again", "999", "general");
  timed.timed = true;
  timed.windows = {{start + 1h, start + 2h}};
  again.repeat_within = 10min;
  options.triage.insert(options.triage.begin(), {timed, again});
  Room room{options};
  CHECK(room.core.what_if(start, call_to("101")).target == "general");
  CHECK(room.core.what_if(start + 90min, call_to("101")).target == "emergency");
  foretold(room, call_to("999"));
  CHECK(foretold(room, call_to("999")).decisions.front().rule == "again");
}

TEST_CASE("a call is of the first class by the rule that would take it, at that moment and with nothing before the queue") {
  Options options = small_room();
  options.menus = two_menus();
  options.service_states = {"normal", "asked first", "refused", "astray"};
  options.triage.insert(options.triage.begin(), 3, rule("999 in bad times", "999", ""));
  options.triage[0].service_states = {"asked first"}, options.triage[0].menu = "101";
  options.triage[1].service_states = {"refused"}, options.triage[1].kind = TriageKind::reject;
  options.triage[2].service_states = {"astray"}, options.triage[2].queue = {"not configured"};
  options.triage.insert(options.triage.begin(), rule("again", "101", "emergency"));
  options.triage[0].repeat_within = 10min;
  Room room{options};
  const auto is_first = [&](const std::string& dialled) { return room.core.is_first_class(room.now, call_to(dialled)); };
  CHECK(is_first("999"));
  CHECK_FALSE(is_first("101"));
  SECTION("nor is what is asked first, refused or led astray") {
    for (const char* state : {"asked first", "refused", "astray"}) {
      room.event(SetServiceState{room.request("operator"), state, "trouble"});
      CHECK_FALSE(is_first("999"));
    }
  }
  SECTION("by when the caller last called, which asking does not change") {
    CHECK_FALSE(is_first("101"));
    room.call(call_to("101"));
    CHECK(is_first("101"));
    CHECK_FALSE(room.core.is_first_class(room.now + 11min, call_to("101")));
  }
}
