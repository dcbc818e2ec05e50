// A call in which others take part is transferred at once: the caller goes on alone.
#include <algorithm>

#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

// h1 has the caller, and h2 has joined.
struct Conference {
  Conference() : room(room_of_three()) {
    room.staff("h1");
    caller = room.call("999");
    first = room.rung("h1");
    room.event(LegAnswered{first});
    room.sign_on("h2");
    room.event(ConsultCall{room.request("h1"), {"h1"}, id, {{"h2"}, {}, {}}});
    second = room.rung("h2");
    room.event(LegAnswered{second});
    room.event(JoinCall{room.request("h1"), {"h1"}, id});
    REQUIRE(room.replied() == Refusal::none);
  }
  static Options room_of_three() {
    Options options = small_room(3);
    options.call_control.numbers = {"+442079460*"};
    return options;
  }
  void transfer(const CallTarget& to) { room.event(TransferCall{room.request("h1"), {"h1"}, id, to}); }
  bool released(LegId leg) const {
    const auto all = room.all<ReleaseLeg>();
    return std::any_of(all.begin(), all.end(), [&](const auto& gone) { return gone.leg == leg; });
  }
  ContactState state() const { return room.core.contact(id)->now.state; }
  void only_the_caller_stays() const {
    CHECK(room.replied() == Refusal::none);
    CHECK(released(first));
    CHECK(released(second));
    CHECK_FALSE(released(caller));
    CHECK(room.state("h2") != HandlerState::talking);
  }

  const ContactId id{1};
  Room room;
  LegId caller, first, second;
};

}  // namespace

TEST_CASE("a conference is transferred to a handler: the caller and that handler go on") {
  Conference t;
  t.room.staff("h3");
  t.transfer({{"h3"}, {}, {}});
  t.only_the_caller_stays();
  const LegId third = t.room.rung("h3");
  REQUIRE(third);
  t.room.event(LegAnswered{third});
  const auto connected = t.room.one<ConnectLegs>();
  CHECK(connected.a == t.caller);
  CHECK(connected.b == third);
  CHECK(t.room.core.contact(t.id)->now.handler.value == "h3");
}

TEST_CASE("a conference is transferred to an outside number, and comes back to the queue if nobody answers there") {
  Conference t;
  t.room.event(GoNotReady{t.room.request("h1"), {"h1"}, "break"});
  t.transfer({{}, {}, "+442079460009"});
  t.only_the_caller_stays();
  const LegId outside = t.room.one<DialOut>().leg;
  t.room.event(LegFailed{outside, LegFailure::no_answer, 480});
  CHECK(t.state() == ContactState::waiting);
}

TEST_CASE("a conference is transferred to a queue, and waits there") {
  Conference t;
  t.room.event(GoNotReady{t.room.request("h1"), {"h1"}, "break"});
  t.transfer({{}, {"general"}, {}});
  t.only_the_caller_stays();
  CHECK(t.state() == ContactState::waiting);
  CHECK(t.room.waiting("general") == 1);
}

TEST_CASE("who is being consulted is dealt with first") {
  Conference t;
  t.room.sign_on("h3");
  t.room.event(ConsultCall{t.room.request("h1"), {"h1"}, t.id, {{"h3"}, {}, {}}});
  t.transfer({{}, {"general"}, {}});
  CHECK(t.room.replied() == Refusal::wrong_state);
  CHECK(t.state() == ContactState::talking);
}
