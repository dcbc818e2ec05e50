#include "core/room.hpp"
#include "core/statistics.hpp"

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

namespace {
// h1 has answered, after 3 s, a caller whose 200 is still on its way; h2 is there as well. Statistics watch.
struct Unheard {
  explicit Unheard(const Options& options = small_room()) : room(options) {
    statistics.configure(room.now, options);
    room.observer = [this](const Action& action) {
      if (const auto* c = std::get_if<ContactChanged>(&action)) statistics.observe(room.now, *c);
    };
    room.answers_leave = false;
    room.staff("h1");
    caller = room.call("999");
    phone = room.rung("h1");
    room.sign_on("h2");
    room.pass(3s);
    room.event(LegAnswered{phone});
    room.pass(1s);
  }
  // The call went on to h2 at its place, and the books show one call, answered once.
  void goes_on_to_h2() {
    CHECK(room.one<WithdrawAnswer>().leg == caller);
    CHECK(room.none<RejectLeg>());
    CHECK(room.core.contact(ContactId{1})->now.state == ContactState::waiting);
    CHECK(room.core.contact(ContactId{1})->now.queued == start);
    CHECK(room.state("h1") == HandlerState::ready);
    CHECK(room.core.handler({"h1"})->calls_handled == 0);
    const LegId later = room.call("999");
    room.ready("h2");
    CHECK(room.one<RingPhone>().caller_leg == caller);
    room.event(LegAnswered{room.one<RingPhone>().leg});
    CHECK(room.one<AnswerLeg>().leg == caller);
    room.event(AnswerSent{caller});
    CHECK(room.one<ContactChanged>().answered == start + 4s);
    room.event(LegEnded{caller, LegEnd::hung_up});
    CHECK(room.all<ContactChanged>().front().end == ContactEnd::completed);
    room.event(LegEnded{later, LegEnd::cancelled});
    const auto figures = statistics.rolling({"emergency"}, 5min, room.now);
    CHECK(figures.offered == 2);
    CHECK(figures.answered == 1);
    CHECK(figures.abandoned == 1);
    CHECK(figures.unfinished == 0);
  }
  Statistics statistics;
  Room room;
  LegId caller, phone;
};
}  // namespace

TEST_CASE("a handler's phone that is gone before the caller's 200 has left loses no caller") {
  Unheard story;
  story.room.event(LegEnded{story.phone, GENERATE(LegEnd::hung_up, LegEnd::lost)});
  story.goes_on_to_h2();
}

TEST_CASE("a handler who releases a call that the caller never heard answered loses no caller") {
  Unheard story;
  story.room.event(ReleaseCall{story.room.request("h1"), {"h1"}, ContactId{1}});
  CHECK(story.room.one<ReleaseLeg>().leg == story.phone);
  story.goes_on_to_h2();
}

TEST_CASE("a held line that is lost before the caller's 200 has left loses no caller") {
  Options options = small_room();
  options.handlers[0].phone_mode = PhoneMode::nailed_up;
  Room room{options};
  room.answers_leave = false;
  room.sign_on("h1");
  const LegId line = room.rung("h1");
  room.event(LegAnswered{line});
  room.ready("h1");
  const LegId caller = room.call("999");
  room.event(AcceptOffer{room.request("h1"), {"h1"}, room.core.handler({"h1"})->offer});
  CHECK(room.one<AnswerLeg>().leg == caller);
  room.staff("h2");
  room.event(LegEnded{line, LegEnd::lost});
  CHECK(room.one<WithdrawAnswer>().leg == caller);
  CHECK(room.one<RingPhone>().caller_leg == caller);
  CHECK(room.reason("h1") == "phone lost");
}

TEST_CASE("a caller answered at entry whose 200 has not left keeps that answer when a handler's phone is gone") {
  Room room;
  room.answers_leave = false;
  room.staff("h1");
  const LegId caller = room.call("101");
  const LegId phone = room.rung("h1");
  room.event(LegAnswered{phone});
  room.event(LegEnded{phone, LegEnd::lost});
  CHECK(room.none<WithdrawAnswer>());
  CHECK(room.one<PlayToLeg>().leg == caller);
  CHECK(room.waiting("general") == 1);
}

TEST_CASE("an outside number that is gone before the caller's 200 has left gives the call back to its place") {
  Options options = small_room();
  options.queues[0].overflow_after = 5s;
  options.queues[0].late = {OverflowKind::number, "+442079460999", 0};
  Room room{options};
  room.answers_leave = false;
  const LegId caller = room.call("999");
  room.pass(5s);
  const LegId outside = room.one<DialOut>().leg;
  room.event(LegAnswered{outside});
  room.event(LegEnded{outside, LegEnd::hung_up});
  CHECK(room.one<WithdrawAnswer>().leg == caller);
  CHECK(room.waiting("emergency") == 1);
}

TEST_CASE("a phone that drops every call it answers takes its handler out, like one that never answers") {
  Room room{small_room(1)};
  room.answers_leave = false;
  room.staff("h1");
  room.call("999");
  for (int i = 0; i < 3; ++i) {
    const LegId phone = room.rung("h1");
    REQUIRE(phone);
    room.event(LegAnswered{phone});
    room.event(LegEnded{phone, LegEnd::hung_up});
    if (i < 2) room.pass(30s);
  }
  CHECK(room.reason("h1") == "missed offers");
  CHECK(room.waiting("emergency") == 1);
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
