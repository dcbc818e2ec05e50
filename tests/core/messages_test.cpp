// What waiting callers are told of the queue.
#include <cmath>

#include "core/room.hpp"
#include "core/spoken.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

Options telling_room(int handlers) {
  Options options = small_room(handlers);
  options.queues[1].waiting_sound = "please wait";
  options.wait_messages = {{"please wait", true, true, 30s}};
  return options;
}

struct Hall : Room {
  explicit Hall(int handlers) : Room{telling_room(handlers)} {}
  // What the caller of this leg was told last.
  PlayToLeg told(LegId leg) const {
    PlayToLeg last;
    for (const PlayToLeg& play : all<PlayToLeg>())
      if (play.leg == leg) last = play;
    return last;
  }
  // The message is heard to its end, then the pause after it.
  PlayToLeg told_again(LegId leg, std::uint32_t turn) {
    event(SoundFinished{leg, turn});
    pass(30s);
    return told(leg);
  }
  // A call from its ringing phone to its end, answered at once.
  void serve(const std::string& handler, LegId caller) {
    const LegId phone = rung(handler);
    REQUIRE(phone);
    event(LegAnswered{phone});
    event(LegEnded{caller, LegEnd::hung_up});
  }
};

}  // namespace

TEST_CASE("a waiting caller is told the position at entry, and anew each time the message is repeated") {
  Hall hall{1};
  const LegId first = hall.call("101");
  CHECK(hall.told(first).position == 1);
  CHECK(hall.told(first).turn == 1);
  const LegId second = hall.call("101");
  CHECK(hall.told(second).position == 2);
  CHECK(hall.told_again(second, 7).leg == LegId{});  // the end of another sound
  CHECK(hall.told_again(second, 1).position == 2);
  hall.event(LegEnded{first, LegEnd::hung_up});
  const PlayToLeg now = hall.told_again(second, 2);
  CHECK(now.sound == "please wait");
  CHECK(now.position == 1);
  CHECK(now.turn == 3);
}

TEST_CASE("higher grades count among those ahead, and a call that is being offered is next") {
  Hall hall{1};
  hall.call("101");
  hall.call("101");
  const LegId third = hall.call("101");
  CHECK(hall.told(third).position == 3);
  hall.event(Reprioritise{hall.request("manager"), {3}, Grade::immediate, "he is hurt"});
  hall.event(SoundFinished{third, 1});
  hall.pass(29s);
  hall.staff("h1");
  REQUIRE(hall.rung("h1"));
  hall.pass(1s);
  CHECK(hall.told(third).position == 1);
}

TEST_CASE("a message stops with the answer, and a caller is told nothing more") {
  Hall hall{1};
  const LegId caller = hall.call("101");
  hall.staff("h1");
  hall.event(SoundFinished{caller, 1});
  hall.event(LegAnswered{LegId{3}});
  hall.pass(5min);
  CHECK(hall.none<PlayToLeg>());
}

TEST_CASE("no wait is told before enough calls were answered to know the rate") {
  Hall hall{1};
  hall.staff("h1");
  for (int i = 0; i < 5; ++i) {
    const LegId caller = hall.call("101");
    CHECK(hall.told(caller).wait_minutes == 0);
    hall.serve("h1", caller);
    hall.pass(10s);
  }
  hall.event(GoNotReady{hall.request("h1"), {"h1"}, "break"});
  CHECK(hall.told(hall.call("101")).wait_minutes == 1);
}

TEST_CASE("a wait is told so that it is mostly kept, shortened when it goes faster, and lengthened only when it must be") {
  Hall hall{1};
  hall.staff("h1");
  for (int i = 0; i < 30; ++i) {  // two a minute, a quarter of an hour long
    hall.serve("h1", hall.call("101"));
    hall.pass(30s);
  }
  hall.event(GoNotReady{hall.request("h1"), {"h1"}, "break"});
  std::vector<LegId> callers;
  for (int i = 0; i < 10; ++i) callers.push_back(hall.call("101"));
  // 28 answers are in the window. The tenth comes after 5.4 minutes on average; with one deviation 10 + √10 answers: 7.05.
  CHECK(hall.told(callers[9]).position == 10);
  CHECK(hall.told(callers[9]).wait_minutes == 8);
  // Half a minute later nobody was answered: what was told still holds, and is not taken back.
  CHECK(hall.told_again(callers[9], 1).wait_minutes == 8);
  for (int i = 0; i < 6; ++i) hall.event(LegEnded{callers[static_cast<std::size_t>(i)], LegEnd::hung_up});
  CHECK(hall.told_again(callers[9], 2).wait_minutes == 4);  // 4 + √4 answers, at a rate that has fallen to 28 in 15 minutes
  // Nobody answers any more: the wait told runs down, and is lengthened when even the average is beyond it.
  std::vector<std::uint32_t> told;
  for (std::uint32_t turn = 3; turn < 10; ++turn) told.push_back(hall.told_again(callers[9], turn).wait_minutes);
  CHECK(told == std::vector<std::uint32_t>{4, 4, 3, 5, 5, 5, 4});
}

TEST_CASE("a reload without the message ends it, and the caller keeps the place") {
  Hall hall{1};
  const LegId caller = hall.call("101");
  Options options = telling_room(1);
  options.wait_messages.clear();
  hall.configure(options);
  CHECK(hall.told_again(caller, 1).leg == LegId{});
  CHECK(hall.waiting("general") == 1);
}

TEST_CASE("after a reload that removes a queue its callers are told their places in the other") {
  Options options = telling_room(1);
  options.queues.push_back(queue("reports", "general", 30s));
  options.queues[2].waiting = Waiting::answer;
  options.queues[2].waiting_sound = "other message";
  options.roles[0].queues.push_back({"reports"});
  options.wait_messages.push_back({"other message", true, false, 30s});
  Hall hall{1};
  hall.configure(options);
  const LegId first = hall.call("101"), second = hall.call("101");
  std::erase_if(options.queues, [](const QueueOptions& q) { return q.id.value == "general"; });
  options.triage[1].queue = {"reports"};
  hall.configure(options);
  CHECK(hall.told(first).sound == "other message");
  CHECK(hall.told(first).position == 1);
  CHECK(hall.told(second).position == 2);
}

TEST_CASE("a reload keeps what is known of the rate of answer") {
  Hall hall{1};
  hall.staff("h1");
  for (int i = 0; i < 5; ++i) {
    hall.serve("h1", hall.call("101"));
    hall.pass(10s);
  }
  hall.event(GoNotReady{hall.request("h1"), {"h1"}, "break"});
  hall.configure(telling_room(1));
  CHECK(hall.told(hall.call("101")).wait_minutes == 1);
}

TEST_CASE("a caller whose overflow to a number failed is told the position again") {
  Hall hall{1};
  Options options = telling_room(1);
  options.queues[1].nobody = {OverflowKind::number, "+442079460199", 0};
  hall.configure(options);
  const LegId caller = hall.call("101");
  const DialOut dialled = hall.one<DialOut>();
  hall.event(SoundFinished{caller, 1});
  hall.event(LegFailed{dialled.leg, LegFailure::busy, 486});
  CHECK(hall.told(caller).turn == 2);
  CHECK(hall.told(caller).position == 1);
}

TEST_CASE("a message that tells of the queue has a turn of its own, whatever menu the caller comes from") {
  Hall hall{1};
  const LegId caller = hall.call("101");
  hall.event(KeyPressed{caller, Key::five});  // means nothing while waiting
  CHECK(hall.none<PlayToLeg>());
  CHECK(hall.waiting("general") == 1);
}

TEST_CASE("numbers are said in tens and units, or whole where a language has them so") {
  const auto none = [](const std::string&) { return false; };
  const auto whole = [](const std::string& word) { return word == "number-43"; };
  CHECK(number_in_words(7, none) == Words{"number-7"});
  CHECK(number_in_words(20, none) == Words{"number-20"});
  CHECK(number_in_words(43, none) == Words{"number-40", "number-3"});
  CHECK(number_in_words(43, whole) == Words{"number-43"});
  CHECK(position_in_words(0, none).empty());
  CHECK(position_in_words(1, none) == Words{"position-next"});
  CHECK(position_in_words(12, none) == Words{"position-before", "number-12", "position-after"});
  CHECK(position_in_words(100, none) == Words{"position-far"});
  CHECK(wait_in_words(1, none) == Words{"wait-short"});
  CHECK(wait_in_words(99, none) == Words{"wait-before", "number-90", "number-9", "wait-after"});
  CHECK(wait_in_words(100, none) == Words{"wait-long"});
  CHECK(words_of_positions(none).size() == 4 + 27);
  CHECK(words_of_waits(whole).size() == 4 + 28);
}
