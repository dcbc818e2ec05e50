// What the core's actions show of a day.
#include "workforce/day_so_far.hpp"

#include <catch2/catch.hpp>

#include "core/room.hpp"

using namespace pledge;
using namespace pledge::workforce;
using namespace std::chrono_literals;
using core::HandlerState;
using core::test::start;

namespace {

constexpr core::Time half_past{1'699'999'200'000'000'000};  // the half-hour that holds the room's start

// A small room whose actions go to a day.
struct Watched {
  core::Core core;
  DaySoFar day;
  core::Time now = start;
  std::uint64_t requests = 0;

  Watched() {
    auto options = core::test::small_room();
    options.queues[0].wrap_up = 20s;
    step(core::Configured{std::make_shared<const core::Options>(options), {}});
  }
  void step(const core::Event& event) {
    for (const auto& action : core::Actions{core.step(now, event)}) {
      day.observe(now, action);
      if (const auto* ring = std::get_if<core::RingPhone>(&action)) rung = ring->leg;
      if (const auto* wake = std::get_if<core::WakeAt>(&action)) due = wake->due;
    }
  }
  void after(core::Duration wait, const core::Event& event) {
    for (const auto at = now + wait; now < at;) {
      now = std::min(at, std::max(now, due));
      if (now < at) step(core::TimerDue{});
    }
    step(event);
  }
  core::Request request() { return {{++requests}, "h1", 0}; }
  void staff() {
    step(core::SignOn{request(), {"h1"}, {}, "desk", false});
    step(core::GoReady{request(), {"h1"}});
  }
  void call(core::LegId leg) {
    core::CallFacts facts;
    facts.dialled = "999";
    step(core::CallArrived{leg, facts});
  }
  core::LegId rung;
  core::Time due = core::never;
};

}  // namespace

TEST_CASE("calls, waits, talk and wrap-up are counted by queue and half-hour") {
  Watched room;
  room.staff();
  room.call({2});
  room.call({4});
  room.after(4s, core::LegAnswered{room.rung});
  room.step(core::AnswerSent{{2}});
  CHECK(room.day.seen(room.now).talking.at({"emergency"}) == 1);
  CHECK(room.day.seen(room.now).waiting.at({"emergency"}) == 1);
  room.after(6s, core::LegEnded{{4}, core::LegEnd::cancelled});
  room.after(100s, core::LegEnded{{2}, core::LegEnd::hung_up});
  room.after(20s, core::TimerDue{});
  const auto seen = room.day.seen(room.now);
  REQUIRE(seen.queues.size() == 1);
  REQUIRE(seen.queues.at({"emergency"}).size() == 1);
  const auto& half_hour = seen.queues.at({"emergency"}).at(half_past);
  CHECK(half_hour.offered == 2);
  CHECK(half_hour.handled == 1);
  CHECK(half_hour.talk == Approx(106));
  CHECK(half_hour.abandoned == 1);
  CHECK(half_hour.waited == Approx(4 + 10));
  CHECK(half_hour.wrapped == 1);
  CHECK(half_hour.wrap_up == Approx(20));
  CHECK(seen.waiting.empty());
  CHECK(seen.talking.empty());
  CHECK(seen.known.to == room.now);
}

TEST_CASE("of a handler's states only those between work and none are kept") {
  Watched room;
  room.staff();
  room.call({2});
  room.after(4s, core::LegAnswered{room.rung});
  room.after(50s, core::LegEnded{{2}, core::LegEnd::hung_up});
  room.after(60s, core::GoNotReady{room.request(), {"h1"}, "break"});
  room.after(60s, core::SignOff{room.request(), {"h1"}, ""});
  std::vector<HandlerState> states;
  for (const auto& change : room.day.seen(room.now).changes) states.push_back(change.state);
  CHECK(states == std::vector{HandlerState::not_ready, HandlerState::ready, HandlerState::not_ready, HandlerState::signed_off});
  CHECK(room.day.seen(room.now).handlers.empty());
}

TEST_CASE("with a new run of the engine nobody is signed on and no call goes on") {
  Watched room;
  room.staff();
  room.call({2});
  room.day.begin_run(room.now + 1h, room.now + 10min);
  const auto seen = room.day.seen(room.now + 1h);
  CHECK(seen.handlers.empty());
  CHECK(seen.waiting.empty());
  REQUIRE(seen.changes.size() == 3);
  CHECK(seen.changes.back().at == room.now + 10min);
  CHECK(seen.changes.back().reason == "the engine ended");
}

TEST_CASE("what is older than a day is forgotten, and of a restless handler the oldest") {
  DaySoFar day;
  const auto change = [&](core::Time at, HandlerState state) {
    core::HandlerChanged changed;
    changed.handler = {"h1"};
    changed.state = state;
    day.observe(at, changed);
  };
  for (int i = 0; i < 1000; ++i) change(start + i * 1min, i % 2 ? HandlerState::not_ready : HandlerState::ready);
  CHECK(day.seen(start + 1000min).changes.size() == most_changes);
  change(start + 72h, HandlerState::ready);
  CHECK(day.seen(start + 72h).changes.size() == 2);  // and the state in force before
  CHECK(day.seen(start + 72h).known.from == start + 72h - kept_of_day);
}
