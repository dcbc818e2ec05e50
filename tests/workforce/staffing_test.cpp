// Handlers needed: the fewest, half-hour by half-hour, whatever the intervals of the forecast.
#include "workforce/staffing.hpp"

#include <catch2/catch.hpp>

#include "workforce/made_demand.hpp"

using namespace pledge::workforce;

namespace {

DayForecast forecast(unsigned slots, double calls_a_day) {
  DayForecast day;
  day.day = made::day(2026, 11, 25);
  day.counts.assign(slots, calls_a_day / slots);
  day.high.assign(slots, 1.2 * calls_a_day / slots);
  day.low.assign(slots, 0.8 * calls_a_day / slots);
  return day;
}

}  // namespace

TEST_CASE("each half-hour has the fewest handlers that keep the target, and those rostered for them") {
  StaffingOptions options{
      .handling = 210, .patience = 60, .target = {.within = 10, .service_level = 0.9}, .shrinkage = 0.3};
  for (const unsigned slots : {24u, 48u, 96u}) {
    const auto need = handlers_needed({forecast(slots, 9600)}, {}, options).value();
    REQUIRE(need.size() == 48);
    for (const auto& half_hour : need) {
      CHECK(half_hour.calls == Approx(200));
      CHECK(half_hour.handlers == fewest_handlers(ErlangModel::a, {200.0 / 1800, 210, 60}, options.target));
      CHECK(half_hour.for_high == fewest_handlers(ErlangModel::a, {240.0 / 1800, 210, 60}, options.target));
      CHECK((0.7 * half_hour.rostered >= half_hour.handlers && 0.7 * (half_hour.rostered - 1) < half_hour.handlers));
      CHECK(half_hour.figures.service_level >= 0.9);
      CHECK(half_hour.at_high.service_level < half_hour.figures.service_level);
    }
  }
}

TEST_CASE("a closed half-hour needs nobody, a quiet one the least") {
  auto day = forecast(48, 48);
  day.counts[0] = day.high[0] = 0;
  day.counts[1] = day.high[1] = 0.01;
  const auto need =
      handlers_needed({day}, {},
                      {.handling = 60, .target = {.within = 10, .service_level = 0.5}, .shrinkage = 0, .least = 2})
          .value();
  CHECK((need[0].handlers == 0 && need[0].rostered == 0));
  CHECK((need[1].handlers == 2 && need[1].rostered == 2));
}

TEST_CASE("the busier quarter of an hour sets the need") {
  auto day = forecast(96, 0);
  day.counts[20] = 30;
  day.counts[21] = 90;
  const StaffingOptions options{.handling = 300};
  const auto need = handlers_needed({day}, {}, options).value();
  CHECK(need[10].calls == Approx(120));
  CHECK(need[10].handlers == fewest_handlers(ErlangModel::c, {180.0 / 1800, 300}, options.target));
}

TEST_CASE("without patience an overload answers nobody in time, and no target above one can be kept") {
  auto day = forecast(48, 48 * 100);
  day.high.assign(48, 1000);
  const auto need = handlers_needed({day}, {}, {.handling = 300}).value();
  CHECK(need[0].at_high.service_level == 0);
  CHECK_FALSE(handlers_needed({day}, {}, {.handling = 300, .target = {.service_level = 1.5}}));
}

TEST_CASE("an hour that the clock repeats needs as many handlers as another, one that it skips none") {
  auto day = forecast(24, 2400);
  DemandCalendar calendar;
  calendar.lengths[day.day] = {{1, 2}, {2, 0}};
  day.counts[1] *= 2;
  day.high[1] *= 2;
  day.counts[2] = day.high[2] = 0;
  const auto need = handlers_needed({day}, calendar, {.handling = 210, .patience = 60}).value();
  CHECK(need[2].handlers == need[8].handlers);
  CHECK(need[4].handlers == 0);
}
