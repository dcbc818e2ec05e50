// A silent caller to whom the operator has spoken, and who waits for a handler.
#include <algorithm>

#include "core/room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

Options asking() {
  Options options = small_room(1);
  options.silent.announcement = "press 55";
  options.silent.after = 10s;
  options.silent.ask = AskSilent::mobiles;
  return options;
}

struct WaitingCaller {
  explicit WaitingCaller(const Options& options = asking(), bool mobile = true) : room(options) {
    CallFacts facts;
    facts.trunk = {"network"};
    facts.dialled = "999";
    facts.caller = mobile ? "+447700900001" : "+442079460001";
    facts.trusted = facts.operator_present = true;
    facts.mobile = mobile;
    caller = room.call(facts);
  }
  void operator_leaves() { room.event(OperatorLeft{caller}); }
  void press_55() {
    room.event(KeyPressed{caller, Key::five});
    room.event(KeyPressed{caller, Key::five});
  }
  bool labelled(const std::string& label) const {
    const auto labels = room.core.contact(id)->labels;
    return std::find(labels.begin(), labels.end(), label) != labels.end();
  }
  Grade grade() const { return room.core.contact(id)->now.grade; }
  bool asked() const { return plays("press 55"); }
  bool plays(const std::string& sound) const {
    const auto all = room.all<PlayToLeg>();
    return std::any_of(all.begin(), all.end(), [&](const auto& play) { return play.sound == sound; });
  }
  std::uint32_t asked_turn() const { return room.one<PlayToLeg>().turn; }

  const ContactId id{1};
  Room room;
  LegId caller;
};

}  // namespace

TEST_CASE("who waits when the operator leaves is answered, listened to, and asked for the keys while waiting") {
  WaitingCaller t;
  CHECK(t.room.none<AnswerLeg>());
  t.room.pass(5s);
  t.operator_leaves();
  CHECK(t.room.one<AnswerLeg>().leg == t.caller);
  CHECK(t.plays("ringback"));
  CHECK(t.room.one<ListenForSpeech>().leg == t.caller);
  t.room.pass(10s - 1ms);
  CHECK_FALSE(t.asked());
  t.room.pass(1ms);
  REQUIRE(t.asked());
  CHECK(t.room.one<PlayToLeg>().keys);
  CHECK(t.room.core.contact(t.id)->now.state == ContactState::waiting);
  CHECK(t.room.core.contact(t.id)->now.answered == never);
  CHECK_FALSE(t.labelled("silent"));
}

TEST_CASE("the keys give the highest grade at the place held, and the label") {
  WaitingCaller t;
  t.operator_leaves();
  t.room.pass(10s);
  t.room.call("999", "+442079460002");
  t.press_55();
  CHECK(t.grade() == Grade::immediate);
  CHECK(t.labelled("pressed 55"));
  CHECK(t.plays("ringback"));
  CHECK(t.room.core.contact(t.id)->position == 1);
  t.room.pass(60s);
  CHECK_FALSE(t.asked());
  t.room.staff("h1");
  t.room.event(LegAnswered{t.room.core.contact(t.id)->handler_leg});
  CHECK(t.room.core.contact(t.id)->now.state == ContactState::talking);
  t.room.pass(60s);
  CHECK_FALSE(t.asked());  // not a second time
}

TEST_CASE("the keys put a silent caller before those of the queue who came earlier") {
  Room room{asking()};
  room.call("999", "+442079460002");
  CallFacts facts;
  facts.trunk = {"network"};
  facts.dialled = "999";
  facts.caller = "+447700900001";
  facts.trusted = facts.operator_present = facts.mobile = true;
  const LegId silent = room.call(facts);
  room.event(OperatorLeft{silent});
  room.event(KeyPressed{silent, Key::five});
  CHECK(room.core.contact({2})->position == 2);
  room.event(KeyPressed{silent, Key::five});  // who knows the keys need not be asked
  CHECK(room.core.contact({2})->position == 1);
  CHECK(room.all<Decision>().front().kind == DecisionKind::graded);
}

TEST_CASE("who presses nothing goes on waiting, is asked once, and may press later") {
  WaitingCaller t;
  t.operator_leaves();
  t.room.pass(10s);
  REQUIRE(t.asked());
  t.room.event(SoundFinished{t.caller, t.asked_turn()});
  t.room.pass(10s);
  CHECK(t.plays("ringback"));
  CHECK(t.room.none<ReleaseLeg>());
  t.room.pass(10min);
  CHECK_FALSE(t.asked());
  t.press_55();
  CHECK(t.grade() == Grade::immediate);
}

TEST_CASE("a handler who answers cuts the asking, and listens from then on") {
  WaitingCaller t;
  t.operator_leaves();
  t.room.pass(10s);
  REQUIRE(t.asked());
  t.room.event(KeyPressed{t.caller, Key::five});
  t.room.staff("h1");
  const LegId phone = t.room.core.contact(t.id)->handler_leg;
  REQUIRE(phone);
  t.room.event(LegAnswered{phone});
  CHECK(t.room.none<AnswerLeg>());
  CHECK(t.room.one<ConnectLegs>().a == t.caller);
  CHECK(t.room.one<ListenForSpeech>().leg == t.caller);
  t.room.event(KeyPressed{t.caller, Key::five});  // the second key comes after the answer
  CHECK(t.labelled("pressed 55"));
}

TEST_CASE("a voice while the call waits: nobody is asked, and the handler's listening begins anew") {
  WaitingCaller t;
  t.operator_leaves();
  t.room.event(SpeechHeard{t.caller});
  t.room.pass(60s);
  CHECK_FALSE(t.asked());
  t.room.staff("h1");
  t.room.event(LegAnswered{t.room.core.contact(t.id)->handler_leg});
  CHECK(t.room.one<ListenForSpeech>().leg == t.caller);
  t.room.pass(10s);
  CHECK(t.asked());
  CHECK(t.labelled("silent"));
}

TEST_CASE("a landline, a room whose handlers ask by hand, and a call that had no operator are left to the handler") {
  Options by_hand = asking();
  by_hand.silent.ask = AskSilent::by_hand;
  WaitingCaller landline{asking(), false}, asked_by_hand{by_hand};
  for (WaitingCaller* t : {&landline, &asked_by_hand}) {
    t->operator_leaves();
    CHECK(t->room.none<AnswerLeg>());
    t->room.pass(60s);
    CHECK(t->room.none<PlayToLeg>());
  }
  Room room{asking()};
  CallFacts direct;
  direct.dialled = "999";
  direct.caller = "+447700900001";
  direct.mobile = true;
  room.call(direct);
  CHECK(room.none<AnswerLeg>());
}

TEST_CASE("the caller is listened to from when the 200 has left, however late that is") {
  WaitingCaller t;
  t.room.answers_leave = false;
  t.operator_leaves();
  CHECK(t.room.none<ListenForSpeech>());
  t.room.pass(30s);
  CHECK_FALSE(t.asked());
  t.room.event(AnswerSent{t.caller});
  CHECK(t.room.one<ListenForSpeech>().leg == t.caller);
  t.room.pass(10s);
  CHECK(t.asked());
}
