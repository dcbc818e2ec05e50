// The search for the hours that targets need, on days whose shares are known in closed form.
#include "workforce/hours.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace pledge::workforce;

namespace {

constexpr double by_day_e[] = {-0.01, 0.00, 0.01, 0.00}, by_day_n[] = {0.04, -0.04, 0.04, -0.04};

// E: 0.90 at 1,000 h, a point more for each 10 h. N: 0.70 there, two points.
HoursTrial days_at(double hours) {
  HoursTrial trial{hours, {{1000, 1000, 1000, 1000}, {500, 500, 500, 500}}, {{}, {}}};
  for (const double off : by_day_e) trial.on_time[0].push_back(1000 * std::min(1.0, 0.90 + (hours - 1000) / 1000 + off));
  for (const double off : by_day_n) trial.on_time[1].push_back(500 * std::min(1.0, 0.70 + (hours - 1000) / 500 + off));
  return trial;
}

}  // namespace

TEST_CASE("the hours are those at which the last of the classes meets its target, and say which it is") {
  const auto emergency = hours_needed(days_at, {0.97, 0.80}, 900, 1100, 0.01);
  REQUIRE(emergency);
  CHECK(emergency->hours == Approx(1070));
  CHECK(emergency->binding == 0);
  CHECK(emergency->on_time[0] == Approx(0.97));
  CHECK(emergency->on_time[1] == Approx(0.84));
  const auto other = hours_needed(days_at, {0.90, 0.84}, 900, 1100, 0.01);
  REQUIRE(other);
  CHECK(other->hours == Approx(1070));
  CHECK(other->binding == 1);
}

TEST_CASE("a day that is beyond its target counts for fewer hours, by its share over the slope") {
  const auto needed = hours_needed(days_at, {0.97, 0.80}, 900, 1100, 0.01);
  REQUIRE(needed);
  REQUIRE(needed->by_day.size() == 4);
  CHECK(needed->by_day[0] == Approx(1080));
  CHECK(needed->by_day[1] == Approx(1070));
  CHECK(needed->by_day[2] == Approx(1060));
  CHECK(estimate(needed->by_day).mean == Approx(needed->hours));
}

TEST_CASE("no hours are told that were not between those tried") {
  CHECK_FALSE(hours_needed(days_at, {0.97, 0.80}, 900, 1050, 0.01));   // not enough
  CHECK_FALSE(hours_needed(days_at, {0.97, 0.80}, 1075, 1100, 0.01));  // too many
}

TEST_CASE("staff are whole: the search ends where more of it changes nothing") {
  const auto needed = hours_needed([](double amount) { return days_at(amount < 1050 ? 1000 : 1080); }, {0.97, 0.80}, 900, 1200, 0.01);
  REQUIRE(needed);
  CHECK(needed->hours == Approx(1070));
}

TEST_CASE("a target is of the calls of all days together, and a class without calls wants no hours") {
  const auto run = [](double hours) {  // a quiet day on which all is kept, a busy one of which a half is at 1,000 h
    return HoursTrial{hours, {{10, 990}, {0, 0}}, {{10, 990 * (0.5 + (hours - 1000) / 1000)}, {0, 0}}};
  };
  const auto needed = hours_needed(run, {0.75, 0.9}, 900, 1400, 0.01);
  REQUIRE(needed);
  CHECK(needed->hours == Approx(1000 + (750 - 10 - 495) / 0.99).epsilon(0.0005));  // by the mean of the days' shares: 1,000
  CHECK(needed->binding == 0);
  CHECK(std::isnan(needed->on_time[1]));
  CHECK(estimate(needed->by_day).mean == Approx(needed->hours));
}
