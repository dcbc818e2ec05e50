// Counts and calendars as text: gaps, clock changes, and each fault where it stands.
#include "workforce/demand_table.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "workforce/made_demand.hpp"

using namespace pledge::workforce;

namespace {

using Told = std::vector<std::string>;

Told told(const std::vector<TextFault>& faults) {
  Told out;
  for (const auto& f : faults) {
    CHECK_FALSE(f.why.empty());
    CHECK_FALSE(f.remedy.empty());
    out.push_back(std::to_string(f.line) + ":" + std::to_string(f.column) + " " + f.what);
  }
  return out;
}

// In 2026 the clock goes forward on 29 March and back on 25 October.
ClockChanges london(unsigned slots) {
  ClockChanges changes;
  for (unsigned s = slots / 24; s < slots / 12; ++s) {
    changes[made::day(2026, 3, 29)][s] = 0;
    changes[made::day(2026, 10, 25)][s] = 2;
  }
  return changes;
}

DemandReading read(const std::string& rows, Told& faults) {
  std::vector<TextFault> found;
  auto reading = read_demand(parse_table("timestamp,count,class\n" + rows, found), london, found);
  faults = told(found);
  return reading;
}

DemandCalendar calendar(const std::string& rows, Told& faults) {
  std::vector<TextFault> found;
  DemandCalendar out;
  read_calendar(parse_table("day,from,to,kind,name,factor\n" + rows, found), 48, out, found);
  faults = told(found);
  return out;
}

}  // namespace

TEST_CASE("classes, intervals and gaps") {
  Told faults;
  const auto reading = read(
      "2026-01-01T00:30,3,999\n2026-01-02T10:00,4,101\n2026-01-01T02:00:00,,999\n2026-01-01T01:00+00:00,5,999\n"
      "2026-01-02T00:00,1,999\n",
      faults);
  REQUIRE(faults == Told{});
  REQUIRE(reading.series.size() == 2);
  const auto& emergency = reading.series[1];
  CHECK(emergency.name == "999");
  CHECK(emergency.slots == 48);
  CHECK(emergency.counts.size() == 2);
  CHECK(std::isnan(emergency.counts[0][0]));
  CHECK(emergency.counts[0][1] == 3);
  CHECK(emergency.counts[0][2] == 5);
  REQUIRE(reading.gaps[1].size() == 1);
  CHECK((reading.gaps[1][0].slot == 3 && reading.gaps[1][0].slots == 45));
  CHECK(reading.gaps[0].empty());
}

TEST_CASE("an hour that the clock repeats may come twice, one that it skips is no gap") {
  Told faults;
  auto reading = read("2026-10-25T00:00,1,a\n2026-10-25T01:00+01:00,2,a\n2026-10-25T01:00+00:00,3,a\n", faults);
  REQUIRE(faults == Told{});
  CHECK(reading.merged == 1);
  CHECK(reading.series[0].counts[0][1] == 5);
  reading = read("2026-03-29T00:00,1,a\n2026-03-29T02:00,2,a\n", faults);
  CHECK(reading.gaps[0].empty());
}

TEST_CASE("bad counts are told by line and column") {
  Told faults;
  read("2026-01-01T00:00,-1,a\n2026-01-01T01:00,nan,a\n2026-13-01T00:00,1,a\n2026-01-01,1,a\n2026-01-01T02:00Z,1,a\n",
       faults);
  CHECK(faults == Told{"2:18 count \"-1\"", "3:18 count \"nan\"", "4:1 timestamp \"2026-13-01T00:00\"",
                       "5:1 timestamp \"2026-01-01\"", "6:1 timestamp \"2026-01-01T02:00Z\""});
  read("2026-01-01T00:00,1,a\n2026-01-01T00:00,1,a\n", faults);
  CHECK(faults == Told{"3:1 this time of class \"a\" a second time"});
  read("2026-01-01T00:07,1,a\n", faults);
  CHECK(faults == Told{"2:1 a time at minute 7"});
  read("2026-01-01T00:00,1,a\n9026-01-01T00:00,1,a\n", faults);
  CHECK(faults.size() == 1);
  read("", faults);
  CHECK(faults == Told{"0:0 no counts"});
}

TEST_CASE("a calendar: holidays, closed hours, events") {
  Told faults;
  const auto c = calendar(
      "2026-12-25,,,holiday,Christmas "
      "Day,\nsat,18:00,24:00,closed,,\n2026-12-24,12:30,,closed,,\n2026-06-01,,,event,march,1.5\n"
      "daily,00:00,06:00,closed,night,\n",
      faults);
  REQUIRE(faults == Told{});
  CHECK(c.holidays.at(made::day(2026, 12, 25)) == "Christmas Day");
  CHECK(c.length(made::day(2026, 11, 28), 36) == 0);
  CHECK(c.length(made::day(2026, 11, 28), 35) == 1);
  CHECK(c.length(made::day(2026, 11, 27), 36) == 1);
  CHECK(c.length(made::day(2026, 11, 27), 11) == 0);
  CHECK(c.length(made::day(2026, 12, 24), 25) == 0);
  CHECK(c.length(made::day(2026, 12, 24), 24) == 1);
  CHECK(c.events.at(made::day(2026, 6, 1)) == 1.5);
}

TEST_CASE("a bad calendar is told by line and column") {
  Told faults;
  calendar(
      "someday,,,holiday,x,\n2026-12-25,,,feast,x,\nmon,,,holiday,x,\n2026-12-25,,,holiday,,\n2026-12-25,18:10,,closed,"
      ",\n"
      "2026-12-25,22:00,06:00,closed,,\n2026-12-25,,,event,x,-1\n",
      faults);
  CHECK(faults == Told{"2:1 day \"someday\"", "3:14 kind \"feast\"", "4:1 a holiday on \"mon\"",
                       "5:22 a holiday without a name", "6:12 time \"18:10\"", "7:12 closed until before it is closed",
                       "8:22 factor \"-1\""});
}

TEST_CASE("the clock's changes come from the zone's offsets") {
  const auto at = [](Day day, int hour) {
    return pledge::core::Time{std::chrono::nanoseconds{day.time_since_epoch() + std::chrono::hours{hour}}.count()};
  };
  const std::vector<pledge::core::UtcOffset> offsets = {
      {at(made::day(2026, 1, 1), 0), 0}, {at(made::day(2026, 3, 29), 1), 3600}, {at(made::day(2026, 10, 25), 1), 0}};
  for (const unsigned slots : {24u, 48u, 96u}) CHECK(clock_changes(offsets, slots) == london(slots));
  // Half an hour of an hourly slot.
  const auto half = clock_changes({{at(made::day(2026, 1, 1), 0), 36000}, {at(made::day(2026, 3, 1), 16), 37800}}, 24);
  REQUIRE(half.size() == 1);
  CHECK(half.at(made::day(2026, 3, 2)) == std::map<unsigned, double>{{2, 0.5}});
}

TEST_CASE("a last day that stops early is not over, one that always stops then is") {
  auto demand = made::demand(40);
  DemandCalendar calendar;
  CHECK_FALSE(slots_seen(demand, calendar));
  for (unsigned s = 14; s < 24; ++s) demand.counts.back()[s] = std::nan("");
  CHECK(slots_seen(demand, calendar) == 14u);
  for (auto& counts : demand.counts)
    for (unsigned s = 14; s < 24; ++s) counts[s] = std::nan("");
  CHECK_FALSE(slots_seen(demand, calendar));
}
