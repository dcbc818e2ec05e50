// What a waiting caller hears whose key cannot be served. What keys do otherwise: scenarios keys-while-waiting and
// key-pressed-while-a-phone-rings.
#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

// `general` has keys, and nobody can be called back: 1 asks for that, 2 repeats, 3 leads to `emergency`, which takes one call.
Options keyed_room() {
  Options options = small_room(1);
  options.queues[0].bound = 1;
  options.queues[1].choices = {{Key::one, "call back", {}, true, false}, {Key::two, "again", {}, false, true}, {Key::three, "danger", {"emergency"}, false, false}};
  options.queues[1].key_refused_sound = "refused";
  options.limits.ring_backs = 0;
  return options;
}

PlayToLeg heard_with_keys(LegId leg, const std::string& sound, std::uint32_t turn) { return {leg, sound, turn, 0, 0, true}; }

struct Refused : Room {
  explicit Refused(const Options& options = keyed_room()) : Room{options}, caller{call("101", "+447700900001")} {}
  LegId caller;
};

}  // namespace

TEST_CASE("a key to a full queue is answered, and the caller goes on waiting at the same place") {
  Refused room;
  room.call("999", "+447700900002");
  room.pass(10s);
  const ContactView before = *room.core.contact(ContactId{1});
  room.event(KeyPressed{room.caller, Key::three});
  CHECK(room.one<PlayToLeg>() == heard_with_keys(room.caller, "refused", 2));
  CHECK(room.one<CallNote>().text == "pressed 3 \"danger\": emergency takes no more calls");
  CHECK(room.none<ContactChanged>());
  const ContactView after = *room.core.contact(ContactId{1});
  CHECK(after.position == before.position);
  CHECK(after.now.queued == before.now.queued);
  CHECK(after.now.queue.value == "general");
  room.event(SoundFinished{room.caller, 2});
  CHECK(room.one<PlayToLeg>() == heard_with_keys(room.caller, "ringback", 3));
}

TEST_CASE("a caller who cannot be called back is told so, and the decision says why") {
  Options options = keyed_room();
  CallFacts facts;
  facts.trunk = {"network"};
  facts.trusted = true;
  facts.dialled = "101";
  facts.provenance = Provenance::withheld;
  std::string why = "pressed 1 \"call back\": the number is withheld, nobody can call it back";
  SECTION("the number is withheld") {}
  SECTION("too many are to be already") {
    facts.caller = "+447700900003";
    facts.provenance = Provenance::from;
    why = "cannot be called back: too many are to be already, or this caller is";
  }
  Room room{options};
  const LegId caller = room.call(facts);
  room.event(KeyPressed{caller, Key::one});
  REQUIRE_FALSE(room.none<CallNote>());
  CHECK(room.all<CallNote>().back().text == why);
  CHECK(room.one<PlayToLeg>() == heard_with_keys(caller, "refused", 2));
  CHECK(room.none<ReleaseLeg>());
  CHECK(room.waiting("general") == 1);
}

TEST_CASE("a key cuts the refusal, whose end then means nothing") {
  Refused room;
  room.event(KeyPressed{room.caller, Key::one});
  room.event(KeyPressed{room.caller, Key::two});
  CHECK(room.one<PlayToLeg>() == heard_with_keys(room.caller, "ringback", 3));
  room.event(SoundFinished{room.caller, 2});
  CHECK(room.none<PlayToLeg>());
  room.event(KeyPressed{room.caller, Key::one});
  CHECK(room.one<PlayToLeg>() == heard_with_keys(room.caller, "refused", 4));
}

TEST_CASE("a refusal whose end is not told ends after a minute") {
  Refused room;
  room.event(KeyPressed{room.caller, Key::one});
  room.pass(59s);
  CHECK(room.none<PlayToLeg>());
  room.pass(1s);
  CHECK(room.one<PlayToLeg>() == heard_with_keys(room.caller, "ringback", 3));
}

TEST_CASE("a caller in the middle of a refusal is offered at once, and hears nothing more of it after the answer") {
  Refused room;
  room.event(KeyPressed{room.caller, Key::one});
  room.staff("h1");
  const LegId phone = room.rung("h1");
  REQUIRE(phone);
  room.event(LegAnswered{phone});
  CHECK(room.one<ConnectLegs>().a == room.caller);
  room.event(SoundFinished{room.caller, 2});
  CHECK(room.none<PlayToLeg>());
  room.pass(2min);
  CHECK(room.none<PlayToLeg>());
}

TEST_CASE("a key pressed while a phone rings is refused when nobody has answered it") {
  Room room{keyed_room()};
  room.staff("h1");
  const LegId caller = room.call("101", "+447700900001");
  const LegId phone = room.rung("h1");
  REQUIRE(phone);
  room.event(KeyPressed{caller, Key::one});
  CHECK(room.none<PlayToLeg>());
  room.event(LegFailed{phone, LegFailure::busy, 486});
  CHECK(room.one<PlayToLeg>() == heard_with_keys(caller, "refused", 2));
  CHECK(room.waiting("general") == 1);
}

TEST_CASE("without a sound for it a refused key changes nothing of what is heard") {
  Options options = keyed_room();
  options.queues[1].key_refused_sound.clear();
  Refused room{options};
  room.event(KeyPressed{room.caller, Key::one});
  CHECK(room.none<PlayToLeg>());
  CHECK_FALSE(room.none<CallNote>());
}

TEST_CASE("after a reload without keys the end of a refusal leads back to the waiting sound") {
  Refused room;
  room.event(KeyPressed{room.caller, Key::one});
  room.configure(small_room(1));
  CHECK(room.none<PlayToLeg>());
  room.event(SoundFinished{room.caller, 2});
  CHECK(room.one<PlayToLeg>() == PlayToLeg{room.caller, "ringback"});
}
