// The part of a day that was counted, on days of every length.
#include "workforce/counted_day.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "made_demand.hpp"
#include "workforce/day_ahead.hpp"
#include "workforce/demand_table.hpp"

using namespace pledge;
using namespace pledge::workforce;
using namespace std::chrono_literals;

namespace {

core::Time utc(Day day, core::Duration after) { return core::Time{std::chrono::nanoseconds{day.time_since_epoch()}.count()} + after; }

const Day autumn = made::day(2026, 10, 25), spring = made::day(2026, 3, 29);
const core::QueueId queue{"emergency"};

// Europe/London around both changes of 2026, each at 01:00 UTC.
const std::vector<core::UtcOffset> london{{utc(made::day(2025, 10, 26), 1h), 0}, {utc(spring, 1h), 3600}, {utc(autumn, 1h), 0}};

// Twelve calls in every half-hour, seen from `from` to `to`.
SeenDay seen_day(core::Time from, core::Time to) {
  SeenDay seen;
  seen.known = {from, to};
  for (auto at = from; at < to; at = at + 30min) seen.queues[queue][at].offered = 12;
  return seen;
}

CountedDay counted(core::Time from, core::Time now, unsigned slots) {
  return counted_day(now, london, {queue}, seen_day(from, now), slots);
}

}  // namespace

TEST_CASE("a quarter-hour has half of its half-hour, once that is over") {
  const Day day = made::day(2026, 1, 12);
  auto seen = seen_day(utc(day, 0h), utc(day, 10h));
  seen.queues[queue][utc(day, 10h)].offered = 7;  // of 20 minutes
  const auto quarters = counted_day(utc(day, 10h + 20min), london, {queue}, seen, 96);
  CHECK(quarters.seen == 40);
  for (unsigned s = 0; s < 40; ++s) CHECK(quarters.counts[s] == 6);
  for (unsigned s = 40; s < 96; ++s) CHECK(std::isnan(quarters.counts[s]));
  const auto half_hours = counted_day(utc(day, 10h + 20min), london, {queue}, seen, 48);
  CHECK(half_hours.seen == 20);
  CHECK(half_hours.counts[19] == 12);
  CHECK(std::isnan(half_hours.counts[20]));
}

TEST_CASE("what the engine did not see from its beginning is not known") {
  const Day day = made::day(2026, 1, 12);
  const auto quarters = counted(utc(day, 6h + 10min), utc(day, 10h), 96);
  CHECK(std::isnan(quarters.counts[25]));  // 06:15, of a half-hour whose first ten minutes nobody saw
  CHECK_FALSE(std::isnan(quarters.counts[26]));
}

TEST_CASE("the repeated hour has the calls of both its comings, and no other slot has more") {
  for (const unsigned slots : {24u, 48u, 96u}) {
    CAPTURE(slots);
    const unsigned an_hour = slots / 24;
    const double each = 24.0 / an_hour;
    const auto day = counted(utc(autumn, -1h), utc(autumn, 12h), slots);
    CHECK(day.seen == 12 * an_hour);
    for (unsigned s = 0; s < slots; ++s) {
      CAPTURE(s);
      if (s >= day.seen) CHECK(std::isnan(day.counts[s]));
      else CHECK(day.counts[s] == (s / an_hour == 1 ? 2 * each : each));
    }
  }
}

TEST_CASE("while the hour is repeated, it is not known") {
  const auto first = counted(utc(autumn, -1h), utc(autumn, 40min), 48);  // 01:40, for the first time
  CHECK(first.seen == 3);
  CHECK(first.counts[1] == 12);
  CHECK(std::isnan(first.counts[2]));
  const auto second = counted(utc(autumn, -1h), utc(autumn, 1h + 40min), 48);  // 01:40 again
  CHECK(second.seen == 3);
  CHECK(second.counts[2] == 24);
  CHECK(std::isnan(second.counts[3]));
}

TEST_CASE("the hour that the clock skips has no count, and those around it their own") {
  const auto day = counted(utc(spring, 0h), utc(spring, 11h), 48);
  CHECK(day.seen == 24);
  for (unsigned s = 0; s < 24; ++s) {
    CAPTURE(s);
    if (s / 2 == 1) CHECK(std::isnan(day.counts[s]));
    else CHECK(day.counts[s] == 12);
  }
}

TEST_CASE("the rest of a clock-change day is forecast from the part seen, each real half-hour by its own") {
  PlannedDay plan;
  plan.demand = {made::demand(70, 48, 20)};
  plan.demand[0].first = autumn - std::chrono::days{70};
  plan.demand[0].name = "emergency";
  plan.offsets = london;
  plan.calendar.lengths = clock_changes(london, 48);
  core::Options options;
  options.queues.resize(1);
  options.queues[0].id = queue;
  const auto now = utc(autumn, 12h);
  const auto looked = look_ahead(now, plan, options, seen_day(utc(autumn, -1h), now), {});
  REQUIRE(looked.faults.empty());
  CHECK(looked.ahead.from.size() == 24);
  CHECK(looked.ahead.end == utc(autumn, 24h));
  const auto before = look_ahead(utc(autumn, -1h), plan, options, {}, {});
  REQUIRE(before.ahead.from.size() == 50);
  CHECK(before.ahead.classes[0].calls[2] == before.ahead.classes[0].calls[4]);  // 01:00 twice
}
