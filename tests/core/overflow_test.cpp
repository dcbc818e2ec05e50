// Full queues, outside numbers and drains, one on top of the other: a call that has a place never loses it to them.
#include "core/room.hpp"
#include "core/statistics.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

constexpr const char* outside = "+442079460999";

// `general` is full with one call.
Options tight_room(OverflowKind kind, const std::string& target) {
  Options options = small_room(1);
  options.queues[1].bound = 1;
  options.queues[1].full = {kind, target, 503};
  return options;
}

void fail_dial(Room& room) { room.event(LegFailed{room.one<DialOut>().leg, LegFailure::busy, 486}); }

}  // namespace

TEST_CASE("a waiting call is not lost when the queue that it overflows to is full, and goes there when there is room") {
  Options options = tight_room(OverflowKind::reject, {});
  options.queues[0].overflow_after = 30s;
  options.queues[0].late = {OverflowKind::queue, "general", 0};
  Room room{options};
  const LegId other = room.call("101");
  room.call("999");
  room.pass(30s);
  CHECK(room.none<RejectLeg>());
  CHECK(room.waiting("emergency") == 1);
  room.event(LegEnded{other, LegEnd::hung_up});
  room.pass(10s);
  CHECK(room.waiting("emergency") == 0);
  CHECK(room.waiting("general") == 1);
}

TEST_CASE("draining takes no place from a call that overflows from one queue to another") {
  Options options = small_room();
  options.queues[0].overflow_after = 30s;
  options.queues[0].late = {OverflowKind::queue, "general", 0};
  Room room{options};
  room.call("999");
  room.event(Drain{room.request("operator"), true});
  room.pass(30s);
  CHECK(room.none<RejectLeg>());
  CHECK(room.waiting("general") == 1);
}

TEST_CASE("a call that found the queue full and no answer outside is in the position of a new call") {
  Room room{tight_room(OverflowKind::number, outside)};
  const LegId first = room.call("101", "+442079460001");
  const LegId second = room.call("101", "+442079460002");
  SECTION("still full: refused, the bound holds") {
    fail_dial(room);
    CHECK(room.one<RejectLeg>() == RejectLeg{second, 503, "queue full"});
    CHECK(room.waiting("general") == 1);
  }
  SECTION("draining: refused") {
    const LegId dialled = room.one<DialOut>().leg;
    room.event(LegEnded{first, LegEnd::hung_up});
    room.event(Drain{room.request("operator"), true});
    room.event(LegFailed{dialled, LegFailure::busy, 486});
    CHECK(room.one<RejectLeg>().leg == second);
  }
  SECTION("room by now: it enters, and the caller hears so") {
    const LegId dialled = room.one<DialOut>().leg;
    room.event(LegEnded{first, LegEnd::hung_up});
    room.event(LegFailed{dialled, LegFailure::busy, 486});
    CHECK(room.one<AnswerLeg>().leg == second);
    CHECK(room.waiting("general") == 1);
  }
}

TEST_CASE("a call back from outside has taken just the widening steps whose time has passed") {
  Options options = small_room(1);
  options.queues[0].skills = {{{"a"}, 1}};
  options.queues[0].widening = {{5s, {{{"b"}, 1}}}, {60s, {}}};
  options.queues[0].overflow_after = 10s;
  options.queues[0].late = {OverflowKind::number, outside, 0};
  Room room{options};
  room.staff("h1");  // no skills: may serve from 60 s
  room.call("999");
  room.pass(10s);
  fail_dial(room);
  CHECK(room.none<RingPhone>());
  room.pass(49s);
  CHECK(room.none<RingPhone>());
  room.pass(1s);
  CHECK(room.rung("h1"));
}

TEST_CASE("the rule for nobody does not use up the rule for a long wait") {
  Options options = small_room(1);
  options.queues[0].nobody = {OverflowKind::number, outside, 0};
  options.queues[0].overflow_after = 30s;
  options.queues[0].late = {OverflowKind::queue, "general", 0};
  Room room{options};
  room.call("999");
  fail_dial(room);
  CHECK(room.waiting("emergency") == 1);
  room.pass(30s);
  CHECK(room.waiting("general") == 1);
}

TEST_CASE("a call that finds the queue full is explained with the rule that sent it there") {
  Room room{tight_room(OverflowKind::reject, {})};
  room.call("101");
  room.call("101");
  const auto decisions = room.all<Decision>();
  REQUIRE(decisions.size() == 2);
  CHECK(decisions[0].kind == DecisionKind::triaged);
  CHECK(decisions[0].rule == "other");
  CHECK(decisions[1].rule == "queue full");
}

TEST_CASE("a sign-off leaves no call behind that nobody can serve, however many others wait before it") {
  Options options = small_room(2);
  options.queues[1].nobody = {OverflowKind::reject, {}, 480};
  options.handlers[0].skills = {{{"welsh"}, 1}};
  TriageRule welsh = rule("welsh", "02079460100", "general");
  welsh.skills = {{{"welsh"}, 1}};
  options.triage.insert(options.triage.begin(), welsh);
  Room room{options};
  room.sign_on("h1");
  room.sign_on("h2");
  for (int i = 0; i < 100; ++i) room.call("101");
  for (int i = 0; i < 3; ++i) room.call("02079460100");
  room.event(SignOff{room.request("h1"), {"h1"}, {}});
  CHECK(room.waiting("general") == 100);
}

TEST_CASE("a moved call takes no later place from a redial of the same number") {
  Options options = small_room();
  options.queues[0].redial_keeps_place = 120s;
  Room room{options};
  room.call("101", "+442079460001");
  room.pass(10s);
  room.call("999", "+442079460002");
  const LegId gone = room.call("999", "+442079460001");
  room.event(LegEnded{gone, LegEnd::cancelled});
  room.event(MoveContact{room.request("manager"), ContactId{1}, {"emergency"}, "it is an emergency"});
  CHECK(room.core.contact(ContactId{1})->position == 1);
}

// ---- what the caller hears in another queue

namespace {

struct Sounds {
  std::string before, after;
};

// `general` announces, and overflows to `emergency`, both with a sound of their own.
Options sounding_room(const Sounds& sounds) {
  Options options = small_room();
  options.queues[1].waiting_sound = sounds.before;
  options.queues[1].overflow_after = 30s;
  options.queues[1].late = {OverflowKind::queue, "emergency", 0};
  options.queues[0].waiting_sound = sounds.after;
  return options;
}

}  // namespace

TEST_CASE("a caller who overflows to another queue hears that queue's sound from then on") {
  Options options = sounding_room({"busy-101", "please-hold"});
  SECTION("which answers its callers") { options.queues[0].waiting = Waiting::answer; }
  SECTION("which would let new callers ring") { options.queues[0].waiting = Waiting::alert; }
  Room room{options};
  const LegId caller = room.call("101");
  CHECK(room.one<PlayToLeg>() == PlayToLeg{caller, "busy-101"});
  room.pass(30s);
  REQUIRE(room.waiting("emergency") == 1);
  CHECK(room.one<PlayToLeg>() == PlayToLeg{caller, "please-hold"});
  CHECK(room.none<AnswerLeg>());
}

TEST_CASE("the same sound goes on over an overflow, and that of a silent queue is silence") {
  SECTION("the same") {
    Room room{sounding_room({"please-hold", "please-hold"})};
    room.call("101");
    room.pass(30s);
    REQUIRE(room.waiting("emergency") == 1);
    CHECK(room.none<PlayToLeg>());
  }
  SECTION("none") {
    Room room{sounding_room({"busy-101", ""})};
    const LegId caller = room.call("101");
    room.pass(30s);
    CHECK(room.one<PlayToLeg>() == PlayToLeg{caller, ""});
  }
}

TEST_CASE("a caller who rings without an answer is played nothing in the queue that it overflows to") {
  Options options = small_room();
  options.queues[0].overflow_after = 30s;
  options.queues[0].late = {OverflowKind::queue, "general", 0};
  options.queues[1].waiting = Waiting::alert;
  Room room{options};
  room.call("999");
  room.pass(30s);
  REQUIRE(room.waiting("general") == 1);
  CHECK(room.none<PlayToLeg>());
}

TEST_CASE("a caller whom a supervisor or a reload moves to another queue hears that queue's sound") {
  Options options = sounding_room({"busy-101", "please-hold"});
  Room room{options};
  const LegId caller = room.call("101");
  SECTION("a supervisor") {
    const auto contact = room.all<ContactChanged>().front().contact;
    room.event(MoveContact{room.request("manager"), contact, {"emergency"}, "urgent"});
  }
  SECTION("a reload that removes the queue") {
    options.queues.pop_back();
    options.triage[1].queue = {"emergency"};
    options.roles = {{{"all"}, {{"emergency"}}, false}};
    room.configure(options);
  }
  CHECK(room.one<PlayToLeg>() == PlayToLeg{caller, "please-hold"});
}
