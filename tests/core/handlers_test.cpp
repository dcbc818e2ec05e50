#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

// h1 talks to a 999 caller; returns the caller's leg.
LegId talking(Room& room) {
  room.staff("h1");
  const LegId caller = room.call("999");
  room.event(LegAnswered{room.rung("h1")});
  REQUIRE(room.state("h1") == HandlerState::talking);
  return caller;
}

Options with_wrap_up(Duration wrap_up) {
  Options options = small_room();
  for (QueueOptions& queue : options.queues) queue.wrap_up = wrap_up;
  return options;
}

}  // namespace

TEST_CASE("the longest idle handler is offered the call") {
  Room room;
  room.staff("h2");
  room.pass(5s);
  room.staff("h1");
  room.pass(5s);
  room.call("999");
  CHECK(room.rung("h2"));
  CHECK(room.all<Decision>().back().handler_idle == 10s);
}

TEST_CASE("neither a decline nor a not-ready improves a handler's idle time") {
  Options options = small_room();
  options.handlers[0].phone_mode = PhoneMode::accept_first;
  Room room{options};
  room.staff("h1");
  const Time idle_since = room.core.handler({"h1"})->idle_since;
  room.pass(10s);
  room.staff("h2");
  room.call("999");
  REQUIRE(room.state("h1") == HandlerState::offered);
  SECTION("decline") { room.event(DeclineOffer{room.request("h1"), {"h1"}, room.core.handler({"h1"})->offer}); }
  SECTION("not ready and back") {
    room.event(GoNotReady{room.request("h1"), {"h1"}, "break"});
    room.pass(60s);
    room.event(GoReady{room.request("h1"), {"h1"}});
  }
  CHECK(room.core.handler({"h1"})->idle_since == idle_since);
}

TEST_CASE("wrap-up is timed, can be extended and finished, and idle time runs from its end") {
  Room room{with_wrap_up(20s)};
  const LegId caller = talking(room);
  room.pass(30s);
  room.event(LegEnded{caller, LegEnd::hung_up});
  CHECK(room.state("h1") == HandlerState::wrap_up);
  SECTION("timed") { room.pass(20s); }
  SECTION("extended") {
    room.event(ExtendWrapUp{room.request("h1"), {"h1"}, 15s});
    CHECK(room.replied() == Refusal::none);
    room.pass(34s);
    CHECK(room.state("h1") == HandlerState::wrap_up);
    room.pass(1s);
  }
  SECTION("finished") { room.event(FinishWrapUp{room.request("h1"), {"h1"}}); }
  CHECK(room.state("h1") == HandlerState::ready);
  CHECK(room.core.handler({"h1"})->idle_since == room.now);
}

TEST_CASE("wrap-up until done ends only when the handler says so") {
  Options options = small_room();
  options.queues[0].wrap_up_until_done = true;
  Room room{options};
  const LegId caller = talking(room);
  room.event(LegEnded{caller, LegEnd::hung_up});
  room.pass(3600s);
  CHECK(room.state("h1") == HandlerState::wrap_up);
  room.event(FinishWrapUp{room.request("h1"), {"h1"}});
  CHECK(room.state("h1") == HandlerState::ready);
}

TEST_CASE("not-ready asked for during a call takes effect after it") {
  Room room;
  const LegId caller = talking(room);
  room.event(GoNotReady{room.request("h1"), {"h1"}, "training"});
  CHECK(room.replied() == Refusal::none);
  CHECK(room.state("h1") == HandlerState::talking);
  room.event(LegEnded{caller, LegEnd::hung_up});
  CHECK(room.state("h1") == HandlerState::not_ready);
  CHECK(room.reason("h1") == "training");
}

TEST_CASE("a second sign-on wins only by explicit takeover") {
  Room room;
  room.staff("h1");
  room.event(SignOn{room.request("h1"), {"h1"}, {"all"}, "another console", false});
  CHECK(room.replied() == Refusal::already_signed_on);
  room.event(SignOn{room.request("h1"), {"h1"}, {"all"}, "another console", true});
  CHECK(room.replied() == Refusal::none);
  CHECK(room.state("h1") == HandlerState::ready);
}

TEST_CASE("a handler signs on only in a role of theirs") {
  Room room;
  room.event(SignOn{room.request("h1"), {"h1"}, {"general"}, "c", false});
  CHECK(room.replied() == Refusal::role_not_allowed);
  room.event(SignOn{room.request("h1"), {"h1"}, {"pilot"}, "c", false});
  CHECK(room.replied() == Refusal::unknown_role);
  room.event(SignOn{room.request("x"), {"x"}, {"all"}, "c", false});
  CHECK(room.replied() == Refusal::unknown_handler);
}

TEST_CASE("a lost console has a grace time, then the handler is not-ready with that reason; the call goes on") {
  Room room;
  room.staff("h1");
  room.event(ConsoleAttached{{"h1"}, "console-h1"});
  SECTION("idle") {
    room.event(ConsoleLost{{"h1"}, "console-h1"});
    room.pass(14s);
    CHECK(room.state("h1") == HandlerState::ready);
    room.pass(1s);
    CHECK(room.state("h1") == HandlerState::not_ready);
    CHECK(room.reason("h1") == "console lost");
  }
  SECTION("back in time") {
    room.event(ConsoleLost{{"h1"}, "console-h1"});
    room.pass(10s);
    room.event(ConsoleAttached{{"h1"}, "console-h1"});
    room.pass(60s);
    CHECK(room.state("h1") == HandlerState::ready);
  }
  SECTION("talking") {
    const LegId caller = room.call("999");
    room.event(LegAnswered{room.rung("h1")});
    room.event(ConsoleLost{{"h1"}, "console-h1"});
    room.pass(60s);
    CHECK(room.state("h1") == HandlerState::talking);
    room.event(LegEnded{caller, LegEnd::hung_up});
    CHECK(room.state("h1") == HandlerState::not_ready);
  }
  SECTION("a console that was taken over is not missed") {
    room.event(ConsoleLost{{"h1"}, "an older session"});
    room.pass(60s);
    CHECK(room.state("h1") == HandlerState::ready);
  }
}

TEST_CASE("an offer that only a lost console could accept goes to the next handler at once") {
  Options options = small_room();
  options.handlers[0].phone_mode = PhoneMode::accept_first;
  Room room{options};
  room.staff("h1");
  room.event(ConsoleAttached{{"h1"}, "console-h1"});
  room.pass(1s);
  room.staff("h2");
  room.call("999");
  REQUIRE(room.state("h1") == HandlerState::offered);
  room.event(ConsoleLost{{"h1"}, "console-h1"});
  CHECK(room.rung("h2"));
}

TEST_CASE("ready without the console that must accept is refused with the reason, and works at the phone") {
  Options options = small_room(1);
  options.handlers[0].phone_mode = GENERATE(PhoneMode::accept_first, PhoneMode::ring);
  Room room{options};
  room.staff("h1");
  room.event(ConsoleAttached{{"h1"}, "console-h1"});
  room.event(ConsoleLost{{"h1"}, "console-h1"});
  room.pass(15s);
  REQUIRE(room.reason("h1") == "console lost");
  room.event(GoReady{room.request("h1"), {"h1"}});
  if (options.handlers[0].phone_mode == PhoneMode::ring) {
    CHECK(room.replied() == Refusal::none);
    CHECK(room.state("h1") == HandlerState::ready);
    return;
  }
  CHECK(room.replied() == Refusal::console_not_attached);
  CHECK(room.state("h1") == HandlerState::not_ready);
  SECTION("the console is back") {
    room.event(ConsoleAttached{{"h1"}, "console-h1"});
    room.ready("h1");
  }
  SECTION("another console takes over") {
    room.event(SignOn{room.request("h1"), {"h1"}, {}, "another", true});
    room.ready("h1");
  }
  room.call("999");
  CHECK(room.state("h1") == HandlerState::offered);
}

TEST_CASE("a takeover by another console ends the grace time of the lost one") {
  Room room{small_room(1)};
  room.staff("h1");
  room.event(ConsoleAttached{{"h1"}, "console-h1"});
  room.event(ConsoleLost{{"h1"}, "console-h1"});
  room.event(SignOn{room.request("h1"), {"h1"}, {}, "another", true});
  room.pass(15s);
  CHECK(room.state("h1") == HandlerState::ready);
}

TEST_CASE("a handler whose phone registers is offered nothing while it is not registered") {
  Options options = small_room(1);
  options.handlers[0].phone.clear();
  Room room{options};
  room.sign_on("h1");
  room.event(GoReady{room.request("h1"), {"h1"}});
  CHECK(room.replied() == Refusal::phone_not_registered);
  room.event(PhoneBound{{"h1"}});
  room.ready("h1");
  room.event(PhoneUnbound{{"h1"}});
  room.call("999");
  CHECK(room.none<RingPhone>());
  SECTION("back in time") {
    room.event(PhoneBound{{"h1"}});
    CHECK(room.rung("h1"));
  }
  SECTION("not back") {
    room.pass(15s);
    CHECK(room.state("h1") == HandlerState::not_ready);
    CHECK(room.reason("h1") == "phone lost");
  }
}

TEST_CASE("accept-first: the phone is called, to answer by itself, after the console accepts") {
  Options options = small_room(1);
  options.handlers[0].phone_mode = PhoneMode::accept_first;
  Room room{options};
  room.staff("h1");
  const LegId caller = room.call("999");
  CHECK(room.none<RingPhone>());
  const OfferId offer = room.one<OfferMade>().offer;
  room.event(AcceptOffer{room.request("h1"), {"h1"}, offer});
  CHECK(room.replied() == Refusal::none);
  const RingPhone ring = room.one<RingPhone>();
  CHECK(ring.auto_answer);
  room.event(AcceptOffer{room.request("h1"), {"h1"}, offer});
  CHECK(room.none<RingPhone>());
  room.event(LegAnswered{ring.leg});
  CHECK(room.one<ConnectLegs>() == ConnectLegs{caller, ring.leg});
}

TEST_CASE("ring: the console cannot accept and is told why") {
  Room room;
  room.staff("h1");
  room.call("999");
  room.event(AcceptOffer{room.request("h1"), {"h1"}, room.one<OfferMade>().offer});
  CHECK(room.replied() == Refusal::accept_at_phone);
}

TEST_CASE("nailed-up: one leg is held for the shift and serves call after call") {
  Options options = small_room(1);
  options.handlers[0].phone_mode = PhoneMode::nailed_up;
  Room room{options};
  room.sign_on("h1");
  const LegId line = room.rung("h1");
  REQUIRE(line);
  room.event(GoReady{room.request("h1"), {"h1"}});
  CHECK(room.replied() == Refusal::phone_not_registered);
  room.event(LegAnswered{line});
  room.ready("h1");
  for (int i = 0; i < 2; ++i) {
    const LegId caller = room.call("999");
    room.event(AcceptOffer{room.request("h1"), {"h1"}, room.one<OfferMade>().offer});
    CHECK(room.one<ConnectLegs>() == ConnectLegs{caller, line});
    room.event(LegEnded{caller, LegEnd::hung_up});
    CHECK(room.one<DisconnectLegs>().b == line);
    CHECK(room.none<ReleaseLeg>());
    CHECK(room.state("h1") == HandlerState::ready);
  }
  SECTION("lost in a call: the caller is let go, the handler is not-ready") {
    const LegId caller = room.call("999");
    room.event(AcceptOffer{room.request("h1"), {"h1"}, room.one<OfferMade>().offer});
    room.event(LegEnded{line, LegEnd::lost});
    CHECK(room.one<ReleaseLeg>().leg == caller);
    CHECK(room.state("h1") == HandlerState::not_ready);
    CHECK(room.reason("h1") == "phone lost");
  }
  SECTION("sign-off lets the line go") {
    room.event(SignOff{room.request("h1"), {"h1"}, {}});
    CHECK(room.one<ReleaseLeg>().leg == line);
  }
}

TEST_CASE("a stale accept, a stale version and an unknown reason are refused") {
  Options options = small_room(1);
  options.handlers[0].phone_mode = PhoneMode::accept_first;
  options.not_ready_reasons = {"break"};
  Room room{options};
  room.staff("h1");
  room.event(AcceptOffer{room.request("h1"), {"h1"}, OfferId{99}});
  CHECK(room.replied() == Refusal::offer_gone);
  Request stale = room.request("h1");
  stale.expected_version = room.core.handler({"h1"})->now.version + 1;
  room.event(GoNotReady{stale, {"h1"}, "break"});
  CHECK(room.replied() == Refusal::stale_version);
  room.event(GoNotReady{room.request("h1"), {"h1"}, "gardening"});
  CHECK(room.replied() == Refusal::unknown_reason);
  room.event(GoNotReady{room.request("h1"), {"h1"}, ""});
  CHECK(room.replied() == Refusal::reason_required);
  CHECK(room.state("h1") == HandlerState::ready);
}

TEST_CASE("a supervisor can sign a handler off; in a call it takes effect after the call") {
  Room room;
  const LegId caller = talking(room);
  room.event(SignOff{room.request("manager"), {"h1"}, "end of shift"});
  CHECK(room.replied() == Refusal::none);
  CHECK(room.state("h1") == HandlerState::talking);
  room.event(LegEnded{caller, LegEnd::hung_up});
  CHECK(room.state("h1") == HandlerState::signed_off);
}

TEST_CASE("the least occupied handler is offered the call where the queue asks for it") {
  Options options = small_room();
  options.queues[0].choice = Choice::least_occupied;
  Room room{options};
  room.staff("h1");
  const LegId caller = room.call("999");
  room.event(LegAnswered{room.rung("h1")});
  room.pass(100s);
  room.event(LegEnded{caller, LegEnd::hung_up});
  room.pass(100s);
  room.staff("h2");  // idle for a shorter time, but has done nothing yet
  room.call("999");
  CHECK(room.rung("h2"));
}

TEST_CASE("accepted in time is in time: the phone called after it has as long to answer as any other") {
  Options options = small_room(1);
  options.handlers[0].phone_mode = PhoneMode::accept_first;
  Room room{options};
  room.staff("h1");
  room.call("999");
  const OfferId offer = room.one<OfferMade>().offer;
  room.pass(19s);
  room.event(AcceptOffer{room.request("h1"), {"h1"}, offer});
  const LegId phone = room.rung("h1");
  room.pass(2s);
  CHECK(room.state("h1") == HandlerState::offered);
  SECTION("answered") {
    room.event(LegAnswered{phone});
    CHECK(room.state("h1") == HandlerState::talking);
  }
  SECTION("not answered") {
    room.pass(18s);
    CHECK(room.one<OfferEnded>().end == OfferEnd::no_answer);
  }
}

TEST_CASE("a held line lost in a call is offered no further call") {
  Options options = small_room(1);
  options.handlers[0].phone_mode = PhoneMode::nailed_up;
  Room room{options};
  room.sign_on("h1");
  const LegId line = room.rung("h1");
  room.event(LegAnswered{line});
  room.ready("h1");
  room.call("999");
  room.event(AcceptOffer{room.request("h1"), {"h1"}, room.one<OfferMade>().offer});
  room.call("999");
  room.event(LegEnded{line, LegEnd::lost});
  CHECK(room.none<OfferMade>());
  CHECK(room.state("h1") == HandlerState::not_ready);
  CHECK(room.waiting("emergency") == 1);
}

TEST_CASE("want of media ports sets no handler not-ready") {
  Options options = small_room(1);
  Room room{options};
  room.staff("h1");
  room.call("999");
  for (int i = 0; i < 5; ++i) {
    const LegId phone = room.core.contact(ContactId{1})->handler_leg;
    REQUIRE(phone);
    room.event(LegFailed{phone, LegFailure::no_port, 0});
    CHECK(room.state("h1") == HandlerState::ready);
    room.pass(options.offers.backoff_unreachable);
  }
}

TEST_CASE("a console lost in a call does not replace the not-ready reason given in it") {
  Room room;
  const LegId caller = talking(room);
  room.event(ConsoleAttached{{"h1"}, "console-h1"});
  room.event(GoNotReady{room.request("h1"), {"h1"}, "training"});
  room.event(ConsoleLost{{"h1"}, "console-h1"});
  room.pass(60s);
  room.event(LegEnded{caller, LegEnd::hung_up});
  CHECK(room.reason("h1") == "training");
}

TEST_CASE("a supervisor's reason for a sign-off is kept until it takes effect") {
  Room room;
  const LegId caller = talking(room);
  room.event(SignOff{room.request("manager"), {"h1"}, "end of shift"});
  room.event(LegEnded{caller, LegEnd::hung_up});
  CHECK(room.reason("h1") == "end of shift");
}

TEST_CASE("a session cannot be continued in another role") {
  Options options = small_room(1);
  options.handlers[0].roles = {{"all"}, {"general"}};
  Room room{options};
  room.staff("h1");
  room.event(SignOn{room.request("h1"), {"h1"}, {"general"}, "console-h1", true});
  CHECK(room.replied() == Refusal::wrong_state);
  room.event(SignOn{room.request("h1"), {"h1"}, {}, "console-h1", false});
  CHECK(room.replied() == Refusal::none);
}
