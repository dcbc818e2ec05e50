// A recorded day under a roster: who is there when, and what that does to the calls.
#include "workforce/rostered_day.hpp"

#include <catch2/catch.hpp>

#include "core/room.hpp"
#include "workforce/recorded_day.hpp"

using namespace pledge;
using namespace pledge::workforce;
using namespace pledge::workforce::test;

namespace {

core::Options room(int handlers) {
  auto options = core::test::small_room(handlers);
  options.handlers.pop_back();  // nobody who only supervises
  return options;
}

PlannedShift shift(const std::string& handler, Duration from, Duration to, std::vector<core::Interval> breaks = {}) {
  return {handler, midnight + from, midnight + to, std::move(breaks)};
}
core::Interval within(Duration from, Duration to) { return {midnight + from, midnight + to}; }

// "+60 sign_on h1" …, seconds after midnight.
std::vector<std::string> told(const std::vector<RecordedEvent>& events) {
  std::vector<std::string> lines;
  for (const auto& [at, event] : events) {
    const auto text = core::to_text(event);
    lines.push_back("+" + std::to_string((at - midnight).count() / 1'000'000'000) + " " + text.substr(0, text.find_first_of(" {(")));
  }
  return lines;
}

RecordedDay record(int handlers) {
  Habits habits;
  habits.no_answer = habits.decline = 0;
  return Recorder{room(handlers), habits}.record();
}

WhatIf under(const RecordedDay& day, int handlers, std::vector<PlannedShift> roster) {
  WhatIfOptions options;
  options.roster = std::move(roster);
  return what_if(day, room(handlers), options);
}

std::uint32_t answered(const WhatIf& result) {
  std::uint32_t count = 0;
  for (const CallLog& call : result.now->calls()) count += call.was_answered();
  return count;
}

}  // namespace

TEST_CASE("a shift is a phone, a sign-on, a console, ready; breaks; and a sign-off, within the recorded time") {
  const auto events = rostered_events({shift("h1", -1h, 100s, {within(-30min, -20min), within(50s, 60s)}), shift("h2", 200s, 400s)},
                                      within(0s, 300s), {{{"h2"}, {"general"}}}, {});
  CHECK(told(events) == std::vector<std::string>{"+0 PhoneBound", "+0 SignOn", "+0 ConsoleAttached", "+0 GoReady", "+50 GoNotReady",
                                                 "+60 GoReady", "+100 SignOff", "+200 PhoneBound", "+200 SignOn",
                                                 "+200 ConsoleAttached", "+200 GoReady"});
  CHECK(std::get<core::SignOn>(events[1].event).role.value.empty());
  CHECK(std::get<core::SignOn>(events[8].event).role.value == "general");
  CHECK(std::get<core::GoNotReady>(events[4].event).reason == "break");
}

TEST_CASE("shifts that touch are one, and a break takes a reason that is allowed") {
  const auto events = rostered_events({shift("h1", 100s, 200s, {within(150s, 160s)}), shift("h1", 0s, 100s)}, within(0s, 300s), {},
                                      {"meal", "training"});
  CHECK(told(events) == std::vector<std::string>{"+0 PhoneBound", "+0 SignOn", "+0 ConsoleAttached", "+0 GoReady",
                                                 "+150 GoNotReady", "+160 GoReady", "+200 SignOff"});
  CHECK(std::get<core::GoNotReady>(events[4].event).reason == "meal");
}

TEST_CASE("under a roster that has who was there all the time, the day is as it was") {
  const auto day = record(3);
  const auto result = under(day, 3, {shift("h1", 2s, 3h), shift("h2", 2s, 3h), shift("h3", 2s, 3h)});
  CHECK_FALSE(result.same_options);
  CHECK(result.not_possible.empty());
  CHECK(result.differences.empty());
  CHECK(answered(result) > 100);
  CHECK(result.handlers_on_now == 3);
}

TEST_CASE("who is not in the roster is not there, and fewer calls are answered; with more handlers more are") {
  const auto day = record(3);
  const auto alone = under(day, 3, {shift("h1", 2s, 3h)});
  CHECK(alone.handlers_on_now == 1);
  CHECK(alone.by_fate[static_cast<std::size_t>(Fate::unanswered)] > 20);
  CHECK(alone.by_fate[static_cast<std::size_t>(Fate::unanswered)] > 10 * alone.by_fate[static_cast<std::size_t>(Fate::answered)]);
  for (const CallLog& call : alone.now->calls())
    if (call.was_answered()) CHECK(call.handler.value == "h1");
  // h4 was not there at all then.
  const auto more = under(day, 4, {shift("h1", 2s, 3h), shift("h2", 2s, 3h), shift("h3", 2s, 3h), shift("h4", 2s, 3h)});
  CHECK(more.handlers_on_now == 4);
  CHECK(answered(more) > answered(under(day, 3, {shift("h1", 2s, 3h), shift("h2", 2s, 3h), shift("h3", 2s, 3h)})));
  CHECK(more.handlers_now.signed_on == 4 * (more.to - (midnight + 2s)));
}

TEST_CASE("nobody is offered a call in a planned break or after a shift, but for a call begun before") {
  const auto day = record(3);
  const auto result = under(day, 3, {shift("h1", 2s, 1h, {within(20min, 40min)})});
  std::size_t before = 0, after = 0;
  for (const CallLog& call : result.now->calls()) {
    if (!call.was_answered()) continue;
    const Duration at = call.answered - midnight;
    CHECK((at < 20min + 1s || at >= 40min));
    CHECK(at < 1h);
    ++(at < 20min + 1s ? before : after);
  }
  CHECK(before > 5);
  CHECK(after > 5);
}

TEST_CASE("a handler whom the configuration does not know is told as not possible") {
  const auto result = under(record(3), 3, {shift("h1", 2s, 3h), shift("h9", 2s, 3h)});
  REQUIRE(result.not_possible.size() >= 1);
  CHECK(result.not_possible[0].refusal == core::Refusal::unknown_handler);
}
