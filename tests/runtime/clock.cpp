// The clock and its timer, on a real loop.
#include "runtime/clock.hpp"

#include <catch2/catch.hpp>

using namespace pledge;
using namespace std::chrono_literals;

TEST_CASE("the clock is UTC and never goes back") {
  const runtime::SystemClock clock;
  const auto utc = std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch());
  CHECK(std::abs((clock.now() - core::Time{utc.count()}).count()) < std::chrono::nanoseconds(1s).count());
  core::Time last = clock.now();
  for (int i = 0; i < 1000; ++i) {
    const core::Time now = clock.now();
    CHECK(now >= last);
    last = now;
  }
}

TEST_CASE("the waker calls once, not before its time; a later wish replaces an earlier, and the reverse") {
  boost::asio::io_context io;
  const runtime::SystemClock clock;
  std::vector<core::Time> woken;
  runtime::TimerWaker waker(io, clock, [&] { woken.push_back(clock.now()); });

  const auto later = clock.now() + 30ms;
  waker.wake_at(clock.now() + 1ms);
  waker.wake_at(later);
  io.run();
  REQUIRE(woken.size() == 1);
  CHECK(woken[0] >= later);

  io.restart();
  const auto start = clock.now();
  waker.wake_at(start + 3600s);
  waker.wake_at(start + 5ms);
  io.run();
  REQUIRE(woken.size() == 2);
  CHECK(woken[1] >= start + 5ms);
  CHECK(woken[1] < start + 60s);

  io.restart();
  waker.wake_at(start);  // past: at once
  waker.wake_at(core::never);
  io.run();
  CHECK(woken.size() == 2);
}

TEST_CASE("an alarm rings by the earliest time asked for, once, and forgets the later ones") {
  boost::asio::io_context io;
  std::vector<runtime::LazyAlarm::Clock::time_point> rung;
  runtime::LazyAlarm alarm(io, [&] { rung.push_back(runtime::LazyAlarm::Clock::now()); });
  const auto start = runtime::LazyAlarm::Clock::now();
  alarm.ring_by(start + 3600s);
  alarm.ring_by(start + 5ms);
  alarm.ring_by(start + 10ms);
  io.run();
  REQUIRE(rung.size() == 1);
  CHECK(rung[0] >= start + 5ms);
  CHECK(rung[0] < start + 60s);
}

TEST_CASE("an alarm that is gone does not ring") {
  boost::asio::io_context io;
  bool rung = false;
  {
    runtime::LazyAlarm alarm(io, [&] { rung = true; });
    alarm.ring_by(runtime::LazyAlarm::Clock::now());
    io.poll();
    alarm.ring_by(runtime::LazyAlarm::Clock::now());
    rung = false;
  }
  io.run();
  CHECK_FALSE(rung);
}
