#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

TEST_CASE("a call rings the handler who is free, and the caller is answered when the handler answers") {
  Room room;
  room.staff("h1");
  const LegId caller = room.call("999");
  CHECK(room.one<AlertLeg>().leg == caller);
  const LegId phone = room.rung("h1");
  REQUIRE(phone);
  CHECK(room.none<AnswerLeg>());
  CHECK(room.state("h1") == HandlerState::offered);

  room.event(LegAnswered{phone});
  CHECK(room.one<AnswerLeg>().leg == caller);
  CHECK(room.one<ConnectLegs>() == ConnectLegs{caller, phone});
  CHECK(room.one<OfferEnded>().end == OfferEnd::accepted);
  CHECK(room.one<ContactChanged>().answered == room.now);
  CHECK(room.state("h1") == HandlerState::talking);

  room.pass(60s);
  room.event(LegEnded{caller, LegEnd::hung_up});
  CHECK(room.one<ReleaseLeg>().leg == phone);
  CHECK(room.one<ContactChanged>().end == ContactEnd::completed);
  CHECK(room.state("h1") == HandlerState::ready);
  CHECK(room.core.contacts_live() == 0);
}

// The promise is to the caller: the clock stops when the caller hears the answer, not when the phone is lifted.
TEST_CASE("an answer counts from the moment at which its 200 has left, and is told once") {
  Room room;
  room.answers_leave = false;
  room.staff("h1");
  const LegId caller = room.call("999");
  const LegId phone = room.rung("h1");
  room.pass(3s);
  room.event(LegAnswered{phone});
  CHECK(room.one<AnswerLeg>().leg == caller);
  CHECK(room.state("h1") == HandlerState::talking);
  CHECK(room.none<ContactChanged>());  // nobody has been answered yet
  room.pass(40ms);                     // a slow disk
  room.event(AnswerSent{caller});
  CHECK(room.one<ContactChanged>().state == ContactState::talking);
  CHECK(room.one<ContactChanged>().answered == start + 3040ms);
  room.event(AnswerSent{caller});
  CHECK(room.none<ContactChanged>());
}

TEST_CASE("a call answered at entry is answered by the handler in the moment in which the legs are connected") {
  Room room;
  room.staff("h1");
  room.call("101");
  room.pass(2s);
  room.event(LegAnswered{room.core.contact(ContactId{1})->handler_leg});
  CHECK(room.one<ContactChanged>().answered == start + 2s);
}

TEST_CASE("a caller who goes before the 200 has left was never answered") {
  Room room;
  room.answers_leave = false;
  room.staff("h1");
  const LegId caller = room.call("999");
  const LegId phone = room.rung("h1");
  room.event(LegAnswered{phone});
  room.event(LegEnded{caller, LegEnd::cancelled});
  CHECK(room.one<ContactChanged>().end == ContactEnd::abandoned);
  CHECK(room.one<ReleaseLeg>().leg == phone);
  CHECK(room.state("h1") == HandlerState::ready);
  room.event(AnswerSent{caller});
  CHECK(room.actions().empty());
}

TEST_CASE("a 999 call is served before a non-emergency call that has waited longer") {
  Room room;
  room.call("101", "+442079460002");
  room.pass(25s);
  const LegId emergency = room.call("999");
  room.sign_on("h1");
  room.ready("h1");
  CHECK(room.one<RingPhone>().caller_leg == emergency);
}

TEST_CASE("an abandoned call leaves no ringing phone and no stuck handler") {
  Room room;
  room.staff("h1");
  const LegId caller = room.call("999");
  const LegId phone = room.rung("h1");
  room.event(LegEnded{caller, LegEnd::cancelled});
  CHECK(room.one<ReleaseLeg>().leg == phone);
  CHECK(room.one<OfferEnded>().end == OfferEnd::withdrawn);
  CHECK(room.one<ContactChanged>().end == ContactEnd::abandoned);
  CHECK(room.state("h1") == HandlerState::ready);
  room.call("999");
  CHECK(room.rung("h1"));
}

TEST_CASE("an answer that crosses the caller's cancel connects nobody") {
  Room room;
  room.staff("h1");
  const LegId caller = room.call("999");
  const LegId phone = room.rung("h1");
  room.event(LegEnded{caller, LegEnd::cancelled});
  room.event(LegAnswered{phone});
  CHECK(room.none<ConnectLegs>());
  CHECK(room.state("h1") == HandlerState::ready);
}

TEST_CASE("an offer that fails goes to the next handler at once, with its place and clock") {
  Room room;
  room.staff("h1");
  room.pass(1s);
  room.staff("h2");
  room.call("999");
  const LegId first = room.rung("h1");
  REQUIRE(first);
  const Time arrived = room.core.contact(ContactId{1})->now.queued;

  const auto [failure, end] = GENERATE(table<LegFailure, OfferEnd>({{LegFailure::busy, OfferEnd::busy},
                                                                     {LegFailure::declined, OfferEnd::declined},
                                                                     {LegFailure::unreachable, OfferEnd::unreachable},
                                                                     {LegFailure::no_answer, OfferEnd::no_answer}}));
  room.event(LegFailed{first, failure, 0});
  CHECK(room.one<OfferEnded>().end == end);
  CHECK(room.rung("h2"));
  CHECK(room.none<ReleaseLeg>());
  CHECK(room.core.contact(ContactId{1})->now.queued == arrived);
  CHECK(room.state("h1") == HandlerState::ready);
}

TEST_CASE("a phone that is not answered in time is released and the handler passed over for the back-off") {
  Room room{small_room(1)};
  room.staff("h1");
  room.call("999");
  const LegId phone = room.rung("h1");
  room.pass(20s);
  CHECK(room.one<ReleaseLeg>().leg == phone);
  CHECK(room.one<OfferEnded>().end == OfferEnd::no_answer);
  CHECK(room.waiting("emergency") == 1);
  room.pass(9s);
  CHECK(room.none<RingPhone>());
  room.pass(1s);
  CHECK(room.rung("h1"));
}

TEST_CASE("a handler who lets three offers go by becomes not-ready") {
  Room room{small_room(1)};
  room.staff("h1");
  room.call("999");
  room.pass(20s + 10s + 20s + 10s);
  CHECK(room.state("h1") == HandlerState::offered);
  room.pass(20s);
  CHECK(room.state("h1") == HandlerState::not_ready);
  CHECK(room.reason("h1") == "missed offers");
  CHECK(room.all<Alarm>().size() == 1);
}

TEST_CASE("a call to a number without a rule is refused with 404 and alarmed") {
  Options options = small_room();
  options.triage.pop_back();
  Room room{options};
  const LegId caller = room.call("101");
  CHECK(room.one<RejectLeg>() == RejectLeg{caller, 404, "no triage rule"});
  CHECK(room.one<Alarm>().kind == "triage.unmatched");
  CHECK(room.core.contacts_live() == 0);
}

TEST_CASE("a test call is answered, never queued, and let go") {
  Room room;
  room.staff("h1");
  CallFacts facts;
  facts.service_urn = "urn:service:test.sos";
  const LegId caller = room.call(facts);
  CHECK(room.one<AnswerLeg>().leg == caller);
  CHECK(room.none<RingPhone>());
  room.pass(10s);
  CHECK(room.one<ReleaseLeg>().leg == caller);
  CHECK(room.one<ContactChanged>().end == ContactEnd::tested);
}

TEST_CASE("both clocks are kept: the network's hand-over and the entry of the queue") {
  Room room;
  CallFacts facts;
  facts.dialled = "999";
  facts.network_handover = room.now - 1500ms;
  room.call(facts);
  const auto contact = room.core.contact(ContactId{1});
  CHECK(contact->now.handed_over == room.now - 1500ms);
  CHECK(contact->now.queued == room.now);
}

TEST_CASE("a hand-over time in the future or long ago is not believed") {
  Room room;
  CallFacts facts;
  facts.dialled = "999";
  facts.network_handover = GENERATE(start + 1s, start - 48h);
  room.call(facts);
  CHECK(room.core.contact(ContactId{1})->now.handed_over == room.now);
}

TEST_CASE("a call that breaks one console after another is alarmed, and keeps no handler from other calls") {
  Options options = small_room(6);
  for (auto& handler : options.handlers) handler.phone_mode = PhoneMode::accept_first;
  Room room{options};
  for (const auto& handler : options.handlers) {
    room.staff(handler.id.value);
    room.event(ConsoleAttached{handler.id, "console-" + handler.id.value});
  }
  room.call("999");
  for (int i = 0; i < 5; ++i) {
    const HandlerId broken = room.core.contact(ContactId{1})->now.handler;
    REQUIRE_FALSE(broken.empty());
    room.event(ConsoleLost{broken, "console-" + broken.value});
    CHECK(room.all<Alarm>().size() == (i == 4 ? 1 : 0));
    CHECK(room.state(broken.value) == HandlerState::ready);
    CHECK(room.core.contact(ContactId{1})->now.handler != broken);
  }
  room.event(WithdrawContact{room.request("manager"), ContactId{1}, "breaks the consoles"});
  room.call("999");
  CHECK(room.core.contact(ContactId{2})->now.state == ContactState::offered);
}
