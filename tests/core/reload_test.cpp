// A reload in mid-service, in every state that a call or a handler can be in.
#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

// small_room without its queue `general`: everything goes to `emergency`.
Options without_general(Options options) {
  options.queues.pop_back();
  options.triage[1].queue = {"emergency"};
  options.roles = {{{"all"}, {{"emergency"}}, false}};
  return options;
}

}  // namespace

TEST_CASE("a call that is offered while its queue is removed is served from the queue that the new rules name") {
  const Options options = small_room();
  Room room{options};
  room.staff("h1");
  room.call("101");
  const LegId phone = room.rung("h1");
  room.configure(without_general(options));
  CHECK(room.state("h1") == HandlerState::offered);
  room.event(LegFailed{phone, LegFailure::busy, 486});
  CHECK(room.waiting("emergency") == 1);
  room.staff("h2");
  CHECK(room.rung("h2"));
}

TEST_CASE("a handler who is removed in a call may still end it and the wrap-up, and is then signed off") {
  Options options = small_room();
  options.queues[0].wrap_up_until_done = true;
  Room room{options};
  room.staff("h1");
  room.call("999");
  room.event(LegAnswered{room.rung("h1")});
  const Options all = options;
  options.handlers.erase(options.handlers.begin());
  room.configure(options);
  SECTION("removed for good") {
    room.event(ReleaseCall{room.request("h1"), {"h1"}, ContactId{1}});
    CHECK(room.replied() == Refusal::none);
    room.event(FinishWrapUp{room.request("h1"), {"h1"}});
    CHECK(room.state("h1") == HandlerState::signed_off);
    room.event(SignOn{room.request("h1"), {"h1"}, {}, "c", false});
    CHECK(room.replied() == Refusal::unknown_handler);
  }
  SECTION("put back before the call ended: nothing has happened") {
    room.configure(all);
    room.event(ReleaseCall{room.request("h1"), {"h1"}, ContactId{1}});
    room.event(FinishWrapUp{room.request("h1"), {"h1"}});
    CHECK(room.state("h1") == HandlerState::ready);
  }
}

TEST_CASE("a handler who is removed while offered a call may still accept or decline it") {
  Options options = small_room();
  options.handlers[0].phone_mode = PhoneMode::accept_first;
  Room room{options};
  room.staff("h1");
  room.pass(1s);
  room.staff("h2");
  room.call("999");
  const OfferId offer = room.one<OfferMade>().offer;
  options.handlers.erase(options.handlers.begin());
  room.configure(options);
  room.event(DeclineOffer{room.request("h1"), {"h1"}, offer});
  CHECK(room.replied() == Refusal::none);
  CHECK(room.rung("h2"));
  CHECK(room.state("h1") == HandlerState::signed_off);
}

TEST_CASE("an offer keeps the phone mode in which it was made") {
  Options options = small_room(1);
  Room room{options};
  room.staff("h1");
  const LegId caller = room.call("999");
  const LegId phone = room.rung("h1");
  const OfferId offer = room.one<OfferMade>().offer;
  options.handlers[0].phone_mode = PhoneMode::nailed_up;
  room.configure(options);
  room.event(AcceptOffer{room.request("h1"), {"h1"}, offer});
  CHECK(room.replied() == Refusal::accept_at_phone);
  room.event(LegAnswered{phone});
  CHECK(room.one<ConnectLegs>() == ConnectLegs{caller, phone});
  SECTION("and after the call the line is held") {
    room.event(LegEnded{caller, LegEnd::hung_up});
    const LegId line = room.rung("h1");
    REQUIRE(line);
    CHECK(room.one<RingPhone>().auto_answer);
    room.call("999");
    CHECK(room.none<OfferMade>());
    room.event(LegAnswered{line});
    CHECK(room.one<OfferMade>().mode == PhoneMode::nailed_up);
  }
}

TEST_CASE("a reload that changes the phone mode of an idle handler takes the line or lets it go") {
  Options options = small_room(1);
  Room room{options};
  room.staff("h1");
  options.handlers[0].phone_mode = PhoneMode::nailed_up;
  room.configure(options);
  const LegId line = room.rung("h1");
  REQUIRE(line);
  room.event(LegAnswered{line});
  options.handlers[0].phone_mode = PhoneMode::ring;
  room.configure(options);
  CHECK(room.one<ReleaseLeg>().leg == line);
  room.call("999");
  CHECK(room.rung("h1"));
}

TEST_CASE("widening that a reload brings in applies to the calls that wait, from their own clocks") {
  Options options = small_room(1);
  options.queues[0].skills = {{{"dispatch"}, 1}};
  Room room{options};
  room.staff("h1");
  room.call("999");
  room.pass(10s);
  options.queues[0].widening = {{12s, {}}};
  room.configure(options);
  CHECK(room.none<RingPhone>());
  room.pass(2s);
  CHECK(room.rung("h1"));
}

TEST_CASE("a waiting call sent to another queue by a reload widens and overflows as that queue says") {
  Options options = small_room(1);
  options.queues[0].skills = {{{"dispatch"}, 1}};
  options.queues[0].widening = {{30s, {}}};
  Room room{options};
  room.call("101");
  room.pass(10s);
  room.configure(without_general(options));
  room.staff("h1");
  CHECK(room.none<RingPhone>());
  room.pass(20s);
  CHECK(room.rung("h1"));
}

TEST_CASE("a fixed reserve changed by a reload is in force at once") {
  Options options = small_room(1);
  options.pools[0].reserve.kind = ReserveKind::fixed;
  options.pools[0].reserve.handlers = 1;
  Room room{options};
  room.staff("h1");
  room.call("101");
  CHECK(room.none<RingPhone>());
  options.pools[0].reserve.handlers = 0;
  room.configure(options);
  CHECK(room.rung("h1"));
}

TEST_CASE("a handler assigned to a queue that a reload removes serves the role's queues again") {
  const Options options = small_room();
  Room room{options};
  room.staff("h1");
  room.event(AssignHandler{room.request("manager"), {"h1"}, {{"general"}}, "surge"});
  room.configure(without_general(options));
  room.call("999");
  CHECK(room.rung("h1"));
}

TEST_CASE("a reload that leaves nobody for a waiting call applies the queue's rule for that") {
  Options options = small_room(1);
  options.queues[1].nobody = {OverflowKind::reject, {}, 480};
  options.handlers[0].skills = {{{"welsh"}, 1}};
  options.queues[1].skills = {{{"welsh"}, 1}};
  Room room{options};
  room.sign_on("h1");
  room.call("101");
  CHECK(room.waiting("general") == 1);
  options.handlers[0].skills.clear();
  room.configure(options);
  CHECK(room.waiting("general") == 0);
}

TEST_CASE("a handler whose queues a reload changes is told, and no other") {
  Options options = small_room();
  options.handlers[1].roles = {{"general"}};
  Room room{options};
  room.staff("h1");
  room.staff("h2", "general");
  options.roles[1].queues = {{"emergency"}, {"general"}};
  room.configure(options);
  const HandlerChanged told = room.one<HandlerChanged>();
  CHECK(told.handler.value == "h2");
  CHECK(told.state == HandlerState::ready);
  CHECK(room.core.handler({"h2"})->queues.size() == 2);
}
