// A forecast day as a demand, through text and back.
#include "workforce/forecast_demand.hpp"

#include <catch2/catch.hpp>

#include "workforce/made_demand.hpp"
#include "workforce/traces.hpp"

using namespace pledge::workforce;

TEST_CASE("an hour has the calls of its slots, whatever their length") {
  for (const unsigned slots : {24u, 48u, 96u}) {
    CAPTURE(slots);
    DayForecast day;
    for (unsigned s = 0; s < slots; ++s) day.counts.push_back(s * 24 / slots + 1.0);
    const auto calls = calls_by_hour(day, {});
    for (std::size_t hour = 0; hour < hours_a_day; ++hour) CHECK(calls[hour] == (hour + 1.0) * slots / 24);
  }
}

TEST_CASE("of a repeated hour it is the rate, of a skipped one nothing") {
  DayForecast day;
  day.day = made::day(2026, 10, 25);
  day.counts.assign(48, 10);
  day.counts[2] = day.counts[3] = 20;
  DemandCalendar calendar;
  calendar.lengths[day.day] = {{2, 2.0}, {3, 2.0}, {8, 0.0}, {9, 0.0}};
  const auto calls = calls_by_hour(day, calendar);
  CHECK(calls[0] == 20);
  CHECK(calls[1] == 20);
  CHECK(calls[4] == 0);
}

TEST_CASE("what is written is what is read, in the order given") {
  DemandClass first{"999", {}, 210, 0.8, 180}, second{"101", {}, 350.5, 1, 0};
  for (std::size_t hour = 0; hour < hours_a_day; ++hour) first.calls[hour] = 10.125 * static_cast<double>(hour), second.calls[hour] = 7;
  const auto read = read_demand(demand_text({first, second}));
  REQUIRE(read.faults.empty());
  REQUIRE(read.rows.size() == 2);
  CHECK(read.rows[0].name == "999");
  CHECK(read.rows[0].calls == first.calls);
  CHECK(read.rows[0].handling_cv == 0.8);
  CHECK(read.rows[1].handling == 350.5);
  CHECK(read.rows[1].patience == 0);
}
