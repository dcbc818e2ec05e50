// Recordings: the bounds that the story in tests/scenarios does not reach.
#include "room.hpp"

using namespace pledge::core;
using namespace pledge::core::test;

namespace {

Options recorded() {
  Options options = small_room();
  for (auto& queue : options.queues) queue.record = true;
  options.recording.pauses_at_most = 2;
  return options;
}

// h1 talks with a 999 caller; the caller's leg.
LegId talk(Room& room) {
  room.staff("h1");
  const LegId caller = room.call("999");
  room.event(LegAnswered{room.rung("h1")});
  return caller;
}
Refusal pause(Room& room, const std::string& reason = "card number") {
  room.event(PauseRecording{room.request("h1"), {1}, reason});
  return room.replied();
}
Refusal resume(Room& room) {
  room.event(ResumeRecording{room.request("h1"), {1}});
  return room.replied();
}

}  // namespace

TEST_CASE("a queue that does not say so is not recorded") {
  Room room;
  talk(room);
  CHECK(room.none<StartRecording>());
  CHECK(pause(room) == Refusal::wrong_state);
  CHECK(room.core.contact({1})->recording.empty());
}

TEST_CASE("recording begins when the caller hears the handler, not when the phone is lifted") {
  Room room{recorded()};
  room.answers_leave = false;
  room.staff("h1");
  const LegId caller = room.call("999");
  const LegId phone = room.rung("h1");
  room.event(LegAnswered{phone});
  CHECK(room.none<StartRecording>());
  room.pass(10ms);
  room.event(AnswerSent{caller});
  const auto started = room.one<StartRecording>();
  CHECK(started.caller_leg == caller);
  CHECK(started.handler_leg == phone);
  CHECK(started.handler == HandlerId{"h1"});
  CHECK(started.recording == RecordingId{"20231114-221320010-1"});
  CHECK(room.core.contact({1})->recording_state == RecordingState::on);
}

TEST_CASE("a handler gone before the caller could hear it leaves no recording") {
  Room room{recorded()};
  room.answers_leave = false;
  room.staff("h1");
  room.call("999");
  const LegId phone = room.rung("h1");
  room.event(LegAnswered{phone});
  room.event(LegEnded{phone, LegEnd::hung_up});
  CHECK(room.none<StartRecording>());
  CHECK(room.none<StopRecording>());
}

TEST_CASE("a call is paused so often and no more, and a pause ends by itself") {
  Room room{recorded()};
  talk(room);
  CHECK(pause(room) == Refusal::none);
  CHECK(room.one<SilenceRecording>().on);
  CHECK(resume(room) == Refusal::none);
  CHECK_FALSE(room.one<SilenceRecording>().on);
  CHECK(pause(room) == Refusal::none);
  room.pass(5min - 1s);
  CHECK(room.none<SilenceRecording>());
  room.pass(1s);
  CHECK_FALSE(room.one<SilenceRecording>().on);
  CHECK(room.one<RecordingChanged>().actor.empty());
  CHECK(pause(room) == Refusal::wrong_state);
  CHECK(room.one<Replied>().detail.find("2 times") != std::string::npos);
}

TEST_CASE("a pause resumed by hand leaves no timer behind that would end the next one") {
  Room room{recorded()};
  talk(room);
  pause(room);
  room.pass(4min);
  resume(room);
  pause(room);
  room.pass(2min);
  CHECK(room.none<SilenceRecording>());
  CHECK(room.core.contact({1})->recording_state == RecordingState::paused);
}

TEST_CASE("whoever ends the call ends its recording, once") {
  for (const bool paused : {false, true}) {
    Room room{recorded()};
    const LegId caller = talk(room);
    if (paused) pause(room);
    room.event(LegEnded{caller, LegEnd::hung_up});
    CHECK(room.one<StopRecording>().recording == RecordingId{"20231114-221320000-1"});
    room.pass(10min);
    CHECK(room.none<SilenceRecording>());
  }
  Room room{recorded()};
  talk(room);
  room.event(ReleaseCall{room.request("h1"), {"h1"}, {1}});
  CHECK(room.all<StopRecording>().size() == 1);
}

TEST_CASE("a recording that fails in mid-call is alarmed and over; the call goes on") {
  Room room{recorded()};
  const LegId caller = talk(room);
  pause(room);
  room.event(RecordingFinished{{"20231114-221320000-1"}, {1}, {}, {}, 1s, 0, "no space left"});
  CHECK(room.one<Alarm>().kind == "recording.failed");
  CHECK(room.one<RecordingChanged>().state == RecordingState::failed);
  CHECK(room.state("h1") == HandlerState::talking);
  CHECK(resume(room) == Refusal::wrong_state);
  room.pass(10min);
  CHECK(room.none<SilenceRecording>());
  room.event(LegEnded{caller, LegEnd::hung_up});
  CHECK(room.none<StopRecording>());
}

TEST_CASE("a reload that records no more leaves the recordings under way alone") {
  Room room{recorded()};
  const LegId caller = talk(room);
  room.configure(small_room());
  CHECK(room.none<StopRecording>());
  CHECK(pause(room) == Refusal::none);
  room.event(LegEnded{caller, LegEnd::hung_up});
  CHECK(room.all<StopRecording>().size() == 1);
}

TEST_CASE("who is recorded changes only when whom the caller hears does") {
  Room room{recorded()};
  const LegId caller = talk(room);
  const LegId phone = room.one<StartRecording>().handler_leg;
  CHECK(room.none<RecordLegs>());
  room.event(HoldCall{room.request("h1"), {"h1"}, {1}, true});
  CHECK(room.one<RecordLegs>().legs.empty());
  room.event(HoldCall{room.request("h1"), {"h1"}, {1}, true});
  CHECK(room.none<RecordLegs>());
  room.event(HoldCall{room.request("h1"), {"h1"}, {1}, false});
  CHECK(room.one<RecordLegs>().legs == std::vector<LegId>{phone});
  room.event(RecordingFinished{{"20231114-221320000-1"}, {1}, {}, {}, 1s, 0, "no space left"});
  room.event(HoldCall{room.request("h1"), {"h1"}, {1}, true});
  CHECK(room.none<RecordLegs>());
  room.event(LegEnded{caller, LegEnd::hung_up});
}

TEST_CASE("a stale version is refused") {
  Room room{recorded()};
  talk(room);
  Request stale = room.request("h1");
  stale.expected_version = room.core.contact({1})->now.version + 1;
  room.event(PauseRecording{stale, {1}, "card number"});
  CHECK(room.replied() == Refusal::stale_version);
}
