#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

Options skilled_room() {
  Options options = small_room(3);
  options.handlers[0].skills = {{{"welsh"}, 2}};
  options.handlers[1].skills = {{{"welsh"}, 1}};
  TriageRule welsh = rule("welsh", "02079460100", "general");
  welsh.skills = {{{"welsh"}, 2}};
  options.triage.insert(options.triage.begin(), welsh);
  return options;
}

}  // namespace

TEST_CASE("a call that nobody free can serve blocks nobody behind it") {
  Room room{skilled_room()};
  room.staff("h3");
  room.call("02079460100");
  CHECK(room.none<RingPhone>());
  room.pass(5s);
  const LegId behind = room.call("101");
  CHECK(room.one<RingPhone>().caller_leg == behind);
}

TEST_CASE("a required level is required") {
  Room room{skilled_room()};
  room.staff("h2");
  room.call("02079460100");
  CHECK(room.none<RingPhone>());
  room.staff("h1");
  CHECK(room.core.contact(ContactId{1})->now.handler.value == "h1");
}

TEST_CASE("requirements widen with time and the call is offered in that very moment") {
  Options options = small_room(1);
  options.queues[0].skills = {{{"dispatch"}, 1}};
  options.queues[0].widening = {{5s, {}}};
  Room room{options};
  room.staff("h1");
  room.call("999");
  CHECK(room.all<Decision>().back().kind == DecisionKind::waits);
  room.pass(4999ms);
  CHECK(room.none<RingPhone>());
  room.pass(1ms);
  CHECK(room.rung("h1"));
}

TEST_CASE("a full queue overflows as configured") {
  Options options = small_room();
  options.queues[0].bound = 1;
  SECTION("rejected") {
    options.queues[0].full = {OverflowKind::reject, {}, 486};
    Room room{options};
    room.call("999");
    const LegId second = room.call("999");
    CHECK(room.one<RejectLeg>() == RejectLeg{second, 486, "queue full"});
  }
  SECTION("to another queue, in which it keeps its place") {
    options.queues[0].full = {OverflowKind::queue, "general", 0};
    Room room{options};
    room.call("999");
    room.call("999");
    CHECK(room.waiting("emergency") == 1);
    CHECK(room.waiting("general") == 1);
  }
  SECTION("queues that overflow into each other end in a refusal, not in a loop") {
    options.queues[0].full = {OverflowKind::queue, "general", 0};
    options.queues[1].full = {OverflowKind::queue, "emergency", 0};
    options.queues[1].bound = 1;
    Room room{options};
    room.call("999");
    room.call("101");
    room.call("999");
    CHECK(room.all<RejectLeg>().size() == 1);
    CHECK(room.all<Alarm>().size() == 1);
  }
}

TEST_CASE("a call that waited too long goes to the outside number, and back with its clock if nobody answers there") {
  Options options = small_room();
  options.queues[0].overflow_after = 60s;
  options.queues[0].late = {OverflowKind::number, "+442079460999", 0};
  Room room{options};
  const LegId caller = room.call("999");
  const Time queued = room.core.contact(ContactId{1})->now.queued;
  room.pass(60s);
  const DialOut dial = room.one<DialOut>();
  CHECK(dial.number == "+442079460999");
  SECTION("answered") {
    room.event(LegAnswered{dial.leg});
    CHECK(room.one<AnswerLeg>().leg == caller);
    CHECK(room.one<ConnectLegs>() == ConnectLegs{caller, dial.leg});
    CHECK(room.one<ContactChanged>().state == ContactState::outside);
    room.event(LegEnded{dial.leg, LegEnd::hung_up});
    CHECK(room.one<ReleaseLeg>().leg == caller);
    CHECK(room.core.contacts_live() == 0);
  }
  SECTION("not answered") {
    room.event(LegFailed{dial.leg, LegFailure::no_answer, 408});
    CHECK(room.waiting("emergency") == 1);
    CHECK(room.core.contact(ContactId{1})->now.queued == queued);
    room.staff("h1");
    CHECK(room.state("h1") == HandlerState::offered);
  }
  SECTION("the caller gives up meanwhile") {
    room.event(LegEnded{caller, LegEnd::cancelled});
    CHECK(room.one<ReleaseLeg>().leg == dial.leg);
    CHECK(room.core.contacts_live() == 0);
  }
}

TEST_CASE("with nobody signed on who could serve it a call takes the queue's rule for that") {
  Options options = small_room();
  options.queues[1].nobody = {OverflowKind::reject, {}, 480};
  Room room{options};
  SECTION("at entry") {
    room.call("101");
    CHECK(room.one<ReleaseLeg>().reason == "nobody signed on");  // an `answer` queue: the caller was answered
  }
  SECTION("when the last handler signs off") {
    room.sign_on("h1");
    for (int i = 0; i < 100; ++i) room.call("101");
    CHECK(room.waiting("general") == 100);
    room.event(SignOff{room.request("h1"), {"h1"}, {}});
    CHECK(room.waiting("general") == 0);
    CHECK(room.core.contacts_live() == 0);
  }
}

TEST_CASE("a caller who gave up and redials soon keeps the place") {
  Options options = small_room();
  options.queues[1].redial_keeps_place = 120s;
  Room room{options};
  const LegId first = room.call("101", "+442079460001");
  room.pass(30s);
  room.call("101", "+442079460002");
  room.event(LegEnded{first, LegEnd::cancelled});
  room.pass(20s);
  const LegId again = room.call("101", "+442079460001");
  CHECK(room.core.contact(ContactId{3})->position == 1);
  CHECK(room.core.contact(ContactId{3})->now.queued == room.now);
  room.staff("h1");
  CHECK(room.core.contact(ContactId{3})->now.handler.value == "h1");
  CHECK(room.core.contact(ContactId{3})->caller_leg == again);
}

TEST_CASE("draining refuses new calls and lets the others go on") {
  Room room;
  room.staff("h1");
  room.call("999");
  room.event(Drain{room.request("operator"), true});
  const LegId late = room.call("999");
  CHECK(room.one<RejectLeg>() == RejectLeg{late, 503, "draining"});
  CHECK(room.core.contacts_live() == 1);
}

TEST_CASE("the limit of live contacts refuses with 503 and an alarm, and nothing is kept") {
  Options options = small_room();
  options.limits.contacts = 2;
  Room room{options};
  room.call("999");
  room.call("999");
  room.call("999");
  CHECK(room.one<RejectLeg>().status == 503);
  CHECK(room.one<Alarm>().kind == "contacts.full");
  CHECK(room.core.contacts_live() == 2);
}

TEST_CASE("triage: conditions are and-ed and the first match wins") {
  Options options = small_room();
  TriageRule night = rule("night", "101", "emergency");
  night.timed = true;
  night.windows = {{start + 60s, start + 120s}};
  TriageRule repeat = rule("repeat", "101", "emergency");
  repeat.repeat_within = 300s;
  TriageRule major = rule("major", "101", "emergency");
  major.service_states = {"major incident"};
  TriageRule urn = rule("urn", "", "emergency");
  urn.service_urns = {"urn:service:sos"};
  options.service_states = {"normal", "major incident"};
  options.triage.insert(options.triage.begin(), {night, repeat, major, urn});
  Room room{options};
  const auto matched = [&](const CallFacts& facts) {
    room.call(facts);
    return room.all<Decision>().front().rule;
  };
  CallFacts facts;
  facts.dialled = "101";
  facts.caller = "+442079460001";
  CHECK(matched(facts) == "other");
  CHECK(matched(facts) == "repeat");
  room.pass(60s);
  CHECK(matched(facts) == "night");
  room.pass(60s);
  facts.caller = "+442079460002";
  CHECK(matched(facts) == "other");
  room.event(SetServiceState{room.request("manager"), "major incident", "stadium"});
  facts.caller = "+442079460003";
  CHECK(matched(facts) == "major");
  facts.dialled = "anything";
  facts.service_urn = "urn:service:sos.police";
  CHECK(matched(facts) == "urn");
  facts.service_urn = "URN:service:SOS.ambulance";
  CHECK(matched(facts) == "urn");
  facts.service_urn = "urn:service:sosecond";
  CHECK(matched(facts) == "other");
}
