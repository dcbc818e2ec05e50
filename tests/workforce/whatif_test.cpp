// A recorded day again: the same under the same options, and otherwise only where the options make it so.
#include "workforce/whatif.hpp"

#include <catch2/catch.hpp>

#include "core/room.hpp"
#include "workforce/recorded_day.hpp"

using namespace pledge;
using namespace pledge::workforce;
using namespace pledge::workforce::test;

namespace {

core::Options room(int handlers = 3) {
  core::Options options = core::test::small_room(handlers);
  options.version = "then";
  for (auto& queue : options.queues) queue.wrap_up = 5s;
  return options;
}

core::Options with_menu(core::Options options) {
  core::MenuOptions menu;
  menu.id = "101";
  menu.announcement = "menu 101";
  core::MenuChoice emergency;
  emergency.key = core::Key::one;
  emergency.queue = {"emergency"};
  menu.choices = {emergency};
  menu.escape = {"general"};
  options.menus = {menu};
  options.triage[1].menu = "101";
  options.triage[1].queue = {};
  return options;
}

WhatIf ask(const RecordedDay& day, const core::Options& options, std::uint64_t seed = 1) {
  return what_if(day, options, {1s, seed, {}});
}
RecordedDay record(const core::Options& options, Habits habits = {}) { return Recorder{options, habits}.record(); }

const QueueComparison& queue(const WhatIf& result, const std::string& id) {
  for (const auto& row : result.queues)
    if (row.queue.value == id) return row;
  throw std::runtime_error("no queue " + id);
}

// Calls that the log of the recorded day says were answered.
std::size_t answered(const DayLog& log) {
  std::size_t count = 0;
  for (const CallLog& call : log.calls()) count += call.was_answered();
  return count;
}

}  // namespace

TEST_CASE("other words for callers make no other day, but where they hold within it they are another configuration") {
  const core::Interval day{core::test::start, core::test::start + 1h};
  const auto worded = [&](core::Time from, const std::string& sound) {
    core::Options options = room();
    options.queues[1].wordings = {{{true, {{from, from + 1min}}, {}}, sound, "", ""}};
    return options;
  };
  CHECK(decides_alike(worded(day.from - 2h, "at night"), worded(day.to + 2h, "at night"), day));
  CHECK_FALSE(decides_alike(worded(day.from, "at night"), worded(day.from + 1min, "at night"), day));
  CHECK_FALSE(decides_alike(worded(day.from, "at night"), worded(day.from, "by night"), day));
}

TEST_CASE("under its own options a day is the same, call by call") {
  const auto day = record(room());
  auto options = room();
  options.version = "named otherwise";
  const WhatIf result = ask(day, options);
  CHECK(result.same_options);
  CHECK(result.calls > 150);
  CHECK(answered(*result.then) > 100);
  CHECK(result.differences.empty());
  CHECK(result.by_fate[static_cast<std::size_t>(Fate::same)] == result.calls);
  for (std::size_t i = 0; i < result.calls; ++i) {
    CHECK(result.then->calls()[i].answered == result.now->calls()[i].answered);
    CHECK(result.then->calls()[i].ended == result.now->calls()[i].ended);
  }
}

// What options do not touch: the inputs are made anew, and bring about the same day but for the lateness of timers.
TEST_CASE("options that decide nothing leave every call with its handler and its wait") {
  for (const bool menus : {false, true}) {
    const auto then = menus ? with_menu(room()) : room();
    const auto day = record(then);
    auto options = then;
    options.queues[0].short_abandon = 1s;
    const WhatIf result = ask(day, options);
    CHECK_FALSE(result.same_options);
    CHECK(result.not_possible.empty());
    CHECK(result.differences.empty());
    for (std::size_t i = 0; i < result.calls; ++i) {
      const CallLog &was = result.then->calls()[i], &is = result.now->calls()[i];
      INFO(was.sip_call_id);
      CHECK(was.end == is.end);
      CHECK(was.handler == is.handler);
      CHECK(std::abs((was.wait(result.to) - is.wait(result.to)).count()) < 10'000'000);
    }
  }
}

TEST_CASE("desks that accept at the console are met as they were") {
  auto then = room();
  for (auto& handler : then.handlers) handler.phone_mode = core::PhoneMode::accept_first;
  const auto day = record(then);
  auto options = then;
  options.queues[0].short_abandon = 1s;
  const WhatIf result = ask(day, options);
  CHECK(answered(*result.then) > 100);
  CHECK(result.differences.empty());
}

TEST_CASE("a reserve costs the other calls and helps the emergency ones, with explanations on both sides") {
  Habits busy;
  busy.calls_an_hour = 170;
  busy.lasts = 6h;
  const auto day = record(room(4), busy);
  auto options = room(4);
  options.pools[0].reserve.kind = core::ReserveKind::fixed;
  options.pools[0].reserve.handlers = 2;
  const WhatIf result = ask(day, options);
  const auto &emergency = queue(result, "emergency"), &general = queue(result, "general");
  CHECK(emergency.then.offered == emergency.now.offered);
  CHECK(emergency.now.share > emergency.then.share);
  CHECK(general.now.share < general.then.share);
  REQUIRE(emergency.now.worst);
  CHECK(emergency.now.worst->share() <= emergency.now.share);
  REQUIRE_FALSE(result.differences.empty());
  bool held_back = false;
  for (const Difference& d : result.differences) {
    CHECK_FALSE(d.then->decisions.empty());
    for (const auto& said : d.now->decisions) held_back |= said.decision.kind == core::DecisionKind::held_back;
  }
  CHECK(held_back);
  std::size_t counted = 0;
  for (const std::size_t n : result.by_fate) counted += n;
  CHECK(counted == result.calls);
}

TEST_CASE("nobody waits for longer than the patience that was seen") {
  Habits busy;
  busy.calls_an_hour = 200;
  const auto day = record(room(3), busy);
  auto options = room(3);
  options.pools[0].reserve.kind = core::ReserveKind::fixed;
  options.pools[0].reserve.handlers = 1;
  const WhatIf result = ask(day, options);
  std::size_t gave_up_on_both = 0;
  for (const CallLog& was : result.then->calls()) {
    const CallLog& is = *result.now->call(was.leg);
    if (was.end == core::ContactEnd::abandoned && is.end == core::ContactEnd::abandoned) {
      ++gave_up_on_both;
      CHECK(was.ended == is.ended);  // its own patience
    }
    if (was.was_answered() && is.end == core::ContactEnd::abandoned)
      CHECK(is.wait(result.to) > was.wait(result.to));  // it had waited so long before, and more
    if (was.end == core::ContactEnd::completed && is.end == core::ContactEnd::completed)
      CHECK(was.ended - was.answered == is.ended - is.answered);  // its own talk
  }
  CHECK(gave_up_on_both > 10);
}

TEST_CASE("draws repeat, and another seed draws otherwise") {
  Habits busy;
  busy.calls_an_hour = 200;
  const auto day = record(room(3), busy);
  const auto options = room(2);  // one handler fewer
  const WhatIf once = ask(day, options), again = ask(day, options), other = ask(day, options, 2);
  const auto ends = [](const WhatIf& result) {
    std::vector<std::int64_t> times;
    for (const CallLog& call : result.now->calls()) times.push_back(call.ended.ns);
    return times;
  };
  CHECK(ends(once) == ends(again));
  CHECK(ends(once) != ends(other));
}

TEST_CASE("who is not configured any more is told, and takes no calls") {
  const auto day = record(room(3));
  const WhatIf result = ask(day, room(2));
  REQUIRE(result.not_possible.size() == 2);  // sign-on and ready of h3
  CHECK(result.not_possible[0].refusal == core::Refusal::unknown_handler);
  CHECK(std::get<core::SignOn>(result.not_possible[0].event).handler.value == "h3");
  for (const CallLog& call : result.now->calls()) CHECK(call.handler.value != "h3");
}

TEST_CASE("keys that a caller pressed are pressed in another menu, and a new one learns from nobody") {
  const auto then = with_menu(room());
  const auto day = record(then);
  auto options = then;
  options.menus[0].choices[0].queue = {"general"};
  const WhatIf moved = ask(day, options);
  CHECK(moved.by_fate[static_cast<std::size_t>(Fate::queue)] > 0);
  const auto plain = record(room());
  const WhatIf asked = ask(plain, with_menu(room()));  // nobody was heard pressing: all reach the menu's humans
  for (const CallLog& call : asked.now->calls())
    if (call.dialled == "101" && call.was_answered()) CHECK(call.queue.value == "general");
}

TEST_CASE("who hung up in a menu has as little patience without one") {
  Habits short_of_patience;
  short_of_patience.patience = 6;
  const auto day = record(with_menu(room(1)), short_of_patience);
  const WhatIf result = ask(day, room(1));
  std::size_t in_menu = 0;
  for (const CallLog& was : result.then->calls()) {
    if (was.end != core::ContactEnd::abandoned || was.entered != core::never) continue;
    ++in_menu;
    const CallLog& is = *result.now->call(was.leg);
    CHECK((is.was_answered() || is.ended == was.ended));
  }
  CHECK(in_menu > 20);
}

TEST_CASE("what supervisors did is done again where it can be") {
  const auto then = room(1);
  Recorder recorder{then, {}};
  recorder.also(1h, core::SetServiceState{recorder.request({"h1"}), "normal", "drill"});
  const auto day = recorder.record();
  auto options = then;
  options.service_states = {"calm"};
  const WhatIf result = ask(day, options);
  REQUIRE(result.not_possible.size() == 1);
  CHECK(result.not_possible[0].refusal == core::Refusal::unknown_service_state);
}

TEST_CASE("a new target measures both sides, and an old queue stays in the comparison") {
  const auto day = record(room());
  auto options = room();
  options.queues[1].target_within = 1s;
  WhatIf result = ask(day, options);
  CHECK(queue(result, "general").target == 1s);
  CHECK(queue(result, "general").target_then == 30s);
  CHECK(queue(result, "general").then.share < 0.5);
  options = room();
  options.queues.pop_back();
  options.triage[1].queue = {"emergency"};
  options.roles = {{{"all"}, {{"emergency"}}, false}};
  result = ask(day, options);
  CHECK(queue(result, "general").removed);
  CHECK(queue(result, "general").now.offered == 0);
  CHECK(result.by_fate[static_cast<std::size_t>(Fate::queue)] > 0);
}

TEST_CASE("calendars decide alike where they agree on the day") {
  auto a = room(), b = room();
  a.triage[0].timed = b.triage[0].timed = true;
  a.triage[0].windows = {{midnight - 1h, midnight + 24h}, {midnight + 48h, midnight + 50h}};
  b.triage[0].windows = {{midnight - 2h, midnight + 24h}};
  CHECK(decides_alike(a, b, {midnight, midnight + 12h}));
  CHECK_FALSE(decides_alike(a, b, {midnight, midnight + 49h}));
  CHECK_FALSE(decides_alike(a, b, {midnight - 90min, midnight}));
}

TEST_CASE("patience is estimated with those who were answered first") {
  const auto at = [](int s, bool happened) { return Observation{std::chrono::seconds{s}, happened}; };
  // Kaplan and Meier's own way: 1·(5/6) at 1 s; ·(3/4) at 3 s, of four still there; ·(1/2) at 5 s.
  const Survival survival({at(1, true), at(2, false), at(3, true), at(4, false), at(5, true), at(6, false)});
  CHECK(survival.happened() == 3);
  CHECK(survival.beyond(0s) == 1);
  CHECK(survival.beyond(1s) == Approx(5.0 / 6));
  CHECK(survival.beyond(4s) == Approx(5.0 / 6 * 3 / 4));
  CHECK(survival.beyond(9s) == Approx(5.0 / 16));
  CHECK(survival.draw(0.9, 0s) == 1s);
  CHECK(survival.draw(0.7, 0s) == 3s);
  CHECK(survival.draw(0.9, 1s) == 3s);   // given that it had not happened by 1 s
  CHECK_FALSE(survival.draw(0.1, 0s));   // later than anything seen
  CHECK_FALSE(survival.draw(0.5, 5s));
  CHECK_FALSE(Survival{}.draw(0.5, 0s));
}
