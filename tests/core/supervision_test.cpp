#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

TEST_CASE("a re-prioritised call is served first of its class, with the reason in its explanation") {
  Room room;
  room.call("101", "+442079460001");
  room.call("101", "+442079460002");
  room.event(Reprioritise{room.request("manager"), ContactId{2}, Grade::immediate, "caller in danger"});
  CHECK(room.replied() == Refusal::none);
  CHECK(room.all<Decision>().front().rule == "caller in danger");
  CHECK(room.core.contact(ContactId{2})->position == 1);
  room.staff("h1");
  CHECK(room.core.contact(ContactId{2})->now.state == ContactState::offered);
}

TEST_CASE("a moved call changes its queue, keeps its clock for its place, and may be taken at once") {
  Room room;
  room.sign_on("h1");
  room.call("101");
  room.pass(20s);
  room.call("999");
  room.event(MoveContact{room.request("manager"), ContactId{1}, {"emergency"}, "it is an emergency"});
  CHECK(room.replied() == Refusal::none);
  CHECK(room.core.contact(ContactId{1})->position == 1);
  CHECK(room.waiting("general") == 0);
  room.event(MoveContact{room.request("manager"), ContactId{1}, {"nowhere"}, "x"});
  CHECK(room.replied() == Refusal::unknown_queue);
  room.event(MoveContact{room.request("manager"), ContactId{1}, {"general"}, ""});
  CHECK(room.replied() == Refusal::reason_required);
}

TEST_CASE("an offered call that is moved frees its handler without blame") {
  Room room;
  room.staff("h1");
  room.call("999");
  const LegId phone = room.rung("h1");
  room.event(MoveContact{room.request("manager"), ContactId{1}, {"general"}, "not urgent"});
  CHECK(room.all<ReleaseLeg>().front().leg == phone);
  CHECK(room.all<OfferEnded>().front().end == OfferEnd::withdrawn);
  CHECK(room.state("h1") == HandlerState::offered);  // and is offered it again, from the other queue
  CHECK(room.core.contact(ContactId{1})->now.queue.value == "general");
}

TEST_CASE("a withdrawn call is let go and stalls nothing") {
  Room room;
  const LegId first = room.call("999");
  room.call("999");
  room.event(WithdrawContact{room.request("manager"), ContactId{1}, "duplicate of another call"});
  CHECK(room.one<RejectLeg>().leg == first);
  CHECK(room.one<ContactChanged>().end == ContactEnd::withdrawn);
  room.staff("h1");
  CHECK(room.core.contact(ContactId{2})->now.state == ContactState::offered);
  room.event(WithdrawContact{room.request("manager"), ContactId{1}, "again"});
  CHECK(room.replied() == Refusal::unknown_contact);
}

TEST_CASE("a handler moved between queues serves the new ones at once and keeps the idle time") {
  Room room{[] {
    Options options = small_room(1);
    options.handlers[0].roles = {{"general"}};
    return options;
  }()};
  room.staff("h1", "general");
  const Time idle = room.core.handler({"h1"})->idle_since;
  room.pass(5s);
  room.call("999");
  CHECK(room.none<RingPhone>());
  room.event(AssignHandler{room.request("manager"), {"h1"}, {{"emergency"}}, "surge"});
  CHECK(room.rung("h1"));
  CHECK(room.core.handler({"h1"})->idle_since == idle);
}

TEST_CASE("the version in a reply is the one after all that the request brought about") {
  Options options = small_room(1);
  options.handlers[0].roles = {{"general"}};
  Room room{options};
  room.staff("h1", "general");
  room.call("999");
  room.event(AssignHandler{room.request("manager"), {"h1"}, {{"emergency"}}, "surge"});
  REQUIRE(room.state("h1") == HandlerState::offered);
  CHECK(room.one<Replied>().version == room.core.handler({"h1"})->now.version);
  room.event(Reprioritise{room.request("manager"), ContactId{1}, Grade::immediate, "x"});
  CHECK(room.one<Replied>().version == room.core.contact(ContactId{1})->now.version);
}

TEST_CASE("a service state that is not configured is refused") {
  Room room;
  room.event(SetServiceState{room.request("manager"), "holiday", "x"});
  CHECK(room.replied() == Refusal::unknown_service_state);
}

// ---- reload -------------------------------------------------------------------------------------------------------

TEST_CASE("a reload changes no handler's state, no live call and no waiting call's place") {
  Options options = small_room(3);
  Room room{options};
  room.staff("h1");
  room.call("999");
  room.event(LegAnswered{room.rung("h1")});
  room.staff("h2", "all");
  room.event(GoNotReady{room.request("h2"), {"h2"}, "break"});
  room.call("101", "+442079460001");
  room.pass(10s);
  room.call("101", "+442079460002");

  options.queues[1].target_within = 45s;
  options.handlers.push_back(handler("h4"));
  room.configure(options);
  CHECK(room.none<ContactChanged>());
  CHECK(room.none<HandlerChanged>());
  CHECK(room.state("h1") == HandlerState::talking);
  CHECK(room.reason("h2") == "break");
  CHECK(room.core.contact(ContactId{2})->position == 1);
  CHECK(room.core.contact(ContactId{3})->position == 2);
  room.staff("h4");
  CHECK(room.core.contact(ContactId{2})->now.handler.value == "h4");
}

TEST_CASE("a reload that removes a handler signs them off, after the call if in one") {
  Options options = small_room(2);
  Room room{options};
  room.staff("h1");
  const LegId caller = room.call("999");
  room.event(LegAnswered{room.rung("h1")});
  room.staff("h2");
  options.handlers.clear();
  room.configure(options);
  CHECK(room.state("h2") == HandlerState::signed_off);
  CHECK(room.state("h1") == HandlerState::talking);
  room.event(LegEnded{caller, LegEnd::hung_up});
  CHECK_FALSE(room.core.handler({"h1"})->now.state == HandlerState::ready);
}

TEST_CASE("a reload that removes a queue sends its waiting calls where the new rules say, with their clocks") {
  Options options = small_room();
  Room room{options};
  room.call("101");
  room.pass(10s);
  options.queues.pop_back();
  options.triage[1].queue = {"emergency"};
  options.roles = {{{"all"}, {{"emergency"}}, false}};
  room.configure(options);
  CHECK(room.waiting("emergency") == 1);
  CHECK(room.core.contact(ContactId{1})->now.queued == start);
  room.staff("h1");
  CHECK(room.core.contact(ContactId{1})->now.state == ContactState::offered);
}

TEST_CASE("a reload that gives a handler a skill lets a waiting call through in that moment") {
  Options options = small_room(1);
  options.queues[0].skills = {{{"dispatch"}, 1}};
  Room room{options};
  room.staff("h1");
  room.call("999");
  CHECK(room.none<RingPhone>());
  options.handlers[0].skills = {{{"dispatch"}, 1}};
  room.configure(options);
  CHECK(room.rung("h1"));
}
