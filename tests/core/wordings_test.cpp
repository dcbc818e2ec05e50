// In which words those who wait are told so, by time and by state of the service.
#include <map>

#include "core/room.hpp"
#include "core/triage.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

QueueWording in_incident(const std::string& waiting_sound) {
  QueueWording wording;
  wording.waiting_sound = waiting_sound;
  wording.service_states = {"major incident"};
  return wording;
}
QueueWording within(const std::string& waiting_sound, std::vector<Interval> windows) {
  QueueWording wording;
  wording.waiting_sound = waiting_sound;
  wording.timed = true;
  wording.windows = std::move(windows);
  return wording;
}

Options worded_room(std::vector<QueueWording> wordings) {
  Options options = small_room(1);
  options.service_states = {"normal", "major incident"};
  options.queues[1].waiting_sound = "please wait";
  options.queues[1].wordings = std::move(wordings);
  return options;
}

struct Hall : Room {
  explicit Hall(std::vector<QueueWording> wordings) : Room{worded_room(std::move(wordings))} {}
  void enter(const std::string& state) { event(SetServiceState{request("operator"), state, "drill"}); }
  std::string heard() const { return one<PlayToLeg>().sound; }
};

}  // namespace

TEST_CASE("the state of the service words what callers hear, and those who wait already hear the change at once") {
  Hall hall{{in_incident("call tomorrow")}};
  const LegId first = hall.call("101");
  CHECK(hall.one<PlayToLeg>() == PlayToLeg{first, "please wait"});
  hall.enter("major incident");
  CHECK(hall.one<PlayToLeg>() == PlayToLeg{first, "call tomorrow"});
  const LegId second = hall.call("101", "+442079460002");
  CHECK(hall.one<PlayToLeg>() == PlayToLeg{second, "call tomorrow"});
  hall.enter("major incident");  // no change: nothing begins again
  CHECK(hall.none<PlayToLeg>());
  hall.enter("normal");
  CHECK(hall.all<PlayToLeg>() == std::vector{PlayToLeg{first, "please wait"}, PlayToLeg{second, "please wait"}});
}

TEST_CASE("a wording is heard from the beginning of its window to the end, window after window") {
  Hall hall{{within("at night", {{start - 5s, start + 10s}, {start + 30s, start + 40s}})}};
  hall.call("101");
  CHECK(hall.heard() == "at night");
  hall.pass(9s);
  CHECK(hall.none<PlayToLeg>());
  hall.pass(1s);
  CHECK(hall.heard() == "please wait");
  hall.pass(20s);
  CHECK(hall.heard() == "at night");
  hall.pass(10s);
  CHECK(hall.heard() == "please wait");
  hall.pass(24h);
  CHECK(hall.none<PlayToLeg>());
}

TEST_CASE("the next change of windows is a beginning or an end") {
  const std::vector<Interval> windows{{start, start + 1s}, {start + 5s, start + 6s}};
  CHECK(next_change(windows, start - 1s) == start);
  CHECK(next_change(windows, start) == start + 1s);
  CHECK(next_change(windows, start + 1s) == start + 5s);
  CHECK(next_change(windows, start + 5s) == start + 6s);
  CHECK(next_change(windows, start + 6s) == never);
  CHECK(next_change({}, start) == never);
}

TEST_CASE("of wordings that hold the first is heard, whatever it leaves out is the queue's own") {
  auto keyless = in_incident("");
  keyless.key_refused_sound = "sorry";
  Hall hall{{keyless, in_incident("call tomorrow"), within("by day", {{start, start + 1h}})}};
  const LegId caller = hall.call("101");
  CHECK(hall.heard() == "by day");
  hall.enter("major incident");
  CHECK(hall.one<PlayToLeg>() == PlayToLeg{caller, "please wait"});
}

TEST_CASE("a caller whose phone rings at a handler hears the change too, and one who talks does not") {
  Hall hall{{in_incident("call tomorrow")}};
  hall.staff("h1");
  hall.call("101");
  const LegId phone = hall.rung("h1");
  REQUIRE(phone);
  hall.enter("major incident");
  CHECK(hall.heard() == "call tomorrow");
  hall.event(LegAnswered{phone});
  hall.enter("normal");
  CHECK(hall.none<PlayToLeg>());
}

TEST_CASE("callers who hear something else than the queue's waiting sound hear no change of it") {
  Options options = worded_room({in_incident("call tomorrow")});
  SECTION("an overflow's announcement") {
    options.queues[1].nobody = {OverflowKind::announcement, "nobody here", 0};
    Room room{options};
    room.call("101");
    CHECK(room.all<PlayToLeg>().back().sound == "nobody here");
    room.event(SetServiceState{room.request("operator"), "major incident", "drill"});
    CHECK(room.none<PlayToLeg>());
  }
  SECTION("the network's ringing") {
    options.queues[1].waiting = Waiting::alert;
    Room room{options};
    room.call("101");
    room.event(SetServiceState{room.request("operator"), "major incident", "drill"});
    CHECK(room.none<PlayToLeg>());
  }
}

TEST_CASE("silence is worded too") {
  Options options = worded_room({in_incident("call tomorrow")});
  options.queues[1].waiting_sound.clear();
  Room room{options};
  const LegId caller = room.call("101");
  CHECK(room.none<PlayToLeg>());
  room.event(SetServiceState{room.request("operator"), "major incident", "drill"});
  CHECK(room.one<PlayToLeg>() == PlayToLeg{caller, "call tomorrow"});
  room.event(SetServiceState{room.request("operator"), "normal", "over"});
  CHECK(room.one<PlayToLeg>() == PlayToLeg{caller, ""});
}

TEST_CASE("what is told first is heard to its end, and then the words that hold by then") {
  Options options = worded_room({in_incident("call tomorrow")});
  options.queues[1].wordings[0].key_refused_sound = "refused in an incident";
  options.queues[1].key_refused_sound = "refused";
  options.queues[1].choices = {{Key::one, "danger", {"emergency"}, false, false}};
  options.queues[0].bound = 0;
  Room room{options};
  const LegId caller = room.call("101");
  room.event(KeyPressed{caller, Key::one});
  const PlayToLeg refused = room.one<PlayToLeg>();
  CHECK(refused.sound == "refused");
  room.event(SetServiceState{room.request("operator"), "major incident", "drill"});
  CHECK(room.none<PlayToLeg>());
  room.event(SoundFinished{caller, refused.turn});
  CHECK(room.one<PlayToLeg>().sound == "call tomorrow");
  CHECK(room.one<PlayToLeg>().keys);
  room.event(KeyPressed{caller, Key::one});
  CHECK(room.one<PlayToLeg>().sound == "refused in an incident");
}

TEST_CASE("who asks to be called back is told so in the words that hold") {
  Options options = worded_room({in_incident("call tomorrow")});
  options.queues[1].wordings[0].call_back_sound = "noted, it may take a day";
  options.queues[1].call_back_sound = "noted";
  options.queues[1].choices = {{Key::one, "call back", {}, true, false}};
  Room room{options};
  const LegId caller = room.call("101");
  room.event(SetServiceState{room.request("operator"), "major incident", "drill"});
  room.event(KeyPressed{caller, Key::one});
  CHECK(room.one<PlayToLeg>().sound == "noted, it may take a day");
}

TEST_CASE("a message that tells of the queue is worded as others are, and told anew") {
  Options options = worded_room({in_incident("call tomorrow")});
  options.wait_messages = {{"please wait", true, false, 30s}, {"call tomorrow", true, false, 60s}};
  Room room{options};
  const LegId caller = room.call("101");
  room.event(SoundFinished{caller, 1});
  room.event(SetServiceState{room.request("operator"), "major incident", "drill"});
  CHECK(room.one<PlayToLeg>() == PlayToLeg{caller, "call tomorrow", 2, 1});
  room.pass(30s);  // when the other would have been heard again
  CHECK(room.none<PlayToLeg>());
  room.event(SoundFinished{caller, 2});
  room.pass(60s);
  CHECK(room.one<PlayToLeg>().sound == "call tomorrow");
}

TEST_CASE("a reload with other words is heard by those who wait, one without a change is not") {
  Hall hall{{in_incident("call tomorrow")}};
  hall.call("101");
  hall.enter("major incident");
  hall.configure(worded_room({in_incident("call tomorrow")}));
  CHECK(hall.none<PlayToLeg>());
  hall.configure(worded_room({in_incident("call next week")}));
  CHECK(hall.heard() == "call next week");
  Options without = worded_room({in_incident("call next week")});
  without.service_states = {"normal"};  // the state in force is no more
  hall.configure(without);
  CHECK(hall.heard() == "please wait");
}

TEST_CASE("thousands who wait hear a change in batches, each of them once, and a later change meets the one under way") {
  Options options = worded_room({in_incident("call tomorrow")});
  options.queues[1].bound = 5000;
  Core core;
  Time wake = never, now = start;
  const auto step = [&](const Event& event) {
    std::vector<PlayToLeg> played;
    for (const Action& action : core.step(now, event)) {
      if (const auto* wakes = std::get_if<WakeAt>(&action)) wake = wakes->due;
      if (const auto* play = std::get_if<PlayToLeg>(&action)) played.push_back(*play);
    }
    return played;
  };
  step(Configured{std::make_shared<const Options>(options), {}});
  constexpr std::uint64_t callers = 3000;
  for (std::uint64_t i = 1; i <= callers; ++i) {
    CallFacts facts;
    facts.dialled = "101";
    step(CallArrived{LegId{2 * i}, facts});
    step(AnswerSent{LegId{2 * i}});
  }
  const auto drain = [&](std::size_t most_steps) {
    std::map<std::uint64_t, std::string> heard;
    for (std::size_t steps = 0; wake <= now && steps < most_steps; ++steps) {
      const auto played = step(TimerDue{});
      CHECK(played.size() <= 32);
      for (const PlayToLeg& play : played) heard[play.leg.value] = play.sound;
    }
    return heard;
  };
  drain(1000);
  step(SetServiceState{{{1}, "operator", 0}, "major incident", "drill"});
  const auto some = drain(20);
  CHECK(some.size() >= 500);
  CHECK(some.size() <= 640);
  step(SetServiceState{{{2}, "operator", 0}, "normal", "over"});
  CHECK(drain(1000).size() == some.size());  // the others have heard nothing else
  step(SetServiceState{{{3}, "operator", 0}, "major incident", "drill"});
  const auto all = drain(1000);
  CHECK(all.size() == callers);
  core.check_invariants();
}
