// Faults that known systems had for years, and some with grave consequences. Each that the core could have is a test here
// or, by the same words, beside its theme (queues, statistics, reload, calls).
#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

TEST_CASE("known fault: dispatch by polling: a handler is offered the next call in the event that frees them, not later") {
  Room room{small_room(1)};
  room.staff("h1");
  const LegId first = room.call("999");
  room.event(LegAnswered{room.rung("h1")});
  const LegId second = room.call("999", "+442079460002");
  CHECK(room.none<RingPhone>());
  room.event(LegEnded{first, LegEnd::hung_up});
  CHECK(room.one<RingPhone>().caller_leg == second);
}

TEST_CASE("known fault: a new arrival takes the handler who is just free, past those who wait") {
  Room room{small_room(1)};
  room.staff("h1");
  const LegId waiting = room.call("999");
  room.event(LegFailed{room.rung("h1"), LegFailure::busy, 486});
  room.pass(15s - 1ms);
  room.call("999", "+442079460002");
  CHECK(room.none<RingPhone>());
  room.pass(1ms);
  CHECK(room.one<RingPhone>().caller_leg == waiting);
}

TEST_CASE("known fault: two handlers get one call") {
  Room room;
  room.staff("h1");
  room.staff("h2");
  const LegId caller = room.call("999");
  const LegId first = room.rung("h1");
  CHECK(room.all<RingPhone>().size() == 1);
  room.pass(20s);
  const LegId second = room.rung("h2");
  REQUIRE(second);
  room.event(LegAnswered{first});  // crossed its release
  CHECK(room.none<ConnectLegs>());
  room.event(LegAnswered{second});
  CHECK(room.one<ConnectLegs>() == ConnectLegs{caller, second});
  CHECK(room.state("h1") == HandlerState::ready);
}

TEST_CASE("known fault: a handler stays offered or in a call after a leg was lost") {
  Room room{small_room(1)};
  room.staff("h1");
  const LegId caller = room.call("999");
  const LegId phone = room.rung("h1");
  SECTION("the caller's, while the phone rings") { room.event(LegEnded{caller, LegEnd::lost}); }
  SECTION("the phone's, while it rings") {
    room.event(LegEnded{phone, LegEnd::lost});
    CHECK(room.waiting("emergency") == 1);
    room.event(LegEnded{caller, LegEnd::cancelled});
    room.pass(30s);  // the back-off
  }
  SECTION("in the call") {
    room.event(LegAnswered{phone});
    room.event(LegEnded{GENERATE(0, 1) ? caller : phone, LegEnd::lost});
  }
  CHECK(room.state("h1") == HandlerState::ready);
  CHECK(room.core.contacts_live() == 0);
  room.call("999");
  CHECK(room.rung("h1"));
}

TEST_CASE("known fault: an announcement delays the answer, or plays on after it") {
  Options options = small_room(1);
  options.queues[0].nobody = {OverflowKind::announcement, "nobody-here", 0};
  Room room{options};
  const LegId caller = room.call("999");
  CHECK(room.one<PlayToLeg>() == PlayToLeg{caller, "nobody-here"});
  room.staff("h1");
  const LegId phone = room.rung("h1");
  REQUIRE(phone);
  room.event(LegAnswered{phone});
  CHECK(room.one<ConnectLegs>() == ConnectLegs{caller, phone});  // which cuts what plays
  CHECK(room.none<PlayToLeg>());
  CHECK(room.one<ContactChanged>().answered == room.now);
}

TEST_CASE("known fault: a reload zeroes what it should keep, or keeps what was deleted") {
  Options options = small_room(3);
  options.service_states = {"normal", "major incident"};
  Room room{options};
  room.staff("h1");
  room.staff("h2");
  room.event(AssignHandler{room.request("manager"), {"h1"}, {{"general"}}, "busy"});
  room.event(SetServiceState{room.request("m"), "major incident", "exercise"});
  room.event(Drain{room.request("m"), true});
  room.pass(60s);
  const Time idle = room.core.handler({"h1"})->idle_since;
  options.handlers.erase(options.handlers.begin() + 1);
  room.configure(options);
  CHECK(room.core.service_state() == "major incident");
  CHECK(room.core.draining());
  CHECK(room.core.handler({"h1"})->queues == std::vector<QueueId>{QueueId{"general"}});
  CHECK(room.core.handler({"h1"})->idle_since == idle);
  CHECK(room.state("h1") == HandlerState::ready);
  CHECK(room.one<HandlerChanged>().handler == HandlerId{"h2"});
  CHECK(room.one<HandlerChanged>().state == HandlerState::signed_off);
}

TEST_CASE("known fault: calls that are withdrawn, moved or re-prioritised stall the dispatch of the others") {
  Room room{small_room(1)};
  std::vector<LegId> calls;
  for (int i = 0; i < 4; ++i) calls.push_back(room.call("999", "+4420794600" + std::to_string(10 + i)));
  room.event(WithdrawContact{room.request("manager"), ContactId{1}, "a test"});
  room.event(MoveContact{room.request("manager"), ContactId{2}, {"general"}, "not urgent"});
  room.event(Reprioritise{room.request("manager"), ContactId{4}, Grade::immediate, "danger"});
  room.staff("h1");
  for (const std::size_t next : {3u, 2u, 1u}) {
    const LegId phone = room.rung("h1");
    CHECK(room.one<RingPhone>().caller_leg == calls[next]);
    room.event(LegAnswered{phone});
    room.event(LegEnded{calls[next], LegEnd::hung_up});
  }
  CHECK(room.core.contacts_live() == 0);
}

TEST_CASE("known fault: a capped counter stops routing when it is reached") {
  Options options = small_room(1);
  options.queues[0].redial_keeps_place = 60s;
  options.queues[0].bound = 2;
  options.limits.contacts = 3;
  options.limits.remembered_callers = 4;
  Room room{options};
  room.staff("h1");
  // Many times past every bound, full queue and full house included: each next call is served like the first.
  for (int i = 0; i < 500; ++i) {
    const LegId served = room.call("999", "+4420794600" + std::to_string(10 + i % 89));
    const LegId phone = room.rung("h1");
    REQUIRE(phone);
    std::vector<LegId> others;
    for (int more = 0; more < 4; ++more) others.push_back(room.call("999", "+4420794601" + std::to_string(10 + more)));
    CHECK(room.one<RejectLeg>().status == 503);
    room.event(LegAnswered{phone});
    for (const LegId leg : others) room.event(LegEnded{leg, LegEnd::cancelled});
    room.event(LegEnded{served, LegEnd::hung_up});
    REQUIRE(room.state("h1") == HandlerState::ready);
  }
}

// A real 999 outage: a configuration accepted without trial logged every handler out at each call.
TEST_CASE("known fault: a configuration logs handlers out at a call") {
  Options options = small_room(3);
  Room room{options};
  for (const auto& handler : options.handlers) room.staff(handler.id.value);
  for (int i = 0; i < 20; ++i) {
    options.queues[0].target_within = std::chrono::seconds{10 + i};
    options.queues[0].skills = i % 2 ? std::vector<Requirement>{{{"nobody-has-it"}, 1}} : std::vector<Requirement>{};
    room.configure(options);
    const LegId caller = room.call("999");
    if (const auto rung = room.all<RingPhone>(); !rung.empty()) {
      room.event(LegAnswered{rung.front().leg});
      room.configure(options);
    }
    room.event(LegEnded{caller, LegEnd::hung_up});
    for (const auto& handler : options.handlers) CHECK(room.state(handler.id.value) == HandlerState::ready);
  }
}
